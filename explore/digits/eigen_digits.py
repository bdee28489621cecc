"""Eigen-digits: principal components of the digits, and the accuracy of classifiers on them.

Run with `python -m explore.digits eigen`.
"""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from common.tables import format_percent
from data.digits.eigen_digits import fit_pca
from data.digits.mnist import IMAGE_SIDE, NUM_CLASSES, Digits
from explore.digits.image_grid import image_grid
from explore.digits.report import Column, save_and_print_figure, save_table
from explore.plotting import INK, ORANGE, set_title, styled_subplots

NUM_COMPONENTS = 200
WALL_SIZE = 40
WALL_COLUMNS = 10
COUNTS = (2, 3, 5, 8, 10, 20, 40, 60, 100)
REBUILT_COUNTS = (1, 2, 5, 10, 20, 50, 100, 200)
VARIANCE_COUNTS = (1, 2, 5, 10, 20, 50, 100, 150, 200)
SUBSPACE_SIZE = 25  # maximum number of components per digit; at most half of all components
BLOG_POST_ACCURACY = 0.7
_CENTER = (IMAGE_SIDE - 1) / 2


class NearestSubspace:
    """Classifier that chooses the digit whose principal components reconstruct an image best."""

    def fit(self, codes: np.ndarray, labels: np.ndarray) -> "NearestSubspace":
        """Fit a subspace for each digit to codes (n, components) with labels (n,)."""
        size = min(SUBSPACE_SIZE, codes.shape[1] // 2)
        self.subspaces = [fit_pca(codes[labels == digit], size) for digit in range(NUM_CLASSES)]
        return self

    def predict(self, codes: np.ndarray) -> np.ndarray:
        """Classify codes (n, components); return the digits, shape (n,)."""
        errors = []
        for subspace in self.subspaces:
            rebuilt = subspace.inverse_transform(subspace.transform(codes))
            errors.append(np.square(codes - rebuilt).sum(axis=1))
        return np.argmin(errors, axis=0)


METHODS: dict[str, Callable] = {
    "nearest_centroid": NearestCentroid,
    "logistic_regression": lambda: make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=300)
    ),
    "nearest_subspace": NearestSubspace,
    "quadratic_discriminant": lambda: QuadraticDiscriminantAnalysis(reg_param=0.01),
    "nearest_neighbors": lambda: KNeighborsClassifier(4, weights="distance", algorithm="brute"),
}
PREPROCESSING = {
    "none": lambda images: images / np.float32(255),
    "deskewed": lambda images: deskew(images),
}
ACCURACY_COLUMNS = [
    Column("preprocessing", "preprocessing"),
    Column("components", "components"),
    *(Column(method, method.replace("_", " "), format_percent) for method in METHODS),
]
VARIANCE_COLUMNS = [
    Column("components", "components"),
    Column("variance_explained", "variance explained", format_percent),
]


def main(args: argparse.Namespace, digits: Digits) -> None:
    """Run the command `eigen`."""
    rows = []
    for name, preprocess in PREPROCESSING.items():
        training = preprocess(digits.training.images).reshape(len(digits.training.labels), -1)
        test = preprocess(digits.test.images).reshape(len(digits.test.labels), -1)
        pca = fit_pca(training, NUM_COMPONENTS)
        if name == "none":
            show_components(args.out, pca, test[:10])
        rows += measure_accuracy(
            name,
            pca.transform(training),
            digits.training.labels,
            pca.transform(test),
            digits.test.labels,
        )
    save_table(args.out, "eigen", rows, ACCURACY_COLUMNS)
    _print_summary(rows)


def deskew(images: np.ndarray) -> np.ndarray:
    """Shear slanted digits upright.

    Args:
        images: Images, uint8 of shape (n, 28, 28).

    Returns:
        Images, float32 of shape (n, 28, 28), from 0 to 1, sheared until the rows and columns of the
        ink are uncorrelated.
    """
    rows, columns = np.indices((IMAGE_SIDE, IMAGE_SIDE))
    result = np.empty(images.shape, "float32")
    for i, image in enumerate(images / np.float32(255)):
        mass = image.sum() or 1.0
        y = (image * rows).sum() / mass
        x = (image * columns).sum() / mass
        variance = (image * (rows - y) ** 2).sum()
        covariance = (image * (rows - y) * (columns - x)).sum()
        slant = covariance / variance if variance else 0.0
        matrix = np.array([[1, 0], [slant, 1]])
        offset = np.array([y, x]) - matrix @ [_CENTER, _CENTER]
        result[i] = ndimage.affine_transform(image, matrix, offset, order=1)
    return result


