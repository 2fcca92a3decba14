"""Live figures: what the widgets do in Jupyter, and the HTML that the pages get."""

import asyncio
import base64
import io
import re
from html.parser import HTMLParser

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from nnlib import frames, lab, widgets
from nnlib.live import canvas
from nnlib.live.canvas import AHEAD
from nnlib.live.lab import Experiment, Preset
from nnlib.live.packing import pack
from nnlib.live.training import begin
from nnlib.plotting.style import COLOURS, DARK_COLOURS

SHORT = {"n": 40, "hidden_nodes": 4, "max_epochs": 100}


def bars(height=1.0, colour="red", outlined=False):
    marked = 0 if outlined else None
    return frames.Frame([frames.Bars([colour], [height], marked=marked)], text=f"h={height:g}")


def countdown(start=3):
    for epoch in range(start):
        yield frames.Frame([frames.Bars(["left"], [start - epoch])], text=f"t={epoch}")


BARS = {"height": (0.0, 4.0, 0.5), "colour": ["red", "blue"], "outlined": bool}


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    before = plt.get_fignums()
    yield
    assert plt.get_fignums() == before


@pytest.fixture
def _undrawn(monkeypatch):
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    monkeypatch.setattr(widgets.frame_plots, "png", lambda frame, dpi: file.getvalue())


# Matplotlib takes longer than all else; most tests do not look at the picture.
without_pictures = pytest.mark.usefixtures("_undrawn")


@pytest.fixture
def drawn():
    return widgets.live(lab.drawing(bars, **BARS), "bars", "One bar.")


@pytest.fixture
def trained():
    presets = [Preset("Broken", "The step is <far> too long.", {"learning_rate": 100.0}),
               Preset("Plain", "Nothing is changed.", {})]
    experiment = lab.training(("noise", "learning_rate"), presets, **SHORT)
    return widgets.live(experiment, "moons", "Two moons.")


def status(figure):
    return re.sub("<[^>]+>", "|", figure._status.value)


def picture(figure):
    return figure.canvas.frame["header"], figure.canvas.frame["body"]


def draw(figure, **drawn):
    """As a browser tells that the reader has drawn something."""
    figure.canvas.set_state({"drawn": {**figure.canvas.drawn, **drawn}})


# In Jupyter


def test_controls_start_at_the_settings_and_redraw(drawn):
    assert drawn.values == {"height": 1.0, "colour": "red", "outlined": False}
    pictures = [picture(drawn)]
    for name, value in (("height", 3.0), ("colour", "blue"), ("outlined", True)):
        drawn.controls[name].value = value
        pictures.append(picture(drawn))
        assert drawn.values[name] == value
    assert len(set(pictures)) == 4
    assert pictures[-1] == pack(bars(3.0, "blue", True))
    assert "h=3" in status(drawn)
    for name, value in (("height", 1.0), ("colour", "red"), ("outlined", False)):
        drawn.controls[name].value = value
    assert picture(drawn) == pictures[0]


@without_pictures
def test_every_kind_of_control_has_its_widget():
    experiment = lab.training(controls=tuple(lab.CONTROLS), n=40, max_epochs=100)
    figure = widgets.live(experiment, "all", "All controls.")
    kinds = {name: type(control).__name__ for name, control in figure.controls.items()}
    assert set(kinds) == set(lab.CONTROLS) - {"points", "drawn_graph"}
    assert (kinds["n"], kinds["noise"]) == ("IntSlider", "FloatSlider")
    assert (kinds["data"], kinds["learning_rate"]) == ("Dropdown", "FloatLogSlider")
    assert kinds["table"] == "Textarea"
    assert figure.controls["reg_lambda"].description == "lambda"
    assert figure.controls["hidden_nodes"].description == "hidden nodes"
    # The ends of every slider are settings too.
    for control in experiment.controls:
        if control.kind in ("slider", "log") and control.name not in ("n", "max_epochs"):
            slider = figure.controls[control.name]
            for end in (slider.max, slider.min):
                slider.value = 10**end if control.kind == "log" else end
                assert figure.values[control.name] == pytest.approx(slider.value, rel=0.05)
                assert "must" not in status(figure)


def pen(strokes=(((0.0, 0.0), (1.0, 1.0)),), height=1.0):
    return frames.Frame([frames.Bars(["strokes"], [height * len(strokes)])], f"n={len(strokes)}")


