"""A file can hold anything: what nnlib did not save is refused in one sentence, cheaply."""

import errno
import io
import json
import os
import pickle
import struct
import tracemalloc
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from nnlib import ThreeLayerNet, datasets, load
from nnlib.live.lab import Experiment, Preset, training
from nnlib.stopping import GradientNorm, Patience
from nnlib.studies import Study

X, Y = datasets.blobs(30, centers=3, random_state=0)
LABELS = np.array(["ash", "birch", "cedar"])[Y]
NET = ThreeLayerNet(3, max_epochs=5, learning_rate=0.01, random_state=0,
                    stopping=Patience() | GradientNorm(1e-9)).fit(X, LABELS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a saved net."""
    path = tmp_path_factory.mktemp("saved") / "net.npz"
    NET.save(path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


def assert_refused(path, match=None):
    """`load` says in one line that the file is not ours, and takes no more memory than it may."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=match) as caught:
            load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert message.startswith(f"path must name a file that nnlib saved, got {str(path)!r}: ")
    assert len(message) < len(str(path)) + 400
    assert "\n" not in message
    size = path.stat().st_size if path.is_file() else 0
    assert peak < 6 * size + 2**20


def assert_refused_or_the_same(path):
    """True if the file is refused, False if it holds the net to the last bit."""
    try:
        net = load(path)
    except ValueError as error:
        message = str(error)
    else:
        assert_same_net(net, NET)
        return False
    assert message.startswith("path must name a file that nnlib saved")
    return True


def assert_same_net(net, other):
    assert repr(net) == repr(other)
    for name in ("n_epochs_", "best_epoch_", "loss_", "stop_reason_"):
        assert getattr(net, name) == getattr(other, name)
    assert net.network_.sizes == other.network_.sizes
    assert net.network_.activation is other.network_.activation
    assert net.network_.theta.tobytes() == other.network_.theta.tobytes()
    assert net.classes_.tobytes() == other.classes_.tobytes()
    np.testing.assert_array_equal(net.history_.rows, other.history_.rows)


# Damage


def test_a_file_that_was_cut_is_refused(path, whole):
    anywhere = np.random.default_rng(0).choice(len(whole), 300, replace=False).tolist()
    for length in [*anywhere, *range(whole.index(b"PK\x01\x02"), len(whole))]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="path must name a file that nnlib saved"):
            load(path)


def flips(whole):
    """Every bit of what a zip says of itself, and a thousand anywhere."""
    rng = np.random.default_rng(0)
    directory = whole.index(b"PK\x01\x02")
    yield from range(8 * directory, 8 * len(whole))
    yield from rng.choice(8 * len(whole), 1000, replace=False).tolist()


@pytest.mark.no_cover
def test_a_flipped_bit_is_noticed_or_changes_nothing(path, whole):
    refused = 0
    for bit in flips(whole):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        refused += assert_refused_or_the_same(path)
    assert refused > 1000


def test_an_array_with_a_shorter_header_than_data_is_refused(path, whole):
    """NumPy reads as much as the header says, and would never come to the checksum at the end."""
    assert whole.count(b"'shape': (6, 6)") == 1
    path.write_bytes(whole.replace(b"'shape': (6, 6)", b"'shape': (2, 6)"))
    assert_refused(path, "is damaged")


def test_bytes_of_no_sense_are_refused(path, whole):
    rng = np.random.default_rng(0)
    for length in rng.integers(1, 3000, 100):
        path.write_bytes(rng.bytes(length))
        assert_refused(path)
    for _ in range(100):  # a zip with a stretch that was overwritten
        start, damaged = rng.integers(len(whole)), bytearray(whole)
        damaged[start : start + 40] = rng.bytes(len(damaged[start : start + 40]))
        path.write_bytes(damaged)
        assert_refused_or_the_same(path)


# Archives made for harm


