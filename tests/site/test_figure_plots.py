"""What the figures' canvases show of a plot: colours at places, and texts."""

from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from live_figures import FIGURES

DRAW = """async ({kind, plot, places}) => {
  const [{drawPlane}, {drawChart}, {drawBars}, {drawDiagram}, {themeOf}] = await Promise.all(
    ['plane', 'chart', 'bars', 'diagram', 'colours'].map(name =>
      import(new URL(`live/${name}.js`, document.baseURI))))
  const canvas = window.kept ??= document.createElement('canvas') // as from frame to frame
  Object.assign(canvas.style, {
    position: 'fixed', left: 0, top: 0, width: '500px', height: '400px', minHeight: ''})
  const figure = document.querySelector('nn-lab')
  figure.append(canvas)
  for (const array of plot.arrays ?? []) {
    const {values, shape} = plot[array]
    plot[array] = Object.assign(Float32Array.from(values), {shape})
  }
  for (const layer of plot.layers ?? []) {
    for (const [name, Kind] of [['weights', Float32Array], ['pictures', Uint8Array]]) {
      if (!layer[name]) continue
      const {values, shape} = layer[name]
      layer[name] = Object.assign(Kind.from(values), {shape})
    }
  }
  for (const curve of plot.curves ?? []) {
    curve.x = Float32Array.from(curve.x)
    curve.y = Float32Array.from(curve.y)
  }
  const texts = [], {fillText, lineTo} = CanvasRenderingContext2D.prototype
  let corners = 0
  CanvasRenderingContext2D.prototype.lineTo = function (...place) {
    corners += 1
    return lineTo.apply(this, place)
  }
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    texts.push([text, Math.floor(x), Math.floor(y)])
    return fillText.call(this, text, x, y, ...more)
  }
  const geometry = {plane: drawPlane, chart: drawChart, bars: drawBars, diagram: drawDiagram}[kind](
    canvas, plot, themeOf(figure))
  Object.assign(CanvasRenderingContext2D.prototype, {fillText, lineTo})
  const ratio = canvas.width / 500
  const colours = places.map(place => {
    const [x, y] = geometry?.toPixel?.(...place) ?? place
    // Lines are thin: of nine pixels the one that is least like paper.
    const {data} = canvas.getContext('2d').getImageData(
      Math.round(x * ratio) - 1, Math.round(y * ratio) - 1, 3, 3)
    const pixels = Array.from({length: 9}, (_, i) => [...data.slice(4 * i, 4 * i + 3)])
    const light = ([r, g, b]) => r + g + b
    return pixels.reduce((a, b) => (light(b) < light(a) ? b : a))
  })
  canvas.remove()
  return {texts, colours, corners, keys: places.map(place => geometry?.keyAt?.(...place) ?? '')}
}"""
BLUE, VERMILLION, GREEN = (0, 114, 178), (213, 94, 0), (0, 158, 115)


def nearest(colour: list[int]) -> str:
    """The name of the colour that a pixel has most of."""
    names = {"blue": BLUE, "vermillion": VERMILLION, "green": GREEN}
    away = 255 - np.array(colour, float)    # from white
    if away.max() < 20:
        return "white"
    if np.ptp(away) < 40:
        return "grey"
    shares = {name: (255 - np.array(each)) / np.linalg.norm(255 - np.array(each))
              for name, each in names.items()}
    return max(shares, key=lambda name: float(away @ shares[name]))


pytestmark = pytest.mark.usefixtures("site_with_python")


@pytest.fixture
def drawn(server, light):
    """Draw a plot on a page, and give its texts and the colours at places."""
    light.stay(f"{server}/{quote(FIGURES[0].page)}")

    def draw(kind: str, plot: dict[str, Any], places: list[Any]) -> tuple[list[Any], list[str]]:
        found = light.page.evaluate(DRAW, {"kind": kind, "plot": plot, "places": places})
        draw.keys, draw.corners = found["keys"], found["corners"]
        return found["texts"], [nearest(colour) for colour in found["colours"]]

    draw.page = light.page
    light.faults.clear()
    yield draw
    assert light.faults == []