@without_pictures
def test_the_reader_draws_strokes_on_the_canvas():
    two = [[[0.0, 0.0]], [[1.0, 1.0]]]
    experiment = lab.drawing(pen, strokes=lab.PAD, height=(1.0, 2.0, 0.5), presets=[
        Preset("Two dots", "Two strokes.", {"strokes": two}),
        Preset("High", "Of something else.", {"height": 2.0})])
    figure = widgets.live(experiment, "pad", "A bar.")
    assert "strokes" not in figure.controls
    assert figure.canvas.drawn == {"strokes": pen.__defaults__[0]}
    for strokes in ([], [[[0.5, 0.5]]] * 3):
        draw(figure, strokes=strokes)
        assert (figure.values["strokes"], status(figure)) == (strokes, f"|n={len(strokes)}|")
    figure.controls["height"].value = 1.5  # leaves what is drawn
    assert picture(figure) == pack(pen(strokes, 1.5))
    for preset, height in (("Two dots", 1.0), ("High", 2.0)):  # which is no drawing
        figure.presets[preset].click()
        assert figure.values == {"strokes": two, "height": height}
        assert figure.canvas.drawn == {"strokes": two}
        assert picture(figure) == pack(pen(two, height))


def tick(step=1):
    said = frames.Marked(["step ", (f"<{step}>", 1), " & more"])
    return frames.Frame([frames.Bars(["step"], [step])], f"at {step}", details=[("now", said)])


@without_pictures
def test_buttons_go_a_step_back_and_a_step_on():
    figure = widgets.live(lab.drawing(tick, step=lab.steps(1, 3)), "steps", "A bar.")
    back, on = figure.steps["step"]
    assert (back.description, on.description) == ("Back", "Step")
    seen = []
    for button in (back, on, on, on, back):
        button.click()
        seen.append(figure.values["step"])
        assert picture(figure) == pack(tick(seen[-1]))
    assert seen == [1, 2, 3, 3, 2]
    assert figure.buttons == {}
    rows = figure.widget.children
    assert list(rows[0].children) == [figure.controls["step"], back, on]


@without_pictures
def test_a_preset_that_goes_to_a_step_changes_nothing_else():
    def two(step=1, points=1):
        return frames.Frame([frames.Bars(["step", "points"], [step, points])], "")

    figure = widgets.live(lab.drawing(two, step=lab.steps(1, 9), points=[1, 4], presets=[
        lab.Preset("Later", "It goes on.", {"step": 7}),
        lab.Preset("Many", "There are more.", {"points": 4})]), "two", "Bars.")
    figure.controls["points"].value = 4
    figure.presets["Later"].click()
    assert figure.values == {"step": 7, "points": 4}
    figure.presets["Many"].click()
    assert figure.values == {"step": 1, "points": 4}


@without_pictures
def test_what_stands_out_is_a_mark_and_its_text_stays_text():
    shown = widgets.live(lab.drawing(tick, step=lab.steps(1, 3)), "steps", "A bar.")._details.value
    assert re.sub(r"<mark [^>]*>", "<mark>", shown) == (
        "<div><b>now</b> step <mark>&lt;1&gt;</mark> &amp; more</div>")
    (style,) = re.findall(r'style="([^"]*)"', shown)
    assert style == f"--nn-light: {COLOURS[1]}; --nn-dark: {DARK_COLOURS[1]}"


@without_pictures
def test_what_cannot_have_been_drawn_is_refused():
    figure = widgets.live(lab.drawing(pen, strokes=lab.PAD), "pad", "A bar.")
    draw(figure, strokes=[[[0.0, 2.0]]])
    assert "strokes must be at most 20 strokes" in status(figure)
    assert figure.values["strokes"] == pen.__defaults__[0]
    draw(figure, strokes=[])
    assert status(figure) == "|n=0|"


