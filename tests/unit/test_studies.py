"""A study's nets are the nets that `fit` makes; nothing that has finished is lost or done twice."""

import json
import math
import os
import signal
import subprocess
import sys
import time
import warnings
from fractions import Fraction

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_text import assert_shows
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from same_results import assert_same

import nnlib
from nnlib import (
    FourLayerNet,
    MultilayerPerceptron,
    ThreeLayerNet,
    datasets,
    plotting,
)
from nnlib.stopping import Criterion, EarlyStopping, GradientNorm, Patience, RelativeImprovement
from nnlib.studies import Results, Study, stacks
from nnlib.studies.study import STACK_NETS
from nnlib.studies.summary import quantiles

STEADY = {"learning_rate": 0.2, "reduction": "mean", "hidden_nodes": 6, "max_epochs": 60}


def moons(seed, n=40, noise=0.2):
    training = datasets.moons(n, noise=noise, random_state=seed)
    return training, datasets.moons(60, noise=noise, random_state=1000 + seed)


def ragged(seed):
    return moons(seed, n=30 + 2 * (seed % 2))


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


# Equal to single fits

EARLY = EarlyStopping(patience=20)
CASES = {
    "penalties": {},
    "rates beyond the edge": {"vary": {"learning_rate": [0.05, 3.0]}},
    "reductions": {"net": ThreeLayerNet(6, learning_rate=0.004, max_epochs=60),
                   "vary": {"reduction": ["sum", "mean"]}},
    "scales": {"vary": {"initial_scale": [None, 0.5, 3.0]}},
    "activations": {"vary": {"activation": ["relu", "tanh", "logistic"]}},
    "precisions": {"vary": {"dtype": ["float64", "float32"]}},
    "widths": {"net": FourLayerNet(**{**STEADY, "hidden_nodes": 5}),
               "vary": {"hidden_nodes": [(3, 4), 5]}},
    "epochs": {"vary": {"max_epochs": [5, 60]}},
    "a grid with the data": {"vary": {"n": [30, 50], "learning_rate": [0.1, 0.3]}},
    "noise": {"vary": {"noise": [0.1, 0.4]}},
    "seeds of two sizes": {"data": ragged},
    "fixed data": {"data": moons(7)},
    "no validation data": {"data": lambda seed: moons(seed)[0]},
    "labels in words": {"data": lambda seed: (moons(seed)[0][0],
                                              np.array(["up", "down"])[moons(seed)[0][1]])},
    "gradient norm": {"vary": {"stopping": [GradientNorm(0.3), GradientNorm(0.2)]}},
    "patience": {"net": ThreeLayerNet(6, learning_rate=2.0, reduction="mean", max_epochs=60,
                                      stopping=Patience(tol=0.1, epochs=4))},
    "relative improvement": {"net": ThreeLayerNet(**STEADY,
                                                  stopping=RelativeImprovement(0.2, every=10))},
    "early stopping": {"data": lambda seed, noise=0.7: moons(seed, noise=noise),
                       "net": ThreeLayerNet(24, learning_rate=1.0, reduction="mean",
                                            max_epochs=400, stopping=EARLY)},
    "one net diverges": {"vary": {"learning_rate": [0.2, 1e80]}},
    "all nets diverge": {"vary": {"learning_rate": [1e80, 1e90]}},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_net_is_the_one_that_fit_makes(case):
    s = study(**case)
    results = s.run()
    for row in range(len(results)):
        record = {name: column.tolist()[row] for name, column in results.table.items()}
        parameters, arguments = s.net.get_params(), {}
        for name in s.vary:
            (parameters if name in parameters else arguments)[name] = record[name]
        data = s.data(record["seed"], **arguments) if callable(s.data) else s.data
        training, validation = data if isinstance(data[0], tuple) else (data, None)
        net = type(s.net)(**{**parameters, "random_state": record["seed"]})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.fit(*training, validation_data=validation)
        tolerance = 1e-10 if net.dtype == "float64" else 1e-4
        for name, curve in results.curves.items():
            alone = getattr(net.history_, name)
            own = curve[row]
            np.testing.assert_allclose(own[: len(alone)], alone, rtol=tolerance, atol=tolerance)
            assert np.isnan(own[len(alone) :]).all()
        assert record["n_epochs"] == net.n_epochs_
        assert record["best_epoch"] == net.best_epoch_
        assert record["stop_reason"] == net.stop_reason_
        assert record["diverged"] == ("not finite" in net.stop_reason_)
        assert record["loss"] == pytest.approx(net.loss_, rel=tolerance)
        assert record["cross_entropy"] == pytest.approx(net.cross_entropy(*training), rel=tolerance)
        assert record["accuracy"] == net.score(*training)
        if validation is None:
            assert math.isnan(record["validation_loss"])
            assert math.isnan(record["validation_accuracy"])
        else:
            assert record["validation_loss"] == pytest.approx(
                net.cross_entropy(*validation), rel=tolerance
            )
            assert record["validation_accuracy"] == net.score(*validation)


def test_the_cases_stop_for_their_reasons():
    stopped = study(**CASES["early stopping"]).run().table
    assert (stopped["best_epoch"] < stopped["n_epochs"]).all()
    assert len(set(stopped["n_epochs"])) > 1
    one = study(**CASES["one net diverges"]).run()
    np.testing.assert_array_equal(one.table["diverged"], one.table["learning_rate"] > 1)
    assert (study(**CASES["patience"]).run().table["n_epochs"] < 60).all()
    assert len(set(study(**CASES["relative improvement"]).run().table["n_epochs"])) > 1
    assert len(set(study(**CASES["gradient norm"]).run().table["n_epochs"])) > 1


def test_a_study_warns_of_no_single_net():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = study(vary={"learning_rate": [1e80], "reduction": ["sum"]}).run()
    assert results.table["diverged"].all()
    assert results.table["failed"].all()


# Stacks


def test_nets_that_may_differ_are_trained_in_one_stack(monkeypatch):
    trained = count_stacks(monkeypatch)
    study(vary={"learning_rate": [0.1, 0.2], "reg_lambda": [0, 1]}).run()
    assert trained == [0]


def test_fixed_observations_are_kept_once():
    s = study(data=moons(7))
    jobs = s._job(0)
    made = [stacks.descent_of(net, s.data, 0) for net in jobs.nets]
    together = stacks.in_lock_step(made)
    assert together.objective.X.ndim == 2
    assert together.objective.y.shape == (6, 40)


def test_no_stack_outgrows_the_cache_or_the_limit():
    many = study(seeds=range(100))
    sizes = [len(stack) for stack in many._stacks]
    assert sum(sizes) == 200
    assert max(sizes) <= STACK_NETS
    assert max(sizes) - min(sizes) <= 1
    wide = study(net=ThreeLayerNet(**{**STEADY, "hidden_nodes": 3000}), data=moons(0), seeds=[0, 1])
    assert [len(stack) for stack in wide._stacks] == [1] * 4


def test_rows_come_in_the_order_of_values_and_seeds():
    results = study(vary={"n": [50, 30], "reg_lambda": [1, 0]}, seeds=[5, 3]).run()
    assert results.table["n"].tolist() == [50] * 4 + [30] * 4
    assert results.table["reg_lambda"].tolist() == [1, 1, 0, 0] * 2
    assert results.table["seed"].tolist() == [5, 3] * 4


# Failures


def test_two_classes_fail_by_the_rule_of_the_book():
    failed = stacks.has_failed(
        [0.6, 0.61, 0.9, 0.9, 0.9, 0.9], [0.5, 0.64, 0.65, 0.1, np.nan, 0.1],
        [False, False, False, False, False, True], 2,
    )
    np.testing.assert_array_equal(failed, [True, False, True, False, True, True])


def test_many_classes_fail_near_guessing():
    failed = stacks.has_failed([0.28, 0.29, 0.9], [1.0, 2.15, 2.16], [False] * 3, 10)
    np.testing.assert_array_equal(failed, [True, False, True])


# What is finished is kept


def test_an_interrupt_keeps_what_is_done(monkeypatch):
    whole = small_study().run()
    s = small_study()

    def interrupted(stack, job):
        if stack == 2:
            raise KeyboardInterrupt
        return stacks.train(stack, job)

    monkeypatch.setattr("nnlib.studies.study.train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        s.run()
    assert len(s.results) == 6
    assert s.results.table["hidden_nodes"].tolist() == [2, 2, 2, 3, 3, 3]
    trained = count_stacks(monkeypatch)
    assert_same(s.run(), whole)
    assert trained == [2, 3, 4]


def test_before_a_run_there_are_no_results():
    results = study().results
    assert len(results) == 0
    assert results.summary().rows == []
    with pytest.raises(ValueError, match="at least one net"):
        results.plot()


def test_a_finished_study_is_read_and_not_trained(tmp_path, monkeypatch):
    trained = count_stacks(monkeypatch)
    first = small_study(folder=tmp_path / "study").run()
    assert trained == [0, 1, 2, 3, 4]
    second = small_study(folder=str(tmp_path / "study")).run()
    assert trained == [0, 1, 2, 3, 4]
    assert_same(second, first)
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == [
        *(f"stack-000{i}.npz" for i in range(5)), "study.json"
    ]


SCRIPT = """
import signal
import sys
import numpy as np
from nnlib import ThreeLayerNet, datasets
from nnlib.studies import Study

def moons(seed):
    training = datasets.moons(40, noise=0.2, random_state=seed)
    return training, datasets.moons(60, noise=0.2, random_state=1000 + seed)

study = Study(
    ThreeLayerNet(learning_rate=0.2, reduction="mean", max_epochs={epochs}),
    {{"hidden_nodes": list(range(2, 14))}}, moons, range(3), {folder!r}, {n_jobs}, progress=False,
)
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run behind a shell
    try:
        results = study.run()
    except KeyboardInterrupt:
        print("interrupted with", len(study.results), flush=True)
        sys.exit(130)
    print(repr(results.table["loss"].sum()))
"""


def start(tmp_path, folder, epochs=800, n_jobs=None):
    """Run the script's study in a process of its own."""
    script = tmp_path / "study.py"
    script.write_text(SCRIPT.format(folder=str(folder), epochs=epochs, n_jobs=n_jobs))
    root = os.path.dirname(os.path.dirname(nnlib.__file__))
    return subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": root}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )


def wait_for_stacks(process, folder, number):
    while len(list(folder.glob("stack-*.npz"))) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_keeps_finished_stacks_on_disk_and_in_memory(tmp_path, n_jobs):
    folder = tmp_path / "results"
    process = start(tmp_path, folder, epochs=3000, n_jobs=n_jobs)
    wait_for_stacks(process, folder, 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    out, err = process.communicate()
    assert process.returncode == 130, err
    files = len(list(folder.glob("stack-*.npz")))
    assert 2 <= files < 12
    kept = int(out.removeprefix("interrupted with "))
    # The interrupt may come between writing a stack and entering it.
    assert kept in (3 * files, 3 * files - 3)


@pytest.mark.parametrize("damage", ["truncated", "empty", "of another study", "an array missing"])
def test_a_damaged_stack_is_trained_again(tmp_path, monkeypatch, damage):
    first = small_study(folder=tmp_path / "one").run()
    file = tmp_path / "one" / "stack-0003.npz"
    whole = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "of another study":
        small_study(folder=tmp_path / "two", seeds=[7, 8, 9]).run()
        file.write_bytes((tmp_path / "two" / file.name).read_bytes())
    else:
        with np.load(file) as stored:
            arrays = dict(stored)
        del arrays["loss_curve"]
        np.savez(file, **arrays)
    trained = count_stacks(monkeypatch)
    with pytest.warns(UserWarning, match="stack-0003.npz is damaged") as caught:
        again = small_study(folder=tmp_path / "one").run()
    assert caught[0].filename == __file__
    assert trained == [3]
    assert_same(again, first)
    with np.load(file) as stored:
        assert "loss_curve" in stored


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"seeds": [0, 1]}, "seeds"),
        ({"vary": {"reg_lambda": [0, 0.2]}}, "vary"),
        ({"net": ThreeLayerNet(**{**STEADY, "max_epochs": 61})}, "settings"),
        ({"net": MultilayerPerceptron(**STEADY)}, "net"),
        ({"data": lambda seed: moons(seed, noise=0.3)}, "data"),
        ({"data": moons(3)}, "data"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_folder_of_another_study_is_refused(tmp_path, other, named):
    first = study(folder=tmp_path).run()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=rf"folder must be new or hold.*differs in its .*{named}"):
        study(**other, folder=tmp_path).run()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert_same(study(folder=tmp_path, n_jobs=1).run(), first)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "nnlib study 2"}'])
