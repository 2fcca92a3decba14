"""Whatever a learner's code defines, a check has an outcome; and nothing that code does stays."""

import sys

import hostile
import numpy as np
import pytest

from nnlib import exercises
from nnlib.exercises.running import MOST


def check_array(x):
    exercises.same("your x", x, [[1.0, 2.0], [3.0, 4.0]], n=5)


def check_call(f):
    exercises.same("f(1)", f(1), 2)


@pytest.fixture
def array():
    return exercises.Exercise("ex-array", check_array, "x = 0")


@pytest.fixture
def call():
    return exercises.Exercise("ex-call", check_call, "f = 0")


@pytest.mark.parametrize("name", hostile.SCALARS)
def test_any_value_is_not_yet_the_answer(name, array):
    outcome = array.judge(hostile.SCALARS[name]())
    assert outcome.status in ("not yet", "could not be checked")
    assert 0 < len(outcome.message) < 2000


@pytest.mark.parametrize("name", hostile.SCALARS)
def test_any_value_in_the_place_of_a_function(name, call):
    assert call.judge(hostile.SCALARS[name]()).status in ("not yet", "could not be checked")


@pytest.mark.parametrize(("code", "message"), [
    ("f = lambda x: f(x)", "RecursionError"),
    ("f = lambda x: np.ones(10**15)", "MemoryError"),
    ("import sys; sys.exit('bye')", "SystemExit: bye"),
    ("raise BaseException('any')", "BaseException: any"),
    ("raise GeneratorExit", "GeneratorExit"),
    ("def f(x)", "expected ':'"),
    ("    f = 1", "unexpected indent"),
    ("f = '\0'", "null byte"),
    ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E: <exception str() failed>"),
    ("raise ValueError('long' * 10**6)", "ValueError: long"),
    ("import nowhere", "No module named 'nowhere'"),
    ("f = lambda x: (_ for _ in ()).throw(StopIteration)", ""),
    ("del np\nf = lambda x: np", "name 'np' is not defined"),
    ("raise ExceptionGroup('several', [ValueError(1), TypeError(2)])", "several"),
])
def test_code_that_fails_is_not_yet_the_answer(code, message, call):
    outcome = call.attempt(code)
    assert outcome.status == "not yet"
    assert message in outcome.message
    assert len(outcome.message) < 2000
    assert "nnlib" not in outcome.message


def test_an_interrupt_is_passed_on(call):
    with pytest.raises(KeyboardInterrupt):
        call.attempt("raise KeyboardInterrupt")
    assert not isinstance(sys.stdout, exercises.running.Output)


def test_what_floods_is_cut(call):
    flood = "print('x' * 10**7)\nfor _ in range(10_000): print('y', end='')\nf = lambda x: x + x"
    shown = []
    outcome = call.attempt(flood, shown.append)
    assert outcome.status == "correct"
    assert "".join(shown) == "x" * MOST
    assert outcome.output == "x" * MOST + f"\n... and {10**7 - MOST + 10_001} more characters"


def test_names_that_an_answer_takes_away_are_there_for_the_check(call):
    assert call.attempt("np = exercises = None\nf = lambda x: 2 * x").status == "correct"
    assert np.exp(0) == 1
