"""Train networks that add two numbers.

    python -m train.addition                            all the original's networks at once, 10 seeds, with biases too
    python -m train.addition --recipe seed              the original's way: Keras fit, one network after another
    python -m train.addition --recipe solve             the same networks made perfect
    python -m train.addition --hidden 1 2 3 --max-sum 16 100 --seeds 3 --run mine

Lessons are 10,000 pairs of numbers up to half of the maximum sum, a fifth of them held out to stop early. Accuracy is
the share of sums that round to the right one, over every pair of numbers up to half of the maximum sum. The run, with
the table as CSV and Markdown and of every network the typical one (of the median error over the seeds), goes to
checkpoints/addition/RUN.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import math
import sys
import time

import keras
import numpy as np

from common.cli import GeneError, Parser, add_recipes, bounded_float, bounded_int, run_cli
from common.progress import Progress
from data.addition import HELD_OUT, PAIRS
from models.addition import Stack
from train.addition.keras_fit import train_plain
from train.addition.sequential import in_turn
from train.addition.solve import solve
from train.addition.spec import Adder, measure
from train.addition.tables import save_losses, save_tables
from train.addition.vectorized import first_course, load_course, save_course, train_stacked
from train.core.distributed import add_distributed_flags, shutdown
from train.core.run import open_run, resume_command, write_meta

SIZES = dict(
    hidden=[1, 2, 4, 8, 16], max_sum=[16, 256, 65536], epochs=1000, patience=5, learning_rate=1e-3
)
RECIPES = {
    "sweep": SIZES | dict(biases="both", seeds=10),
    "seed": SIZES | dict(biases="without", seeds=10),
    "solve": SIZES | dict(biases="both", seeds=10),
}
SAVE_SECONDS = 5  # between two saved states of a sweep
MOST_NETWORKS = 64  # of a run, seeds not counted: what one exported graph holds


def parse(argv):
    """The flags, the recipe's numbers filled in."""
    parser = Parser(__doc__, prog="python -m train.addition")
    networks = parser.add_argument_group("networks")
    networks.add_argument(
        "--hidden",
        type=bounded_int(1, 256),
        nargs="+",
        metavar="NODES",
        help="nodes of the hidden layer",
    )
    networks.add_argument(
        "--max-sum", type=bounded_int(4, 65536), nargs="+", metavar="SUM", help="largest sum"
    )
    networks.add_argument("--biases", choices=["without", "with", "both"], help="of the nodes")
    networks.add_argument(
        "--seeds", type=bounded_int(1, 100), help="each network so many times, from --seed on"
    )
    networks.add_argument(
        "--seed",
        type=bounded_int(0, 2**30),
        default=1,
        help="of lessons, starts and orders (default: 1)",
    )
    training = parser.add_argument_group("training (seed and sweep)")
    training.add_argument(
        "--epochs", type=bounded_int(1, 10_000), help="passes over the lessons, at most"
    )
    training.add_argument(
        "--patience",
        type=bounded_int(1, 100_000),
        help="stop after so many epochs without a better loss",
    )
    training.add_argument("--learning-rate", type=bounded_float(1e-9, 1e30), help="of Adam")
    parser.add_argument(
        "--run", metavar="NAME", help="folder name of the run (default: the recipe's name)"
    )
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run where it stopped")
    parser.add_argument(
        "--overwrite", action="store_true", help="delete what the run's folder holds and start anew"
    )
    add_distributed_flags(parser)
    parser.set_defaults(task="addition")
    args = add_recipes(parser, RECIPES, argv)
    if args.resume and args.given & {"epochs", "patience"}:
        parser.error(
            "--epochs, --patience: cannot change on --resume, the networks that are finished keep theirs"
        )
    return args


def grid(args):
    """The Adders that the flags ask for, all of the first seed first."""
    biases = {"without": [False], "with": [True], "both": [False, True]}[args.biases]
    networks = [
        (h, b, m)
        for b in biases
        for m in sorted(set(args.max_sum))
        for h in sorted(set(args.hidden))
    ]
    if len(networks) > MOST_NETWORKS:
        raise GeneError(
            f"--hidden and --max-sum: {len(networks)} networks where a run holds {MOST_NETWORKS}; "
            "name fewer"
        )
    return [Adder(*network, args.seed + i) for i in range(args.seeds) for network in networks]


