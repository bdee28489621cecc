"""Addition networks that are trained in turn, each saved as soon as it is there, so that a stopped run can go on."""

from itertools import islice

from common.cli import GeneError
from train.addition.spec import Trained, Weights
from train.core.distributed import all_gather_arrays, process_count, shard_slice


def in_turn(run, adders, learn, resume):
    """Yield each Adder as learn(adder), a Trained. On resume those that were finished are read, not learned again.

    What was in the middle of its training starts again; as all its numbers hang on its seed, it ends the same. Where
    there are several processes each learns one at a time.
    """
    trained = _load(run, adders) if resume else []
    _save(run, trained)
    yield from trained
    while len(trained) < len(adders):
        learned = _learn(adders[len(trained) :][: process_count()], learn)
        trained += learned
        _save(run, trained)
        yield from learned


def _learn(adders, learn):
    """The Adders, one a process at most, as Trained."""
    mine, left = [learn(adder) for adder in adders[shard_slice(len(adders))]], iter(adders)
    everyone = all_gather_arrays([*_parts(mine), [network.seconds for network in mine]])
    return [
        network
        for *parts, seconds in everyone
        for network in _trained(left, parts, seconds.tolist())
    ]


def _parts(trained):
    return [part for network in trained for part in (*network.weights, network.losses)]


def _trained(adders, parts, seconds):
    """The next Adders of an iterator with their `_parts`, as Trained."""
    parts = iter(parts)
    return [
        Trained(adder, Weights(*islice(parts, 4)), next(parts).tolist(), each)
        for each, adder in zip(seconds, adders)
    ]


def _save(run, trained):
    run.save_state(_parts(trained), {"seconds": [network.seconds for network in trained]})


def _load(run, adders):
    seconds = run.load_state(
        lambda record: all(isinstance(each, float) for each in record["seconds"])
    )["seconds"]
    if len(run.state) != 5 * len(seconds) or len(seconds) > len(adders) or _odd(run.state, adders):
        raise GeneError(
            f"{run.path('state.npz')}: does not fit these networks; start again with --overwrite"
        )
    return _trained(iter(adders), run.state, seconds)


def _odd(parts, adders):
    """Whether parts that were read are not of their Adders' sizes."""
    parts, sizes = iter(parts), [adder.hidden for adder in adders[: len(parts) // 5]]
    return any(
        [next(parts).shape for _ in range(4)] != [(2, n), (n,), (n,), ()] or next(parts).ndim != 1
        for n in sizes
    )
