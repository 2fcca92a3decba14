"""Stored evidence is a study's own, and every number of it can be proved."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from same_results import assert_same
from small_studies import STEADY, count_stacks, moons, study

import nnlib
from nnlib import ThreeLayerNet, datasets
from nnlib.estimator import files
from nnlib.stopping import EarlyStopping
from nnlib.studies import evidence, stacks


def three_sets(seed):
    return *moons(seed), datasets.moons(50, noise=0.2, random_state=2000 + seed)


def stored_study(**settings):
    vary = {"learning_rate": [0.1, 0.2], "hidden_nodes": [3, 4]}
    return study(**{"data": three_sets, "vary": vary, "epochs": None} | settings)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a file, and the results that it holds."""
    path = tmp_path_factory.mktemp("evidence") / "rates.npz"
    results = stored_study().stored(path)
    return path.read_bytes(), results


@pytest.fixture
def path(tmp_path, whole):
    path = tmp_path / "rates.npz"
    path.write_bytes(whole[0])
    return path


def rewritten(path, change):
    """The file with its arrays changed, and a checksum that belongs to them."""
    settings, arrays = files.read(path)
    del settings["format"]
    change(settings, arrays)
    files.write(path, settings | {"sha256": evidence._hash(arrays)}, arrays)


def test_the_first_call_trains_and_the_second_reads(tmp_path, monkeypatch):
    trained = count_stacks(monkeypatch)
    first = stored_study().stored(tmp_path / "rates.npz")
    assert trained == [0, 1]
    second = stored_study().stored(str(tmp_path / "rates.npz"))
    assert trained == [0, 1]
    assert_same(second, first)
    assert [path.name for path in tmp_path.iterdir()] == ["rates.npz"]


def test_what_is_read_is_what_was_trained(whole):
    results = stored_study().run()
    assert whole[1].vary == results.vary
    for name, column in results.table.items():
        np.testing.assert_array_equal(whole[1].table[name], column)
    for name, curve in results.curves.items():
        np.testing.assert_array_equal(whole[1].curves[name], curve.astype(np.float32))
    np.testing.assert_array_equal(whole[1].epochs, results.epochs)


def training_moons(seed):
    return moons(seed)[0]


def test_curves_of_data_that_there_are_not_take_no_room(tmp_path):
    path, trained = tmp_path / "rates.npz", stored_study(data=training_moons)
    results = trained.stored(path)
    names = {f"{name}_curve" for name in results.curves}
    assert names - set(files.read(path)[1]) == {
        f"{kind}_{of}_curve" for kind in ("validation", "test") for of in ("loss", "accuracy")}
    assert np.isnan(results.curves["test_loss"]).all()
    assert results.curves["test_loss"].shape == results.curves["loss"].shape
    assert trained.proof(path, 2, 0) == []


def test_a_curve_that_was_taken_away_is_found(path):
    rewritten(path, lambda _, arrays: arrays.pop("test_loss_curve"))
    study = stored_study()
    assert {each.column for each in study.proof(path, 2, 0)} == {"test_loss_curve"}


def length(net, X, y):
    return float(np.linalg.norm(net.network_.theta))


def test_measures_are_stored_and_proved(tmp_path):
    path = tmp_path / "lengths.npz"
    results = stored_study(measures={"length": length}).stored(path)
    trained = stored_study(measures={"length": length}).run()
    np.testing.assert_array_equal(results.curves["length"],
                                  trained.curves["length"].astype(np.float32))
    assert stored_study(measures={"length": length}).proof(path, 2, 0) == []
    other = stored_study(measures={"length": lambda net, X, y: 2 * length(net, X, y)})
    assert {each.column for each in other.proof(path, 2, 0)} == {"length_curve"}
    for measures in (None, {"size": length}):
        with pytest.raises(ValueError, match="differs in its measures: call run"):
            stored_study(measures=measures).stored(path)


def test_a_file_says_where_it_was_made(whole):
    provenance = whole[1].provenance
    assert provenance["nnlib"] == nnlib.__version__
    assert provenance["numpy"] == np.__version__
    assert provenance["cores"] == os.cpu_count()
    assert 0 < provenance["seconds"] < 600
    assert f"; stored {provenance['date']}, 0.0 minutes of one core>" in repr(whole[1])
    assert f"; stored {provenance['date']}" in repr(whole[1].at(hidden_nodes=3))
    assert stored_study().run().provenance is None


