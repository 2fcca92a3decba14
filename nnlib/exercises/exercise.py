"""An exercise: what is given, where a learner starts, and the check that judges the answer.

It is written once, in a notebook, and has two faces.  In Jupyter the learner calls `check`.  On a
page it is a piece of HTML, `<nn-exercise>`, that holds all of it as texts: the page's script makes
an editor of it, and runs the same check in the browser.
"""

from __future__ import annotations

import ast
import builtins
import dis
import html
import inspect
import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from nnlib.exercises.asking import Asked, lacking
from nnlib.exercises.comparing import NotYet
from nnlib.exercises.running import YOURS, Output, captured, comes_from, run, told
from nnlib.sources import files_of, outside_names, source_of, source_of_class
from nnlib.validation import check_text, shown

GIVEN, CHECK = "<given>", "<check>"  # the files to which their lines belong
NAME = re.compile(r"ex(-[a-z0-9]+)+")
MOST_HINTS = 3
SHOWN = 12  # names, of the exercises that there are, the latest
PRELUDE = "import numpy as np\nfrom nnlib import exercises\n"  # before all that is given

NOT_ATTEMPTED, NOT_YET, CORRECT = "not attempted", "not yet", "correct"
NOT_CHECKED = "could not be checked"


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a check came to.

    Attributes
    ----------
    status : str
        "not attempted", "not yet", "correct" or "could not be checked".
    message : str
        Why.
    output : str
        What the code printed meanwhile, where that is kept.
    """

    status: str
    message: str = ""
    output: str = ""

    def __repr__(self) -> str:
        status = self.status.capitalize()
        return f"{status}: {self.message}" if self.message else f"{status}."


class Exercise:
    """An exercise that checks itself; the value of the last line of the cell below its text.

    Parameters
    ----------
    name : str
        The label of the exercise's text.
    check : callable
        A plain function whose parameters are the names that the learner defines.  Parameters that
        stand behind a ``*`` are names of `given`.  It raises `NotYet`, mostly through `same` and
        `expect`, or returns; a text that it returns is said with *correct*.  It travels as its
        source, so it uses no names but `np`, `exercises`, those of `given`, and what it makes
        itself.
    starter : str
        The code with which the learner begins.
    given : str, function, class or sequence of these
        Code that runs before the learner's; functions and classes of the notebook, as their
        source.
    hints : sequence of str
        At most three, from the gentlest on.
    wrong : sequence of tuple
        Wrong answers, each with a part of the message that it must get: ``(code, message)``, or
        ``(old, new, message)`` for the solution in which one piece of text is replaced.  Only the
        tests use them.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.
    """

    def __init__(
        self,
        name: str,
        check: Callable[..., str | None] | str,
        starter: str,
        given: Any = (),
        hints: Sequence[str] = (),
        wrong: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self.name = label(name)
        self.check_source = _code("check", check)
        self.starter = _code("starter", starter).strip("\n") + "\n"
        parts = [given] if isinstance(given, (str, FunctionType, type)) else given
        if not isinstance(parts, (tuple, list)):
            raise TypeError(f"given must be code, a function, a class or a list of these, got "
                            f"{shown(given)}")
        self.given = "\n\n".join(_code("given", part).strip("\n") for part in parts) + "\n"
        self.hints = _texts("hints", hints)
        if len(self.hints) > MOST_HINTS:
            raise ValueError(f"hints must be at most {MOST_HINTS}, got {len(self.hints)}")
        if not isinstance(wrong, (tuple, list)) or not all(
                isinstance(each, tuple) and len(each) in (2, 3) for each in wrong):
            raise TypeError(f"wrong must be a list of (code, message) and (old, new, message), got "
                            f"{shown(wrong)}")
        self.wrong = [tuple(_texts("wrong", each, empty=True)) for each in wrong]
        self._function, self.names, self._data = _function_of(self.check_source)
        self._refuse_unknown_names()
        self._asked = [Asked(name, self.check_source, self.starter) for name in self.names]
        remember(self)

    def _refuse_unknown_names(self) -> None:
        operations = dis.get_instructions(compile(PRELUDE + self.given, "given", "exec"))
        known = {each.argval for each in operations if each.opname == "STORE_NAME"}
        outside = outside_names(compile(self.check_source, "check", "exec"))
        for used in [*outside, *self._data]:
            if used not in known and not hasattr(builtins, used):
                raise TypeError(f"check must use no names from outside itself but np, exercises "
                                f"and those of given, it uses {used}")

    # Judging

    def attempt(self, code: str, show: Callable[[str], object] | None = None) -> Outcome:
        """Run an answer after what is given, and check what it defines.

        Parameters
        ----------
        code : str
        show : callable, optional
            Is given what the code prints, piece by piece.

        Returns
        -------
        Outcome
        """
        if check_text("code", code).strip() in ("", self.starter.strip()):
            return Outcome(NOT_ATTEMPTED, "the code is still that of the start")
        output = Output(show)
        with captured(output):
            outcome = self._outcome(code)
        return Outcome(outcome.status, outcome.message, output.text)

    def run(self, code: str, show: Callable[[str], object] | None = None) -> Outcome:
        """Run code after what is given, without a check: "correct" says that nothing failed."""
        check_text("code", code)
        output = Output(show)
        with captured(output):
            outcome = self._ran(code)[1] or Outcome(CORRECT)
        return Outcome(outcome.status, outcome.message, output.text)

    def judge(self, *values: object, **named: object) -> Outcome:
        """Check what a learner has defined already, by place or by name.

        Raises
        ------
        TypeError
            If they are not the values that the check takes.
        """
        names = ", ".join(self.names)
        try:
            bound = inspect.Signature([
                inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
                for name in self.names]).bind(*values, **named)
        except TypeError as error:
            raise TypeError(f"{self.name} must be given {names}: {error}") from None
        defined = [each for each in bound.args if isinstance(each, (FunctionType, type))]
        if defined and len(defined) == len(bound.args) and all(map(self._is_of_the_start, defined)):
            return Outcome(NOT_ATTEMPTED, "the code is still that of the start")
        return self._judged(bound.args, {file for each in defined for file in files_of(each)})

    def _is_of_the_start(self, defined: FunctionType | type) -> bool:
        try:
            return _source(defined).strip() in self.starter
        except TypeError:
            return False

    def scene(self) -> dict[str, Any]:
        """The names that are there before the learner's code runs."""
        return run(PRELUDE + self.given, {"__name__": "__main__"}, GIVEN)

    def _ran(self, code: str) -> tuple[dict[str, Any], Outcome | None]:
        """The names after the code has run, and what went wrong, if anything did."""
        names: dict[str, Any] = {}
        try:
            names = self.scene()
        except Exception as error:
            return names, Outcome(NOT_CHECKED,
                                  "what is given cannot be run: " + told(error, {GIVEN}))
        try:
            run(code, names)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return names, Outcome(NOT_YET, told(error, {YOURS}))
        return names, None

    def _outcome(self, code: str) -> Outcome:
        names, failed = self._ran(code)
        if failed:
            return failed
        for name in self.names:
            if name not in names:
                return Outcome(NOT_YET, f"{name} is not defined, and it is what the check looks at")
        return self._judged([names[name] for name in self.names], {YOURS})

    def _judged(self, values: Sequence[object], files: Collection[str]) -> Outcome:
        try:
            for asked, value in zip(self._asked, values, strict=True):
                asked.refuse(value)
            scene = run(self.check_source, self.scene(), CHECK)
            data = {name: scene[name] for name in self._data}
            said = scene[self._function](*values, **data)
        except NotYet as error:
            return Outcome(NOT_YET, str(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if comes_from(error, files):
                return Outcome(NOT_YET, told(error, files))
            if lacks := lacking(error, values):
                return Outcome(NOT_YET, lacks)
            for asked in self._asked:
                if failed := asked.blamed_for(error, CHECK):
                    return Outcome(NOT_YET, f"{failed}: {told(error, ())}")
            return Outcome(NOT_CHECKED, "the check cannot work with what it got: "
                           + told(error, ()))
        return Outcome(CORRECT, said if isinstance(said, str) else "")

    # What a notebook stores and a page shows

    def to_json(self) -> str:
        """All of it but the wrong answers; `Exercise(**json.loads(text))` is the same exercise."""
        return json.dumps({"name": self.name, "check": self.check_source, "starter": self.starter,
                           "given": self.given, "hints": self.hints})

    def __repr__(self) -> str:
        return f"<exercise {self.name!r}>"

    def _repr_html_(self) -> str:
        call = f'exercises.check("{self.name}", {", ".join(self.names)})'
        given = ("<details><summary>What is given</summary><pre>"
                 f"{html.escape(PRELUDE + self.given)}</pre></details>")
        return (f'<nn-exercise data-exercise="{html.escape(self.to_json())}">{given}'
                f"<pre>{html.escape(self.starter)}</pre>"
                f"<p>In Jupyter, write your answer in a new cell, and end the cell with "
                f"<code>{html.escape(call)}</code>.</p></nn-exercise>")


_KNOWN: dict[str, Any] = {}  # exercises and questions, by name, whose cells have run


def remember(exercise: Any) -> None:
    """Let `check` find it."""
    _KNOWN[exercise.name] = exercise


def forget(exercise: Any) -> None:
    """Let `check` find it no longer."""
    _KNOWN.pop(exercise.name, None)


def known(name: object) -> Any:
    """The exercise, or question, of this name.

    Raises
    ------
    ValueError
        If its cell has not run.
    """
    if not isinstance(name, str) or name not in _KNOWN:
        names = ", ".join(map(repr, [*_KNOWN][-SHOWN:])) or "none yet"
        names = f"..., {names}" if len(_KNOWN) > SHOWN else names
        raise ValueError(f"name must be that of an exercise whose cell has run ({names}), got "
                         f"{shown(name)}: run the cell below the exercise's text first")
    return _KNOWN[name]


def label(name: object) -> str:
    """A name that is a label of an exercise.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"name must be the label of an exercise, such as 'ex-add', got "
                         f"{shown(name)}")
    return name


def _source(defined: FunctionType | type) -> str:
    return source_of_class(defined) if isinstance(defined, type) else source_of(defined)


def _code(argument: str, part: object) -> str:
    """Code, or the source of a function or a class, that can be compiled."""
    takes = {"starter": "code", "check": "code or a function"}.get(
        argument, "code, a function or a class")
    if (isinstance(part, FunctionType) and argument != "starter") or (
            isinstance(part, type) and argument == "given"):
        part = _source(part)
    if not isinstance(part, str):
        raise TypeError(f"{argument} must be {takes}, got {shown(part)}")
    try:
        compile(part, argument, "exec")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{argument} must be code that Python understands: {error}") from None
    return part


def _function_of(source: str) -> tuple[str, list[str], list[str]]:
    """The name of the function that a check's source defines, and those of its parameters.

    First those that the learner defines, then those that are given.
    """
    body = ast.parse(source).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or not body[0].args.args:
        raise TypeError(f"check must be one function, with a parameter for each name that the "
                        f"learner defines, got {shown(source)}")
    arguments = body[0].args
    return (body[0].name, [each.arg for each in arguments.args],
            [each.arg for each in arguments.kwonlyargs])


def _texts(argument: str, given: Sequence[str], empty: bool = False) -> list[str]:
    if not isinstance(given, (tuple, list)) or not all(
            isinstance(each, str) and (empty or each.strip()) for each in given):
        raise TypeError(f"{argument} must be a list of texts, got {shown(given)}")
    return list(given)
