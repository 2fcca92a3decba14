"""Studies of a few nets, which take no time."""

from nnlib import ThreeLayerNet, datasets
from nnlib.studies import Study, stacks

STEADY = {"learning_rate": 0.2, "reduction": "mean", "hidden_nodes": 6, "max_epochs": 60}


def moons(seed, n=40, noise=0.2):
    training = datasets.moons(n, noise=noise, random_state=seed)
    return training, datasets.moons(60, noise=noise, random_state=1000 + seed)


def study(net=None, vary=None, data=moons, seeds=(0, 1, 2), **settings):
    net = ThreeLayerNet(**STEADY) if net is None else net
    return Study(net, vary or {"reg_lambda": [0, 0.1]}, data, seeds, progress=False, **settings)


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
