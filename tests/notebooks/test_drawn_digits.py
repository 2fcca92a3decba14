"""The figure that reads what a reader draws, with the net that its chapter stored in it."""

import html
import json
import re
from pathlib import Path

import numpy as np
from drawn_digits import assert_read, drawings

from nnlib.live.page import Figure

NOTEBOOK = Path(__file__).parents[2] / "book" / "15_read_handwritten_digits.ipynb"


def test_the_figure_reads_digits_that_are_drawn():
    stored = NOTEBOOK.read_text(encoding="utf-8")
    outputs = [output["data"] for cell in json.loads(stored)["cells"]
               for output in cell.get("outputs", []) if "data" in output]
    text = "".join("".join(data.get("text/html", "")) for data in outputs)
    experiment = re.search(r'<nn-lab id="read-my-digit" data-experiment="([^"]*)"', text)[1]
    figure, read = Figure(html.unescape(experiment)), []
    for digit, drawn in drawings():
        figure.start(json.dumps({"digit": drawn}))
        header, body = figure.frame()
        bars = next(plot for plot in json.loads(header)["plots"] if plot["kind"] == "bars"
                    and set(plot["names"]) == set("0123456789"))
        heights = np.frombuffer(body, "<f4", 10, bars["heights"]["offset"])
        read.append((digit, int(bars["names"][heights.argmax()])))
    assert_read(read)
