"""Frames: what cannot be drawn is refused."""

import numpy as np
import pytest

from nnlib.live.frames import Bars, Chart, Curve, Diagram, Frame, Layer, Marked, Plane, pieces

UNIT = (0.0, 1.0, 0.0, 1.0)
P = np.full((2, 3, 3), 0.5)
INPUTS = Layer("inputs", ["", ""], ["x₁", "x₂"], ["0.1", "0.2"])


def outputs(weights=3, **fields):
    return Layer("p", ["p0"], ["p₀"], ["0.5"], np.ones((1, weights)), **fields)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Curve([1, 2], [1]), r"x and y .* shapes \(2,\) and \(1,\)"),
        (lambda: Curve([[1]], [[1]]), "x must be numbers of the shape"),
        (lambda: Curve([1], [1], style="wavy"), "style must be one of 'solid'"),
        (lambda: Curve([1, 2], [1, 2], texts=["a", "b"]), "there are 0, got 2"),
        (lambda: Curve([1, 2], [1, 2], style="points", texts=["a"]), "there are 2, got 1"),
        (lambda: Plane((0, 1)), "extent must be"),
        (lambda: Plane((1, 0, 0, 1)), "extent's left and right"),
        (lambda: Plane((0, 1, 0, np.inf)), "extent's bottom and top"),
        (lambda: Plane(UNIT, probabilities=P[0]), r"probabilities .* got shape \(3, 3\)"),
        (lambda: Plane(UNIT, probabilities=P[:1]), "probabilities"),
        (lambda: Plane(UNIT, values=P), "values"),
        (lambda: Plane(UNIT, values=P[0, :1]), r"values .* got \(1, 3\)"),
        (lambda: Plane(UNIT, points=P[0]), r"points .* \(3, 3\)"),
        (lambda: Plane(UNIT, points=P[0, :, :2], labels=np.zeros(2, int)), "each of the 3 points"),
        (lambda: Plane(UNIT, labels=np.zeros(2, int)), "each of the 0 points"),
        (lambda: Plane(UNIT, values=P[0], points=P[0, :, :2], targets=np.zeros(2)),
         "targets must be one for each of the 3 points"),
        (lambda: Plane(UNIT, points=P[0, :, :2], targets=np.zeros(3)), "of a plane with values"),
        (lambda: Plane(UNIT, values=P[0], points=P[0, :, :2], targets=np.array(["a", "b", "c"])),
         "targets must be numbers"),
        (lambda: Plane(UNIT, points=P[0, :2, :2], marked=2), "marked must be one of the 2 points"),
        (lambda: Plane(UNIT, points=P[0, :2, :2], labels=np.array([0, 2]), classes=["a", "b"]),
         "classes must be a name for each of the 3 classes, got 2"),
        (lambda: Layer("", ["a"], ["x", "y"], ["1", "2"]), "keys must be one for each of the 2"),
        (lambda: outputs(dead=[1]), "dead must be places from 0 to 0"),
        (lambda: outputs(pictures=np.ones((2, 3, 3))), r"pictures .* for 1 nodes, got \(2, 3, 3\)"),
        (lambda: Diagram([INPUTS]), "layers must be two or more"),
        (lambda: Diagram([INPUTS, INPUTS]), r"weights of the shape \(2, 3\) .* got None"),
        (lambda: Diagram([INPUTS, outputs(2)]), r"weights of the shape \(1, 3\)"),
        (lambda: Diagram([INPUTS, outputs()], "p1"), "chosen must be a key of a node"),
        (lambda: Diagram([INPUTS, outputs()], "p0", ["1"]), "each of the 3 lines"),
        (lambda: Diagram([INPUTS, outputs()], "", ["1"]), "each of the 0 lines"),
        (lambda: Diagram([INPUTS, outputs()], lines=[(1, 0)]), r"lines must be .* got \(1, 0\)"),
        (lambda: Diagram([INPUTS, outputs()], lines=[(1, 0, 3)]), "of weights that there are"),
        (lambda: Diagram([INPUTS, outputs()], lines=[(0, 0, 0)]), "of weights that there are"),
        (lambda: Diagram([INPUTS, outputs()], lines=[[1, 0, 0]]), "lines must be a list or tuple"),
        (lambda: Frame([Bars([], [])], details=[("a", "b", "c")]), "details must be pairs"),
        (lambda: Frame([Bars([], [])], details=[(Marked(["a"]), "b")]), "details must be pairs"),
        (lambda: Marked("ab"), "parts must be a list or tuple of texts"),
        (lambda: Marked([("a",)]), r"parts must be texts and \(text, colour\), got \('a',\)"),
        (lambda: Marked([("a", -1)]), "parts must be a whole number of at least 0"),
        (lambda: Chart([], x_range=(1, 1)), "x_range must be"),
        (lambda: Chart([], y_range=(0, np.nan)), "y_range must be"),
        (lambda: Bars(["a"], [1, 2]), "heights must be one for each of the 1 names"),
        (lambda: Bars(["a"], [1], marked=1), "marked must be one of the 1 bars"),
        (lambda: Bars(["a"], [1], y_range=(2, 1)), "y_range must be"),
        (lambda: Frame([]), "plots must hold"),
        (lambda: Frame(["a plane"]), "plots must be a list or tuple of Planes"),
    ],
)
def test_what_cannot_be_drawn_is_named(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


def test_a_marked_text_reads_as_any_other():
    said = Marked(["z = ", ("w", 0), " · ", ("a", 1)])
    assert str(said) == "z = w · a"
    assert pieces(said) == [("z = ", None), ("w", 0), (" · ", None), ("a", 1)]
    assert pieces("z") == [("z", None)]


def test_lines_stand_out_by_name_or_with_the_chosen_node():
    net = [INPUTS, outputs()]
    each = [(1, 0, column) for column in range(3)]
    for diagram, expected in ((Diagram(net), [False] * 3), (Diagram(net, "p0"), [True] * 3),
                              (Diagram(net, "p0", lines=()), [False] * 3),
                              (Diagram(net, lines=[(1, 0, 2)]), [False, False, True])):
        assert [diagram.stands_out(*line) for line in each] == expected