def test_a_study_json_that_is_not_ours_is_refused(tmp_path, text):
    (tmp_path / "study.json").write_text(text)
    with pytest.raises(ValueError, match="folder must be new or hold this study"):
        study(folder=tmp_path).run()
    assert (tmp_path / "study.json").read_text() == text


def test_the_folder_of_an_older_nnlib_is_refused_and_left_alone(tmp_path):
    first = study(folder=tmp_path).run()
    text = (tmp_path / "study.json").read_text()
    (tmp_path / "study.json").write_text(text.replace("nnlib study 2", "nnlib study 1"))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="another version of nnlib wrote: its format is 'nnlib st"):
        study(folder=tmp_path).run()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    (tmp_path / "study.json").write_text(text)
    assert_same(study(folder=tmp_path).run(), first)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="folder must be a folder"):
        study(folder=tmp_path / "file").run()


def test_the_description_of_a_study_is_readable(tmp_path):
    study(vary={"stopping": [None, GradientNorm(0.3)]}, folder=tmp_path).run()
    description = json.loads((tmp_path / "study.json").read_text())
    assert description["net"] == "ThreeLayerNet"
    assert description["settings"]["learning_rate"] == 0.2
    assert description["vary"] == {"stopping": [None, [{"criterion": "GradientNorm", "tol": 0.3}]]}
    assert description["seeds"] == [0, 1, 2]


