"""The contest of chapter 15, which is no study: a draw of it is held again, and compared.

Which contender and which split, the commit decides, as for stored evidence.
"""

import ast
import os
from pathlib import Path

import evidence
import numpy as np
import pytest
from test_stored_evidence import commit

NOTEBOOK = evidence.BOOK / "15_read_handwritten_digits.ipynb"
HELD = "evidence/digits_contest.npz"

# Test digits that another machine may read differently: roundings grow while nets train.
SLACK = {"our net": 3, "MLPClassifier": 3, "logistic regression": 1, "k nearest neighbours": 0}


def is_contests(statement):
    return isinstance(statement, ast.FunctionDef) and statement.name in ("contest",
                                                                         "stored_contests")


@pytest.fixture(scope="module")
def names():
    """What the notebook defines, as far as its contests rest on it."""
    found = {"__name__": "__main__"}
    program = ast.Module(evidence.needed(evidence.statements(NOTEBOOK), is_contests), [])
    before = Path.cwd()
    os.chdir(NOTEBOOK.parent)
    try:
        exec(compile(program, NOTEBOOK.name, "exec"), found)
        found["stored"] = found["stored_contests"](HELD)
    finally:
        os.chdir(before)
    return found


def test_the_file_holds_every_contest(names):
    assert list(names["stored"]) == names["ENTRIES"]
    for (_, by_rows), results in names["stored"].items():
        for seed, result in zip(names["SEEDS"], results, strict=True):
            assert len(result["right"]) == len(names["split"](seed, by_rows)[1])
            assert result["validation"][result["chosen"][0]] == result["validation"].max()


def test_a_contest_that_the_commit_draws_comes_to_what_is_stored(names):
    rng = np.random.default_rng(commit())
    name, by_rows = names["ENTRIES"][rng.integers(len(names["ENTRIES"]))]
    place = rng.integers(len(names["SEEDS"]))
    stored = names["stored"][name, by_rows][place]
    anew = names["contest"](name, names["SEEDS"][place], by_rows)
    slack = SLACK[name]
    judged = 1 / 300    # what one validation digit makes, at the most
    assert np.allclose(anew["validation"], stored["validation"], atol=slack * judged)
    # Among settings that read equally many, a rounding decides.
    assert stored["validation"][anew["chosen"][0]] >= stored["validation"].max() - slack * judged
    if anew["chosen"][0] == stored["chosen"][0]:
        assert (anew["right"] != stored["right"]).sum() <= slack
        for what in stored.keys() & {"P_judge", "P_test"}:
            assert np.abs(anew[what] - stored[what]).max(axis=1).mean() < 0.01
