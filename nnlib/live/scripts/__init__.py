"""The scripts that draw frames in a browser: on the pages of the book, and in notebooks.

A page loads them as they are, each from a file of its own.  A notebook is given one text that
holds them all, since what shows it cannot load files beside it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from nnlib.live import controls, lab, pasted, pinning, training
from nnlib.plotting import planes, style
from nnlib.validation import check_choice

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";\n', re.M)
EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", re.M)

#: By their names there: what the scripts have in common with the library.
SHARED = {
    "PALETTE": {"light": style.COLOURS, "dark": style.DARK_COLOURS},
    "BOUNDARY": {"light": style.BOUNDARY, "dark": style.DARK_BOUNDARY},
    "FAINT": style.COLOURS.index(style.YELLOW),  # on white, its markers have a dark edge
    "MARKERS": style.MARKERS,
    "REGION": {"faintest": planes.FAINTEST, "strongest": planes.STRONGEST},
    "POINTS": {"most": controls.MAX_POINTS, "classes": controls.MAX_CLASSES,
               "farthest": controls.FARTHEST},
    "NODE": controls.NODE.pattern,
    "STROKES": {"most": controls.MAX_STROKES, "points": controls.MAX_STROKE_POINTS},
    "TABLE": {"most": pasted.MAX_TEXT, "rows": pasted.MAX_ROWS, "classes": pasted.MAX_CLASSES},
    "IDLE": lab.IDLE,
    "PINNED": pinning.NAME,
    "PLOTS": training.SHOWN,  # of an experiment that names none
}


def shared() -> str:
    """The script ``shared.js``, which tells the others what Python says."""
    return "// From nnlib, by nnlib/live/scripts.\n" + "".join(
        f"export const {name} = {json.dumps(value)};\n" for name, value in SHARED.items())


def in_one(name: str) -> str:
    """A script with all that it imports, as one text that imports nothing.

    Each of the others becomes the body of a function, so that what it does not export stays its
    own, and stands before those that import it.

    Parameters
    ----------
    name : str
        Of a file of this folder.

    Raises
    ------
    ValueError
        If there is no such file.
    """
    check_choice("name", name, sorted(path.name for path in FOLDER.glob("*.js")))
    bodies: dict[str, str] = {}

    def linked(name: str) -> str:
        text = shared() if name == "shared.js" else (FOLDER / name).read_text(encoding="utf-8")
        for _, other in IMPORT.findall(text):
            if other not in bodies:
                bodies[other] = as_function(linked(other))
        return IMPORT.sub(r'const {\1} = scripts["\2"];\n', text)

    def as_function(text: str) -> str:
        names = ", ".join(EXPORT.findall(text))
        return f"(() => {{\n{EXPORT.sub('', text)}return {{ {names} }};\n}})();\n"

    last = linked(name)
    return "const scripts = {};\n" + "".join(
        f'scripts["{other}"] = {body}' for other, body in bodies.items()) + last