def test_the_description_holds_sequences_and_numpys_numbers(tmp_path):
    net = MultilayerPerceptron(**STEADY, initial_scale=np.float32(0.5))
    study(net=net, vary={"hidden_nodes": [2, (2, 3)]}, folder=tmp_path).run()
    description = json.loads((tmp_path / "study.json").read_text())
    assert description["settings"]["initial_scale"] == 0.5
    assert description["vary"] == {"hidden_nodes": [2, [2, 3]]}


def test_what_json_cannot_hold_is_refused_with_a_folder(tmp_path):
    net = MultilayerPerceptron(**{**STEADY, "learning_rate": Fraction(1, 2)})
    study(net=net)
    with pytest.raises(TypeError, match="learning_rate must be numbers, text or"):
        study(net=net, folder=tmp_path)


def test_other_data_of_a_later_seed_are_noticed(tmp_path):
    """Seed 0 has the same data in both."""
    def noisier(factor):
        return lambda seed: datasets.moons(30, noise=factor * seed, random_state=seed)

    settings = {"data": noisier(0.1), "vary": {"hidden_nodes": [2, 3]}}
    first = study(**settings, folder=tmp_path).run()
    assert_same(study(**settings, folder=tmp_path).run(), first)
    settings["data"] = noisier(0.3)
    with pytest.warns(UserWarning, match="of other data: its 3 nets are trained again"):
        again = study(**settings, folder=tmp_path).run()
    assert_same(again, study(**settings).run())