@without_pictures
def test_the_reader_draws_points_where_they_are_the_data():
    figure = widgets.live(lab.training(("data", "points"), **SHORT), "points", "Points.")
    assert not figure.canvas.board_is_used
    figure.controls["data"].value = "drawn"
    assert figure.canvas.board_is_used
    assert "epoch 100" in status(figure)
    points = [[0.0, 1.0, 0], [1.0, 0.0, 0]]
    draw(figure, points=points)
    assert "at least two classes" in status(figure)
    draw(figure, points=[*points, [1.0, 1.0, 1]])
    assert "epoch 100" in status(figure)
    assert figure.session.data.X.tolist() == [[0, 1], [1, 0], [1, 1]]
    figure.controls["data"].value = "moons"
    assert not figure.canvas.board_is_used
    assert figure.values["points"] == [*points, [1.0, 1.0, 1]]


@without_pictures
def test_a_logarithmic_slider_gives_two_digits_as_on_the_page(trained):
    trained.controls["learning_rate"].value = 10**-0.2
    assert trained.values["learning_rate"] == 0.63
    assert "learning_rate=0.63," in trained.session.code()


def test_a_moved_control_trains_to_the_end(trained):
    assert "epoch 100" in status(trained)
    before = picture(trained)
    trained.controls["noise"].value = 0.4
    assert picture(trained) != before
    session = lab.training(**SHORT).start()
    assert trained.session.net.loss_ != session.net.loss_
    session = begin(**SHORT, noise=0.4)
    session.advance(1000)
    assert trained.session.net.history_.rows == session.net.history_.rows
    assert session.frame().text in status(trained)


@without_pictures
def test_steps_and_reset(trained):
    trained.controls["noise"].value = 0.3
    epochs = []
    for button in ("Reset", "Step", "Step", "Reset", "Step"):
        trained.buttons[button].click()
        epochs.append(trained.session.frame().epoch)
    assert epochs == [0, 1, 2, 0, 1]
    assert "epoch 1 of 100 ·" in status(trained)
    assert trained.values["noise"] == 0.3
    trained.controls["noise"].value = 0.2
    assert trained.session.finished
    trained.buttons["Step"].click()
    assert trained.session.frame().epoch == 0


@without_pictures
def test_presets_set_the_controls_and_say_why(trained):
    trained.controls["noise"].value = 0.4
    trained.presets["Broken"].click()
    assert trained.values == {"noise": 0.2, "learning_rate": 100.0}
    assert trained.controls["noise"].value == 0.2
    assert trained.controls["learning_rate"].value == 100.0
    said = trained._status.value
    assert "made the loss larger" in said
    assert "The step is &lt;far&gt; too long." in said
    trained.presets["Plain"].click()
    assert trained.values == {"noise": 0.2, "learning_rate": 0.5}
    trained.controls["learning_rate"].value = 1.0
    assert "Nothing is changed" not in status(trained)


@without_pictures
def test_observation_and_node_are_looked_at_without_another_run():
    figure = widgets.live(
        lab.training(controls=("hidden_nodes", "observation", "node"), hidden_nodes=3, n=60,
                     max_epochs=20, plots=("network",),
                     presets=[lab.Preset("Deep", "One more.", {"node": "1.9"})]),
        name="net", alt="A net.")
    session, node = figure.session, figure.controls["node"]
    assert [key for _, key in node.options] == ["", "1.1", "1.2", "1.3", "p0", "p1"]
    node.value = "1.2"
    figure.controls["observation"].value = 7
    assert figure.session is session
    assert figure.values == {"hidden_nodes": 3, "observation": 7, "node": "1.2"}
    assert "<b>observation 7</b>" in figure._details.value
    assert "<b>node 2 of hidden layer</b> z = " in figure._details.value
    figure.controls["hidden_nodes"].value = 1
    assert figure.session is not session
    assert figure.values == {"hidden_nodes": 1, "observation": 7, "node": "1.2"}
    assert "Choose one" in figure._details.value
    for name, value in (("observation", 11), ("node", "1.1")):  # a click on the canvas
        figure.canvas._handle_custom_msg({"name": name, "value": value}, [])
        assert figure.controls[name].value == figure.values[name] == value
    figure.presets["Deep"].click()
    assert node.options[-1] == ("1.9", "1.9")
    assert node.value == "1.9"


@without_pictures
def test_playing_shows_the_way_without_keeping_others_waiting(trained, monkeypatch):
    monkeypatch.setattr(widgets, "BREATH", 0)
    monkeypatch.setattr(widgets, "BURST", 0)
    seen, turns = [], 0
    trained._status.observe(lambda change: seen.append(trained.session.frame().epoch), "value")

    async def play():
        nonlocal turns
        trained.buttons["Play"].click()
        assert trained.buttons["Play"].description == "Pause"
        while trained.buttons["Play"].description == "Pause":
            turns += 1
            await asyncio.sleep(0)

    asyncio.run(play())
    assert trained.session.finished
    assert picture(trained) == pack(trained.session.frame())
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert turns >= len(seen) - 1


