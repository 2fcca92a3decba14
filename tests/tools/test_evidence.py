"""The studies of a notebook are found, made again and compared as the notebook has them."""

import evidence
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

CELLS = [
    "%matplotlib inline\nimport sys\nfrom nnlib import ThreeLayerNet, datasets\n"
    "from nnlib.studies import Study",
    "NOISE = 0.1\nraise_if_run = 1 / 1",
    "for seed in undefined:\n    print([noise for noise in seed])",
    "def moons(seed):\n"
    "    noise = NOISE\n"
    "    return [datasets.moons(30, noise=each, random_state=seed) for each in [noise]][0]",
    "print(undefined)",
    "RATES = [0.1, 0.2]\nRATES = RATES + [0.3]",
    "net = ThreeLayerNet(3, reduction='mean', max_epochs=5)\n"
    "first = Study(net, {'learning_rate': RATES}, moons, range(10), progress=False)\n"
    "rates = first.stored('evidence/rates.npz')\nundefined.table",
    "best = RATES[int(rates.table['loss'].argmin()) // 10]\n"
    "widths = Study(net.set_params(learning_rate=best), {'hidden_nodes': [2, 3]}, moons,\n"
    "               range(10), progress=False).stored('evidence/widths.npz')",
]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    cells = [new_code_cell(source) for source in CELLS]
    path = tmp_path / "01_rates.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    (tmp_path / "evidence").mkdir()
    monkeypatch.setattr(evidence, "BOOK", tmp_path)
    return path


@pytest.mark.parametrize(("before", "study", "kept"), [
    # A comprehension, a function and a lambda have names of their own.
    (["for rate in [1]:\n    print(rate)"], "s([rate for rate in R]).stored('a')", 0),
    (["for net in [1]:\n    print(net)"], "s(lambda net: net).stored('a')", 0),
    (["x = undefined", "def f(seed, y=1):\n    x = seed\n    return x, y"], "s(f).stored('a')", 1),
    (["x = 1", "def f(seed, y=x):\n    return y"], "s(f).stored('a')", 2),
    # What a function asks for may be defined after it, or in a function that it calls.
    (["def f(seed):\n    return g(seed)", "def g(seed):\n    return N + seed", "N = 3"],
     "s(f).stored('a')", 3),
    # What is defined anew no longer rests on what it was.
    (["net = undefined", "net = 3"], "s(net).stored('a')", 1),
    (["net = 2", "net = net + 1"], "s(net).stored('a')", 2),
    (["net = 2", "net += 1"], "s(net).stored('a')", 2),
    (["net = 2", "for i in R:\n    net = i"], "s(net).stored('a')", 2),
])
def test_what_a_name_rests_on(before, study, kept):
    body = evidence.ast.parse("\n".join([*before, study])).body
    assert evidence.needed(body) == [*body[len(before) - kept:-1], body[-1]]


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["evidence.py", *arguments])
    evidence.main()


def test_only_what_a_study_rests_on_is_run(notebook):
    kept = "\n".join(map(evidence.ast.unparse, evidence.needed(evidence.statements(notebook))))
    assert "undefined" not in kept
    assert "raise_if_run" not in kept
    assert "import sys" not in kept
    assert kept.count("RATES =") == 2
    assert "NOISE = 0.1" in kept


def test_evidence_is_made_read_and_made_again(notebook, monkeypatch, capsys):
    run(monkeypatch)
    assert "rates.npz: 30 nets, 0.0" in capsys.readouterr().out
    files = sorted(path.name for path in (notebook.parent / "evidence").iterdir())
    assert files == ["rates.npz", "widths.npz"]
    found = {}
    evidence.take(notebook, lambda study, path: (
        found.update({path.name: study}) or evidence.STORED(study, path)))
    assert [*found] == files
    assert found["rates.npz"].proof(notebook.parent / "evidence" / "rates.npz", 5, 0) == []
    before = {name: (notebook.parent / "evidence" / name).stat().st_mtime_ns for name in files}
    run(monkeypatch, "wid")
    after = {name: (notebook.parent / "evidence" / name).stat().st_mtime_ns for name in files}
    assert [name for name in files if before[name] != after[name]] == ["widths.npz"]


def test_a_tenth_is_compared_and_nothing_is_written(notebook, monkeypatch, capsys):
    run(monkeypatch)
    before = (notebook.parent / "evidence" / "rates.npz").read_bytes()
    capsys.readouterr()
    run(monkeypatch, "--tenth", "rates")
    out = capsys.readouterr().out
    assert "rates.npz: 3 nets in" in out
    assert "equal to six digits in 3 of 3" in out
    assert (notebook.parent / "evidence" / "rates.npz").read_bytes() == before


def test_evidence_of_a_study_that_has_changed_is_made_again(notebook, monkeypatch):
    run(monkeypatch)
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace("NOISE = 0.1", "NOISE = 0.3"), encoding="utf-8")
    with pytest.raises(ValueError, match="differs in its data: call run"):
        evidence.take(notebook, evidence.STORED)
    run(monkeypatch)
    evidence.take(notebook, evidence.STORED)


def test_an_unknown_name_is_told(notebook, monkeypatch):
    run(monkeypatch)
    with pytest.raises(SystemExit, match="no notebook takes evidence whose name starts with x"):
        run(monkeypatch, "x")
