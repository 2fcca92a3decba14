"""Studies of a few nets, which take no time, and results that are made up."""

import numpy as np

from nnlib import ThreeLayerNet, datasets
from nnlib.studies import Results, Study, stacks

STEADY = {"learning_rate": 0.2, "reduction": "mean", "hidden_nodes": 6, "max_epochs": 60}


def moons(seed, n=40, noise=0.2):
    training = datasets.moons(n, noise=noise, random_state=seed)
    return training, datasets.moons(60, noise=noise, random_state=1000 + seed)


def study(net=None, vary=None, data=moons, seeds=(0, 1, 2), **settings):
    net = ThreeLayerNet(**STEADY) if net is None else net
    settings = {"epochs": "all", "progress": False} | settings
    return Study(net, {"reg_lambda": [0, 0.1]} if vary is None else vary, data, seeds, **settings)


def small_study(**settings):
    """Five stacks, one for each width."""
    return study(vary={"hidden_nodes": [2, 3, 4, 5, 6]}, **settings)


def count_stacks(monkeypatch):
    trained = []

    def counted(stack, job):
        trained.append(stack)
        return stacks.train(stack, job)

    monkeypatch.setattr("nnlib.studies.study.train", counted)
    return trained


def made_up(losses, failed=None, vary=None):
    """Results whose table and curves are known: losses (values, ..., seeds), one row for each."""
    losses = np.asarray(losses, float)
    n_values, n_seeds = losses.shape[0], losses.shape[-1]
    vary = vary or {"reg_lambda": tuple(range(n_values))}
    flat = losses.reshape(-1)
    places = np.indices(losses.shape).reshape(losses.ndim, -1)
    table = {name: np.array([values[place] for place in along])
             for (name, values), along in zip(vary.items(), places, strict=False)}
    table["seed"] = np.arange(n_seeds)[places[-1]]
    for name, values in {"loss": flat, "cross_entropy": flat / 2, "accuracy": 1 - flat / 10,
                         "validation_loss": 2 * flat, "validation_accuracy": 1 - flat / 5,
                         "test_loss": 3 * flat, "test_accuracy": 1 - flat / 4}.items():
        table[name] = values.copy()
    table["n_epochs"], table["best_epoch"] = np.full((2, flat.size), 2)
    table["failed"] = np.zeros(flat.size, bool) if failed is None else np.ravel(failed)
    table["diverged"] = np.zeros(flat.size, bool)
    curves = {name: np.stack([table.get(name, flat) + e for e in (2, 1, 0)], axis=1)
              for name in (*stacks.CURVES, "test_loss", "test_accuracy")}
    return Results(vary, table, curves)
