"""Train networks that add two numbers.

    python -m train.addition                            all the original's networks at once, 10 seeds, with biases too
    python -m train.addition --recipe seed              the original's way: Keras fit, one network after another
    python -m train.addition --recipe solve             the same networks made perfect
    python -m train.addition --hidden 1 2 3 --max-sum 16 100 --seeds 3 --run mine

Lessons are 10,000 pairs of numbers up to half of the maximum sum, a fifth of them held out to stop early. Accuracy is
the share of sums that round to the right one, over every pair of numbers up to half of the maximum sum. The run, with
the table as CSV and Markdown and the networks of the first seed, goes to checkpoints/addition/RUN.
"""

import math

import numpy as np

from common.cli import GeneError, Parser, add_recipes, number, whole
from common.cli import run as run_command
from common.progress import Progress
from datasets.sums import HELD_OUT, PAIRS
from models.addition import Stack
from train.adders import Adder, measure
from train.plain import train_plain
from train.run import describe, open_run
from train.solve import solve
from train.stacked import train_stacked
from train.tables import save_losses, save_tables

SIZES = dict(hidden=[1, 2, 4, 8, 16], max_sum=[16, 256, 65536], epochs=1000, patience=5, learning_rate=1e-3)
RECIPES = {
    "sweep": SIZES | dict(biases="both", seeds=10),
    "seed": SIZES | dict(biases="without", seeds=1),
    "solve": SIZES | dict(biases="both", seeds=1),
}
MOST_NETWORKS = 64      # of a run, seeds not counted: what one exported graph holds


def parse(argv):
    """The flags, the recipe's numbers filled in."""
    parser = Parser(__doc__, prog="python -m train.addition")
    networks = parser.add_argument_group("networks")
    networks.add_argument("--hidden", type=whole(1, 256), nargs="+", metavar="NODES", help="nodes of the hidden layer")
    networks.add_argument("--max-sum", type=whole(4, 65536), nargs="+", metavar="SUM", help="largest sum")
    networks.add_argument("--biases", choices=["without", "with", "both"], help="of the nodes")
    networks.add_argument("--seeds", type=whole(1, 100), help="each network so many times, from --seed on")
    networks.add_argument("--seed", type=whole(0, 2**30), default=1, help="of lessons, starts and orders (default: 1)")
    training = parser.add_argument_group("training (seed and sweep)")
    training.add_argument("--epochs", type=whole(1, 100_000), help="passes over the lessons, at most")
    training.add_argument("--patience", type=whole(1, 100_000), help="stop after so many epochs without a better loss")
    training.add_argument("--learning-rate", type=number(1e-9, 1e30), help="of Adam")
    parser.add_argument("--run", metavar="NAME", help="folder name of the run (default: the recipe's name)")
    parser.add_argument("--checkpoints", metavar="DIR", default="checkpoints", help="where runs live")
    parser.add_argument("--fresh", action="store_true", help="delete what the run's folder holds and start anew")
    parser.set_defaults(network="addition", resume=False)
    return add_recipes(parser, RECIPES, argv)


def grid(flags):
    """The Adders that the flags ask for, all of the first seed first."""
    biases = {"without": [False], "with": [True], "both": [False, True]}[flags.biases]
    networks = [(h, b, m) for b in biases for m in sorted(set(flags.max_sum)) for h in sorted(set(flags.hidden))]
    if len(networks) > MOST_NETWORKS:
        raise GeneError(f"--hidden and --max-sum: {len(networks)} networks where a run holds {MOST_NETWORKS}; name fewer")
    return [Adder(*network, flags.seed + i) for i in range(flags.seeds) for network in networks]


def learn(flags, adders):
    """Yield the Adders as Trained, in their order."""
    training = flags.epochs, flags.patience, flags.learning_rate
    if flags.recipe == "solve":
        yield from map(solve, adders)
    elif flags.recipe == "seed":
        yield from train_plain(adders, *training, say=lambda text: print(text, flush=True))
    else:
        progress = Progress(flags.epochs)
        yield from train_stacked(adders, *training, say=lambda done, left: progress.show(
            done, lambda speed: f"epoch {done}, {left} of {len(adders)} networks still learn, {speed:.0f} epochs/s"))
        progress.end()


def stack_of(trained):
    """Trained networks as one Stack."""
    adders = [t.adder for t in trained]
    stack = Stack([a.hidden for a in adders], [int(a.biases) for a in adders], [a.max_sum for a in adders])
    for name in ("first", "bias", "last", "offset"):
        values = np.zeros(getattr(stack, name).shape, "float32")
        for i, t in enumerate(trained):
            part = np.asarray(getattr(t.weights, name))
            values[(i, ..., slice(part.shape[-1])) if part.ndim else i] = part
        getattr(stack, name).assign(values)
    return stack


def check(trained):
    """GeneError when a network has lost itself."""
    adder = trained.adder
    for epoch, loss in enumerate(trained.losses):
        if not math.isfinite(loss):
            raise GeneError(f"--learning-rate: the loss of the network of {adder.hidden} nodes for sums to "
                            f"{adder.max_sum:,} is no number any more in epoch {epoch + 1}; give a smaller rate")


def main(argv):
    flags = parse(argv)
    adders = grid(flags)
    run = open_run(flags)
    trained, rows, solved = [], [], flags.recipe == "solve"
    for network in learn(flags, adders):
        check(network)
        trained.append(network)
        rows.append(measure(network))
        save_tables(run, rows, solved)
    firsts = [network for network in trained if network.adder.seed == flags.seed]
    if not solved:
        save_losses(run, firsts)
    stack = stack_of(firsts)
    run.save_model(stack)
    describe(run, flags, stack, {"pairs": PAIRS, "held_out": HELD_OUT})
    seconds, perfect = sum(network.seconds for network in trained), sum(row["all_float32"] == 1 for row in rows)
    run.meta.update(seconds=round(seconds, 1), finished=True, measures={"networks": len(rows), "perfect": perfect})
    run.save_meta()
    print(run.path("table.md").read_text(encoding="utf-8"))
    print(f"{run.folder}: {len(rows)} networks in {seconds:.1f} s, {perfect} of them add every pair")


if __name__ == "__main__":
    run_command(main)