def test_what_a_file_holds_is_proved(path, monkeypatch):
    study, trained = stored_study(), count_stacks(monkeypatch)
    for draw in range(4):
        assert study.proof(path, nets=2, random_state=draw) == []
    assert len(trained) == 4    # what repeats needs no nudge


def test_what_does_not_repeat_is_nudged(path, monkeypatch):
    rewritten(path, lambda _, arrays: arrays.update(loss=1.05 * arrays["loss"]))
    study, trained = stored_study(), count_stacks(monkeypatch)
    assert study.proof(path, nets=2, random_state=0) != []
    assert len(trained) == 1 + evidence.NUDGES


@pytest.mark.no_cover
@pytest.mark.parametrize("column", ["loss", "validation_accuracy", "test_loss", "failed",
                                    "n_epochs", "loss_curve", "test_accuracy_curve"])
def test_a_number_that_was_changed_is_found_by_whoever_trains_its_net(path, column):
    def change(settings, arrays):
        numbers = arrays[column] if arrays[column].ndim == 1 else arrays[column][:, 3]
        numbers[5] = {"failed": 1 - numbers[5], "n_epochs": 59}.get(column, 1.05 * numbers[5])

    rewritten(path, change)
    s = stored_study()
    stack = next(stack for stack in s._stacks if 5 in stack)
    found = {draw: s.proof(path, len(stack), draw) for draw in range(12)}
    assert [] in found.values()  # where another stack was drawn
    differences = [difference for differences in found.values() for difference in differences]
    assert differences
    assert {(each.net, each.column) for each in differences} == {(5, column)}
    assert differences[0].stored != pytest.approx(differences[0].trained, rel=0.01)


def test_every_net_is_drawn_as_often_as_any_other():
    uneven = study(data=lambda seed, n: moons(seed, n), seeds=range(5),
                   vary=[{"n": n, "learning_rate": r} for n, r in ((30, 1), (50, 1), (50, 2))])
    rng, counts = np.random.default_rng(0), np.zeros(15)
    assert sorted(map(len, uneven._stacks)) == [5, 10]
    for _ in range(1500):
        rows = uneven._draw(2, rng)
        assert len(set(rows)) == 2
        counts[rows] += 1
    assert (np.abs(counts - 200) < 70).all()  # five standard deviations


CHAOTIC = {"net": ThreeLayerNet(16, "tanh", learning_rate=10.0, reduction="mean", max_epochs=400),
           "vary": {"reg_lambda": [0.01]}, "seeds": range(12),
           "data": lambda seed: moons(seed, n=100, noise=0.3)}


def test_chaotic_training_is_proved_by_its_spread(tmp_path, monkeypatch):
    """The rounding of another machine takes such nets elsewhere: no difference to complain of."""
    path = tmp_path / "chaos.npz"
    with monkeypatch.context() as other_machine:
        other_machine.setattr("nnlib.studies.study.train", lambda stack, job: stacks.train(
            stack, job._replace(nudge=2.2e-16)))
        results = stored_study(**CHAOTIC).stored(path)
    here = stored_study(**CHAOTIC).run()
    apart = np.abs(here.table["loss"] - results.table["loss"]) / results.table["loss"]
    assert np.median(apart) > 0.01
    assert stored_study(**CHAOTIC).proof(path, 12, 0) == []


@pytest.mark.parametrize(("column", "change"), [
    ("loss", lambda values: values * 20),                               # the distribution
    ("loss", lambda values: np.where(np.arange(12) == 3, 500, values)),  # one net
    ("diverged", lambda values: ~values),
])
def test_wrong_numbers_of_chaotic_training_are_found(tmp_path, column, change):
    path = tmp_path / "chaos.npz"
    stored_study(**CHAOTIC).stored(path)
    rewritten(path, lambda _, arrays: arrays.update({column: change(arrays[column])}))
    differences = stored_study(**CHAOTIC).proof(path, 12, 0)
    assert {difference.column for difference in differences} == {column}


@pytest.mark.parametrize(("diverged", "found"), [([4], False), ([4, 7], True)])
def test_of_chaotic_nets_one_may_diverge_where_no_other_does(tmp_path, diverged, found):
    path = tmp_path / "chaos.npz"
    study = stored_study(**CHAOTIC | {"vary": {"reg_lambda": [0.01, 0.02]}, "seeds": range(6)})
    study.stored(path)

    def change(_, arrays):    # as a net leaves them that diverges, and its best weights are kept
        arrays["diverged"][diverged] = True
        arrays["n_epochs"][diverged] = 3
        arrays["loss"][diverged] *= 50
        for name in ("loss_curve", "gradient_norm_curve"):
            arrays[name][diverged, 1:] = np.nan

    rewritten(path, change)
    differences = study.proof(path, 12, 0)
    assert {each.net for each in differences} == (set(diverged) if found else set())


