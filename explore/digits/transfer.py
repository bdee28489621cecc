"""Do pictures that fool one network fool another, and does anything help?

python -m explore.digits transfer
"""

from argparse import Namespace

import numpy as np

from explore.digits.activation_maximization import Prior, dream
from explore.digits.genetic import Search
from explore.digits.gradient import RATE
from explore.digits.image_grid import sheet
from explore.digits.report import keep_picture, keep_table, percent
from generate.digits.genetic_search import SURE
from generate.digits.logits import ask_of
from generate.runs import load_digit_network

RUNS = ["seed", "modern", "judge", "robust", "eleven"]
DESCENT_STEPS = 200


class Witness:
    """A network asked as a whole: `says` gives its confidences (n, classes), cooled by a temperature."""

    def __init__(self, network, temperature=1.0):
        self.ask, self.network, self.temperature = ask_of(network), network, temperature

    def says(self, images):
        return np.asarray(self.network.confidences(self.ask(images) / self.temperature))


class Ensemble:
    """The mean confidences of several networks of ten classes."""

    def __init__(self, witnesses):
        self.witnesses = witnesses

    def says(self, images):
        return np.mean([witness.says(images) for witness in self.witnesses], axis=0)


def temperature(network, part):
    """The temperature that makes a network least surprised by a part's digits (Guo et al. 2017, arXiv:1706.04599)."""
    logits, wanted = (
        ask_of(network)(part.images),
        np.eye(network.classes, dtype="float32")[part.labels],
    )
    choices = np.geomspace(0.25, 8, 61)
    return float(
        min(
            choices,
            key=lambda t: float(np.mean(network.cross_entropy(logits / np.float32(t), wanted))),
        )
    )


def evolved(args, digits, network, **changes):
    """Pictures of every digit that fool a network, their digits, and how the search went."""
    settings = Namespace(
        **vars(args) | dict(method="own", statistics=False, tolerance=None) | changes
    )
    searches = [Search(settings, digits.training, network, digit) for digit in range(10)]
    found = [search.many(args.each, args.seed + 100) for search in searches]
    columns = [np.concatenate(column) for column in zip(*found)]
    return columns[0], np.repeat(np.arange(10), args.each), columns[3], columns[4]


def main(args, digits):
    networks = {run: load_digit_network(args.checkpoint_dir, run) for run in RUNS}
    witnesses = witnesses_of(networks, digits.validation)
    wanted = np.tile(np.arange(10), args.each)
    images, asked, _, _ = evolved(args, digits, networks["seed"])
    likely, likely_asked, _, _ = evolved(
        args, digits, networks["seed"], statistics=True, generations=40
    )
    fooling = {
        "evolved": (images, asked),
        "evolved, with statistics": (likely, likely_asked),
        "descent": (descended(args, networks["seed"], wanted), wanted),
    }
    rows = [row(name, witness, fooling, digits.test) for name, witness in witnesses.items()]
    keep_table(args.out, "transfer", rows)
    keep_picture(
        args.out,
        "transfer",
        sheet([kept[0][asked_of(kept[1])] for kept in fooling.values()], list(fooling)),
    )
    again(args, digits, networks)


def descended(args, network, wanted):
    """Pictures of the wanted digits (n,) that fool a network, by descent on the pixels."""
    pictures = dream(network, wanted, Prior(), DESCENT_STEPS, RATE, args.seed, noise=0.1)
    return np.round(pictures * 255).astype("uint8")


def asked_of(digits):
    """The place of the first picture of each digit."""
    return [int(np.argmax(digits == digit)) for digit in range(10)]


def witnesses_of(networks, held_out):
    """The networks as they are, cooled, and as an ensemble."""
    witnesses = {run: Witness(network) for run, network in networks.items()}
    for run in ("seed", "modern"):
        degrees = temperature(networks[run], held_out)
        witnesses[f"{run}, temperature {degrees:.2f}"] = Witness(networks[run], degrees)
    return witnesses | {
        "modern + judge + robust": Ensemble(
            [witnesses[run] for run in ("modern", "judge", "robust")]
        )
    }


def row(name, witness, fooling, test):
    """The row of a witness: what it says of real digits, and of each kind of fooling picture."""
    real = witness.says(test.images)
    cells = {
        "network": name,
        "test digits right": percent(float(np.mean(real.argmax(axis=1) == test.labels))),
        "confidence in them, median": percent(float(np.median(real.max(axis=1)))),
    }
    for kind, (images, wanted) in fooling.items():
        said = witness.says(images)
        called = said.argmax(axis=1)
        cells |= {
            f"{kind}: fooled": percent(float(np.mean(called == wanted))),
            f"{kind}: and sure": percent(
                float(np.mean((called == wanted) & (said.max(axis=1) > SURE)))
            ),
            f"{kind}: any digit > 90 %": percent(
                float(np.mean((said.max(axis=1) > 0.9) & (called < 10)))
            ),
        }
    return cells


def again(args, digits, networks):
    """Each network attacked anew, by searches that know it: old pictures may fail where new ones do not."""
    rows, shown, wanted = [], [], np.tile(np.arange(10), args.each)
    for run, network in networks.items():
        images, _, generations, done = evolved(args, digits, network)
        slid = descended(args, network, wanted)
        says = Witness(network).says(slid)[np.arange(len(wanted)), wanted]
        rows.append(
            {
                "network": run,
                "pictures": len(images),
                "evolved, above 99.99 %": percent(float(done.mean())),
                "generations, median": float(np.median(generations)),
                "most": int(generations.max()),
                "descent, above 99.99 %": percent(float(np.mean(says > SURE))),
                "descent, above 90 %": percent(float(np.mean(says > 0.9))),
            }
        )
        shown += [images[:: args.each], slid[:10]]
        print(f"{run}: {percent(float(done.mean()))} of new searches succeed", flush=True)
    keep_table(args.out, "transfer-again", rows)
    names = [f"{run}, {how}" for run in networks for how in ("evolved", "descent")]
    keep_picture(args.out, "transfer-again", sheet(shown, names))