class OwnCriterion(Criterion):
    def watch(self):
        return lambda row: "enough" if row.epoch == 3 else None


def test_a_criterion_of_ones_own_works_without_a_folder(tmp_path):
    net = ThreeLayerNet(**STEADY, stopping=OwnCriterion())
    assert (study(net=net).run().table["stop_reason"] == "enough").all()
    with pytest.raises(TypeError, match="criteria"):
        study(net=net, folder=tmp_path)


# Several processes, progress, optional packages


def test_two_processes_train_what_one_does():
    assert_same(small_study(n_jobs=2).run(), small_study(n_jobs=1).run())


def test_errors_of_a_seed_name_it_and_keep_what_is_done():
    def spoiled(seed):
        (X, y), validation = moons(seed)
        return (X, y if seed != 40 else y * 0), validation

    s = study(data=spoiled, seeds=range(60))
    with pytest.raises(ValueError, match="with seed 40, y must hold at least two classes"):
        s.run()
    assert 0 < len(s.results) < 120


def test_progress_counts_nets(capsys):
    Study(ThreeLayerNet(**STEADY), {"reg_lambda": [0, 1]}, moons, range(3)).run()
    assert "6/6" in capsys.readouterr().err
    study().run()
    assert capsys.readouterr().err == ""


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="progress=True needs tqdm"):
        Study(ThreeLayerNet(**STEADY), {"reg_lambda": [0, 1]}, moons, range(3)).run()
    expected = study().run()
    monkeypatch.setitem(sys.modules, "joblib", None)
    assert_same(study().run(), expected)
    with pytest.raises(ImportError, match="n_jobs=2 needs joblib"):
        study(n_jobs=2).run()


# Results


