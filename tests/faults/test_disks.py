"""A full disk or a folder that cannot be written to is named, and the old file stays."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from children import ended, forked

import nnlib
from nnlib import ThreeLayerNet, datasets, load
from nnlib.studies import Study

X, Y = datasets.moons(40, noise=0.2, random_state=0)
SMALL, LARGE = (ThreeLayerNet(nodes, max_epochs=20, learning_rate=0.01, random_state=0).fit(X, Y)
                for nodes in (3, 300))


def study(folder):
    return Study(ThreeLayerNet(learning_rate=0.2, reduction="mean", max_epochs=100),
                 {"hidden_nodes": [2, 3, 4, 5]}, (X, Y), range(2), folder, progress=False)


def in_child(work):
    """Do some work in a child, where limits and rights that are given up stay given up."""
    assert ended(forked(work)) == 0


def no_file_longer_than(length):
    """The disk is full, as far as this process is concerned."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, most))


def test_a_save_that_does_not_fit_names_the_file_and_keeps_the_old_one(tmp_path):
    path = tmp_path / "net.npz"
    LARGE.save(path)
    length = path.stat().st_size
    SMALL.save(path)
    before = path.read_bytes()

    def work():
        for most in [*range(0, length, 500), length - 1]:
            no_file_longer_than(most)
            with pytest.raises(OSError, match="File too large") as caught:
                LARGE.save(path)
            assert caught.value.errno == errno.EFBIG
            assert caught.value.filename == str(path)
            assert path.read_bytes() == before
            assert os.listdir(tmp_path) == ["net.npz"]
        no_file_longer_than(length)
        LARGE.save(path)

    in_child(work)
    assert load(path).hidden_nodes == 300


def test_a_study_that_does_not_fit_goes_on_from_its_last_whole_stack(tmp_path):
    expected = study(None).run()

    def work():
        started = study(tmp_path)
        no_file_longer_than(0)
        with pytest.raises(OSError, match=r"File too large: .*/study\.json"):
            started.run()
        assert os.listdir(tmp_path) == []
        no_file_longer_than(5000)  # the description, but no stack
        with pytest.raises(OSError, match=r"File too large: .*/stack-0000\.npz"):
            started.run()
        assert os.listdir(tmp_path) == ["study.json"]
        no_file_longer_than(10**6)
        assert started.run().table["loss"].tolist() == expected.table["loss"].tolist()

    in_child(work)
    assert study(tmp_path).run().table["loss"].tolist() == expected.table["loss"].tolist()


ON_A_FULL_DISK = """
import errno, os, sys
from pathlib import Path
from nnlib import ThreeLayerNet, datasets, load

path, filler = Path("disk/net.npz"), Path("disk/filler")
X, y = datasets.moons(40, random_state=0)
nets = [ThreeLayerNet(nodes, max_epochs=2, random_state=0).fit(X, y) for nodes in (3, 300)]
nets[0].save(path)
with open(filler, "wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError as error:
        assert error.errno == errno.ENOSPC
for blocks in (0, 1, 2):
    os.truncate(filler, max(0, filler.stat().st_size - 4096 * blocks))
    try:
        nets[1].save(path)
    except OSError as error:
        print(error)
    assert sorted(os.listdir("disk")) == ["filler", "net.npz"]
    assert load(path).hidden_nodes == 3
filler.unlink()
nets[1].save(path)
assert load(path).hidden_nodes == 300
"""


def test_a_disk_that_is_full_for_real_keeps_the_old_file(tmp_path):
    """On a disk of 64 kB in memory, which ends with the process."""
    (tmp_path / "disk").mkdir()
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec",
             'mount -t tmpfs -o size=64k tmpfs disk; if test "$1"; then exec "$@"; fi', "sh"]
    if not shutil.which("unshare") or subprocess.run(
        mount, cwd=tmp_path, capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not let its users mount a disk of their own")
    root = str(Path(nnlib.__file__).parents[1])
    done = subprocess.run([*mount, sys.executable, "-c", ON_A_FULL_DISK], cwd=tmp_path, text=True,
                          capture_output=True, check=False, env={**os.environ, "PYTHONPATH": root})
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[Errno 28] No space left on device: 'disk/net.npz'"] * 3


def without_rights(folder):
    """Go to a folder and be a user who may only read it."""
    os.chdir(folder)
    if os.geteuid() == 0:  # who may write everywhere
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


@pytest.fixture
def read_only(tmp_path):
    folder = tmp_path / "read-only"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def test_a_folder_that_may_only_be_read_keeps_its_file(read_only):
    SMALL.save(read_only / "net.npz")
    before = (read_only / "net.npz").read_bytes()
    read_only.chmod(0o555)

    def work():
        without_rights(read_only)
        with pytest.raises(PermissionError, match=r"Permission denied: 'net\.npz'"):
            LARGE.save("net.npz")
        assert load("net.npz").hidden_nodes == 3

    in_child(work)
    assert (read_only / "net.npz").read_bytes() == before
    assert os.listdir(read_only) == ["net.npz"]


def test_a_study_in_a_folder_that_may_only_be_read_trains_nothing_in_vain(read_only):
    results = study(read_only / "finished").run()
    read_only.chmod(0o555)
    (read_only / "finished").chmod(0o555)

    def work():
        without_rights(read_only)
        new, other, finished = study("new"), study("."), study("finished")
        with pytest.raises(PermissionError, match="Permission denied: 'new'"):
            new.run()
        with pytest.raises(PermissionError, match=r"Permission denied: 'study\.json'"):
            other.run()
        assert len(new.results) == len(other.results) == 0
        assert finished.run().table["loss"].tolist() == results.table["loss"].tolist()

    in_child(work)


@pytest.mark.parametrize("name", ["file/net.npz", "nowhere/net.npz"])
def test_a_place_that_is_no_folder_is_named(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="No such folder to write to") as caught:
        SMALL.save(tmp_path / name)
    assert caught.value.filename == str((tmp_path / name).parent)
    with pytest.raises(NotADirectoryError, match="file/study"):
        study(tmp_path / "file" / "study").run()
