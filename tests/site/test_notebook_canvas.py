"""The picture of a live figure among the widgets of a notebook, which is played here.

That JupyterLab and JupyterLite play the same is tested in test_jupyter.py and test_lite.py.
"""

import base64

import pytest

from nnlib import frames, lab
from nnlib.live.canvas import Canvas

# A widget's model as anywidget hands it to a script, and what it was told.
PLAY = """async ([state, body, script, sheet]) => {
  const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
  const shifted = new Uint8Array([0, ...bytes])    // as it can lie in a message
  state.frame.body = new DataView(shifted.buffer, 1)
  const listeners = []
  window.model = {
    said: [], state,
    get: (name) => state[name],
    set(name, value) {
      state[name] = value
      for (const [names, tell] of listeners) if (names.includes(`change:${name}`)) tell()
    },
    save_changes() {},
    send: (message) => window.model.said.push(message),
    on: (names, tell) => listeners.push([names.split(' '), tell]),
    off: (names, tell) => listeners.splice(
      listeners.findIndex((each) => each[0].join(' ') === names && each[1] === tell), 1),
  }
  const style = document.createElement('style')
  style.textContent = sheet
  document.head.append(style)
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const { default: { render } } = await import(address)
  window.stop = render({ model: window.model, el: document.body })
  window.listening = () => listeners.length
}"""
PIXEL = """([kind, x, y]) => [...document.querySelector(`canvas.nn-${kind}`).getContext('2d')
  .getImageData(x, y, 1, 1).data.slice(0, 3)]"""


def curve(strokes=(((0.0, 0.0), (1.0, 1.0)),)):
    points = [frames.Curve([0, 1], [0, 1])]
    return frames.Frame([frames.Chart(points)], f"n={len(strokes)}")


class Notebook:
    """A page that holds nothing but the canvas of an experiment, as it is trained to its end."""

    def __init__(self, reader, experiment: lab.Experiment, **settings) -> None:
        settings = experiment.settings(**settings)
        session = experiment.start(**settings)
        session.advance(1000)
        canvas = Canvas(experiment, settings)
        canvas.show(session.frame())
        state = {key: value for key, value in canvas.get_state().items() if key[0] != "_"}
        del state["layout"]
        body = base64.b64encode(state["frame"].pop("body")).decode()
        self.session, self.page = session, reader.page
        self.page.set_content("<!doctype html><title>Notebook</title><body></body>")
        self.page.evaluate(PLAY, [state, body, canvas._esm, canvas._css])
        self.wait("model.state.seen === 1")

    def wait(self, condition: str) -> None:
        self.page.wait_for_function(condition)

    def ask(self, what: str):
        return self.page.evaluate(what)


@pytest.fixture
def opened(new_reader):
    """Open a notebook on an experiment."""
    readers = []

    def start(experiment: lab.Experiment, **settings) -> Notebook:
        readers.append(new_reader())
        return Notebook(readers[-1], experiment, **settings)

    yield start
    assert [reader.faults for reader in readers] == [[]]


def trained(controls=("hidden_nodes",), **settings):
    return lab.training(controls, n=40, hidden_nodes=3, max_epochs=20, **settings)


def test_a_frame_is_drawn_and_python_told(opened):
    at = opened(trained())
    assert at.ask("[...document.querySelectorAll('canvas')].map(({className}) => className)") == [
        "nn-plane", "nn-chart"]
    at.wait("document.querySelector('.nn-plane').ariaLabel.includes('20 of class 0')")
    assert at.ask("document.querySelector('.nn-plane').getBoundingClientRect().width") > 300
    at.ask("model.set('frame', {...model.get('frame'), number: 7})")
    at.wait("model.state.seen === 7")


def test_a_dark_notebook_has_dark_plots(opened):
    at = opened(trained())
    corner = ["plane", 2, 2]
    assert at.page.evaluate(PIXEL, corner) == [255, 255, 255]
    # As JupyterLab does it, which hides all meanwhile.
    at.ask("""document.body.style.display = 'none'
      document.body.dataset.jpThemeLight = 'false'
      setTimeout(() => { document.body.style.display = '' })""")
    at.wait(f"JSON.stringify(({PIXEL})({corner})) !== '[255,255,255]'")
    assert max(at.page.evaluate(PIXEL, corner)) < 64


def test_the_reader_draws_points(opened):
    at = opened(trained(("data", "points")), data="drawn", points=[[0, 0, 0], [1, 1, 1]])
    board = at.page.get_by_role("application")
    assert "nn-board" in board.get_attribute("class")
    board.click(position={"x": 200, "y": 200})
    assert [label for *_, label in at.ask("model.state.drawn.points")] == [0, 1, 0]
    # With one class there is nothing to learn, and yet the points are seen.
    at.page.get_by_role("button", name="Clear").click()
    board.click(position={"x": 200, "y": 200})
    ((_, _, label),) = at.ask("model.state.drawn.points")
    assert label == 0
    at.wait("document.querySelector('.nn-plane').ariaLabel.startsWith('Plane to draw on')")
    # Keys draw too, and are none of the notebook's commands.
    at.ask("document.addEventListener('keydown', () => model.said.push('key'))")
    board.focus()
    at.page.keyboard.press("ArrowRight")
    at.page.keyboard.press("1")
    at.page.keyboard.press("Enter")
    assert at.ask("model.state.drawn.points.at(-1)") == [0.1, 0, 1]
    assert at.ask("model.said") == []
    at.ask("model.set('board_is_used', false)")
    assert board.count() == 0


def test_what_python_puts_on_the_board_is_shown(opened):
    at = opened(trained(("data", "points")), data="drawn", points=[[0, 0, 0], [1, 1, 1]])
    at.ask("model.set('drawn', {points: [[-1, -1, 2]]})")
    at.page.get_by_role("application").click(position={"x": 200, "y": 200})
    assert at.ask("model.state.drawn.points[0]") == [-1, -1, 2]


def test_the_reader_draws_strokes(opened):
    at = opened(lab.drawing(curve, strokes=lab.PAD))
    box = at.page.get_by_role("application").bounding_box()
    for x, act in ((0.25, at.page.mouse.down), (0.75, at.page.mouse.up)):
        at.page.mouse.move(box["x"] + x * box["width"], box["y"] + 0.5 * box["height"])
        act()
    first, stroke = at.ask("model.state.drawn.strokes")
    assert first == [[0, 0], [1, 1]]
    assert [place for point in (stroke[0], stroke[-1]) for place in point] == pytest.approx(
        [0.25, 0.5, 0.75, 0.5], abs=0.01)


def test_a_click_on_the_net_or_the_plane_is_a_choice(opened):
    at = opened(trained(("observation", "node"), plots=("plane", "network")))
    at.page.locator(".nn-plane").click(position={"x": 200, "y": 200})
    (choice,) = at.ask("model.said")
    assert choice["name"] == "observation"
    assert choice["value"] in range(40)
    for y in range(20, 300, 10):
        at.page.locator(".nn-diagram").click(position={"x": 250, "y": y})
    assert {"name": "node", "value": "1.1"} in at.ask("model.said")


def test_a_picture_that_is_gone_follows_nothing(opened):
    at = opened(trained())
    at.ask("stop()")
    assert at.ask("listening()") == 0
