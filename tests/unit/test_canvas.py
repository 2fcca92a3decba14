"""The picture of a live figure in a notebook: what travels between Python and the browser."""

import asyncio

import pytest

from nnlib import frames, lab
from nnlib.live import canvas
from nnlib.live.canvas import AHEAD, Canvas
from nnlib.live.packing import pack

TRAINING = lab.training(("noise", "data", "points", "observation"), n=40, max_epochs=20,
                        plots=("plane",))
FRAMES = [frames.Frame([frames.Bars(["left"], [height])]) for height in (1.0, 2.0, 3.0)]


@pytest.fixture
def at():
    return Canvas(TRAINING, TRAINING.settings())


def test_frames_travel_packed_and_numbered(at):
    for number, frame in enumerate(FRAMES, start=1):
        at.show(frame)
        header, body = pack(frame)
        assert at.frame == {"header": header, "body": body, "number": number}


def test_the_browser_is_told_what_is_drawn_and_what_can_be_chosen(at):
    state = at.get_state()
    assert [each["name"] for each in state["controls"]] == ["points", "observation"]
    assert state["plots"] == ["plane"]
    assert state["drawn"] == {"points": lab.POINTS}
    assert not state["board_is_used"]
    at.put({**TRAINING.settings(), "data": "drawn", "points": []})
    assert (at.drawn, at.board_is_used) == ({"points": []}, True)
    assert Canvas(lab.training(), lab.training().settings()).plots == ["plane", "loss"]


def test_what_the_browser_says_is_not_sent_back(at, monkeypatch):
    sent = []
    monkeypatch.setattr(at, "_send", lambda message, buffers=None: sent.append(message["state"]))
    at.set_state({"seen": 1, "drawn": {"points": [[0, 0, 1]]}})
    assert (at.seen, at.drawn) == (1, {"points": [[0, 0, 1]]})
    assert not sent
    at.set_state({"board_is_used": True})  # which Python sets
    assert sent == [{"board_is_used": True}]


def test_a_choice_in_the_picture_is_handed_on(at):
    said = []
    at.on_choice(lambda *choice: said.append(choice))
    at._handle_custom_msg({"name": "observation", "value": 3}, [])
    assert said == [("observation", 3)]


def test_nobody_waits_for_a_reader_who_does_not_look(at, monkeypatch):
    monkeypatch.setattr(canvas, "PATIENCE", 3600)
    for _ in range(AHEAD + 1):
        at.show(FRAMES[0])
        asyncio.run(at.room())
    assert at.frame["number"] - at.seen > AHEAD


def test_a_reader_who_looks_is_waited_for(at, monkeypatch):
    monkeypatch.setattr(canvas, "PATIENCE", 3600)

    async def look():
        at.show(FRAMES[0])
        at.set_state({"seen": 1})
        for _ in range(AHEAD):
            await at.room()
            at.show(FRAMES[1])
        waiting = asyncio.create_task(at.room())
        await asyncio.sleep(5 * canvas.POLL)
        assert not waiting.done()
        at.set_state({"seen": 2})
        await waiting

    asyncio.run(look())


def test_a_reader_who_has_gone_is_waited_for_once(at, monkeypatch):
    monkeypatch.setattr(canvas, "PATIENCE", 0)
    at.set_state({"seen": 1})
    for frame in [*FRAMES, *FRAMES]:
        at.show(frame)
    asyncio.run(at.room())
    monkeypatch.setattr(canvas, "PATIENCE", 3600)
    asyncio.run(at.room())
