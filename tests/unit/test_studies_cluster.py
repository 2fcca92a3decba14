"""The same study on a Dask cluster of separate worker processes."""

import os

import joblib
import numpy as np
import pytest
from distributed import Client, LocalCluster

from nnlib import ThreeLayerNet, datasets
from nnlib.studies import Study


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                     dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def make_study(data, folder=None):
    net = ThreeLayerNet(learning_rate=0.2, reduction="mean", max_epochs=300)
    return Study(net, {"hidden_nodes": list(range(2, 14))}, data, range(3), folder, progress=False)


def test_a_cluster_trains_what_one_process_does(client, tmp_path):
    visits = tmp_path / "visits"

    def moons(seed):
        visits.mkdir(exist_ok=True)
        (visits / str(os.getpid())).touch()
        return datasets.moons(40, noise=0.2, random_state=seed)

    study = make_study(moons)
    (visits / str(os.getpid())).unlink()  # the check of the first seed's data
    with joblib.parallel_config("dask"):
        results = study.run()
    workers = {int(path.name) for path in visits.iterdir()}
    assert workers
    assert workers <= set(client.run(os.getpid).values())    # and not this process
    alone = make_study(moons).run()
    with joblib.parallel_config("dask"):
        kept = make_study(moons, tmp_path / "results").run()
    for found in (results, kept):
        for name, column in alone.table.items():
            np.testing.assert_array_equal(found.table[name], column)
        np.testing.assert_array_equal(found.curves["loss"], alone.curves["loss"])
    assert len(list((tmp_path / "results").glob("stack-*.npz"))) == 12


def test_an_error_on_a_worker_arrives(client):
    def spoiled(seed):
        X, y = datasets.moons(40, noise=0.2, random_state=seed)
        return X, y * (seed != 2)

    study = make_study(spoiled)
    with (
        joblib.parallel_config("dask"),
        pytest.raises(ValueError, match="with seed 2, y must hold at least two classes"),
    ):
        study.run()
