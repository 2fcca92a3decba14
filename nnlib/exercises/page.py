"""What the worker of a page calls: texts in, texts and pictures out."""

from __future__ import annotations

import functools
import io
import json
import sys
from collections.abc import Callable

from nnlib.exercises.exercise import CORRECT, NOT_YET, Exercise, Outcome
from nnlib.validation import check_choice, check_text

MOST_PICTURES = 4
DPI = 96


@functools.cache
def _read(exercise: str) -> Exercise:
    return Exercise(**json.loads(exercise))


def answer(exercise: str, code: str, act: str, show: Callable[[str], object]) -> str:
    """Check an answer, or run it.

    Parameters
    ----------
    exercise : str
        What `Exercise.to_json` wrote.
    code : str
        The learner's.
    act : {"check", "run"}
    show : callable
        Is given what the code prints, piece by piece, up to a limit.

    Returns
    -------
    str
        JSON of the outcome; of a run, "correct" says that there was no error.

    Raises
    ------
    TypeError, ValueError
        If an argument is something else.
    """
    made = _read(check_text("exercise", exercise))
    check_choice("act", act, ("check", "run"))
    try:
        outcome = made.attempt(code, show) if act == "check" else made.run(code, show)
    except KeyboardInterrupt:  # nobody but the code itself can raise it here
        outcome = Outcome(NOT_YET, "KeyboardInterrupt")
    return json.dumps({**vars(outcome), "correct": outcome.status == CORRECT})


def pictures() -> list[bytes]:
    """The figures that Matplotlib holds, as PNG; then it holds none."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    drawn = []
    for number in plt.get_fignums()[:MOST_PICTURES]:
        file = io.BytesIO()
        plt.figure(number).savefig(file, format="png", dpi=DPI, bbox_inches="tight")
        drawn.append(file.getvalue())
    plt.close("all")
    return drawn
