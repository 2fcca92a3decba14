"""What the worker of a page calls: as the lab does, whatever it is sent."""

import json
import re
from pathlib import Path

import pytest

from nnlib import frames, lab
from nnlib.live import controls, pasted, pinning, scripts
from nnlib.live.packing import pack
from nnlib.live.page import Figure
from nnlib.live.pinning import Pinned
from nnlib.plotting import style

ROOT = Path(__file__).resolve().parents[2]
TRAINING = lab.training(("data", "hidden_nodes", "stopping", "points"), n=40, max_epochs=20)


def halving(x=1.0):
    while x > 0.2:
        yield frames.Frame([frames.Bars(["x"], [x])])
        x /= 2


@pytest.fixture
def figure():
    return Figure(TRAINING.to_json())


def start(figure, **settings):
    figure.start(json.dumps(settings))


@pytest.mark.parametrize("settings", [{}, {"hidden_nodes": 3, "data": "blobs"}])
def test_a_figure_does_what_its_experiment_does(figure, settings):
    session = TRAINING.start(**settings)
    start(figure, **settings)
    for epochs in (0, 1, 5, 14):
        assert (figure.finished, figure.code()) == (session.finished, session.code())
        assert figure.frame() == pack(session.frame())
        figure.advance(epochs)
        session.advance(epochs)
    assert figure.finished
    assert figure.frame() == pack(session.frame())


def test_the_code_of_a_run_needs_no_session_and_changes_none(figure):
    whole = TRAINING.start(hidden_nodes=5).code(to_the_end=True)
    assert figure.code_of_run('{"hidden_nodes": 5}') == whole
    start(figure)
    before = figure.frame()
    assert figure.code_of_run('{"hidden_nodes": 5}') == whole
    assert figure.frame() == before


def test_a_look_shows_the_session_as_it_says_and_changes_nothing_else():
    experiment = lab.training(controls=("hidden_nodes", "observation", "node"), hidden_nodes=4,
                              n=60, plots=("network",))
    figure = Figure(experiment.to_json())
    figure.start("{}")
    figure.advance(3)
    figure.look('{"hidden_nodes": 9, "observation": 7, "node": "1.2"}')
    session = experiment.start()
    session.advance(3)
    session.look(observation=7, node="1.2")
    assert figure.frame() == pack(session.frame())
    with pytest.raises(ValueError, match="node must be '' for none, or a node"):
        figure.look('{"node": "1"}')


def test_a_pinned_run_stands_beside_later_ones_until_it_is_unpinned(figure):
    with pytest.raises(RuntimeError, match="start must be called first"):
        figure.pin()
    start(figure, hidden_nodes=3)
    figure.advance(20)
    figure.pin()
    pinned = Pinned(TRAINING, TRAINING.settings(hidden_nodes=3), run_of(hidden_nodes=3).frame())
    with pytest.raises(ValueError, match="hidden_nodes must be"):
        start(figure, hidden_nodes=0)
    start(figure, hidden_nodes=5)
    figure.advance(20)
    other = run_of(hidden_nodes=5).frame()
    assert figure.frame() == pack(pinned.beside(other, TRAINING.settings(hidden_nodes=5)))
    figure.unpin()
    assert figure.frame() == pack(other)


def run_of(**settings):
    session = TRAINING.start(**settings)
    session.advance(20)
    return session


def test_an_animation():
    figure = Figure(lab.drawing(halving, x=(0.5, 4.0)).to_json())
    start(figure, x=2)
    shown = [figure.frame()]
    while not figure.finished:
        figure.advance()
        shown.append(figure.frame())
    assert shown[:4] == [pack(frame) for frame in halving(2.0)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "settings must be text"),
        (b"{}", "settings must be text"),
        ("", "settings must be a JSON object, got ''"),
        ("[]", "settings must be a JSON object"),
        ("null", "settings must be a JSON object"),
        ("[" * 10**5, "settings must be a JSON object"),
        ('{"momentum": 1}', "settings must be among data, hidden_nodes, stopping, points, got"),
        ('{"hidden_nodes": NaN}', "hidden_nodes must be a whole number from 1 to 64, got nan"),
        ('{"hidden_nodes": 1e999}', "hidden_nodes must be a whole number from 1 to 64, got inf"),
        ('{"hidden_nodes": {}}', "hidden_nodes must be a whole number from 1 to 64, got {}"),
        ('{"points": [[0, 0, 9]]}', "points must be at most 300 points"),
        ('{"data": "drawn", "points": []}', "points must be of at least two classes"),
        ('{"data": "drawn", "stopping": "early stopping", "points": [[0, 0, 0], [1, 1, 1]]}',
         "stopping must be another rule"),
    ],
)
def test_settings_that_make_no_sense_end_the_session_and_say_why(figure, settings, message):
    start(figure)
    with pytest.raises((TypeError, ValueError), match=message):
        figure.code_of_run(settings)
    figure.advance()  # the session goes on
    with pytest.raises((TypeError, ValueError), match=message):
        figure.start(settings)
    for use in (figure.advance, figure.frame, figure.code, lambda: figure.finished):
        with pytest.raises(RuntimeError, match="start must be called first"):
            use()
    start(figure)
    assert figure.frame() == pack(TRAINING.start().frame())


@pytest.mark.parametrize("experiment", [None, "", "{}", "[" * 10**5, TRAINING.to_json()[:-1]])
def test_an_experiment_of_no_sense_is_refused(experiment):
    with pytest.raises((TypeError, ValueError), match="text must be"):
        Figure(experiment)


# What its scripts share with Python


SCRIPTS = [*(ROOT / "book" / "live").iterdir(), *scripts.FOLDER.glob("*.js"),
           *scripts.FOLDER.glob("*.css")]


@pytest.mark.parametrize("path", sorted(SCRIPTS), ids=lambda path: path.name)
def test_no_script_and_no_sheet_names_the_colour_of_a_class(path):
    text = path.read_text(encoding="utf-8").lower()
    assert [colour for colour in {*style.COLOURS, *style.DARK_COLOURS}
            if colour != style.BLACK and colour.lower() in text] == []


def test_the_scripts_read_what_the_build_writes():
    written = dict(re.findall(r"^export const (\w+) = (.*);$", scripts.shared(), re.M))
    texts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    read = re.findall(r'import \{ ([\w, ]+) \} from "\./shared\.js"', texts)
    assert {name for names in read for name in names.split(", ")} == set(written)
    values = {name: json.loads(text) for name, text in written.items()}
    assert values["PALETTE"] == {"light": [*style.COLOURS], "dark": [*style.DARK_COLOURS]}
    assert len(style.DARK_COLOURS) == len(style.COLOURS) == len(style.MARKERS)
    assert style.COLOURS[values["FAINT"]] == style.YELLOW
    assert values["POINTS"] == {"most": controls.MAX_POINTS, "classes": controls.MAX_CLASSES,
                                "farthest": controls.FARTHEST}
    assert values["STROKES"] == {"most": controls.MAX_STROKES,
                                 "points": controls.MAX_STROKE_POINTS}
    assert values["TABLE"] == {"most": pasted.MAX_TEXT, "rows": pasted.MAX_ROWS,
                               "classes": pasted.MAX_CLASSES}
    assert values["IDLE"] == json.loads(json.dumps(lab.IDLE))
    assert values["PINNED"] == pinning.NAME
    assert values["PLOTS"] == [*lab.training().start()._plots]