@without_pictures
@pytest.mark.parametrize("act", [
    lambda figure: figure.buttons["Play"].click(),
    lambda figure: figure.pause(),
    lambda figure: figure.buttons["Step"].click(),
    lambda figure: figure.buttons["Reset"].click(),
], ids=["play", "pause", "step", "reset"])
def test_other_buttons_pause_the_animation(trained, act):
    async def play():
        trained.buttons["Play"].click()
        await asyncio.sleep(0)
        act(trained)
        assert trained.buttons["Play"].description == "Play"
        session, epoch = trained.session, trained.session.frame().epoch
        await asyncio.sleep(10 * widgets.BREATH)
        assert trained.session is session
        assert trained.session.frame().epoch == epoch

    asyncio.run(play())


@without_pictures
def test_playing_takes_ever_longer_steps(trained, monkeypatch):
    monkeypatch.setattr(widgets, "BURST", 3600)  # as if training took no time
    seen = []
    trained._status.observe(lambda change: seen.append(trained.session.frame().epoch), "value")

    async def play():
        trained.buttons["Play"].click()
        await trained._animation

    asyncio.run(play())
    assert seen[:8] == [0, 1, 2, 3, 4, 6, 8, 11]
    assert seen[-1] == 100


@without_pictures
def test_where_a_loop_runs_a_moved_control_shows_its_first_frame_and_goes_on(trained, monkeypatch):
    monkeypatch.setattr(widgets, "FIRST_BURST", 0)
    monkeypatch.setattr(widgets, "BURST", 0)

    async def move():
        trained.controls["noise"].value = 0.3
        assert trained.session.frame().epoch == 1
        assert "epoch 1 of 100" in status(trained)
        assert trained.buttons["Play"].description == "Pause"
        await trained._animation
        assert trained.buttons["Play"].description == "Play"

    asyncio.run(move())
    assert trained.session.finished
    assert "epoch 100 ·" in status(trained)


@without_pictures
def test_playing_goes_no_further_than_a_reader_who_looks_has_seen(trained, monkeypatch):
    monkeypatch.setattr(widgets, "BURST", 0)
    monkeypatch.setattr(canvas, "PATIENCE", 3600)  # one who looks does not go away

    async def play():
        trained.buttons["Play"].click()
        shown = trained.canvas
        shown.set_state({"seen": shown.frame["number"]})  # as the browser says it
        for _ in range(3):
            first = shown.frame["number"]
            async with asyncio.timeout(60):
                while shown.frame["number"] - first < AHEAD:
                    await asyncio.sleep(widgets.BREATH)
            await asyncio.sleep(10 * widgets.BREATH)
            assert shown.frame["number"] - first == AHEAD
            shown.set_state({"seen": shown.frame["number"]})
        trained.pause()

    asyncio.run(play())
    assert not trained.session.finished


@without_pictures
def test_playing_goes_on_from_where_it_was_paused(trained):
    async def play():
        trained.buttons["Reset"].click()
        for _ in range(5):
            trained.buttons["Step"].click()
        trained.buttons["Play"].click()
        await asyncio.sleep(0)
        trained.pause()
        assert trained.session.frame().epoch == 5

    asyncio.run(play())


@without_pictures
def test_an_animation_of_ones_own(monkeypatch):
    monkeypatch.setattr(widgets, "ANIMATION_PAUSE", 0)
    figure = widgets.live(lab.drawing(countdown, start=(1, 9)), "countdown", "A bar.")
    assert "t=2" in status(figure)
    figure.buttons["Reset"].click()
    assert "t=0" in status(figure)

    async def play():
        figure.buttons["Play"].click()
        await figure._animation

    asyncio.run(play())
    assert "t=2" in status(figure)


@without_pictures
def test_a_drawing_has_nothing_to_play(drawn, trained):
    assert drawn.buttons == {}
    assert list(trained.buttons) == ["Play", "Step", "Reset", "Pin"]


