"""Frames on their way to a page: a text, and a block of bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlib.live.frames import Bars, Curve, Frame, Plane, Plot
from nnlib.validation import check_kind


def pack(frame: Frame) -> tuple[str, bytes]:
    """A frame as JSON, and the bytes of its arrays.

    In the JSON stands, in the place of an array, ``{"dtype", "shape", "offset"}``: its type
    ("f4" or "u1", little endian), its shape, and where in the bytes it begins.  Of the
    probabilities in a plane travel the number of the likeliest class, ``winner``; ``share``, its
    probability from 1/k to 1 as 0 to 255, for the colour of a pixel; and ``lead``, how far it is
    ahead of the next class, from 0 to 255, for the lines between the classes.

    Parameters
    ----------
    frame : Frame

    Returns
    -------
    header : str
    body : bytes
    """
    check_kind("frame", frame, Frame, "a frames.Frame")
    body = bytearray()

    def put(values: Any, dtype: str) -> dict[str, Any]:
        with np.errstate(over="ignore"):  # what is too large for 32 bits is infinite
            array = np.ascontiguousarray(values, "<" + dtype)
        body.extend(bytes(-len(body) % 4))  # typed arrays in JavaScript begin at multiples of 4
        offset = len(body)
        body.extend(array.tobytes())
        return {"dtype": dtype, "shape": array.shape, "offset": offset}

    def curves(given: Sequence[Curve]) -> list[dict[str, Any]]:
        return [{**vars(curve), "x": put(curve.x, "f4"), "y": put(curve.y, "f4")}
                for curve in given]

    def packed(plot: Plot) -> dict[str, Any]:
        fields = {"kind": type(plot).__name__.lower(), **vars(plot)}
        if isinstance(plot, Bars):
            fields["heights"] = put(plot.heights, "f4")
            return fields
        fields["curves"] = curves(plot.curves)
        if isinstance(plot, Plane):
            probabilities = fields.pop("probabilities")
            if probabilities is not None:
                k = len(probabilities)
                share = (probabilities.max(axis=0) - 1 / k) / (1 - 1 / k)
                fields["winner"] = put(probabilities.argmax(axis=0), "u1")
                fields["share"] = put(255 * np.nan_to_num(share), "u1")
                second, first = np.partition(probabilities, -2, axis=0)[-2:]
                fields["lead"] = put(255 * np.nan_to_num(first - second), "u1")
            for name, dtype in (("values", "f4"), ("points", "f4"), ("labels", "u1")):
                if fields[name] is not None:
                    fields[name] = put(fields[name], dtype)
        return fields

    header = {**vars(frame), "plots": [packed(plot) for plot in frame.plots]}
    return json.dumps(header, default=_as_json, allow_nan=False), bytes(body)


def _as_json(number: Any) -> Any:
    """NumPy's numbers and fractions."""
    return number.item() if isinstance(number, np.generic) else float(number)