def npy(descr="<f8", shape=(1,), data=b"\0" * 8, version=(1, 0), header=None):
    """An .npy file, whatever it claims."""
    if header is None:
        header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}"
    text = header.encode() + b"\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def archive(members, compression=zipfile.ZIP_STORED):
    """A zip of (name, content) pairs; names may come twice."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in members:
            made.writestr(zipfile.ZipInfo(name), content, compression)
    return file.getvalue()


def with_member(whole, name, content):
    """The saved net with one more member."""
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        members = [(entry.filename, file.read(entry)) for entry in file.infolist()]
    return archive([*members, (name, content)])


def overlapping(times, content):
    """A zip of many members that share their content: each header calls the next ones its extra."""
    fields = (20, 0, 0, 0, 0x21, zlib.crc32(content), len(content), len(content))
    headers = entries = b""
    for number in range(times):
        name = b"a%05d.npy" % number
        extra = (times - 1 - number) * (30 + len(name)) % 2**16
        entries += b"PK\x01\x02" + struct.pack(
            "<6H3L5H2L", 20, *fields, len(name), 0, 0, 0, 0, 0, len(headers)) + name
        headers += b"PK\x03\x04" + struct.pack("<5H3L2H", *fields, len(name), extra) + name
    start = len(headers) + len(content)
    return headers + content + entries + b"PK\x05\x06" + struct.pack(
        "<4H2LH", 0, 0, times, times, len(entries), start, 0)


def repeated(times):
    """A zip whose directory has the entry of one member many times."""
    content = archive([("a.npy", b"")])
    start = content.index(b"PK\x01\x02")
    entries = content[start:-22] * times
    return content[:start] + entries + content[-22:-14] + struct.pack(
        "<2H2LH", times, times, len(entries), start, 0)


class Code:
    """Pickled, it makes a folder when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