def made_up(losses, failed=None, vary=None):
    """Results whose table and curves are known: one row for each value and seed."""
    losses = np.asarray(losses, float)  # (values, seeds)
    n_values, n_seeds = losses.shape[0], losses.shape[-1]
    vary = vary or {"reg_lambda": tuple(range(n_values))}
    flat = losses.reshape(-1)
    grid = np.stack(np.meshgrid(*map(np.array, vary.values()), np.arange(n_seeds), indexing="ij"))
    table = dict(zip([*vary, "seed"], grid.reshape(len(grid), -1), strict=True))
    for name, values in {"loss": flat, "cross_entropy": flat / 2, "accuracy": 1 - flat / 10,
                         "validation_loss": 2 * flat, "validation_accuracy": 1 - flat / 5}.items():
        table[name] = values
    table["n_epochs"] = np.full(flat.size, 2)
    table["failed"] = np.zeros(flat.size, bool) if failed is None else np.ravel(failed)
    curves = {name: np.stack([table.get(name, flat) + e for e in (2, 1, 0)], axis=1)
              for name in stacks.CURVES}
    return Results(vary, table, curves)


def test_the_summary_gives_medians_spread_and_failures():
    losses = [np.arange(11.0), np.full(11, 3.0)]
    rows = made_up(losses, failed=[[True] * 3 + [False] * 8, [False] * 11]).summary().rows
    assert rows[0]["reg_lambda"] == 0
    assert rows[0]["nets"] == 11
    assert rows[0]["failed"] == pytest.approx(3 / 11)
    assert (rows[0]["loss_10"], rows[0]["loss"], rows[0]["loss_90"]) == (1, 5, 9)
    assert rows[0]["validation_loss"] == 10
    assert (rows[1]["accuracy_10"], rows[1]["accuracy"]) == pytest.approx((0.7, 0.7))


def test_the_summary_prints_aligned_and_as_html():
    summary = made_up([np.arange(11.0), np.full(11, 123.456)]).summary()
    lines = str(summary).splitlines()
    assert len({len(line) for line in lines[:3]}) == 1
    assert "validation accuracy" in lines[0]
    assert "5 (1 to 9)" in lines[1]
    assert "123 (123 to 123)" in lines[2]
    assert repr(summary) == str(summary)
    page = summary._repr_html_()
    assert page.count("<tr>") == 3
    assert "<td>5 (1 to 9)</td>" in page
    named = made_up([[1.0, 2.0]], vary={"kernel": ("<b>",)}).summary()
    assert "&lt;b&gt;" in named._repr_html_()
    # A page's MathJax leaves it alone.
    assert page.startswith('<table class="tex2jax_ignore mathjax_ignore">')


def test_without_validation_data_the_summary_leaves_them_out():
    summary = study(data=lambda seed: moons(seed)[0]).run().summary()
    assert "validation" not in str(summary)
    assert list(summary.rows[0]) == ["reg_lambda", "nets", "failed", "loss", "loss_10", "loss_90",
                                     "accuracy", "accuracy_10", "accuracy_90"]


def test_quantiles_are_numpys_of_the_finite_values():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((13, 40))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[0, 0] = np.inf
    finite = np.where(np.isfinite(values), values, np.nan)
    ours = quantiles(values, (0.1, 0.5, 0.9))
    np.testing.assert_allclose(ours, np.nanquantile(finite, (0.1, 0.5, 0.9), axis=0), rtol=1e-13)
    assert np.isnan(quantiles(np.array([np.nan, np.inf]), (0.5,))).all()


def test_the_table_is_tidy():
    results = study(vary={"hidden_nodes": [3, 4], "activation": ["relu", "tanh"]}).run()
    assert results.table["hidden_nodes"].dtype.kind == "i"
    assert results.table["activation"].dtype.kind == "U"
    assert all(len(column) == 12 for column in results.table.values())
    assert results.table["hidden_nodes"].tolist() == [3] * 6 + [4] * 6
    assert results.table["activation"].tolist() == 2 * (["relu"] * 3 + ["tanh"] * 3)
    assert results.table["failed"].dtype == bool
    assert repr(results) == "<Results of 12 nets: 2 hidden_nodes × 2 activation × 3 seeds>"


