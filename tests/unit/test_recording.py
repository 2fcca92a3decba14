"""A recording is a run of nnlib's, thinned out until it is light."""

import json
import struct
import zlib

import numpy as np
import pytest

from nnlib import frames, lab
from nnlib.live import recording
from nnlib.live.packing import pack
from nnlib.live.recording import record

TRAINING = lab.training(("hidden_nodes",), n=60, max_epochs=300)


def read(file):
    """What the page's script does: the frames as they were packed."""
    plain = zlib.decompress(file)
    (size,) = struct.unpack_from("<I", plain)
    end, packed = 4 + size, []
    for header, length in json.loads(plain[4:end]):
        packed.append((header, plain[end:end + length]))
        end += length
    assert end == len(plain)
    return packed


@pytest.mark.parametrize("settings", [{}, {"hidden_nodes": 2}])
def test_it_holds_the_frames_of_a_run_from_start_to_end(settings):
    packed = read(record(TRAINING, **settings))
    epochs = [json.loads(header)["epoch"] for header, _ in packed]
    assert epochs[0] == 0
    assert epochs[-1] == 300
    session = TRAINING.start(**settings)
    for frame, steps in zip(packed, np.diff(epochs, prepend=0), strict=True):
        session.advance(int(steps))
        assert frame == pack(session.frame())


def test_of_a_drawing_it_holds_every_frame():
    def halving(x=1.0):
        while x > 0.2:
            yield frames.Frame([frames.Bars(["x"], [x])])
            x /= 2

    heights = [np.frombuffer(body, "<f4")[0] for _, body in read(record(lab.drawing(
        halving, x=(0.5, 4.0))))]
    assert heights == [1, 0.5, 0.25]


def test_it_is_thinned_out_until_it_is_light(monkeypatch):
    whole = read(record(TRAINING))
    monkeypatch.setattr(recording, "SIZE", 20_000)
    light = record(TRAINING)
    assert len(light) <= 20_000
    thin = read(light)
    assert 2 < len(thin) < len(whole)
    assert (thin[0], thin[-1]) == (whole[0], whole[-1])
    assert [frame for frame in whole if frame in thin] == thin
    monkeypatch.setattr(recording, "SIZE", 1)
    assert read(record(TRAINING)) == [whole[0], whole[-1]]
