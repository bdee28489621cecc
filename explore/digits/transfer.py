"""Test whether images that fool one network also fool others, and which defenses help.

Run with `python -m explore.digits transfer`.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

from common.tables import format_percent
from data.digits.mnist import NUM_CLASSES, Digits, DigitSplit
from explore.digits.activation_maximization import Prior
from explore.digits.genetic import DigitSearch, SearchSettings
from explore.digits.gradient import descend
from explore.digits.image_grid import DIGITS, image_grid
from explore.digits.report import Column, save_and_print_figure, save_table
from generate.digits import load
from generate.digits.genetic_search import CONFIDENCE_THRESHOLD, SearchResult
from generate.digits.logits import logits_fn

TARGET = "original"
RUNS = ["original", "modern", "judge", "robust", "eleven"]
RESCALED_RUNS = ["original", "modern"]
ENSEMBLE = ["modern", "judge", "robust"]
DESCENT_STEPS = 200
STATISTICS_GENERATIONS = 40
SEED_OFFSET = 100  # so that the searches differ from those of the command `genetic`
FAIR_CONFIDENCE = 0.9

KINDS = {
    "evolved": "evolved",
    "evolved_statistics": "evolved with pixel statistics",
    "descent": "gradient descent",
}
TRANSFER_COLUMNS = [
    Column("network", "network"),
    Column("temperature", "temperature"),
    Column("test_accuracy", "test accuracy"),
    Column("median_confidence", "median confidence in test digits"),
    *(
        column
        for kind, label in KINDS.items()
        for column in (
            Column(f"{kind}_same_digit", f"{label}: same digit"),
            Column(f"{kind}_same_digit_confident", f"{label}: same digit, above 99.99%"),
            Column(f"{kind}_any_digit_above_90", f"{label}: any digit above 90%"),
        )
    ),
]
AGAIN_COLUMNS = [
    Column("network", "network"),
    Column("images", "images"),
    Column("evolved_confident", "evolved: above 99.99%"),
    Column("median_generations", "generations, median"),
    Column("max_generations", "generations, maximum"),
    Column("descent_confident", "descent: above 99.99%"),
    Column("descent_above_90", "descent: above 90%"),
]


class ScoredNetwork:
    """A network whose logits are divided by a temperature.

    Args:
        network: The network.
        temperature: The temperature; above 1 it lowers confidences.
    """

    def __init__(self, network: keras.Model, temperature: float = 1.0):
        self.network = network
        self.logits_of = logits_fn(network)
        self.temperature = temperature

    def confidences(self, images: np.ndarray) -> np.ndarray:
        """Return the confidences (n, classes) for images, uint8 of shape (n, 28, 28)."""
        logits = self.logits_of(images) / self.temperature
        return np.asarray(self.network.confidences(logits))


class Ensemble:
    """An ensemble of networks with ten classes, whose confidences are averaged.

    Args:
        members: The networks.
    """

    temperature = 1.0

    def __init__(self, members: list[ScoredNetwork]):
        self.members = members

    def confidences(self, images: np.ndarray) -> np.ndarray:
        """Return the mean confidences (n, classes)."""
        return np.mean([member.confidences(images) for member in self.members], axis=0)


def main(args: argparse.Namespace, digits: Digits) -> None:
    """Run the command `transfer`."""
    networks = {run: load(run, args.checkpoint_dir) for run in RUNS}
    fooling = make_fooling_images(args, digits.training, networks[TARGET])
    rows = [
        _transfer_row(name, network, fooling, digits.test)
        for name, network in scored_networks(networks, digits.validation)
    ]
    # The site shows this table, so it is saved in the folder of the networks.
    save_table(
        Path(args.checkpoint_dir or "checkpoints") / "digits", "transfer", rows, TRANSFER_COLUMNS
    )
    shown = [
        images[:: args.each] if kind != "descent" else images[:NUM_CLASSES]
        for kind, (images, _) in fooling.items()
    ]
    grid = image_grid(shown, list(KINDS.values()), DIGITS)
    save_and_print_figure(args.out, "transfer", grid)
    attack_each(args, digits, networks)


def make_fooling_images(
    args: argparse.Namespace, split: DigitSplit, network: keras.Model
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Generate images of each kind that fool a network; return {kind: (images, target digits)}."""
    settings = SearchSettings(max_generations=args.max_generations)
    with_statistics = SearchSettings(statistics=True, max_generations=STATISTICS_GENERATIONS)
    in_order = np.repeat(np.arange(NUM_CLASSES), args.each)
    in_turn = np.tile(np.arange(NUM_CLASSES), args.each)
    descended = descend(network, in_turn, Prior(), DESCENT_STEPS, args.seed)
    return {
        "evolved": (evolve_all(settings, args, split, network).images, in_order),
        "evolved_statistics": (evolve_all(with_statistics, args, split, network).images, in_order),
        "descent": (descended, in_turn),
    }