CLAIMS = {
    "a square of 10**18": {"shape": (10**9, 10**9)},
    "a gigabyte": {"shape": (2**27,)},
    "more than 2**64": {"shape": (2**40, 2**40)},
    "no bytes in 2**62 dimensions": {"shape": (0, 2**62)},
    "a negative length": {"shape": (-1,)},
    "two negative lengths": {"shape": (-1, -1)},
    "less than there is": {"shape": (1,), "data": b"\0" * 16},
    "more dimensions than there are": {"shape": (1,) * 100},
    "long text": {"descr": "<U1000000000", "shape": ()},
    "text of no length": {"descr": "<U0", "shape": (10**9,), "data": b""},
    "objects": {"descr": "|O", "data": pickle.dumps([0])},
    "dates": {"descr": "<M8[s]"},
    "complex numbers": {"descr": "<c16", "data": b"\0" * 16},
    "records": {"descr": [("a", "<f8")]},
    "raw bytes": {"descr": "|V8"},
    "a type that is none": {"descr": "wombat"},
    "another version": {"version": (2, 0)},
    "a version that is none": {"version": (9, 9)},
    "a header without an end": {"header": "{'descr': ("},
    "a header of brackets": {"header": "(" * 490},
    "a header of signs": {"header": "-" * 490 + "1"},
    "a header of many brackets": {"header": "(" * 9000},
    "a header too long": {"version": (2, 0), "header": " " * 10**6},
    "a header that calls": {"header": "__import__('os').mkdir('called')"},
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_an_array_that_the_file_does_not_hold_is_refused(path, whole, monkeypatch, claim):
    monkeypatch.chdir(path.parent)
    path.write_bytes(with_member(whole, "extra.npy", npy(**claim)))
    assert_refused(path, "is damaged")
    assert os.listdir() == ["net.npz"]


MEMBERS = {
    "out of the folder": "../x.npy",
    "from the root": "/tmp/x.npy",
    "of Windows": "C:\\x.npy",
    "in a folder": "x/y.npy",
    "no array": "x.txt",
    "hidden": ".npy",
    "there twice": "theta.npy",
    "the settings twice": "settings.npy",
    "cut by a zero": "theta.npy\0.npy",
}


@pytest.mark.parametrize("name", MEMBERS.values(), ids=MEMBERS)
def test_members_with_other_names_are_refused(path, whole, name):
    path.write_bytes(with_member(whole, name, npy()))
    assert_refused(path, "is damaged")


def test_one_more_array_is_let_be(path, whole):
    """Else the tests above would prove nothing."""
    path.write_bytes(with_member(whole, "extra.npy", npy()))
    assert_same_net(load(path), NET)


def compressed(method, megabytes):
    """An archive of zeros, a thousandth of their size."""
    size = megabytes * 2**20
    return archive([("theta.npy", npy("|u1", (size,), b"\0" * size))], method)


def savez(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


RAN = "ran"  # the folder that the pickles make where they are read


def pickled():
    return pickle.dumps(Code(RAN))


BOMBS = {
    "empty": lambda: b"",
    "deflated": lambda: compressed(zipfile.ZIP_DEFLATED, 256),
    "bzip2": lambda: compressed(zipfile.ZIP_BZIP2, 16),
    "lzma": lambda: compressed(zipfile.ZIP_LZMA, 16),
    "deflated in a zip": lambda: archive([("theta.npy", compressed(zipfile.ZIP_DEFLATED, 16))]),
    "overlapping members": lambda: overlapping(90, npy("|u1", (2**20,), b"\0" * 2**20)),
    "more than it says": lambda: compressed(zipfile.ZIP_DEFLATED, 64).replace(
        struct.pack("<L", 64 * 2**20 + len(npy("|u1", (64 * 2**20,), b""))),
        struct.pack("<L", 1000)),
    "many members": lambda: archive([(f"a{number}.npy", b"") for number in range(5000)]),
    "many entries": lambda: repeated(20_000),
    "no members": lambda: archive([]),
    "deep settings": lambda: savez(settings=np.array('{"a": ' + "[" * 100_000)),
    "text": lambda: b"hello",
    "no settings": lambda: savez(theta=np.zeros(3)),
    "settings that are no JSON": lambda: savez(settings=np.array("{")),
    "settings in numbers": lambda: savez(settings=np.arange(3)),
    "a long number": lambda: savez(settings=np.array('{"a": ' + "9" * 100_000 + "}")),
    "a pickle": pickled,
    "a pickled array": lambda: savez(settings=np.array([Code(RAN)], object)),
    "a pickle in the place of an array": lambda: archive([("settings.npy", pickled())]),
    "a pickle before a zip": lambda: pickled() + savez(theta=np.zeros(3)),
}


@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS)
def test_a_bomb_does_not_go_off(path, monkeypatch, make):
    monkeypatch.chdir(path.parent)
    path.write_bytes(make())
    assert_refused(path, "is damaged")
    assert os.listdir() == ["net.npz"]


def test_the_pickles_would_run_code_if_they_were_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickled())
    assert os.listdir() == [RAN]


# Whole archives of what is no net


def changed(whole, settings=None, parameters=None, **arrays):
    """The saved net with other settings, parameters or arrays; None removes one."""
    with np.load(io.BytesIO(whole)) as file:
        stored = dict(file)
    told = json.loads(stored["settings"].item())
    told["parameters"] |= parameters or {}
    told |= settings or {}
    stored["settings"] = np.array(json.dumps(told))
    return savez(**{name: array for name, array in {**stored, **arrays}.items()
                    if array is not None})