def learn(args, adders, run):
    """Yield the Adders as Trained, in their order."""
    training = args.epochs, args.patience, args.learning_rate
    if args.recipe == "solve":
        return in_turn(run, adders, solve, args.resume)
    if args.recipe == "seed":
        return in_turn(run, adders, lambda adder: told(train_plain(adder, *training)), args.resume)
    return sweep(args, adders, run, training)


def told(trained):
    """Say what a network has come to, and give it back."""
    adder = trained.adder
    print(
        f"seed {adder.seed}, {adder.hidden} nodes{', biases' * adder.biases}, sums to {adder.max_sum:,}: "
        f"{len(trained.losses)} epochs, {trained.seconds:.0f} s",
        flush=True,
    )
    return trained


def sweep(args, adders, run, training):
    """All Adders at once; where they have come to is saved every few seconds."""
    course = (
        load_course(run, adders, args.epochs) if args.resume else first_course(adders, args.epochs)
    )
    save_course(run, course)
    progress, saved = Progress(args.epochs, course.epoch), time.monotonic()

    def say(course, left):
        nonlocal saved
        if time.monotonic() - saved > SAVE_SECONDS or not left:
            save_course(run, course)
            saved = time.monotonic()
        progress.show(
            course.epoch,
            lambda speed: (
                f"epoch {course.epoch}, {left} of {len(adders)} networks still learn, {speed:.0f} epochs/s"
            ),
        )

    trained = train_stacked(adders, *training, course, say)
    progress.end()
    return trained


def stack_for(adders):
    """A Stack for the Adders, empty."""
    return Stack(
        [a.hidden for a in adders], [int(a.biases) for a in adders], [a.max_sum for a in adders]
    )


def fill(stack, trained):
    """Give a Stack the weights of trained networks."""
    for name in ("first", "bias", "last", "offset"):
        values = np.zeros(getattr(stack, name).shape, "float32")
        for i, t in enumerate(trained):
            part = np.asarray(getattr(t.weights, name))
            values[(i, ..., slice(part.shape[-1])) if part.ndim else i] = part
        getattr(stack, name).assign(values)


def pick_typical(trained, rows):
    """Of each network the one of the seed with the median error, in the order of the networks."""
    groups = {}
    for network, row in zip(trained, rows):
        groups.setdefault(network.adder[:3], []).append((row["mse"], network.adder.seed, network))
    return [
        sorted(group, key=lambda entry: entry[:2])[(len(group) - 1) // 2][2]
        for group in groups.values()
    ]


def check(trained):
    """GeneError when a network has lost itself."""
    adder = trained.adder
    for epoch, loss in enumerate(trained.losses):
        if not math.isfinite(loss):
            raise GeneError(
                f"--learning-rate: the loss of the network of {adder.hidden} nodes for sums to "
                f"{adder.max_sum:,} is no number any more in epoch {epoch + 1}; "
                "give a smaller rate and --overwrite"
            )


def main(argv):
    args = parse(argv)
    grid(args)  # may refuse the flags, which --resume replaces
    run = open_run(args)
    keras.distribution.set_distribution(
        None
    )  # several processes share out the networks, not their batches
    adders, trained, rows, solved = grid(args), [], [], args.recipe == "solve"
    stack = stack_for([adder for adder in adders if adder.seed == args.seed])
    write_meta(run, args, stack, {"pairs": PAIRS, "held_out": HELD_OUT})
    try:
        for network in learn(args, adders, run):
            check(network)
            trained.append(network)
            rows.append(measure(network))
            save_tables(run, rows, solved)
    except KeyboardInterrupt:
        print(f"\nstopped; to continue: {resume_command(run, args)}", file=sys.stderr)
        raise
    shutdown()
    typical = pick_typical(trained, rows)
    fill(stack, typical)
    run.save_model(stack)
    if not solved:
        save_losses(run, typical)
    run.meta["seeds"] = [network.adder.seed for network in typical]
    seconds, perfect = (
        sum(network.seconds for network in trained),
        sum(row["all_float32"] == 1 for row in rows),
    )
    run.meta.update(
        training_seconds=round(seconds, 1),
        finished=True,
        metrics={"networks": len(rows), "perfect": perfect},
    )
    run.save_meta()
    print(run.path("table.md").read_text(encoding="utf-8"))
    print(
        f"{run.folder}: {len(rows)} networks in {seconds:.1f} s, {perfect} of them add every pair"
    )


if __name__ == "__main__":
    run_cli(main)