def with_curve(x, y):
    """A plane from 0 to 10, some 300 pixels wide, with a curve that has gaps where y is nan."""
    y = [each if np.isfinite(each) else "gap" for each in np.asarray(y, float).tolist()]
    curve = {"x": np.asarray(x, float).tolist(), "y": y, "label": "", "style": "solid", "colour": 0}
    return {"extent": [0, 10, 0, 10], "title": "", "x_label": "x", "y_label": "y",
            "curves": [curve]}


def test_a_long_curve_keeps_its_peaks_and_gaps_in_few_corners(drawn):
    x, y = np.linspace(0, 10, 5001), np.full(5001, 5.0)
    y[[3000, 3500]], y[1000:1501] = [9, 1], np.nan
    places = [[1, 5], [4, 5], [6, 9], [6, 7], [7, 1], [7, 3], [2.5, 5]]
    _, colours = drawn("plane", with_curve(x, y), places)
    assert colours == ["blue"] * 6 + ["white"]
    assert drawn.corners < 1000


def test_a_curve_that_turns_back_keeps_its_points_and_short_pieces_are_seen(drawn):
    drawn("plane", with_curve([], []), [])
    others = drawn.corners
    angle = np.linspace(0, np.pi, 100)
    drawn("plane", with_curve(5 + 2 * np.cos(angle), 5 + 2 * np.sin(angle)), [])
    assert drawn.corners == others + 99
    pieces = with_curve([2, 2.004, 3, 4, 4.004], [5, 5.02, np.nan, 7, 7.02])    # less than a pixel
    _, colours = drawn("plane", pieces, [[2, 5], [4, 7]])
    assert colours == ["blue", "blue"]
    assert drawn.corners == others + 2


def test_a_canvas_is_drawn_on_again_with_a_grid_of_another_size(drawn):
    """The second frame's picture is its own, and no part of the first one's."""
    def plane(size, winner):
        grid = {"shape": [size, size]}
        return {"extent": [0, 10, 0, 10], "curves": [], "title": "", "x_label": "", "y_label": "",
                "arrays": ["winner", "share", "lead"],
                "winner": grid | {"values": [winner] * size**2},
                "share": grid | {"values": [255] * size**2},
                "lead": grid | {"values": [255] * size**2}}

    corners = [[1, 1], [1, 9], [9, 1], [9, 9]]
    for size, winner, colour in ((20, 0, "blue"), (8, 1, "vermillion"), (20, 2, "green")):
        _, colours = drawn("plane", plane(size, winner), corners)
        assert colours == [colour] * 4


def test_a_plane_is_drawn_where_it_is(drawn):
    """Class 1 in the lower left quarter, class 2 in the upper right one, class 0 elsewhere."""
    size = 20
    low = np.arange(size) < size // 2
    winner = np.where(np.outer(low, low), 1, np.where(np.outer(~low, ~low), 2, 0))
    plot = {
        "extent": [0, 10, 0, 10], "curves": [], "title": "", "x_label": "x", "y_label": "y",
        "arrays": ["winner", "share", "lead", "points", "labels"],
        "winner": {"values": winner.ravel().tolist(), "shape": [size, size]},
        "share": {"values": [255] * size**2, "shape": [size, size]},
        "lead": {"values": [255] * size**2, "shape": [size, size]},
        "points": {"values": [2, 8, 8, 2], "shape": [2, 2]},
        "labels": {"values": [1, 2], "shape": [2]},
    }
    quarters = [[1, 1], [1, 9], [9, 1], [9, 9]]
    points = [[2, 8], [8, 2]]
    boundary = [[5, 2], [5, 8], [2, 5], [8, 5]]
    texts, colours = drawn("plane", plot, [*quarters, *points, *boundary])
    assert {"class 0", "class 1", "class 2"} <= {text for text, _, _ in texts}
    assert colours == ["vermillion", "blue", "blue", "green",
                       "vermillion", "green", "grey", "grey", "grey", "grey"]
    texts, _ = drawn("plane", plot | {"classes": ["<b>", "b", "c"]}, [])
    assert {"0: <b>", "1: b", "2: c"} <= {text for text, _, _ in texts}
    # An even split is white.
    plot["share"]["values"], plot["lead"]["values"] = [0] * size**2, [0] * size**2
    assert drawn("plane", plot, [[9, 1]])[1] != ["blue"]