THETA, ROWS = NET.network_.theta, np.array(NET.history_.rows)
NO_NETS = {
    "NaN weights": {"theta": np.where(np.arange(len(THETA)) == 3, np.nan, THETA)},
    "an infinite weight": {"theta": np.where(np.arange(len(THETA)) == 3, np.inf, THETA)},
    "fewer weights": {"theta": THETA[:-1]},
    "weights as a column": {"theta": THETA[:, None]},
    "weights of another precision": {"theta": THETA.astype(np.float32)},
    "weights of whole numbers": {"theta": THETA.astype(int)},
    "weights in words": {"theta": THETA.astype(str)},
    "weights with their bytes swapped": {"theta": THETA.astype(">f8")},
    "no weights": {"theta": None},
    "sizes of gigabytes": {"settings": {"sizes": [30_000, 30_000, 3]}},
    "sizes beyond all memory": {"settings": {"sizes": [10**9, 10**9, 10**4000]}},
    "too few names of inputs": {"settings": {"feature_names": ["a"]}},
    "a name that is a number": {"settings": {"feature_names": ["a", 2]}},
    "names in one word": {"settings": {"feature_names": "ab"}},
    "names that are a number": {"settings": {"feature_names": 7}},
    "a rate below zero": {"parameters": {"learning_rate": -1.0}},
    "a parameter that is none of its choices": {"parameters": {"activation": "cos"}},
    "a rate that is an object": {"parameters": {"learning_rate": {"a": 1}}},
    "more epochs than the history has": {"settings": {"n_epochs": 10**15}},
    "negative sizes": {"settings": {"sizes": [-2, 3, 3]}},
    "sizes that are no numbers": {"settings": {"sizes": "233"}},
    "sizes of a fraction": {"settings": {"sizes": [2.0, 3, 3]}},
    "one size": {"settings": {"sizes": [3]}, "theta": np.empty(0)},
    "no sizes": {"settings": {"sizes": None}},
    "a dtype of a million": {"settings": {"dtype": "(1000000,)f8"}},
    "another activation": {"settings": {"activation": "cos"}},
    "an activation that is none": {"settings": {"activation": ["relu"]}},
    "another classifier": {"settings": {"classifier": "Network"}},
    "a classifier that is none": {"settings": {"classifier": {}}},
    "a class twice": {"classes": np.array(["ash", "ash", "cedar"])},
    "classes in no order": {"classes": np.array(["birch", "ash", "cedar"])},
    "fewer classes": {"classes": np.array(["ash", "birch"])},
    "classes in a table": {"classes": np.array([["ash", "birch", "cedar"]])},
    "classes of NaN": {"classes": np.array([0, 1, np.nan])},
    "classes of fractions": {"classes": np.array([0, 0.5, 1])},
    "one class": {"classes": np.array(["ash"]), "settings": {"sizes": [2, 3, 1]},
                  "theta": THETA[:13]},
    "no classes": {"classes": None},
    "objects that are no text": {"classes": np.arange(3),
                                 "settings": {"classes_are_objects": True}},
    "a flag that is none": {"settings": {"classes_are_objects": "no"}},
    "a narrow history": {"history": ROWS[:, :5]},
    "a history of another precision": {"history": ROWS.astype(np.float32)},
    "a flat history": {"history": ROWS[0]},
    "a history in words": {"history": ROWS.astype(str)},
    "a history without an epoch": {"history": np.delete(ROWS, 2, axis=0)},
    "a history of NaN": {"history": np.full((6, 6), np.nan)},
    "a history of halves": {"history": ROWS + 0.5},
    "a history of infinities": {"history": np.full((1, 6), np.inf)},
    "no history": {"history": None},
    "epochs below zero": {"settings": {"n_epochs": -1}},
    "half an epoch": {"settings": {"n_epochs": 5.5}},
    "epochs in words": {"settings": {"n_epochs": "5"}},
    "a best epoch to come": {"settings": {"best_epoch": 6}},
    "a loss in words": {"settings": {"loss": "0.1"}},
    "a reason that is none": {"settings": {"stop_reason": 5}},
    "a parameter too many": {"parameters": {"momentum": 0.9}},
    "a parameter too many, of an object": {"parameters": {"__class__": "x"}},
    "no parameters": {"settings": {"parameters": {}}},
    "parameters in a list": {"settings": {"parameters": ["relu"]}},
    "a criterion that is none": {"parameters": {"stopping": [{"criterion": "eval"}]}},
    "a criterion out of bounds": {"parameters": {"stopping": [{"criterion": "Patience",
                                                               "tol": -1}]}},
    "criteria in a number": {"parameters": {"stopping": 3}},
    "a message without an end": {"settings": {"stop_reason": ["x\n" * 10**5]}},
    "an older format": {"settings": {"format": "nnlib 0"}},
    "a newer format": {"settings": {"format": "nnlib 2"}},
    "a format that is none": {"settings": {"format": [1]}},
    "the results of a study": {"settings": {"study": "0", "parameters": None}},
}


