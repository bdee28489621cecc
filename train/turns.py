"""Addition networks that are trained in turn, each saved as soon as it is there, so that a stopped run can go on."""

from itertools import islice

from train.adders import Trained, Weights


def in_turn(run, adders, learn, resume):
    """Yield each Adder as learn(adder), a Trained. On resume those that were finished are read, not learned again.

    What was in the middle of its training starts again; as all its numbers hang on its seed, it ends the same.
    """
    trained = _load(run, adders) if resume else []
    _save(run, trained)
    yield from trained
    for adder in adders[len(trained):]:
        trained.append(learn(adder))
        _save(run, trained)
        yield trained[-1]


def _save(run, trained):
    run.save_state([part for network in trained for part in (*network.weights, network.losses)],
                   {"seconds": [network.seconds for network in trained]})


def _load(run, adders):
    seconds, parts = run.load_state()["seconds"], iter(run.state)
    return [Trained(adder, Weights(*islice(parts, 4)), next(parts).tolist(), each)
            for adder, each in zip(adders, seconds)]