@without_pictures
def test_the_code_is_shown_on_demand_and_kept_up_to_date(trained):
    assert trained._code.value == ""
    trained._code_wanted.value = True
    assert "learning_rate=0.5" in trained._code.value
    trained.controls["learning_rate"].value = 2.0
    assert "learning_rate=2.0" in trained._code.value
    trained._code_wanted.value = False
    assert trained._code.value == ""


@without_pictures
def test_a_run_is_pinned_and_unpinned(trained, drawn):
    assert "Pin" not in drawn.buttons
    shown = []
    trained._details.observe(lambda change: shown.append(change["new"]), "value")
    pin = trained.buttons["Pin"]
    pin.click()
    assert pin.description == "Unpin"
    trained.controls["noise"].value = 0.4
    trained.presets["Broken"].click()
    pin.click()
    assert pin.description == "Pin"
    assert [re.sub("<[^>]+>", "", each).partition(" Its settings")[2] for each in shown] == [
        " are the same.", ": noise 0.2, not 0.4.", ": learning rate 0.5, not 100.", ""]


@without_pictures
def test_controls_that_do_nothing_are_disabled_and_say_why(trained):
    assert not trained.controls["noise"].disabled
    figure = widgets.live(lab.training(("data", "noise", "n_classes"), **SHORT), "data", "Points.")
    noise, classes = figure.controls["noise"], figure.controls["n_classes"]
    said = []
    for data in ("moons", "checkerboard", "blobs"):
        figure.controls["data"].value = data
        said.append([(each.disabled, each.tooltip) for each in (noise, classes)])
    assert said == [[(False, ""), (True, "This data set has two classes.")],
                    [(True, "This data set has no noise."),
                     (True, "This data set has two classes.")],
                    [(False, ""), (False, "")]]


@without_pictures
def test_data_are_pasted_and_what_is_wrong_with_them_is_said():
    experiment = lab.training(("data", "table"), data="pasted", **SHORT)
    figure = widgets.live(experiment, "pasted", "Points.")
    figure.controls["table"].value = "1,2,a\n3,4,b\n5,6,<i>\n"
    assert "epoch 100" in status(figure)
    assert figure.session.data.classes == ("<i>", "a", "b")
    figure.controls["table"].value = "1,2,a\n3,<i>,b"
    assert "line 2 has &#x27;&lt;i&gt;&#x27; in the place of a number" in figure._status.value


@without_pictures
def test_settings_that_do_not_go_together_are_said_and_the_figure_goes_on():
    experiment = lab.training(("data", "stopping", "points"), points=((0, 0, 0), (1, 1, 1)),
                              **SHORT)
    figure = widgets.live(experiment, "points", "Points.")
    figure.controls["data"].value = "drawn"
    assert "epoch 100" in status(figure)
    figure.controls["stopping"].value = "early stopping"
    assert "stopping must be another rule for so few points" in status(figure)
    figure.controls["data"].value = "circles"
    assert "validation accuracy" in status(figure)


# On the page


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_html_is_the_picture_in_an_element_that_holds_the_experiment(trained):
    (lab_tag, element), (img_tag, image) = Elements(trained._repr_html_()).found
    assert (lab_tag, img_tag) == ("nn-lab", "img")
    assert element.keys() == {"id", "data-experiment"}
    assert element["id"] == "moons"
    experiment = Experiment.from_json(element["data-experiment"])
    assert experiment.to_json() == trained.experiment.to_json()
    assert image["alt"] == "Two moons."
    kind, encoded = image["src"].split(",")
    assert kind == "data:image/png;base64"
    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    assert picture.mode == "P"
    assert int(image["width"]) == pytest.approx(picture.width / widgets.SHARPNESS, abs=1)
    assert int(image["height"]) == pytest.approx(picture.height / widgets.SHARPNESS, abs=1)
    assert len(np.unique(picture.convert("L"))) > 50


def test_the_html_is_the_same_every_time_whatever_was_moved():
    def make(alt="A & \"B\" <c>"):
        return widgets.live(lab.training(**SHORT), "moons", alt)

    moved = make()
    first = moved._repr_html_()
    moved.controls["learning_rate"].value = 5.0
    with plt.rc_context({"font.size": 30, "lines.linewidth": 9}):
        assert moved._repr_html_() == make()._repr_html_() == first
    assert Elements(first).found[1][1]["alt"] == "A & \"B\" <c>"


