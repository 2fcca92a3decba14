"""Runs recorded beforehand: what a page shows while Python is still on its way to the reader."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

from nnlib.live.lab import Experiment
from nnlib.live.packing import pack

#: Bytes that a recording may have: a second's load on a slow line.
SIZE = 60_000


def record(experiment: Experiment, **settings: Any) -> bytes:
    """A run from its start to its end, compressed.

    In zlib's format follow, after the length of the JSON as four bytes, little endian: a list of
    ``[header, length]``, one for each frame, and the bytes of the frames one after the other;
    both as `nnlib.live.packing.pack` makes them.

    Parameters
    ----------
    experiment : Experiment
    **settings
        Values of controls; the others stand where they start.

    Returns
    -------
    bytes
        At most `SIZE`: where there are too many frames, every other one is left out.  The first
        and the last stay, also where these two are larger.
    """
    session = experiment.start(**settings)
    frames = [pack(session.frame())]
    while not session.finished:
        # A net learns most in its first epochs; of a drawing, every frame is worth seeing.
        session.advance(1 if experiment.source else 1 + (session.frame().epoch or 0) // 2)
        frame = pack(session.frame())
        if frame != frames[-1]:  # a drawing knows that it has ended only when no frame comes
            frames.append(frame)
    while len(recording := _compressed(frames)) > SIZE and len(frames) > 2:
        frames = [*frames[:-1:2], frames[-1]]
    return recording


def _compressed(frames: list[tuple[str, bytes]]) -> bytes:
    headers = json.dumps([[header, len(body)] for header, body in frames]).encode()
    bodies = b"".join(body for _, body in frames)
    return zlib.compress(struct.pack("<I", len(headers)) + headers + bodies, 9)