def test_a_part_of_a_grid_is_a_study_of_the_other_parameter():
    losses = np.arange(24.0).reshape(2, 3, 4)
    grid = made_up(losses, vary={"n": (10, 20), "reg_lambda": (0, 1, 2)})
    part = grid.at(n=20)
    assert part.vary == {"reg_lambda": (0, 1, 2)}
    np.testing.assert_array_equal(part.table["loss"], losses[1].ravel())
    assert part.curves["loss"].shape == (12, 3)
    assert len(grid.at(n=20, reg_lambda=1)) == 4
    with pytest.raises(ValueError, match="n must be one of the values of the study, 10, 20, got 3"):
        grid.at(n=3)
    with pytest.raises(ValueError, match="width must be a parameter that was varied"):
        grid.at(width=3)


# Plots


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_curves_are_medians_with_bands():
    results = made_up([np.arange(11.0) + 1, np.arange(11.0) + 5])
    ax = results.plot()
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert [line.get_ydata().tolist() for line in solid] == [[8, 7, 6], [12, 11, 10]]
    assert [line.get_ydata().tolist() for line in dashed] == [[14, 13, 12], [22, 21, 20]]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[band[:, 0] == 2][:, 1].min() == 2
    assert band[band[:, 0] == 2][:, 1].max() == 10
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss (nats per observation)")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[-2:] == ["training, with penalty", "validation"]
    assert len(labels) == 4


def test_a_stopped_net_counts_on_in_the_curves():
    results = made_up([[1.0, 2.0, 9.0]])
    results.table["n_epochs"][2] = 1
    results.curves["loss"][2] = [30, 20, np.nan]
    (line, _) = results.plot().lines
    assert line.get_ydata().tolist() == [4, 3, 2]
    results.table["n_epochs"][:2] = 0
    results.curves["loss"][:2, 1:] = np.nan
    (line, _) = results.plot().lines
    assert line.get_ydata().tolist() == [4, 2, 2]
    results.curves["gradient_norm"][2] = [30, 20, np.nan]
    (line,) = results.plot(column="gradient_norm").lines
    assert line.get_ydata()[-1] == 4


@pytest.mark.parametrize("kind", ["curves", "dots"])
def test_a_value_without_a_net_is_left_out(kind):
    """After an interrupt, say."""
    whole = made_up([[1.0, 2.0], [300.0, 400.0], [5.0, 6.0]])
    keep = ~whole.rows("reg_lambda", 1)
    results = Results(whole.vary, {name: column[keep] for name, column in whole.table.items()},
                      {name: curve[keep] for name, curve in whole.curves.items()})
    ax = results.plot(kind, "loss")
    shown = np.concatenate([
        *(line.get_ydata() for line in ax.lines),
        *(c.get_offsets()[:, 1] for c in ax.collections if isinstance(c, PathCollection)),
    ])
    assert len(shown)
    assert shown.max() < 300


def test_numbers_have_colours_in_their_order_and_kinds_have_the_books():
    numbers = made_up([[2.0], [1.0], [3.0]], vary={"reg_lambda": (0.1, 0.0, 0.2)}).plot()
    colours = [to_rgb(line.get_color()) for line in numbers.lines if line.get_linestyle() == "-"]
    assert colours == [to_rgb(mpl.colormaps["viridis"](0.88 * rank)) for rank in (0.5, 0.0, 1.0)]
    kinds = made_up([[2.0], [1.0], [3.0]], vary={"activation": ("relu", "tanh", "softplus")}).plot()
    colours = [line.get_color() for line in kinds.lines if line.get_linestyle() == "-"]
    assert colours == list(plotting.COLOURS[:3])


def test_dots_show_every_net_and_the_median():
    losses = np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 80.0]])
    results = made_up(losses, failed=[[False] * 3, [False, False, True]])
    ax = results.plot("dots", column="loss")
    points = np.concatenate([c.get_offsets() for c in ax.collections
                             if isinstance(c, PathCollection)])
    assert sorted(points[:, 1]) == sorted([*losses.ravel(), *2 * losses.ravel()])
    bars = [c.get_segments()[0][0, 1] for c in ax.collections
            if isinstance(c, LineCollection)]
    assert bars == [2, 4, 4, 8]
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0", "1"]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["training", "validation", "failed"]
    # The second value stands at 1, its training dots to the left of its validation dots.
    left, right = (points[points[:, 1] == loss][0, 0] for loss in (3, 8))
    assert 0.5 < left < 1 < right < 1.5


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([1.0, 0.05], "log"),
        ([1.0, 0.2], "linear"),
        ([1.0, np.inf, 0.2], "linear"),
        ([1.0, np.nan, 0.05], "log"),
        ([1.0, 0.0], "linear"),  # zero has no logarithm
        ([np.nan], "linear"),
    ],
)
def test_losses_that_span_a_wide_range_get_a_logarithmic_axis(losses, scale):
    assert made_up([losses]).plot("dots", "loss").get_yscale() == scale
    assert made_up([losses]).plot("dots", "accuracy").get_yscale() == "linear"


