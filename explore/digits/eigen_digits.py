"""Eigen-digits: the principal components of the training digits, and how well they tell digits apart.

python -m explore.digits eigen
"""

import numpy as np
from scipy import ndimage
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from explore.addition.plots import INK, PLUS, entitle, panels
from explore.digits.image_grid import sheet
from explore.digits.report import keep_picture, keep_table, percent

SHOWN, REBUILT = 40, (1, 2, 5, 10, 20, 50, 100, 200)
COUNTS = (2, 3, 5, 8, 10, 20, 40, 60, 100)
SUBSPACE = (
    25  # components of each digit's own subspace, where there are twice as many to choose from
)
COMPONENTS = 200


class NearestSubspace:
    """Calls a digit what it is rebuilt best as, from the principal components of each digit's own pictures."""

    def fit(self, codes, labels):
        size = min(SUBSPACE, codes.shape[1] // 2)
        self.spaces = [
            PCA(size, svd_solver="covariance_eigh").fit(codes[labels == digit])
            for digit in range(10)
        ]
        return self

    def predict(self, codes):
        rebuilt = (space.inverse_transform(space.transform(codes)) for space in self.spaces)
        return np.argmin([np.square(codes - one).sum(axis=1) for one in rebuilt], axis=0)


METHODS = {
    "nearest centroid": NearestCentroid,
    "logistic regression": lambda: make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=300)
    ),
    "nearest subspace": NearestSubspace,
    "quadratic discriminant": lambda: QuadraticDiscriminantAnalysis(reg_param=0.01),
    "nearest neighbours": lambda: KNeighborsClassifier(4, weights="distance", algorithm="brute"),
}


def deskew(images):
    """Images uint8 (n, 28, 28) as float32, slanted back until rows and columns of the ink are uncorrelated."""
    rows, columns = np.indices((28, 28))
    result = np.empty(images.shape, "float32")
    for place, image in enumerate(images / np.float32(255)):
        mass = image.sum() or 1.0
        y, x = (image * rows).sum() / mass, (image * columns).sum() / mass
        spread = (image * (rows - y) ** 2).sum()
        slant = (image * (rows - y) * (columns - x)).sum() / spread if spread else 0.0
        matrix = np.array([[1, 0], [slant, 1]])
        result[place] = ndimage.affine_transform(
            image, matrix, np.array([y, x]) - matrix @ [13.5, 13.5], order=1
        )
    return result


def main(args, digits):
    pictures = {
        "as they are": lambda part: part.images / np.float32(255),
        "deskewed": lambda part: deskew(part.images),
    }
    rows = []
    for name, change in pictures.items():
        training, test = (
            change(part).reshape(len(part.labels), -1) for part in (digits.training, digits.test)
        )
        space = PCA(min(COMPONENTS, *training.shape), svd_solver="covariance_eigh").fit(training)
        if name == "as they are":
            show(args, space, test[:10])
        codes = (
            space.transform(training),
            digits.training.labels,
            space.transform(test),
            digits.test.labels,
        )
        rows += compare(name, *codes)
    keep_table(
        args.out,
        "eigen",
        rows,
        {method: lambda share: share and percent(share) for method in METHODS},
    )
    for name in pictures:
        best, method, count = max(
            (row[method] or 0, method, row["components"])
            for row in rows
            if row["digits"] == name
            for method in METHODS
        )
        print(f"best of the digits {name}: {percent(best)}, {method} on {count} components")
    crossed = next((row for row in rows if row["nearest centroid"] >= 0.7), None)
    if crossed:
        print(
            f"the original's 70 %: nearest centroids reach it at {crossed['components']} components or just before"
        )


def compare(name, training, labels, test, expected):
    """Rows of accuracy on the test digits: a row a number of components, a column a method."""
    rows = []
    for count in (c for c in COUNTS if c <= training.shape[1]):
        row = {"digits": name, "components": count}
        for method, make in METHODS.items():
            said = make().fit(training[:, :count], labels).predict(test[:, :count])
            row[method] = float(np.mean(said == expected))
        rows.append(row)
        print(
            f"{name}, {count} components: " + ", ".join(f"{m} {percent(row[m])}" for m in METHODS),
            flush=True,
        )
    return rows


def show(args, space, some):
    """The wall of eigen-digits, the variance that they explain, and digits rebuilt from them."""
    wall = space.components_[:SHOWN].reshape(-1, 28, 28)
    low, high = wall.min(axis=(1, 2), keepdims=True), wall.max(axis=(1, 2), keepdims=True)
    wall = (wall - low) / (high - low)
    keep_picture(args.out, "eigen-wall", sheet([wall[i : i + 10] for i in range(0, len(wall), 10)]))
    explained = np.cumsum(space.explained_variance_ratio_)
    rows = [
        {"components": count, "variance explained": float(explained[count - 1])}
        for count in (1, 2, 5, 10, 20, 50, 100, 150, 200)
        if count <= len(explained)
    ]
    keep_table(args.out, "eigen-variance", rows, {"variance explained": percent})
    figure, (axis,) = panels()
    axis.plot(np.arange(1, len(explained) + 1), explained * 100, color=PLUS)
    axis.set(xlabel="components", ylim=(0, 100))
    axis.axhline(95, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    entitle(axis, "variance explained, %")
    keep_picture(args.out, "eigen-variance", figure)
    codes, counts = space.transform(some), [count for count in REBUILT if count <= len(explained)]
    rebuilt = [space.mean_ + codes[:, :count] @ space.components_[:count] for count in counts]
    rows = [np.clip(row, 0, 1).reshape(-1, 28, 28) for row in (*rebuilt, some)]
    keep_picture(
        args.out,
        "eigen-rebuilt",
        sheet(rows, [*(f"from {count}" for count in counts), "the digit"]),
    )