@pytest.mark.parametrize("change", NO_NETS.values(), ids=NO_NETS)
def test_what_makes_no_net_is_refused(path, whole, change):
    path.write_bytes(changed(whole, **change))
    assert_refused(path, "makes no net|its format is not 'nnlib 1'")


@pytest.mark.parametrize("settings", ["[1]", "null", "{}", '{"format": "nnlib 1"}'])
def test_settings_of_nothing_are_refused(path, settings):
    path.write_bytes(savez(settings=np.array(settings)))
    assert_refused(path, "makes no net$|its format is not 'nnlib 1'$")


@pytest.mark.parametrize("kind", [bytes, str])
def test_long_settings_take_no_more_memory_than_a_few_times_the_file(path, whole, kind):
    with np.load(io.BytesIO(whole)) as file:
        stored = dict(file)
    told = json.loads(stored["settings"].item()) | {"stop_reason": [1] * 500_000}
    text = json.dumps(told, separators=(",", ":"))
    stored["settings"] = np.array(text.encode() if kind is bytes else text)
    path.write_bytes(savez(**stored))
    assert_refused(path)


def test_an_unchanged_net_is_accepted(path, whole):
    """Else the tests above would prove nothing."""
    path.write_bytes(changed(whole))
    assert_same_net(load(path), NET)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_net_that_could_not_be_loaded_is_not_saved(path, value):
    net = ThreeLayerNet(3, max_epochs=1, random_state=0).fit(X, Y)
    net.save(path)
    before = path.read_bytes()
    net.layers_[1][0, 0] = value
    with pytest.raises(ValueError, match=f"weights must be finite .* got {value}"):
        net.save(path)
    assert path.read_bytes() == before


# Names that are no files


def test_a_link_is_followed(path, whole):
    (path.parent / "elsewhere").write_bytes(whole)
    path.symlink_to("elsewhere")
    assert_same_net(load(path), NET)
    (path.parent / "elsewhere").unlink()
    with pytest.raises(FileNotFoundError):
        load(path)
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(OSError, match="symbolic links") as caught:
        load(path)
    assert caught.value.errno == errno.ELOOP


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        load(tmp_path)
    with pytest.raises(IsADirectoryError):
        NET.save(tmp_path)


def test_a_pipe_is_not_waited_for_nor_replaced(path):
    os.mkfifo(path)
    assert_refused(path, "it is not a file")
    with pytest.raises(OSError, match=r"Not a file that can be replaced: .*net\.npz"):
        NET.save(path)
    assert path.is_fifo()


def test_a_device_without_an_end_is_not_read():
    with pytest.raises(ValueError, match="'/dev/zero': it is not a file"):
        load("/dev/zero")


def test_a_file_larger_than_the_memory_is_refused(path, monkeypatch):
    def read_bytes(self):
        raise MemoryError

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(ValueError, match="it is larger than the memory"):
        load(path)


# The folder of a study


def study(folder):
    return Study(ThreeLayerNet(max_epochs=3, learning_rate=0.1, reduction="mean"),
                 {"hidden_nodes": [2, 3]}, (X, Y), range(2), folder, progress=False)


def other(array):
    """The same numbers in another dtype."""
    return array.astype(float if array.dtype.kind in "ib" else "U9")


STACKS = {
    "of another shape": lambda stored: {name: array[:, None] for name, array in stored.items()},
    "single numbers": lambda stored: {name: array.ravel()[0] for name, array in stored.items()},
    "one net": lambda stored: {name: array[:1] for name, array in stored.items()},
    "of another dtype": lambda stored: {name: other(array) for name, array in stored.items()},
    "curves too long": lambda stored: {
        name: np.hstack([array, array]) for name, array in stored.items() if array.ndim == 2},
    "flat curves": lambda stored: {
        name: array[:, 0] for name, array in stored.items() if array.ndim == 2},
    "a column as a table": lambda stored: {"loss": stored["loss"][:, None]},
    "losses in words": lambda stored: {"loss": stored["loss"].astype(str)},
    "a curve of another precision": lambda stored: {
        "loss_curve": stored["loss_curve"].astype(np.float32)},
    "one more array": lambda stored: {"extra": np.zeros(3)},
}


