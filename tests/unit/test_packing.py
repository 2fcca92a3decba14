"""Packing a frame loses nothing that a screen shows."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlib.live.frames import Bars, Chart, Curve, Diagram, Frame, Layer, Marked, Plane
from nnlib.live.packing import pack

UNIT = (0.0, 1.0, 0.0, 1.0)


def unpack(header, body):
    """What the page's script does: the JSON, with arrays where it points into the bytes."""

    def array(description):
        if not (isinstance(description, dict) and description.keys() == {"dtype", "shape",
                                                                         "offset"}):
            return description
        dtype = np.dtype("<" + description["dtype"])
        assert description["offset"] % 4 == 0
        count = int(np.prod(description["shape"]))
        flat = np.frombuffer(body, dtype, count, description["offset"])
        return flat.reshape(description["shape"])

    return json.loads(header, object_hook=array, parse_constant=pytest.fail)


def one_plot(plot):
    return unpack(*pack(Frame([plot])))["plots"][0]


@given(
    x=arrays(np.float64, st.integers(0, 20), elements=st.floats()),
    style=st.sampled_from(["solid", "dashed", "dotted", "points"]),
    label=st.text(),
    colour=st.none() | st.integers(0, 9),
)
def test_curves_arrive_as_they_were_in_32_bits(x, style, label, colour):
    sent = one_plot(Chart([Curve(x, x[::-1], label, style, colour)], x_log=True))
    (curve,) = sent["curves"]
    with np.errstate(over="ignore"):
        expected = x.astype(np.float32)
    np.testing.assert_array_equal(curve["x"], expected)
    np.testing.assert_array_equal(curve["y"], expected[::-1])
    assert (curve["label"], curve["style"], curve["colour"]) == (label, style, colour)
    assert (sent["kind"], sent["x_log"], sent["y_log"]) == ("chart", True, False)


@given(arrays(np.float64, st.tuples(st.integers(2, 4), st.integers(2, 5), st.integers(2, 5)),
              elements=st.floats(0.001, 1)))
def test_a_plane_arrives_as_its_likeliest_classes_and_how_sure_they_are(raw):
    P = raw / raw.sum(axis=0)
    k = len(P)
    sent = one_plot(Plane(UNIT, probabilities=P))
    np.testing.assert_array_equal(sent["winner"], P.argmax(axis=0))
    share = 1 / k + sent["share"] / 255 * (1 - 1 / k)
    np.testing.assert_allclose(share, P.max(axis=0), atol=1 / 255)
    *_, second, first = np.sort(P, axis=0)
    np.testing.assert_allclose(sent["lead"] / 255, first - second, atol=1 / 255)
    assert sent["kind"] == "plane"
    assert "probabilities" not in sent
    assert sent["extent"] == list(UNIT)


def test_values_points_and_labels_arrive():
    values = np.array([[1.0, np.nan, -np.inf], [1e300, 0.0, -2.5]])
    points, labels = np.array([[0.25, 0.5], [-1.0, 3.0]]), np.array([0, 7])
    curve = Curve([0, 1], [1, np.inf])
    sent = one_plot(Plane(UNIT, values=values, points=points, labels=labels, curves=[curve]))
    np.testing.assert_array_equal(sent["values"], [[1, np.nan, -np.inf], [np.inf, 0, -2.5]])
    np.testing.assert_array_equal(sent["points"], points)
    np.testing.assert_array_equal(sent["labels"], labels)
    np.testing.assert_array_equal(sent["curves"][0]["y"], [1, np.inf])
    assert "winner" not in sent
    sent = one_plot(Plane(UNIT, values=values, points=points, targets=np.array([-1e300, 0.5])))
    np.testing.assert_array_equal(sent["targets"], [-np.inf, 0.5])


def test_probabilities_that_are_no_numbers_arrive_as_unsure():
    sent = one_plot(Plane(UNIT, probabilities=np.full((2, 3, 3), np.nan)))
    assert (sent["share"] == 0).all()


def test_bars_texts_and_numpy_numbers_arrive():
    bars = Bars(["a", "b"], np.array([0.25, np.nan]), "title", "height", marked=np.int64(1),
                y_range=(0.0, 1.0))
    header, body = pack(Frame([bars, bars], "λ × ₁", "careful", epoch=np.int64(3)))
    sent = unpack(header, body)
    assert (sent["text"], sent["warning"], sent["epoch"]) == ("λ × ₁", "careful", 3)
    for plot in sent["plots"]:
        np.testing.assert_array_equal(plot.pop("heights"), [0.25, np.nan])
        assert plot == {"kind": "bars", "names": ["a", "b"], "title": "title",
                        "y_label": "height", "marked": 1, "y_range": [0.0, 1.0]}


def test_every_field_is_sent():
    chart = Chart([Curve([1], [2], "", "points", texts=("λ",))], has_axes=False)
    sent = one_plot(chart)
    assert set(sent) == {"kind"} | {field.name for field in dataclasses.fields(Chart)}
    assert sent["has_axes"] is False
    assert set(sent["curves"][0]) == {field.name for field in dataclasses.fields(Curve)}
    assert sent["curves"][0]["texts"] == ["λ"]


def test_a_diagram_arrives_with_pictures_of_a_byte_a_pixel():
    inputs = Layer("inputs", ["", ""], ["x₁", "x₂"], ["0.1", "0.2"])
    pictures = np.array([[[0.0, 1.0], [-4.0, np.nan]], [[2.0, 4.0], [np.inf, 0.02]]])
    hidden = Layer("hidden", ["1.1", "1.2"], ["a₁", "a₂"], ["0", "1"], np.arange(6.0).reshape(2, 3),
                   pictures, dead=[1], others=3)
    sent = one_plot(Diagram([inputs, hidden], "1.2", ["a", "b", "c"]))
    assert (sent["kind"], sent["chosen"]) == ("diagram", "1.2")
    assert sent["weight_texts"] == ["a", "b", "c"]
    assert sent["lines"] is None
    assert one_plot(Diagram([inputs, hidden], lines=[(1, 0, 2)]))["lines"] == [[1, 0, 2]]
    first, second = sent["layers"]
    assert set(first) == {field.name for field in dataclasses.fields(Layer)}
    assert first["weights"] is first["pictures"] is None
    np.testing.assert_array_equal(second["weights"], hidden.weights)
    assert second["pictures"].dtype == np.uint8
    np.testing.assert_array_equal(
        second["pictures"], [[[128, 160], [1, 128]], [[192, 255], [128, 129]]])
    assert (second["dead"], second["others"], second["keys"]) == ([1], 3, ["1.1", "1.2"])


def test_details_arrive():
    frame = Frame([Bars(["a"], [1])], details=[("sum", "z = 1 · 2")])
    assert unpack(*pack(frame))["details"] == [["sum", "z = 1 · 2"]]
    frame = Frame([Bars(["a"], [1])], details=[("sum", Marked(["z = ", ("1", 0), " · 2"]))])
    assert unpack(*pack(frame))["details"] == [["sum", ["z = ", ["1", 0], " · 2"]]]