def test_values_are_blue_below_zero_and_red_above(drawn):
    values = np.repeat([-1.0, 0.0, 1.0], 30).reshape(3, 30)
    plot = {
        "extent": [0, 10, 0, 2], "curves": [], "title": "", "x_label": "x", "y_label": "y",
        "arrays": ["values"], "values": {"values": values.ravel().tolist(), "shape": [3, 30]},
    }
    assert drawn("plane", plot, [[5, 0], [5, 1], [5, 2]])[1] == ["blue", "white", "vermillion"]


def test_points_that_have_numbers_have_their_colours(drawn):
    """On the scale of the values, to which they count."""
    values = np.zeros(60)
    plot = {
        "extent": [0, 10, 0, 10], "curves": [], "title": "", "x_label": "x", "y_label": "y",
        "arrays": ["values", "points", "targets"],
        "values": {"values": values.tolist(), "shape": [2, 30]},
        "points": {"values": [2, 5, 5, 5, 8, 5], "shape": [3, 2]},
        "targets": {"values": [-4, 0, 4], "shape": [3]},
    }
    texts, colours = drawn("plane", plot, [[2, 5], [5, 5], [8, 5], [3, 5]])
    assert colours == ["blue", "white", "vermillion", "white"]
    assert {"4", "−4"} <= {text for text, _, _ in texts}
    assert "class 0" not in {text for text, _, _ in texts}


@pytest.mark.parametrize("is_log", [False, True])
def test_curves_have_their_colours_and_axes_their_numbers(is_log, drawn):
    curves = [{"x": [0, 1], "y": [1, 1], "label": "one", "style": "solid", "colour": 0},
              {"x": [0, 1], "y": [10, 10], "label": "two", "style": "solid", "colour": 1}]
    plot = {"curves": curves, "title": "A title", "x_label": "epoch", "y_label": "loss",
            "x_log": False, "y_log": is_log, "x_range": [0, 1], "y_range": [0.5, 20]}
    texts, _ = drawn("chart", plot, [])
    words = [text for text, _, _ in texts]
    assert {"A title", "epoch", "loss", "one", "two"} <= set(words)
    ticks = {text: y for text, x, y in texts if text in ("1", "2", "5", "10", "15", "20")}
    expected = ("1", "2", "5", "10", "20") if is_log else ("5", "10", "15", "20")
    heights = [ticks[text] for text in expected]
    assert heights == sorted(heights, reverse=True)
    if is_log:
        assert heights[0] - heights[1] == pytest.approx(heights[3] - heights[4], abs=2)
        one, ten = heights[0], heights[3]
    else:
        one = ticks["5"] + 0.8 * (ticks["5"] - ticks["10"])
        ten = ticks["10"]
    assert drawn("chart", plot, [[250, one], [250, ten]])[1] == ["blue", "vermillion"]


@pytest.mark.parametrize("ends", [
    (0.69314715, 0.69314745), (2e-8, 2.0001e-8), (123_456, 123_457), (-0.5, 0.5)])
@pytest.mark.parametrize("is_log", [False, True])
def test_ticks_differ_from_each_other(is_log, ends, drawn):
    """Also on a curve that is nearly flat."""
    if is_log and min(ends) < 0:
        pytest.skip("has no logarithm")
    plot = {"curves": [{"x": [0, 1], "y": ends, "label": "", "style": "solid", "colour": 0}],
            "title": "", "x_label": "", "y_label": "", "x_log": False, "y_log": is_log,
            "x_range": [0, 1], "y_range": ends}
    ticks = [text for text, x, y in drawn("chart", plot, [])[0] if x < 100 and 0 < y < 365]
    assert len(ticks) > 2
    assert len(set(ticks)) == len(ticks)