def test_a_nudge_that_changes_nothing_does_not_speak_for_the_others(path):
    """At a fork, rounding takes a net to one of two ends; a single nudge may miss the other."""
    trained, _ = evidence.read(path, stored_study()._description())
    spread = {name: np.zeros(values.shape) for name, values in trained.items()
              if name != "stop_reason"}
    other_end = {name: values.copy() for name, values in trained.items()}
    other_end["loss"][2] *= 1.5
    for name in ("loss_curve", "gradient_norm_curve"):
        other_end[name][2, -1] *= 1.5
    changed = {name: other_end[name] for name in ("loss", "loss_curve", "gradient_norm_curve")}
    stored = trained | changed

    def columns(*nudged):
        return {(each.net, each.column) for each in evidence.differences(
            stored, trained, nudged, spread, "float64")}

    wrong = {(2, name) for name in changed}
    assert columns() == columns(trained) == columns(trained, trained) == wrong
    assert columns(trained, other_end) == columns(other_end, trained) == set()


@pytest.mark.parametrize(("column", "epoch", "size", "is_chaotic"), [
    ("gradient_norm_curve", 2, 1.5, True),
    ("gradient_norm_curve", 2, 1 + 1e-9, False),
    ("gradient_norm_curve", 3, 1.5, False),    # where training has arrived
    ("test_loss_curve", 2, 1.5, True),
    ("validation_loss", None, 1.5, True),      # where no epoch was recorded
    ("validation_accuracy", None, 1.5, False),
])
def test_training_is_chaotic_where_a_nudge_changes_a_loss_or_the_gradient(
    path, column, epoch, size, is_chaotic
):
    """The stored loss is then held against those of its setting, and its way there against none."""
    read, _ = evidence.read(path, stored_study()._description())
    trained = {name: values.copy() for name, values in read.items()}
    trained["gradient_norm_curve"][2, 3:] = 1e-12
    spread = {name: np.full(values.shape, 0.1) for name, values in trained.items()
              if name != "stop_reason"}
    nudged = {name: values.copy() for name, values in trained.items()}
    nudged[column][2 if epoch is None else (2, epoch)] *= size
    stored = trained | {name: trained[name].copy() for name in ("loss", "loss_curve")}
    stored["loss"][2] *= 1.05
    stored["loss_curve"][2, 1] *= 50
    found = evidence.differences(stored, trained, [nudged], spread, "float64")
    assert {each.column for each in found} == (set() if is_chaotic else {"loss", "loss_curve"})