def evolve_all(
    settings: SearchSettings, args: argparse.Namespace, split: DigitSplit, network: keras.Model
) -> SearchResult:
    """Evolve `--each` images of every digit, in the order of the digits."""
    results = [
        DigitSearch(settings, split, network, digit).run(args.each, args.seed + SEED_OFFSET)
        for digit in range(NUM_CLASSES)
    ]
    return SearchResult(*map(np.concatenate, zip(*results, strict=True)))


def scored_networks(
    networks: dict[str, keras.Model], held_out: DigitSplit
) -> list[tuple[str, ScoredNetwork | Ensemble]]:
    """Return the networks to test, with their names.

    Args:
        networks: {name: network}.
        held_out: Digits with which temperatures are fitted.

    Returns:
        All networks as they are, `RESCALED_RUNS` again with a fitted temperature, and an ensemble.
    """
    plain = {run: ScoredNetwork(network) for run, network in networks.items()}
    rescaled = [
        (run, ScoredNetwork(networks[run], fit_temperature(networks[run], held_out)))
        for run in RESCALED_RUNS
    ]
    ensemble = Ensemble([plain[run] for run in ENSEMBLE])
    return [*plain.items(), *rescaled, ("+".join(ENSEMBLE), ensemble)]


def fit_temperature(network: keras.Model, split: DigitSplit) -> float:
    """Return the temperature with the lowest cross-entropy (Guo et al., 2017, arXiv:1706.04599)."""
    logits = logits_fn(network)(split.images)
    targets = np.eye(network.classes, dtype="float32")[split.labels]

    def loss(temperature):
        scaled = logits / np.float32(temperature)
        return float(np.mean(network.cross_entropy(scaled, targets)))

    return float(min(np.geomspace(0.25, 8, 61), key=loss))


def _transfer_row(
    name: str, network: ScoredNetwork | Ensemble, fooling: dict, test: DigitSplit
) -> dict:
    """Return the row of a network: its outputs for real digits and each kind of fooling image."""
    confidences = network.confidences(test.images)
    row = {
        "network": name,
        "temperature": f"{network.temperature:.2f}",
        "test_accuracy": format_percent(float(np.mean(confidences.argmax(axis=1) == test.labels))),
        "median_confidence": format_percent(float(np.median(confidences.max(axis=1)))),
    }
    for kind, (images, wanted) in fooling.items():
        confidences = network.confidences(images)
        predicted = confidences.argmax(axis=1)
        top = confidences.max(axis=1)
        is_same = predicted == wanted
        is_confident = is_same & (top > CONFIDENCE_THRESHOLD)
        is_any_digit = (top > FAIR_CONFIDENCE) & (predicted < NUM_CLASSES)
        row[f"{kind}_same_digit"] = format_percent(float(np.mean(is_same)))
        row[f"{kind}_same_digit_confident"] = format_percent(float(np.mean(is_confident)))
        row[f"{kind}_any_digit_above_90"] = format_percent(float(np.mean(is_any_digit)))
    return row


def attack_each(args: argparse.Namespace, digits: Digits, networks: dict[str, keras.Model]) -> None:
    """Search for images that fool each of the networks.

    A defense may work only against images that were generated to fool another network.
    """
    settings = SearchSettings(max_generations=args.max_generations)
    wanted = np.tile(np.arange(NUM_CLASSES), args.each)
    rows = []
    shown = []
    for run, network in networks.items():
        evolved = evolve_all(settings, args, digits.training, network)
        descended = descend(network, wanted, Prior(), DESCENT_STEPS, args.seed)
        confidences = ScoredNetwork(network).confidences(descended)
        rows.append(_attack_row(run, evolved, confidences[np.arange(len(wanted)), wanted]))
        shown += [evolved.images[:: args.each], descended[:NUM_CLASSES]]
        print(f"{run}: {rows[-1]['evolved_confident']} of the searches succeeded", flush=True)
    save_table(args.out, "transfer-again", rows, AGAIN_COLUMNS)
    row_names = [f"{run}, {method}" for run in networks for method in ("evolved", "descent")]
    save_and_print_figure(args.out, "transfer-again", image_grid(shown, row_names, DIGITS))


def _attack_row(run: str, evolved: SearchResult, descent_confidences: np.ndarray) -> dict:
    is_confident = descent_confidences > CONFIDENCE_THRESHOLD
    return {
        "network": run,
        "images": len(evolved.images),
        "evolved_confident": format_percent(float(evolved.succeeded.mean())),
        "median_generations": float(np.median(evolved.generations)),
        "max_generations": int(evolved.generations.max()),
        "descent_confident": format_percent(float(np.mean(is_confident))),
        "descent_above_90": format_percent(float(np.mean(descent_confidences > FAIR_CONFIDENCE))),
    }