def measure_accuracy(
    preprocessing: str,
    training: np.ndarray,
    labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
) -> list[dict]:
    """Measure the test accuracy of each method on each number of components.

    Args:
        preprocessing: Name of the preprocessing, for the table.
        training: Coefficients of the training digits, of shape (n, components).
        labels: Labels of the training digits, of shape (n,).
        test: Coefficients of the test digits, of shape (m, components).
        test_labels: Labels of the test digits, of shape (m,).

    Returns:
        One row for each number of components.
    """
    rows = []
    for count in (count for count in COUNTS if count <= training.shape[1]):
        row: dict[str, Any] = {"preprocessing": preprocessing, "components": count}
        for method, make in METHODS.items():
            predicted = make().fit(training[:, :count], labels).predict(test[:, :count])
            row[method] = float(np.mean(predicted == test_labels))
        rows.append(row)
        shares = ", ".join(f"{method} {format_percent(row[method])}" for method in METHODS)
        print(f"{preprocessing}, {count} components: {shares}", flush=True)
    return rows


def _print_summary(rows: list[dict]) -> None:
    for name in PREPROCESSING:
        candidates = [
            (row[method], method, row["components"])
            for row in rows
            if row["preprocessing"] == name
            for method in METHODS
        ]
        best, method, count = max(candidates)
        method = method.replace("_", " ")
        print(
            f"best accuracy with preprocessing {name}: {format_percent(best)} "
            f"({method}, {count} components)"
        )
    for row in rows:
        if row["nearest_centroid"] >= BLOG_POST_ACCURACY:
            print(
                "the nearest centroid reaches the blog post's accuracy of 70% with "
                f"{row['components']} components"
            )
            break


def show_components(out: str, pca: PCA, digits: np.ndarray) -> None:
    """Save the first eigen-digits, the variance they explain, and reconstructed digits.

    Args:
        out: Folder for the results.
        pca: The principal components.
        digits: Digits to reconstruct, of shape (n, 784).
    """
    save_and_print_figure(out, "eigen-wall", _wall(pca))
    explained = np.cumsum(pca.explained_variance_ratio_)
    rows = [
        {"components": count, "variance_explained": float(explained[count - 1])}
        for count in VARIANCE_COUNTS
        if count <= len(explained)
    ]
    save_table(out, "eigen-variance", rows, VARIANCE_COLUMNS)
    save_and_print_figure(out, "eigen-variance", _plot_variance(explained))
    save_and_print_figure(out, "eigen-rebuilt", _reconstructions(pca, digits))


def _wall(pca):
    wall = pca.components_[:WALL_SIZE].reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
    low = wall.min(axis=(1, 2), keepdims=True)
    high = wall.max(axis=(1, 2), keepdims=True)
    stretched = (wall - low) / (high - low)
    starts = range(0, len(wall), WALL_COLUMNS)
    row_names = [f"{start + 1} to {min(start + WALL_COLUMNS, len(wall))}" for start in starts]
    return image_grid([stretched[start : start + WALL_COLUMNS] for start in starts], row_names)


def _plot_variance(explained):
    figure, (axis,) = styled_subplots()
    axis.plot(np.arange(1, len(explained) + 1), explained * 100, color=ORANGE)
    axis.set(xlabel="components", ylabel="variance explained, %", ylim=(0, 100))
    axis.axhline(95, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    set_title(axis, "Variance explained by the first components (dashed: 95%)")
    return figure


def _reconstructions(pca, digits):
    codes = pca.transform(digits)
    counts = [count for count in REBUILT_COUNTS if count <= pca.n_components_]
    rebuilt = [pca.mean_ + codes[:, :count] @ pca.components_[:count] for count in counts]
    rows = [np.clip(row, 0, 1).reshape(-1, IMAGE_SIDE, IMAGE_SIDE) for row in (*rebuilt, digits)]
    return image_grid(
        rows, [*(f"{count} component{'s' * (count > 1)}" for count in counts), "digit"]
    )