def test_a_drawing_without_axes_shows_its_texts_where_they_belong(drawn):
    curves = [{"x": [0, 1], "y": [0.5, 0.5], "label": "", "style": "solid", "colour": 0},
              {"x": [0.5, 0.5], "y": [0.5, 0.75], "label": "", "style": "points", "colour": 1,
               "texts": ["0.42", "sum"]}]
    plot = {"curves": curves, "title": "", "x_label": "", "y_label": "", "x_log": False,
            "y_log": False, "x_range": [0, 1], "y_range": [0, 1], "has_axes": False}
    texts, (on_the_line, beside_the_text) = drawn("chart", plot, [[100, 202], [227, 202]])
    assert [text for text, _, _ in texts] == ["0.42", "sum"]
    (_, x, low), (_, again, high) = texts
    assert x == again == pytest.approx(248, abs=4)
    assert low - high == pytest.approx(98, abs=4)
    assert on_the_line == "blue"
    assert beside_the_text == "blue"


def test_a_long_label_of_an_axis_stays_beside_it(drawn):
    plot = {"curves": [], "title": "", "x_label": "x", "y_label": "", "x_log": False,
            "y_log": False, "x_range": [0, 1], "y_range": [0, 1]}
    column = [[x, y] for x in range(2, 24, 2) for y in range(2, 400, 3)]
    for times, reaches in [(1, 200), (12, 390)]:
        plot["y_label"] = "so many nodes " * times
        _, colours = drawn("chart", plot, column)
        inked = [y for (_, y), colour in zip(column, colours, strict=True) if colour != "white"]
        assert min(inked) >= 8
        assert max(inked) == pytest.approx(reaches, abs=60)


def test_bars_stand_on_zero(drawn):
    plot = {"names": ["a", "b", "c"], "heights": {"values": [1, -1, 0.5], "shape": [3]},
            "arrays": ["heights"], "title": "", "y_label": "height", "marked": None,
            "y_range": [-1.2, 1.2]}
    texts, _ = drawn("bars", plot, [])
    where = {text: x for text, x, _ in texts}
    middle = next(y for text, _, y in texts if text in ("0", "0.0"))
    above, below = middle - 40, middle + 40
    places = [[where[name], y] for name in "abc" for y in (above, below)]
    assert drawn("bars", plot, places)[1] == [
        "blue", "white", "white", "vermillion", "green", "white"]


def test_a_net_is_drawn_with_its_numbers_and_found_under_the_pointer(drawn):
    """Two inputs, a hidden node, negative on the left and positive on the right, and an output."""
    def layer(keys, names, texts, **more):
        return {"title": "layer", "keys": keys, "names": names, "texts": texts, "weights": None,
                "pictures": None, "dead": [], "others": 0, **more}

    picture = [1] * 8 + [255] * 8
    plot = {"title": "", "chosen": "", "weight_texts": [], "layers": [
        layer(["", ""], ["x₁", "x₂"], ["0.1", "0.2"]),
        layer(["1.5"], ["a₅"], ["0.25"], others=7, dead=[0],
              weights={"values": [3, -3, 3], "shape": [1, 3]},
              pictures={"values": [value for row in range(4) for value in picture[2:14:3]],
                        "shape": [1, 4, 4]}),
        layer(["p0"], ["p₀"], ["0.75"], weights={"values": [-3, 0.5], "shape": [1, 2]}),
    ]}
    texts, _ = drawn("diagram", plot, [])
    where = {text: (x, y) for text, x, y in texts}
    assert {"x₁ 0.1", "x₂ 0.2", "a₅ 0.25 dead", "and 7 more", "p₀ 0.75"} <= where.keys()
    (x, y), (x_1, y_1), (end, out) = where["a₅ 0.25 dead"], where["x₁ 0.1"], where["p₀ 0.75"]
    left, right = [x - 40, y], [x - 12, y]
    line = [end - 55, round(out + (y - out) * 32 / (end - x))]
    _, colours = drawn("diagram", plot, [left, right, line])
    assert colours == ["blue", "vermillion", "blue"]
    assert drawn.keys[:2] == ["1.5", "1.5"]
    drawn("diagram", plot, [[x_1 - 10, y_1], [end + 10, out], [end, out + 150]])
    assert drawn.keys == ["", "p0", ""]
    # The weights of the chosen node stand at the nodes that they belong to.
    plot |= {"chosen": "1.5", "weight_texts": ["3.0", "−3.0", "3.0"]}
    texts, _ = drawn("diagram", plot, [])
    assert {"x₁ 0.1 · 3.0", "x₂ 0.2 · (−3.0)", "1 · 3.0"} <= {text for text, _, _ in texts}
    # A line that stands out has ink around it, and the others are too pale for a colour.
    plot |= {"chosen": "", "weight_texts": []}
    beside = [line[0], line[1] + 4]
    for lines, colours in (([[2, 0, 1]], ["grey", "white"]), ([], ["blue", "white"])):
        assert drawn("diagram", plot | {"lines": lines}, [line, beside])[1] == colours
    assert drawn("diagram", plot | {"lines": [[2, 0, 0]]}, [beside])[1] == ["grey"]