@pytest.mark.parametrize("change", STACKS.values(), ids=STACKS)
def test_a_stack_of_other_arrays_is_trained_again(tmp_path, change):
    expected = study(tmp_path).run()
    file = tmp_path / "stack-0001.npz"
    with np.load(file) as opened:
        stored = dict(opened)
    settings = stored.pop("settings")
    np.savez(file, settings=settings, **{**stored, **change(stored)})
    with pytest.warns(UserWarning, match=r"stack-0001\.npz is damaged"):
        results = study(tmp_path).run()
    np.testing.assert_equal(results.table, expected.table)
    np.testing.assert_equal(results.curves, expected.curves)


def test_a_stack_in_the_place_of_another_is_trained_again(tmp_path):
    expected = study(tmp_path).run()
    (tmp_path / "stack-0001.npz").write_bytes((tmp_path / "stack-0000.npz").read_bytes())
    with pytest.warns(UserWarning, match=r"stack-0001\.npz is damaged"):
        np.testing.assert_equal(study(tmp_path).run().table, expected.table)


@pytest.mark.parametrize("text", [b"[" * 10**6, b"\xff\xfe\xff", b"9" * 10**5, b"3", b"null",
                                  b'{"format": NaN}', b'"' + b"x" * 10**6])
def test_a_study_json_of_no_sense_is_refused(tmp_path, text):
    (tmp_path / "study.json").write_bytes(text)
    with pytest.raises(ValueError, match=r"study\.json is not one that nnlib wrote$"):
        study(tmp_path).run()
    assert os.listdir(tmp_path) == ["study.json"]


def test_a_pipe_in_the_place_of_a_study_json_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "study.json")
    with pytest.raises(ValueError, match=r"study\.json is not one that nnlib wrote"):
        study(tmp_path).run()


# Experiments


EXPERIMENT = training(controls=("data", "hidden_nodes", "learning_rate", "points"),
                      presets=[Preset("Wide", "More nodes.", {"hidden_nodes": 60})])
VALUES = (None, True, -1, 1e308, 10**400, float("nan"), "", "__import__('os')", [], {}, [[]],
          [None], {"a": 1})


def places(part, place=()):
    """The way to every part of what JSON holds."""
    yield place
    inner = part.items() if isinstance(part, dict) else enumerate(part) \
        if isinstance(part, list) else ()
    for key, value in inner:
        yield from places(value, (*place, key))


def with_value(place, value):
    """The text of the experiment with a value in one place."""
    whole = [json.loads(EXPERIMENT.to_json())]
    *way, last = (0, *place)
    part = whole
    for key in way:
        part = part[key]
    part[last] = value
    return json.dumps(whole[0])


def test_an_experiment_of_any_text_is_refused_or_complete():
    accepted = refused = tried = 0
    for place in places(json.loads(EXPERIMENT.to_json())):
        for value in VALUES:
            tried += 1
            try:
                experiment = Experiment.from_json(with_value(place, value))
            except ValueError as error:
                refused += str(error).startswith("text must be what Experiment.to_json wrote: ")
                continue
            assert experiment.settings().keys() == {c.name for c in experiment.controls}
            for preset in experiment.presets:
                experiment.settings(**preset.settings)
                assert isinstance(preset.name + preset.why, str)
            assert all(isinstance(control.label, str) for control in experiment.controls)
            assert isinstance(experiment.source, str)
            assert isinstance(experiment.fixed, dict)
            accepted += 1
    assert accepted > 50
    assert refused > 500
    assert accepted + refused == tried


@pytest.mark.parametrize("text", ["", "{", "[" * 10**5, "9" * 10**5, "null", "{}", "[]", '"x"'])
def test_an_experiment_of_no_sense_is_refused(text):
    with pytest.raises(ValueError, match=r"text must be what Experiment\.to_json wrote"):
        Experiment.from_json(text)


def test_reading_an_experiment_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    experiment = Experiment.from_json(with_value(("source",), "import os\nos.mkdir('ran')"))
    assert experiment.source
    assert not os.listdir()
