"""Controls: what they accept, and what none can be."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.live.controls import (
    FARTHEST,
    MAX_CLASSES,
    MAX_POINTS,
    MAX_STROKE_POINTS,
    MAX_STROKES,
    Control,
)
from nnlib.live.pasted import MAX_TEXT

SLIDER = Control("a", "slider", 0.5, 0.0, 2.0, 0.5)
WHOLE = Control("a", "slider", 1, 0, 2)
STEPS = Control("a", "steps", 1, 0, 2)
LOG = Control("a", "log", 1.0, 0.1, 10.0, 0.1)
CHOICE = Control("a", "choice", "b", options=("b", 1, True, 0.5))
FLAG = Control("a", "flag", False)
DRAWN = Control("a", "points", ())
PAD = Control("a", "strokes", ())
PASTED = Control("a", "table", "")


@pytest.mark.parametrize(
    ("control", "right", "wrong"),
    [
        (SLIDER, (0, 0.3, 2.0), (-0.1, 2.1, math.nan, math.inf, True, "1", None, [1])),
        (WHOLE, (0, 1, 2), (-1, 3, 1.0, 0.5, False, "1", None)),
        (STEPS, (0, 1, 2), (-1, 3, 1.0, 0.5, False, "1", None)),
        (LOG, (0.1, 1, 10), (0, 0.09, 11, True)),
        (CHOICE, ("b", 1, True, 0.5), ("c", 0, False, None, [], {})),
        (FLAG, (True, False), (0, 1, None, "true")),
        (DRAWN,
         ([], [(0, 0, 0)], [[FARTHEST, -FARTHEST, MAX_CLASSES - 1]] * MAX_POINTS),
         (None, 3, [(0, 0)], [(0, 0, 0, 0)], [(FARTHEST + 0.01, 0, 0)], [(0, 0, MAX_CLASSES)],
          [(0, 0, 0.5)], [(0, 0, -1)], [("0", 0, 0)], [(0, math.nan, 0)],
          [(0, 0, 0)] * (MAX_POINTS + 1))),
        (PAD,
         ([], [[(0, 0)]], ([[0.5, 1.0], (1, 0)], ((0.25, 0.75),)), [[(0, 1)]] * MAX_STROKES,
          [[(0, 1)] * MAX_STROKE_POINTS]),
         (None, 3, "ab", {}, [(0, 0)], [[]], [[(0, 0), (0, 0, 0)]], [[(1.01, 0)]], [[(0, -0.01)]],
          [[("0", 0)]], [[(0.5, math.nan)]], [[(math.nan, 0.5)]], [[(0, None)]], [[{0, 1}]],
          [[(0, 1)]] * (MAX_STROKES + 1), [[(0, 1)] * MAX_STROKE_POINTS, [(0, 1)]])),
        (PASTED, ("", "1,2,a\n3,4,b", "no table", "é" * MAX_TEXT),
         (None, 3, b"1,2,a", ["1,2,a"], "é" * (MAX_TEXT + 1))),
    ],
)
def test_a_control_accepts_what_it_can_stand_at(control, right, wrong):
    assert all(control.accepts(value) for value in right)
    assert [value for value in wrong if control.accepts(value)] == []


@given(st.sampled_from([SLIDER, LOG]), st.floats(0, 20))
def test_a_number_keeps_its_type_through_a_page(control, value):
    sent = json.loads(json.dumps(int(value) if value.is_integer() else value))
    assert control.accepts(sent) == (control.low <= value <= control.high)
    assert type(control.cast(sent)) is float
    assert type(WHOLE.cast(1)) is type(STEPS.cast(1)) is int


def test_a_control_says_what_it_takes():
    assert [each.takes for each in (SLIDER, WHOLE, CHOICE, FLAG, DRAWN, PAD, PASTED)] == [
        "a number from 0 to 2", "a whole number from 0 to 2", "one of 'b', 1, True, 0.5",
        "True or False",
        "at most 300 points (x_1, x_2, class), not beyond 3 and with classes from 0 to 4",
        "at most 20 strokes, each a list of points (x, y) from 0 to 1, and together at most 400 "
        "points", "text of at most 100000 characters",
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Control("a", "dial", 1), "kind must be"),
        (lambda: Control("a b", "slider", 1), "name must be"),
        (lambda: Control("a", "slider", 1, 0, math.nan), "high must be a finite number"),
        (lambda: Control("a", "slider", 1, 0, 2, 0), "step must be"),
        (lambda: Control("a", "slider", 3, 0, 2), "a must start at a whole number from 0 to 2"),
        (lambda: Control("a", "slider", 0.5, 0, 2), "a must start at a whole number"),
        (lambda: Control("a", "steps", 1, 0, 2, 0.5), "a must have whole numbers as steps"),
        (lambda: Control("a", "log", 1, 0, 2), "above 0"),
        (lambda: Control("a", "choice", 1), "a must have options"),
        (lambda: Control("a", "choice", 1, options=([1],)),
         "options must be a list or tuple of texts"),
        (lambda: Control("a", "choice", True, options=(0, 1)), "a must start at one of 0, 1"),
        (lambda: Control("a", "flag", 1), "a must start at True or False"),
        (lambda: Control("a", "points", [(0, 0)]), "a must start at at most"),
        (lambda: Control("a", "strokes", [(0, 0)]), "a must start at at most 20 strokes"),
    ],
)
def test_what_a_control_cannot_be_is_named(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()