def test_a_plane_shows_medians_and_hatches_failures():
    losses = np.arange(18.0).reshape(2, 3, 3)
    failed = np.zeros((2, 3, 3), bool)
    failed[1, 2, :2] = failed[0, 0, 0] = True
    results = made_up(losses, failed, vary={"n": (10, 20), "reg_lambda": (0, 1, 2)})
    fig, ax = plt.subplots()
    assert results.plot(column="loss", ax=ax) is ax
    drawn = ax.collections[0].get_array()
    np.testing.assert_array_equal(drawn, np.median(losses, axis=-1).T)
    assert [patch.get_xy() for patch in ax.patches] == [(1, 2)]
    assert ax.patches[0].get_hatch()
    assert ax.get_xlabel() == "observations $n$"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0", "1", "2"]
    assert fig.axes[1].get_ylabel() == "median loss (nats per observation)"
    assert ax.collections[0].get_clim() == (1, 13)
    share = results.plot(column="failed").collections[0].get_array()
    np.testing.assert_allclose(share, failed.mean(axis=-1).T)
    assert results.plot().figure.axes[1].get_ylabel() == (
        "median validation accuracy (fraction correct)"
    )


@pytest.mark.parametrize("value", ["$0-$50k", "$\\frac$", "_hidden", ("$a$", 1)])
def test_names_and_values_are_drawn_as_they_are(value):
    vary = {"$p$": [value, "other"], "reg_lambda": [0, 0.1]}
    grid = study(vary=vary, data=lambda seed, **any_: moons(seed), seeds=[0]).run()
    single = grid.at(reg_lambda=0)
    for ax in (grid.plot(), single.plot("dots")):
        ax.figure.canvas.draw()
        assert_shows(ax.get_xticklabels()[0], str(value))
        assert_shows(ax.xaxis.label, "$p$")
    ax = single.plot("curves")
    ax.figure.canvas.draw()
    assert_shows(ax.get_legend().get_texts()[0], f"$p$ = {value}")


def test_real_results_can_be_drawn():
    results = study().run()
    results.plot().figure.canvas.draw()
    results.plot("curves", "accuracy").figure.canvas.draw()
    results.plot("dots", "validation_accuracy").figure.canvas.draw()
    study(vary={"n": [30, 40], "learning_rate": [0.1, 1e80]}).run().plot().figure.canvas.draw()


@pytest.mark.parametrize(
    ("kind", "column", "message"),
    [
        ("bars", None, "kind must be one of"),
        ("plane", None, "kind must be 'plane' for a grid"),
        ("curves", "n_epochs", "column must be one of"),
        ("dots", "stop_reason", "column must be one of"),
    ],
)
def test_plots_refuse_what_they_cannot_draw(kind, column, message):
    with pytest.raises(ValueError, match=message):
        made_up([[1.0, 2.0]]).plot(kind, column)


def test_a_grid_asks_for_one_value_of_a_parameter():
    grid = made_up(np.ones((2, 2, 2)), vary={"n": (1, 2), "reg_lambda": (0, 1)})
    with pytest.raises(ValueError, match=r"results\.at\(n=\.\.\.\)"):
        grid.plot("curves")
    grid.at(n=1).plot("curves")


# Bad input


