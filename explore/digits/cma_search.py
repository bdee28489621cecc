"""CMA-ES, from Nikolaus Hansen's library, behind the interface of the other searches: 49 coarse pixels a picture."""

import cma
import numpy as np

from generate.digits.genetic_search import SURE, Evolved, confidence, doubt

COARSE, POPULATION = 7, 100


def pictures(codes):
    """Images uint8 (n, 28, 28) of codes (n, 49), clipped to [0, 1]."""
    coarse = np.round(np.clip(codes, 0, 1) * 255).astype("uint8").reshape(-1, COARSE, COARSE)
    return np.kron(coarse, np.ones((1, 28 // COARSE, 28 // COARSE), "uint8"))


def search(ask, digit, seeds, softmax=False, cost=None, most=300, say=None):
    """Evolve a picture of `digit` for each of the seeds; the arguments are those of `generate.digits.genetic_search.evolve`."""
    options = {"popsize": POPULATION, "verbose": -9, "tolflatfitness": 10**6, "maxiter": 10**6}
    runs = [
        cma.CMAEvolutionStrategy(COARSE**2 * [0.3], 0.3, options | {"seed": int(seed) + 1})
        for seed in seeds
    ]
    found = [None] * len(runs)
    for generation in range(most + 1):
        open_runs = [i for i, one in enumerate(found) if one is None]
        if not open_runs:
            break
        codes = [runs[i].ask() for i in open_runs]
        images = pictures(np.concatenate(codes))
        logits = ask(images).reshape(len(open_runs), POPULATION, -1)
        extra = (
            cost(images).reshape(len(open_runs), POPULATION)
            if cost
            else np.zeros((len(open_runs), POPULATION))
        )
        costs = doubt(logits, digit, softmax) + extra
        for place, (i, code, row) in enumerate(zip(open_runs, codes, costs)):
            best = int(row.argmin())
            says, named = confidence(logits[place, best], digit, softmax)
            done = bool(says > SURE and named and extra[place, best] <= 0)
            runs[i].tell(code, row.tolist())
            if done or generation == most:
                found[i] = (
                    images[place * POPULATION + best],
                    logits[place, best],
                    says,
                    generation,
                    done,
                )
        if say:
            say(generation, sum(one is not None for one in found))
    return Evolved(*(np.array(column) for column in zip(*found)))