def test_a_measure_that_trains_a_net_of_its_own_is_nudged_too():
    def first_input(net, X, y):
        assert X.dtype == np.float64
        return X[0, 0]

    job = stored_study(measures={"first_input": first_input})._job([0, 1])
    looks = [stacks.train(0, job._replace(nudge=nudge))[1]["first_input_curve"]
             for nudge in (0.0, 1e-12)]
    assert (looks[0] != looks[1]).all()
    np.testing.assert_allclose(looks[1], looks[0], rtol=1e-10)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"seeds": [0, 1]}, "seeds"),
        ({"vary": {"learning_rate": [0.1, 0.3], "hidden_nodes": [3, 4]}}, "vary"),
        ({"net": ThreeLayerNet(**{**STEADY, "reg_lambda": 1})}, "settings"),
        ({"data": moons}, "data"),
        ({"epochs": [0, 60]}, "epochs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_evidence_of_another_study_is_refused(path, whole, other, named):
    with pytest.raises(ValueError, match=f"is that of one that differs in its {named}: call run"):
        stored_study(**other).stored(path)
    assert path.read_bytes() == whole[0]


def damage(settings, arrays, kind):
    match kind:
        case "an array missing":
            del arrays["loss"]
        case "an array more":
            arrays["more"] = np.zeros(3)
        case "a net missing":
            arrays["loss"] = arrays["loss"][1:]
        case "another kind of number":
            arrays["loss"] = arrays["loss"].astype(np.float32)
        case "an unknown reason":
            arrays["stop_reason"][0] = 9
        case "a negative reason":
            arrays["stop_reason"][0] = -1
        case "reasons that are no texts":
            settings["stop_reasons"] = [3]
        case "no provenance":
            settings["provenance"] = None
        case "no seconds":
            settings["provenance"]["seconds"] = "many"
        case "no study":
            del settings["study"]
        case "another form":
            settings["evidence"] = "nnlib evidence 0"


@pytest.mark.parametrize("kind", [
    "an array missing", "an array more", "a net missing", "another kind of number",
    "an unknown reason", "a negative reason", "reasons that are no texts", "no provenance",
    "no seconds", "no study", "another form"])
def test_a_file_that_is_not_evidence_is_refused(path, kind):
    rewritten(path, lambda settings, arrays: damage(settings, arrays, kind))
    with pytest.raises(ValueError, match=r"^path must name .*rates\.npz") as caught:
        stored_study().stored(path)
    assert "\n" not in str(caught.value)


def test_a_number_changed_by_hand_is_refused(path):
    settings, arrays = files.read(path)
    arrays["loss"][7] += 1e-9
    files.write(path, {name: value for name, value in settings.items() if name != "format"}, arrays)
    with pytest.raises(ValueError, match="its numbers are not those that were written"):
        stored_study().stored(path)


def test_damaged_bytes_are_refused_or_do_no_harm(path, whole):
    content, results = whole
    rng = np.random.default_rng(0)
    messages = []
    for place in rng.integers(len(content), size=60):
        changed = bytearray(content)
        changed[place] ^= int(rng.integers(1, 256))
        path.write_bytes(changed)
        try:
            read = stored_study().stored(path)
        except ValueError as error:
            messages.append(str(error))
        else:
            assert_same(read, results)
    assert len(messages) > 40
    assert all(message.startswith("path must name") for message in messages)
    for end in (0, 1, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="path must name"):
            stored_study().stored(path)


def test_a_path_that_cannot_be_is_refused_before_training(tmp_path, monkeypatch):
    trained = count_stacks(monkeypatch)
    with pytest.raises(FileNotFoundError, match="No such folder"):
        stored_study().stored(tmp_path / "none" / "rates.npz")
    with pytest.raises(TypeError, match="path must be"):
        stored_study().stored(3)
    with pytest.raises(TypeError, match="learning_rate must be numbers, text, or"):
        stored_study(vary={"learning_rate": [np.longdouble(0.1)]}).stored(tmp_path / "rates.npz")
    assert trained == []


def test_evidence_says_why_a_net_stopped(tmp_path):
    net = ThreeLayerNet(24, learning_rate=1.0, reduction="mean", max_epochs=300,
                        stopping=EarlyStopping(patience=20))
    settings = {"net": net, "vary": {"learning_rate": [1.0, 1e80]}}
    results = stored_study(**settings).stored(tmp_path / "early.npz")
    assert results.table["stop_reason"].tolist() == \
        stored_study(**settings).run().table["stop_reason"].tolist()
    assert len(set(results.table["stop_reason"])) > 1
    assert stored_study(**settings).proof(tmp_path / "early.npz", 3, 0) == []


SCRIPT = """
import signal, sys
from nnlib import ThreeLayerNet, datasets
from nnlib.studies import Study

def moons(seed):
    return datasets.moons(40, noise=0.2, random_state=seed)

if __name__ == "__main__":
    net = ThreeLayerNet(learning_rate=0.2, reduction="mean", max_epochs=2000)
    study = Study(net, {{"hidden_nodes": list(range(2, 14))}}, moons, range(3), progress=False)
    print(repr(study.stored({path!r}).table["loss"].sum()))
"""


@pytest.mark.seldom
def test_a_killed_run_goes_on_and_ends_with_the_same_file(tmp_path):
    script = tmp_path / "study.py"

    def start(path):
        script.write_text(SCRIPT.format(path=str(path)))
        root = os.path.dirname(os.path.dirname(nnlib.__file__))
        return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True,
                                env={**os.environ, "PYTHONPATH": root})

    parts = tmp_path / "killed.npz.parts"
    process = start(tmp_path / "killed.npz")
    while len(list(parts.glob("stack-*.npz"))) < 3:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "killed.npz").exists()
    kept = len(list(parts.glob("stack-*.npz")))
    assert 3 <= kept < 12
    killed = start(tmp_path / "killed.npz").communicate()[0]
    assert killed == start(tmp_path / "whole.npz").communicate()[0] != ""
    assert not parts.exists()
    one, other = (files.read(tmp_path / f"{name}.npz") for name in ("killed", "whole"))
    assert one[0]["sha256"] == other[0]["sha256"]


def test_columns_and_curves_are_all_kept(whole):
    assert [*whole[1].table][3:] == [*stacks.COLUMNS]
    assert [*whole[1].curves] == [*stacks.CURVES]