@without_pictures
def test_hostile_texts_stay_texts():
    hostile = '"><script>alert(1)</script>\' & </nn-lab>'
    experiment = lab.training(presets=[Preset(hostile, hostile, {})], **SHORT)
    found = Elements(widgets.live(experiment, "moons", hostile)._repr_html_()).found
    assert [tag for tag, _ in found] == ["nn-lab", "img"]
    assert Experiment.from_json(found[0][1]["data-experiment"]).presets[0].why == hostile


@without_pictures
def test_the_bundle_has_both_faces_and_the_picture_for_paper(drawn):
    bundle = drawn._repr_mimebundle_()
    assert f'src="data:image/png;base64,{bundle["image/png"]}"' in bundle["text/html"]
    assert set(bundle) == {"text/plain", "text/html", "image/png",
                           "application/vnd.jupyter.widget-view+json"}
    assert bundle["text/plain"] == repr(drawn) == "<live figure 'bars'>"
    assert bundle["text/html"] == drawn._repr_html_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == drawn.widget.model_id
    assert isinstance(drawn.widget, ipywidgets.VBox)


@pytest.mark.parametrize("name", ["", "Moons", "two moons", "-a", "a-", "a--b", "1a", "a\n", 'a"'])
def test_a_name_that_no_link_can_hold_is_refused(name):
    with pytest.raises(ValueError, match="name must be small letters"):
        widgets.live(lab.drawing(bars), name, "One bar.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((bars, "bars", "One bar."), "experiment must be made by"),
        ((lab.drawing(bars), None, "One bar."), "name must be"),
        ((lab.drawing(bars), "bars", " "), "alt must say"),
        ((lab.drawing(bars), "bars", None), "alt must say"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        widgets.live(*arguments)


# After settings that do not go together


@pytest.fixture
def with_table():
    controls = ("data", "table", "stopping", "observation")
    return widgets.live(lab.training(controls, **SHORT, plots=("plane", "network")), "own", "Own.")


@without_pictures
def test_a_table_that_was_refused_can_be_mended(with_table):
    figure = with_table
    table, data = figure.controls["table"], figure.controls["data"]
    assert table.disabled
    data.value = "pasted"
    assert not table.disabled
    table.value = "rubbish"
    assert "table must" in status(figure)
    data.value = "moons"
    assert table.disabled
    data.value = "pasted"
    assert "table must" in status(figure)
    assert not table.disabled
    table.value = "0,0,a\n1,1,b\n0,1,a\n"
    assert "epoch" in status(figure)
    assert figure.values["table"] == table.value


@without_pictures
def test_what_was_refused_is_no_setting_of_the_run_that_is_shown(with_table):
    figure = with_table
    before = figure.values
    with_table.controls["data"].value = "pasted"
    figure.controls["table"].value = "rubbish"
    for act in (lambda: setattr(figure.controls["observation"], "value", 3),
                figure.buttons["Step"].click, figure.buttons["Reset"].click):
        act()
        assert "table must" in status(figure)
        assert figure.values["table"] != "rubbish"
    figure.buttons["Pin"].click()
    assert figure.buttons["Pin"].description == "Pin"
    figure.controls["data"].value = "moons"
    assert figure.values == before | {"table": "rubbish", "observation": 3}


def short(start=2):
    for epoch in range(start):
        if epoch == 3:
            raise ValueError("start must be at most 3")
        yield frames.Frame([frames.Bars(["left"], [start - epoch])], text=f"t={epoch}")


@without_pictures
def test_an_error_on_the_way_is_shown_and_ends_the_animation(monkeypatch):
    monkeypatch.setattr(widgets, "ANIMATION_PAUSE", 0)
    figure = widgets.live(lab.drawing(short, start=(1, 9)), "short", "A bar.")

    async def move():
        figure.controls["start"].value = 6
        await figure._animation
        assert "start must be at most 3" in status(figure)
        assert figure.buttons["Play"].description == "Play"

    asyncio.run(move())


@without_pictures
def test_a_node_that_is_drawn_no_more_is_taken_from_the_picture():
    figure = widgets.live(lab.training(("node",), **SHORT, plots=("plane", "network")), "n", "N.")
    figure._on_choice("node", "1.4")
    assert figure.values["node"] == figure.controls["node"].value == "1.4"
