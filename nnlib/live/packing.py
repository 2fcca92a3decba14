"""Frames on their way to a page: a text, and a block of bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.live.frames import Bars, Curve, Diagram, Frame, Layer, Marked, Plane, Plot
from nnlib.validation import check_kind

Array = npt.NDArray[Any]


def pack(frame: Frame) -> tuple[str, bytes]:
    """A frame as JSON, and the bytes of its arrays.

    In the JSON stands, in the place of an array, ``{"dtype", "shape", "offset"}``: its type
    ("f4" or "u1", little endian), its shape, and where in the bytes it begins.  Of the
    probabilities in a plane travel the number of the likeliest class, ``winner``; ``share``, its
    probability from 1/k to 1 as 0 to 255, for the colour of a pixel; and ``lead``, how far it is
    ahead of the next class, from 0 to 255, for the lines between the classes.  The pictures of a
    layer in a diagram travel as numbers from 1 to 255: 128 is zero, and 1 or 255 what is largest
    in the layer.  A marked text travels as the list of its parts.

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

    def layers(given: Sequence[Layer]) -> list[dict[str, Any]]:
        return [{**vars(layer),
                 "weights": None if layer.weights is None else put(layer.weights, "f4"),
                 "pictures": None if layer.pictures is None else put(_bytes(layer.pictures), "u1")}
                for layer in given]

    def packed(plot: Plot) -> dict[str, Any]:
        fields = {"kind": type(plot).__name__.lower(), **vars(plot)}
        if isinstance(plot, Diagram):
            fields["layers"] = layers(plot.layers)
            return fields
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
            for name, dtype in (("values", "f4"), ("points", "f4"), ("labels", "u1"),
                                ("targets", "f4")):
                if fields[name] is not None:
                    fields[name] = put(fields[name], dtype)
        return fields

    header = {**vars(frame), "plots": [packed(plot) for plot in frame.plots],
              "details": [(name, said.parts if isinstance(said, Marked) else said)
                          for name, said in frame.details]}
    return json.dumps(header, default=_as_json, allow_nan=False), bytes(body)


def _bytes(pictures: Array) -> Array:
    """Values as 128 + 127 times their share of the largest; what is not finite as 128."""
    values = np.where(np.isfinite(pictures), pictures, 0)
    return np.rint(128 + 127 * (values / (np.abs(values).max() or 1)))


def _as_json(number: Any) -> Any:
    """NumPy's numbers and fractions."""
    return number.item() if isinstance(number, np.generic) else float(number)
