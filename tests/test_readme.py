"""What the README shows works."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_library_example_runs(tmp_path, monkeypatch, capsys):
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("agg")
    names = {}
    exec(compile(example, "README.md", "exec"), names)
    assert float(capsys.readouterr().out.split()[0]) >= 0.95    # the held-out accuracy
    assert (tmp_path / "moons.png").stat().st_size > 10_000
    plt.close("all")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_named_files_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"\]\(([^)#:]+)\)", text)                          # links and pictures
    named += re.findall(r"`((?:nnlib|book|tests|tools)/[\w./]*)`", text)
    named += re.findall(r"`(_\w+\.yml|[\w]+\.(?:toml|txt))`", text)
    named = [name for name in named if "NN_" not in name]
    assert len(named) > 3
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_named_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M))
    assert {"book", "test"} <= named
    assert named <= targets
