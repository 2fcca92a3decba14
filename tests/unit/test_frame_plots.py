"""Frames in Matplotlib: every plot shows what the frame holds."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_text import assert_shows
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb

from nnlib import frame_plots, plotting
from nnlib.live.frames import Bars, Chart, Curve, Diagram, Frame, Layer, Marked, Plane

UNIT = (0.0, 1.0, 0.0, 1.0)


def axes(*plots, **texts):
    figure = frame_plots.draw(Frame(plots, **texts))
    figure.draw_without_rendering()
    return [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]


def test_plots_stand_in_their_order_two_in_a_row():
    figure = frame_plots.draw(Frame([
        Plane(UNIT, title="plane"), Chart([], title="chart"), Bars(["a"], [1], title="bars"),
    ]))
    figure.draw_without_rendering()
    assert [ax.get_title("left") for ax in figure.axes] == ["plane", "chart", "bars"]
    plane, chart, bars = (ax.get_tightbbox() for ax in figure.axes)
    assert plane.x1 <= chart.x0
    assert bars.y1 <= min(plane.y0, chart.y0)
    assert plt.get_fignums() == []


def test_a_plane_has_the_books_colours_and_markers():
    x_1 = np.tile(np.linspace(0, 1, 20), (20, 1))
    P = np.stack([x_1, 1 - x_1])
    points, labels = np.array([[0.1, 0.2], [0.9, 0.4], [0.8, 0.8]]), np.array([1, 0, 0])
    curve = Curve([0, 1], [0, 1], style="dashed")
    (ax,) = axes(Plane(UNIT, probabilities=P, points=points, labels=labels, curves=[curve]))
    np.testing.assert_array_equal(ax.images[0].get_array(),
                                  plotting.region_colours(np.moveaxis(P, 0, -1)))
    clouds = [c for c in ax.collections if type(c) is PathCollection]
    for c, cloud in enumerate(clouds):
        np.testing.assert_array_equal(cloud.get_offsets(), points[labels == c])
        assert tuple(cloud.get_facecolor()[0][:3]) == to_rgb(plotting.COLOURS[c])
    (boundary,) = [c for c in ax.collections if type(c) is not PathCollection]
    np.testing.assert_allclose(boundary.get_paths()[0].vertices[:, 0], 0.5)
    assert ax.lines[0].get_linestyle() == "--"
    assert ax.get_xlim() == (0, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x₁", "x₂")


def test_a_labelled_curve_gives_a_plane_a_legend():
    (plain,) = axes(Plane(UNIT, curves=[Curve([0, 1], [0, 1])]))
    assert plain.get_legend() is None
    (ax,) = axes(Plane(UNIT, curves=[Curve([0, 1], [0, 1], "the way")]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["the way"]


def test_classes_that_have_names_stand_in_a_legend():
    (ax,) = axes(Plane(UNIT, points=np.eye(2), labels=np.array([1, 0]), classes=["$a$", "b"]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        r"class 0: \$a\$", "class 1: b"]


def test_a_chart_has_the_scales_and_ranges_it_asks_for():
    curve = Curve([1, 10], [1, 100])
    (ax,) = axes(Chart([curve]))
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "linear")
    (ax,) = axes(Chart([curve], x_log=True, y_log=True, x_range=(1, 50), y_range=(0.5, 200)))
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlim(), ax.get_ylim()) == ((1, 50), (0.5, 200))


def test_values_are_white_at_zero_and_as_far_from_it_on_both_sides():
    values = np.array([[0.0, 2.0], [-1.0, np.nan]])
    (ax,) = axes(Plane(UNIT, values=values))
    image = ax.images[0]
    assert (image.norm.vmin, image.norm.vmax) == (-2, 2)
    np.testing.assert_allclose(image.cmap(image.norm(0.0))[:3], 1, atol=0.01)
    assert image.cmap(1.0)[:3] == pytest.approx(to_rgb(plotting.VERMILLION))


def test_targets_have_the_colours_of_the_values_and_count_for_their_scale():
    (ax,) = axes(Plane(UNIT, values=np.zeros((2, 2)), points=np.eye(2), marked=1,
                       targets=np.array([-3.0, 0.0])))
    assert (ax.images[0].norm.vmin, ax.images[0].norm.vmax) == (-3, 3)
    (points,) = ax.collections
    np.testing.assert_array_equal(points.get_offsets(), np.eye(2))
    below, zero = points.to_rgba(points.get_array())[:, :3]
    assert tuple(below) == pytest.approx(to_rgb(plotting.BLUE))
    np.testing.assert_allclose(zero, 1, atol=0.01)
    assert [*ax.lines[0].get_xydata()[0]] == [0, 1]


def test_a_chart_has_its_curves_axes_and_legend():
    curves = [Curve([1, 2, 3], [1, np.nan, 100], "loss", colour=1),
              Curve([1, 2], [3, 4], "", "points")]
    (ax,) = axes(Chart(curves, "title", "epoch", "loss", y_log=True, x_range=(0, 9)))
    line, cloud = ax.lines
    np.testing.assert_array_equal(line.get_ydata(), [1, np.nan, 100])
    assert line.get_color() == plotting.COLOURS[1]
    assert (cloud.get_marker(), cloud.get_linestyle()) == ("o", "None")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert ax.get_xlim() == (0, 9)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss"]


def test_texts_stand_at_their_points_in_place_of_dots():
    (ax,) = axes(Chart([Curve([1, 2, np.inf], [3, 4, 5], "", "points", 1, ["$a$", "b", "c"])],
                       has_axes=False))
    (cloud,) = ax.lines
    assert cloud.get_marker() == ""
    first, second, _ = ax.texts
    assert_shows(first, "$a$")
    assert [tuple(text.xy) for text in (first, second)] == [(1, 3), (2, 4)]
    assert {text.get_color() for text in (first, second)} == {plotting.COLOURS[1]}
    assert not ax.axison


def test_where_there_are_no_axes_the_legend_stands_above_the_texts():
    (ax,) = axes(Chart([Curve([1, 2], [3, 4], "values", "points", 1, ["a", "b"])],
                       has_axes=False))
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert legend.y0 >= max(text.get_window_extent().y1 for text in ax.texts)


def test_curves_without_labels_have_no_legend():
    (ax,) = axes(Chart([Curve([1], [2])]))
    assert ax.get_legend() is None


def test_bars_have_heights_names_and_a_mark():
    (ax,) = axes(Bars(["cat", "dog"], [0.25, 0.75], marked=1, y_range=(0, 2)))
    assert [bar.get_height() for bar in ax.patches] == [0.25, 0.75]
    assert [bar.get_linewidth() for bar in ax.patches] == [1, 2.5]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["cat", "dog"]
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.75"]
    assert ax.get_ylim() == (0, 2)


def test_the_text_stands_above_and_the_warning_is_vermillion_and_fits():
    warning = "The step is too long for this net. " * 5
    figure = frame_plots.draw(Frame([Bars(["a"], [1])], "epoch 3", warning))
    figure.draw_without_rendering()
    text, *lines = figure.subfigs[0].texts
    assert text.get_text() == "epoch 3"
    assert " ".join(line.get_text() for line in lines) == warning.strip()
    assert {line.get_color() for line in lines} == {plotting.VERMILLION}
    boxes = [line.get_window_extent() for line in (text, *lines)]
    top_of_plot = figure.axes[0].get_tightbbox().y1
    heights = [*(box.y0 for box in boxes), top_of_plot]
    assert heights == sorted(heights, reverse=True)
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_numbers_without_a_place_are_left_out_without_complaint(bad):
    P = np.full((2, 3, 3), np.nan)
    axes(
        Plane(UNIT, probabilities=P),
        Plane(UNIT, values=np.full((2, 2), bad)),
        Chart([Curve([0, 1], [bad, 1]), Curve([0, 1], [bad, bad])], y_log=True),
        Bars(["a"], [np.nan]),
    )


@pytest.mark.parametrize("given", ["$0-$50k", r"$\frac$", "_hidden"])
def test_texts_are_shown_as_they_are_given(given):
    """As the page shows them: nothing in them is mathematics, and none vanishes."""
    figure = frame_plots.draw(Frame([
        Plane(UNIT, title=given, x_label=given, y_label=given,
              curves=[Curve([0, 1], [0, 1], given)]),
        Chart([Curve([0, 1], [0, 1], given)], title=given, x_label=given, y_label=given),
        Bars([given], [1], title=given, y_label=given),
    ], text=given, warning=given))
    figure.draw_without_rendering()
    for artist in list(figure.subfigs[0].texts):  # to show one adds another
        assert_shows(artist, given)
    plane, chart, bars = figure.axes
    for ax in (plane, chart, bars):
        assert_shows(ax.yaxis.label, given)
        assert_shows(ax._left_title, given)
    for ax in (plane, chart):
        assert_shows(ax.xaxis.label, given)
        (label,) = ax.get_legend().get_texts()
        assert_shows(label, given)
    assert_shows(bars.get_xticklabels()[0], given)


WEIGHTS = np.array([[1.0, -2.0, 0.5]]), np.array([[4.0, 0.0], [-4.0, 1.0]])
NET = [Layer("inputs", ["", ""], ["x₁", "x₂"], ["0.1", "0.2"]),
       Layer("hidden layer", ["1.3"], ["a₃"], ["0.250"], WEIGHTS[0], np.ones((1, 4, 4)), [0], 7),
       Layer("probabilities", ["p0", "p1"], ["p₀", "p₁"], ["0.4", "0.6"], WEIGHTS[1])]


def test_a_diagram_has_its_nodes_numbers_and_lines():
    (ax,) = axes(Diagram(NET))
    assert [text.get_text() for text in ax.texts] == [
        "x₁ 0.1", "x₂ 0.2", "1", "inputs", "a₃ 0.250 dead", "and 7 more", "1", "hidden layer",
        "p₀ 0.4", "p₁ 0.6", "probabilities"]
    lines = [each for each in ax.collections if isinstance(each, LineCollection)]
    colours = [tuple(colour[:3]) for each in lines for colour in each.get_colors()]
    red, blue = to_rgb(plotting.VERMILLION), to_rgb(plotting.BLUE)
    assert colours == [red, blue, red, red, blue, blue, red]
    widths = [width for each in lines for width in each.get_linewidths()]
    np.testing.assert_allclose(widths, 0.4 + 2.6 * np.array([0.5, 1, 0.25, 1, 0, 1, 0.25]))
    dashed = [style[1] is not None for each in lines for style in each.get_linestyles()]
    assert dashed == [False, True, False, False, True, True, False]


def test_the_weights_of_a_chosen_node_stand_where_they_come_from():
    (ax,) = axes(Diagram(NET, "1.3", ["1.0", "−2.0", "0.5"]))
    texts = [text.get_text() for text in ax.texts]
    assert texts[:4] == ["x₁ 0.1 · (1.0)", "x₂ 0.2 · (−2.0)", "1", "1 · (0.5)"]
    strongest = [each.get_colors()[:, 3].max() for each in ax.collections
                 if isinstance(each, LineCollection)]
    assert strongest == pytest.approx([1, 0.2, 0.2])


def test_lines_that_stand_out_are_strong_and_have_ink_around_them():
    (ax,) = axes(Diagram(NET, lines=[(1, 0, 2), (2, 1, 0)]))
    drawn = [each for each in ax.collections if isinstance(each, LineCollection)]
    around = [each for each in drawn if each.get_zorder() < 1]
    ends = [np.round(each.get_segments(), 3).tolist() for each in around]
    assert ends == [[[[0, -1], [1, 1]]], [[[1, 1], [2, -0.5]]]]
    strengths = [colour[3] for each in drawn if each not in around for colour in each.get_colors()]
    np.testing.assert_allclose(
        strengths, [0.115, 0.2, 1, 0.2, 0.03, 1, 0.0725])
    (ax,) = axes(Diagram(NET, "1.3", lines=()))
    strengths = [colour[3] for each in ax.collections for colour in each.get_colors()]
    assert max(strengths) == pytest.approx(0.2)


def test_a_diagram_beside_two_others_has_a_row_of_its_own():
    figure = frame_plots.draw(Frame([Plane(UNIT, title="plane"), Diagram(NET, title="net"),
                                     Bars(["a"], [1], title="bars")]))
    figure.draw_without_rendering()
    plane, net, bars = (ax.get_tightbbox() for ax in figure.axes)
    assert plane.y0 >= net.y1
    assert net.y0 >= bars.y1
    assert net.width > 1.5 * bars.width
    heights = [ax.get_subplotspec().get_position(figure).height for ax in figure.axes]
    assert heights[1] < 0.8 * min(heights[0], heights[2])  # two nodes and the bias need no more


def test_the_marked_observation_has_a_ring():
    points = np.array([[0.1, 0.2], [0.7, 0.4]])
    (ax,) = axes(Plane(UNIT, points=points, labels=np.array([0, 1]), marked=1))
    ring = ax.lines[-1]
    assert (*ring.get_xdata(), *ring.get_ydata()) == (0.7, 0.4)
    assert ring.get_markerfacecolor() == "none"


def test_details_stand_below_the_plots():
    figure = frame_plots.draw(Frame([Bars(["a"], [1])], "text", details=[("sum", "z = 1"),
                                                                         ("value", "a = 1")]))
    figure.draw_without_rendering()
    first, second = figure.subfigs[2].texts
    assert [first.get_text(), second.get_text()] == ["sum: z = 1", "value: a = 1"]
    assert figure.axes[0].get_tightbbox().y0 >= first.get_window_extent().y1
    assert first.get_window_extent().y0 >= second.get_window_extent().y1


def test_what_stands_out_in_a_text_has_a_patch_behind_it():
    said = Marked(["$z$ = ", ("W_1 a", 0), (" b", 0), " + ", ("word " * 40, 1)])
    figure = frame_plots.draw(Frame([Bars(["a"], [1])], details=[("sum", said)]))
    figure.draw_without_rendering()
    place = figure.subfigs[2]
    parts = [*place.texts, *place.artists]
    parts.sort(key=lambda part: (-part.get_window_extent().y0.round(), part.get_window_extent().x0))
    assert " ".join(part.get_text() for part in parts) == (
        " ".join(plotting.style.plain(f"sum: {said}").split()))
    lit = [(part.get_text().split()[0], to_rgb(part.get_bbox_patch().get_facecolor()[:3]))
           for part in parts if part.get_bbox_patch() is not None]
    assert lit[0] == ("W_1", to_rgb(plotting.BLUE))
    assert set(lit[1:]) == {("word", to_rgb(plotting.VERMILLION))}
    assert len(lit) > 2  # the longest goes on in further lines
    for one, next_ in itertools.pairwise(parts):
        one, next_ = one.get_window_extent(), next_.get_window_extent()
        assert next_.y1 <= one.y0 + 1 or one.x1 < next_.x0 < one.x1 + 8