BAD = {
    "no net": ({"net": "ThreeLayerNet"}, TypeError, "net must be a ThreeLayerNet"),
    "a seeded net": ({"net": ThreeLayerNet(random_state=0)}, ValueError, "leave random_state"),
    "a warm net": ({"net": ThreeLayerNet(warm_start=True)}, ValueError, "leave warm_start"),
    "a net with a bar": ({"net": ThreeLayerNet(progress=True)}, ValueError, "leave progress"),
    "a bad net": ({"net": ThreeLayerNet(max_epochs=0)}, ValueError, "max_epochs must be"),
    "vary a list": ({"vary": ["reg_lambda"]}, TypeError, "vary must be a mapping"),
    "three varied": ({"vary": {"reg_lambda": [0], "n": [9], "noise": [0]}}, ValueError,
                     "one parameter, or two for a grid, got 3"),
    "unknown": ({"vary": {"momentum": [0]}}, ValueError, "got 'momentum'"),
    "the seed": ({"vary": {"random_state": [0]}}, ValueError, "got 'random_state'"),
    "a column": ({"vary": {"accuracy": [0]}, "data": lambda seed, **k: moons(seed)}, ValueError,
                 "got 'accuracy'"),
    "of both": ({"vary": {"dtype": ["float64"]}, "data": lambda seed, dtype: moons(seed)},
                ValueError, "got 'dtype', which both have"),
    "of fixed data": ({"vary": {"n": [9]}, "data": moons(0)}, ValueError, "got 'n'"),
    "no values": ({"vary": {"reg_lambda": []}}, ValueError, "at least one value, got none"),
    "one value": ({"vary": {"reg_lambda": 0.1}}, TypeError, "must be a sequence of values"),
    "text": ({"vary": {"activation": "relu"}}, TypeError, "must be a sequence of values"),
    "twice": ({"vary": {"reg_lambda": [0.1, 0.1]}}, ValueError, "differ, got 0.1 twice"),
    "arrays": ({"vary": {"hidden_nodes": [np.array([3])]}}, TypeError, "got an array"),
    "a bad value": ({"vary": {"reg_lambda": [0, -1]}}, ValueError, "reg_lambda must be"),
    "a bad kind": ({"vary": {"hidden_nodes": [3, 2.5]}}, TypeError, "hidden_nodes must be"),
    "no seeds": ({"seeds": []}, ValueError, "seeds must hold at least one"),
    "a number of seeds": ({"seeds": 20}, TypeError, "seeds must be a sequence"),
    "fractions": ({"seeds": [0.5]}, TypeError, "seeds must be a whole number"),
    "negative": ({"seeds": [-1]}, ValueError, "seeds must be a whole number of at least 0"),
    "equal seeds": ({"seeds": [1, 1]}, ValueError, "seeds must differ"),
    "data a word": ({"data": "moons"}, TypeError, "data must be a function of a seed"),
    "data of no seed": ({"data": lambda: moons(0)}, TypeError, "seed as its first argument"),
    "data three": ({"data": lambda seed: (1, 2, 3)}, TypeError, "got tuple of 3"),
    "data one pair too short": ({"data": lambda seed: ((1, 2), (1,))}, TypeError, "of 2 and 1"),
    "data an array": ({"data": lambda seed: np.zeros((3, 2))}, TypeError, "got ndarray"),
    "X too long": ({"data": lambda seed: (np.zeros((5, 2)), [0, 1])}, ValueError,
                   "with seed 0, y must have one label for each of the 5"),
    "validation of other width": (
        {"data": lambda seed: (moons(seed)[0], (np.zeros((2, 3)), [0, 1]))}, ValueError,
        r"with seed 0, validation_data\[0\] has 3 features"),
    "early stopping alone": (
        {"net": ThreeLayerNet(stopping=EarlyStopping()), "data": lambda seed: moons(seed)[0]},
        ValueError, "data must give validation data"),
    "folder a number": ({"folder": 3}, TypeError, "folder must be text or a path"),
    "no jobs": ({"n_jobs": 0}, ValueError, "n_jobs must be"),
    "half a job": ({"n_jobs": 0.5}, TypeError, "n_jobs must be"),
}


@pytest.mark.parametrize(("arguments", "error", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_named_when_the_study_is_made(arguments, error, message):
    with pytest.raises(error, match=message):
        study(**arguments)


def test_a_study_leaves_the_readers_net_alone():
    net = ThreeLayerNet(**STEADY)
    s = study(net=net)
    net.set_params(max_epochs=1)
    assert (s.run().table["n_epochs"] == 60).all()
    assert not hasattr(net, "network_")


def test_numpy_values_become_plain_numbers():
    s = study(vary={"reg_lambda": np.array([0.0, 0.1])}, seeds=np.arange(2))
    assert [type(value) for value in s.vary["reg_lambda"]] == [float, float]
    assert s.seeds == (0, 1)
    assert "reg_lambda': [0.0, 0.1]" in repr(s)
