"""A pinned run: its losses and its boundary beside another's, and its settings in words."""

import numpy as np
import pytest

from nnlib import lab
from nnlib.live.frames import Chart, Curve, Frame, Plane
from nnlib.live.packing import pack
from nnlib.live.pinning import NAME, Pinned, boundary, joined
from nnlib.live.training import LOSS

EXPERIMENT = lab.training(("data", "n_classes", "learning_rate", "stop_tol", "observation",
                           "points", "table"), n=40, max_epochs=60, hidden_nodes=4, stopping="none")


def plane_of(*scores):
    """Classes with these scores over a square from -1 to 1."""
    x, y = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 41))
    P = np.exp([score(x, y) + 0 * x for score in scores])
    return Plane((-1.0, 1.0, -1.0, 1.0), P / P.sum(axis=0))


def lines_of(curve):
    ends = np.flatnonzero(np.isnan(curve.x))
    return [np.column_stack([curve.x, curve.y])[start + 1:end]
            for start, end in zip([-1, *ends], ends, strict=False)]


def test_a_straight_boundary_is_one_line():
    curve = boundary(plane_of(lambda x, y: x - 0.31, lambda x, y: 0))
    (line,) = lines_of(curve)
    np.testing.assert_allclose(line[:, 0], 0.31, atol=1e-3)
    assert sorted(line[[0, -1], 1]) == [-1, 1]
    assert (np.diff(line[:, 1]) > 0).all() or (np.diff(line[:, 1]) < 0).all()
    assert (curve.style, curve.label) == ("dashed", "pinned")


def test_a_ring_is_one_line_that_ends_where_it_begins():
    (line,) = lines_of(boundary(plane_of(lambda x, y: x**2 + y**2, lambda x, y: 0.25)))
    np.testing.assert_allclose(np.hypot(*line.T), 0.5, atol=0.01)
    np.testing.assert_allclose(line[0], line[-1])
    assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(np.pi, rel=0.01)


def test_of_three_classes_each_line_is_drawn_once():
    scores = [lambda x, y, a=a: 3 * (x * np.cos(a) + y * np.sin(a)) for a in (0.5, 2.6, 4.7)]
    curve = boundary(plane_of(*scores))
    places = np.column_stack([curve.x, curve.y])[np.isfinite(curve.x)]
    first, second, third = np.sort([score(*places.T) for score in scores], axis=0)[::-1]
    np.testing.assert_allclose(first, second, atol=0.02)
    assert (third <= first).all()
    length = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines_of(curve))
    # From the middle to the edges of the square, at angles of 1.55, 3.65 and 5.75.
    expected = sum(1 / max(abs(np.cos(a)), abs(np.sin(a))) for a in (1.55, 3.65, 5.75))
    assert length == pytest.approx(expected, rel=0.05)


def test_without_a_boundary_there_is_no_line():
    assert len(boundary(plane_of(lambda x, y: 1, lambda x, y: 0)).x) == 0


def test_pieces_are_joined_in_any_order_and_direction():
    rng = np.random.default_rng(0)
    way = np.column_stack([np.linspace(0, 5, 30), np.sin(np.linspace(0, 5, 30))])
    pieces = np.stack([way[:-1], way[1:]], axis=1)
    turned = rng.random(29) < 0.5
    pieces[turned] = pieces[turned][:, ::-1]
    pieces = rng.permutation(np.concatenate([pieces, [[[0, np.nan], [1, 1]], [[9, 9], [8, 8]]]]))
    long, short = sorted(joined(pieces), key=len, reverse=True)
    np.testing.assert_array_equal(long if long[0, 0] == 0 else long[::-1], way)
    assert sorted(map(tuple, short)) == [(8, 8), (9, 9)]


def run(**settings):
    session = EXPERIMENT.start(**settings)
    session.advance(100)
    return session.frame()


def test_losses_and_boundary_stand_beside_those_of_another_run():
    kept, frame = run(), run(learning_rate=0.01)
    beside = Pinned(EXPERIMENT, EXPERIMENT.settings(), kept).beside(
        frame, EXPERIMENT.settings(learning_rate=0.01))
    plane, loss = beside.plots
    assert plane.curves == [*frame.plots[0].curves, plane.curves[-1]]
    np.testing.assert_array_equal(plane.curves[-1].x, boundary(kept.plots[0]).x)
    training, validation, *own = loss.curves
    assert own == frame.plots[1].curves
    assert (training.label, validation.label) == ("pinned", "")
    for faint, curve in zip((training, validation), kept.plots[1].curves, strict=True):
        assert faint.faint
        np.testing.assert_array_equal(faint.y, curve.y)
    assert beside.details[0] == (
        NAME, f"{kept.text}. Its settings: learning rate 0.5, not 0.01.")
    assert beside.details[1:] == list(frame.details)
    pack(beside)


