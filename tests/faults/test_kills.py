"""SIGKILL at any moment costs what was under way, and nothing that was finished."""

import os
import signal
import time
from collections import Counter

import numpy as np
import pytest
from children import ended, forked, killed, steps_of
from same_results import assert_same
from thoroughness import EVERYTHING

from nnlib import ThreeLayerNet, datasets, load
from nnlib.estimator.files import ABANDONED_SECONDS
from nnlib.studies import Study, stacks

X, Y = datasets.moons(40, noise=0.2, random_state=0)
NETS = [ThreeLayerNet(30, max_epochs=epochs, learning_rate=0.01, random_state=0).fit(X, Y)
        for epochs in (50, 300)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


@pytest.fixture
def whole(path):
    """The bytes of the file with the one net and with the other, as it holds it now."""
    contents = []
    for net in NETS:
        net.save(path)
        contents.append(path.read_bytes())
    return contents


def unfinished(folder):
    return sorted(folder.glob(".*.part"))


def make_old(files):
    long_ago = time.time() - 2 * ABANDONED_SECONDS
    for file in files:
        os.utime(file, (long_ago, long_ago))


# Nets


def test_a_save_killed_at_any_step_leaves_the_old_file_or_the_new_one(path, whole):
    steps = steps_of(lambda: NETS[1].save(path))
    anywhere = np.random.default_rng(0).choice(steps, 50, replace=False).tolist()
    left = Counter()
    for step in [*anywhere, *range(steps - 15, steps)]:
        old = whole.index(path.read_bytes())
        left["killed"] += killed(lambda net=NETS[1 - old]: net.save(path), step + 1)
        left["old" if whole.index(path.read_bytes()) == old else "new"] += 1
        for file in unfinished(path.parent):  # to look at them would be further steps
            file.unlink()
    assert left["killed"] >= 50
    assert left["old"] > left["new"] > 0
    assert len(load(path).history_) == len(NETS[whole.index(path.read_bytes())].history_)


def test_a_process_killed_at_any_time_while_it_saves_leaves_a_whole_file(path, whole):
    def save_for_ever():
        while True:
            for net in NETS:
                net.save(path)

    for pause in np.random.default_rng(0).uniform(0, 0.02, 50):
        before = path.stat().st_mtime_ns
        child = forked(save_for_ever)
        while path.stat().st_mtime_ns == before:  # until it has saved once
            assert os.waitpid(child, os.WNOHANG) == (0, 0)
            time.sleep(0.001)
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
        assert path.read_bytes() in whole


def test_what_a_killed_save_leaves_is_removed_an_hour_later(path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda file: os.kill(os.getpid(), signal.SIGKILL))
        for _ in range(5):
            assert ended(forked(lambda: NETS[0].save(path))) == -signal.SIGKILL
    young, *old = unfinished(path.parent)
    assert len(old) == 4
    others = [path.with_name(name) for name in (".net.npz.part", ".other.npz.0123abcd.part")]
    for other in others:
        other.touch()
    make_old([*old, *others])
    NETS[0].save(path)
    # The youngest may be that of a process that still writes.
    assert set(unfinished(path.parent)) == {young, *others}


# Studies

KILLS = 50 if EVERYTHING else 15


def moons(seed):
    return datasets.moons(30, noise=0.2, random_state=seed), (X, Y)


def study(folder, first=2, n_stacks=8):
    """A study of one stack for each width."""
    return Study(ThreeLayerNet(learning_rate=0.2, reduction="mean", max_epochs=20),
                 {"hidden_nodes": list(range(first, first + n_stacks))}, moons, range(2), folder,
                 progress=False)


def finished(folder):
    """Every file of the folder that is whole, and when it was written."""
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("[!.]*")}


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Note every stack that is trained, in this process or a child; ask for those since then."""
    log = tmp_path / "trained"
    log.touch()

    def noted(stack, job):
        with log.open("a") as file:
            print(f"stack-{stack:04d}.npz", file=file)
        return stacks.train(stack, job)

    def since_then():
        lines = log.read_text().split()
        log.write_text("")
        return lines

    monkeypatch.setattr("nnlib.studies.study.train", noted)
    return since_then


@pytest.mark.seldom
def test_a_study_killed_again_and_again_ends_with_the_same_numbers(tmp_path, trained):
    rng = np.random.default_rng(0)
    kills = n_studies = 0
    while kills < KILLS:
        n_studies += 1
        folder = tmp_path / f"study {n_studies}"
        folder.mkdir()
        undisturbed = study(None, first=n_studies)
        steps = steps_of(undisturbed.run)
        trained()
        going_on = True
        while going_on:
            before = finished(folder)
            # Up to twice as many steps, since to read what is finished takes some too.
            going_on = killed(study(folder, first=n_studies).run, int(rng.integers(3 * steps)) + 1)
            kills += going_on
            assert before.items() <= finished(folder).items()  # nothing is lost or written again
            assert not before.keys() & set(trained())
        assert_same(study(folder, first=n_studies).run(), undisturbed.results)
        assert trained() == []
        make_old(unfinished(folder))
        study(folder, first=n_studies).run()
        assert len(list(folder.iterdir())) == 9
    assert n_studies > KILLS // 15


def test_processes_on_one_folder_lose_nothing(tmp_path):
    for round_ in range(8):
        folder = tmp_path / str(round_)
        children = [forked(study(folder).run) for _ in range(2 + round_ % 2)]
        assert [ended(child) for child in children] == [0] * len(children)
        assert len(list(folder.iterdir())) == 9
        assert_same(study(folder).run(), study(None).run())
