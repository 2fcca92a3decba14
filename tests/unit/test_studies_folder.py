"""What a study has finished is kept: nothing is lost or done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction

import numpy as np
import pytest
from same_results import assert_same
from small_studies import STEADY, count_stacks, moons, small_study, study

import nnlib
from nnlib import MultilayerPerceptron, ThreeLayerNet, datasets
from nnlib.stopping import Criterion, GradientNorm
from nnlib.studies import stacks


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


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "nnlib study 3"}'])
def test_a_study_json_that_is_not_ours_is_refused(tmp_path, text):
    (tmp_path / "study.json").write_text(text)
    with pytest.raises(ValueError, match="folder must be new or hold this study"):
        study(folder=tmp_path).run()
    assert (tmp_path / "study.json").read_text() == text


def test_the_folder_of_an_older_nnlib_is_refused_and_left_alone(tmp_path):
    first = study(folder=tmp_path).run()
    text = (tmp_path / "study.json").read_text()
    (tmp_path / "study.json").write_text(text.replace("nnlib study 3", "nnlib study 2"))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="an older version of nnlib wrote"):
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
    assert description["vary"] == [
        {"stopping": None}, {"stopping": [{"criterion": "GradientNorm", "tol": 0.3}]}]
    assert description["seeds"] == [0, 1, 2]


def test_the_description_holds_sequences_and_numpys_numbers(tmp_path):
    net = MultilayerPerceptron(**STEADY, initial_scale=np.float32(0.5))
    study(net=net, vary={"hidden_nodes": [2, (2, 3)]}, folder=tmp_path).run()
    description = json.loads((tmp_path / "study.json").read_text())
    assert description["settings"]["initial_scale"] == 0.5
    assert description["vary"] == [{"hidden_nodes": 2}, {"hidden_nodes": [2, 3]}]


def test_what_json_cannot_hold_is_refused_with_a_folder(tmp_path):
    net = MultilayerPerceptron(**{**STEADY, "learning_rate": Fraction(1, 2)})
    study(net=net)
    with pytest.raises(TypeError, match="learning_rate must be numbers, text, or"):
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