DESCRIBE = """async ([plot, isAtRest]) => {
  const {Plots} = await import(new URL('live/plots.js', document.baseURI))
  for (const layer of plot.layers) layer.weights &&= Float32Array.from(layer.weights)
  const plots = new Plots()
  plots.show({plots: [{kind: 'diagram', ...plot}]})
  plots.describe(isAtRest)
  plots.end()
  return plots.element.firstChild.getAttribute('aria-label')
}"""


def described(drawn, layers, chosen="", at_rest=True):
    """The words for a net of (title, names, weights, more)."""
    plot = {"title": "", "chosen": chosen, "weight_texts": [], "layers": [
        {"title": title, "names": names, "keys": [f"{title}.{name}" for name in names],
         "texts": ["0.500" for _ in names], "weights": weights, "pictures": None, "dead": [],
         "others": 0, **more} for title, names, weights, more in layers]}
    return drawn.page.evaluate(DESCRIBE, [plot, at_rest])


def test_a_net_is_said_with_its_strongest_lines(drawn):
    layers = [
        ("inputs", ["x₁", "x₂"], None, {}),
        ("hidden layer", ["a₁", "a₇"], [0.25, -0.531, 0.1234, 3e-9, 0, -2.5],
         {"dead": [1], "others": 5}),
        ("probabilities", ["p₀", "p₁"], [-1.5, 1.25, 0, 0, 0, 0.0625], {}),
    ]
    words = ("Drawing of the net. inputs: x₁ 0.500; x₂ 0.500. hidden layer: a₁ 0.500, strongest "
             "from x₂: −0.53, bias 0.12; a₇ 0.500, dead, strongest from x₁: 3e−9, bias −2.5; and 5 "
             "more. probabilities: p₀ 0.500, strongest drawn from a₁: −1.5, bias 0; p₁ 0.500, "
             "strongest drawn from a₁: 0, bias 0.063")
    assert described(drawn, layers) == words
    assert described(drawn, layers, "hidden layer.a₇") == words.replace(
        "net. ", "net. Chosen: a₇ of hidden layer. ")
    # While a run goes on, the weights change before they are said.
    assert described(drawn, layers, at_rest=False) == (
        "Drawing of the net. inputs: x₁ 0.500; x₂ 0.500. hidden layer: a₁ 0.500; a₇ 0.500, dead; "
        "and 5 more. probabilities: p₀ 0.500; p₁ 0.500")
    # Numbers that are none leave the words whole.
    assert "strongest from x₁: NaN, bias NaN" in described(
        drawn, [layers[0], ("output", ["z"], ["none"] * 3, {})])


def test_the_words_for_a_large_net_stay_bearable(drawn):
    """Less than two minutes, at the three words a second of a screen reader's usual pace."""
    rng = np.random.default_rng(0)

    def layer(title, count, before):
        return (title, [f"a{j}" for j in range(count)],
                rng.standard_normal(count * (before + 1)).tolist() if before else None, {})

    said = described(drawn, [layer("inputs", 2, 0), layer("hidden layer 1", 12, 2),
                             layer("hidden layer 2", 12, 12), layer("probabilities", 2, 12)])
    assert said.count("strongest from") == 26
    assert len(said.split()) < 300


def test_the_marked_observation_has_a_ring(drawn):
    plot = {"extent": [0, 10, 0, 10], "curves": [], "title": "", "x_label": "", "y_label": "",
            "arrays": ["points"], "points": {"values": [3, 7, 7, 3], "shape": [2, 2]},
            "labels": None, "marked": 1}
    beside = 9 * 10 / 340  # nine pixels, nearly
    _, (marked, other) = drawn("plane", plot, [[7 + beside, 3], [3 + beside, 7]])
    assert (marked, other) == ("grey", "white")