def test_numbers_have_no_boundary_and_losses_of_their_own():
    experiment = lab.training(("data", "surface", "learning_rate"), n=40, max_epochs=20)

    def pinned_beside(kept, now):
        frames = []
        for settings in (kept, now):
            session = experiment.start(**settings)
            session.advance(20)
            frames.append(session.frame())
        settings = [experiment.settings(**each) for each in (kept, now)]
        beside = Pinned(experiment, settings[0], frames[0]).beside(frames[1], settings[1])
        pack(beside)
        return beside.plots

    heights, moons = {"data": "surface"}, {"data": "moons"}
    plane, loss = pinned_beside(heights, {**heights, "learning_rate": 0.1})
    assert (len(plane.curves), len(loss.curves)) == (0, 4)
    for kept, now in ((heights, moons), (moons, heights)):  # of another unit
        plane, loss = pinned_beside(kept, now)
        assert (len(plane.curves), len(loss.curves)) == (0, 2)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ({"data": "moons"}, {"data": "circles"}, False),
        ({"data": "drawn"}, {"data": "drawn", "points": lab.POINTS[:9]}, True),
        ({"data": "moons"}, {"data": "moons", "table": "1,2,a"}, True),
        ({"data": "pasted"}, {"data": "pasted", "table": "1,2,a\n3,4,b"}, False),
    ],
)
def test_a_boundary_is_drawn_on_its_own_plane_only(before, now, same):
    beside = Pinned(EXPERIMENT, EXPERIMENT.settings(**before), run()).beside(
        run(), EXPERIMENT.settings(**now))
    assert len(beside.plots[0].curves) == same
    assert len(beside.plots[1].curves) == 4


def test_other_pasted_data_are_another_plane_where_no_control_says_that_they_are_pasted():
    experiment = lab.training(("table",), data="pasted", n=40, max_epochs=60, stopping="none")
    kept, other = ({"table": table} for table in ("1,2,a\n3,4,b", "5,6,a\n7,9,b"))
    frames = {}
    for settings in (kept, other):
        session = experiment.start(**settings)
        session.advance(100)
        frames[settings["table"]] = session.frame()
    pinned = Pinned(experiment, kept, frames[kept["table"]])
    for settings, lines in ((kept, 1), (other, 0)):
        frame = frames[settings["table"]]
        curves = pinned.beside(frame, settings).plots[0].curves
        assert len(curves) == len(frame.plots[0].curves) + lines


def test_axes_have_room_for_both_runs():
    def frame(losses):
        epochs = range(len(losses))
        return Frame([Chart([Curve(epochs, losses, "training"),
                             Curve([1], losses[1:2], "kept", "points")], y_label=LOSS,
                            x_range=(0, len(losses) - 1)),
                      Chart([Curve(epochs, losses)], y_label="accuracy")])

    pinned = Pinned(EXPERIMENT, EXPERIMENT.settings(), frame([0.5, 0.4, 0.3, 0.2]))
    loss, accuracy = pinned.beside(frame([0.06, 0.015]), EXPERIMENT.settings()).plots
    assert (loss.x_range, loss.y_log) == ((0, 3), True)
    assert [curve.label for curve in loss.curves] == ["pinned", "training", "kept"]
    assert len(accuracy.curves) == 1
    assert not pinned.beside(frame([0.3, 0.2]), EXPERIMENT.settings()).plots[0].y_log


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ({}, {}, "Its settings are the same."),
        ({"observation": 3}, {}, "Its settings are the same."),
        ({"n_classes": 3}, {"stop_tol": 0.1}, "Its settings are the same."),
        ({"data": "blobs", "n_classes": 3}, {},
         "Its settings: data blobs, not moons; classes 3."),
        ({"data": "blobs", "n_classes": 3}, {"data": "pasted"},
         "Its settings: data blobs, not pasted; classes 3."),
        ({"data": "drawn"}, {"data": "drawn", "points": lab.POINTS[:9]},
         "Its settings: other points."),
        ({"data": "pasted", "table": "1,2,a\n3,4,b"}, {"data": "pasted", "learning_rate": 2},
         "Its settings: learning rate 0.5, not 2; other pasted data."),
    ],
)
def test_its_settings_are_told_by_what_is_other_now(before, now, words):
    pinned = Pinned(EXPERIMENT, EXPERIMENT.settings(**before), run())
    ((_, said), *_) = pinned.beside(run(), EXPERIMENT.settings(**now)).details
    assert said.endswith(f". {words}")
