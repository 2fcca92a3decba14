"""Questions for a self-test: a choice, a number, or steps to put in order.

Like an exercise, a question is written once, in a notebook; every wrong answer that is listed gets
an explanation of its own.  On a page it is `<nn-question>` and needs no Python.
"""

from __future__ import annotations

import html
import json
import random
import string
import zlib
from collections.abc import Sequence
from typing import Any

from nnlib.exercises.exercise import CORRECT, NOT_YET, Outcome, label, remember
from nnlib.validation import check_real, check_text, shown

LETTERS = string.ascii_lowercase
FEWEST, MOST = 2, 8  # options, or steps

Explained = tuple[str, str]  # an answer, and why it is right or wrong


class Question:
    """A question of a self-test; the value of the last line of the cell below its text.

    Made by `choice`, `number` and `order`.
    """

    def __init__(self, name: str, kind: str, content: dict[str, Any]) -> None:
        self.name = label(name)
        self.kind, self.content = kind, content
        remember(self)

    def judge(self, answer: object) -> Outcome:
        """Say whether an answer is right, and why it is not.

        Parameters
        ----------
        answer : str or float
            Of a choice, the letter of an option; of steps, their letters in order, such as
            "bca"; or a number.

        Raises
        ------
        TypeError, ValueError
            If it is none of these.
        """
        if self.kind == "number":
            return self._judge_number(check_real("answer", answer))
        letters = LETTERS[:len(self.content["shown"])]
        takes = f"one of the letters {letters}" if self.kind == "choice" else (
            f"the letters {letters} in another order")
        if not isinstance(answer, str) or not (
                answer in list(letters) if self.kind == "choice"
                else sorted(answer) == list(letters)):
            raise ValueError(f"answer must be {takes}, got {shown(answer)}")
        if self.kind == "choice":
            _, why, right = self.content["shown"][LETTERS.index(answer)]
            return Outcome(CORRECT if right else NOT_YET, why)
        for place, letter in enumerate(answer):
            if self.content["shown"][LETTERS.index(letter)][1] != place:
                return Outcome(NOT_YET, f"step {place + 1} is another one"
                               + (f"; the {place} before it are right" if place else ""))
        return Outcome(CORRECT, self.content["why"])

    def _judge_number(self, answer: float) -> Outcome:
        right, why, allowed = (self.content[name] for name in ("right", "why", "allowed"))
        if abs(answer - right) <= allowed:
            return Outcome(CORRECT, why)
        for value, because in self.content["wrong"]:
            if abs(answer - value) <= allowed:
                return Outcome(NOT_YET, because)
        return Outcome(NOT_YET, f"it is too {'large' if answer > right else 'small'}")

    def answers(self) -> list[tuple[Any, bool]]:
        """The right answer and the wrong ones that are explained, and whether each is right."""
        if self.kind == "number":
            return [(self.content["right"], True),
                    *((value, False) for value, _ in self.content["wrong"])]
        if self.kind == "choice":
            return [(LETTERS[place], right)
                    for place, (_, _, right) in enumerate(self.content["shown"])]
        right = sorted(range(len(self.content["shown"])),
                       key=lambda place: self.content["shown"][place][1])
        letters = "".join(LETTERS[place] for place in right)
        return [(letters, True), (letters[::-1], False)]

    def to_json(self) -> str:
        """All of it."""
        return json.dumps({"name": self.name, "kind": self.kind, **self.content})

    def __repr__(self) -> str:
        return f"<question {self.name!r}>"

    def _repr_html_(self) -> str:
        texts = [each[0] for each in self.content.get("shown", ())]
        items = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        answer = {"choice": '"a"', "order": f'"{LETTERS[:len(texts)]}"', "number": "0.5"}[self.kind]
        return (f'<nn-question data-question="{html.escape(self.to_json())}">'
                + (f'<ol type="a">{items}</ol>' if items else "")
                + f"<p>In Jupyter, answer in a new cell, such as <code>"
                f"{html.escape(f'exercises.check({json.dumps(self.name)}, {answer})')}"
                "</code>.</p></nn-question>")


def choice(name: str, right: Explained, wrong: Sequence[Explained]) -> Question:
    """Ask for one of several answers.

    Parameters
    ----------
    name : str
        Such as "ex-test-softmax"; it occurs once in the book.
    right : tuple of two str
        The right answer, and why it is right.
    wrong : sequence of such tuples
        The others, and why each is wrong.  All are shown in an order that the name decides.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.
    """
    options = [(*_explained("right", right), True),
               *((*_explained("wrong", each), False) for each in _several("wrong", wrong, 1))]
    return Question(name, "choice", {"shown": _shuffled(name, options)})


def number(
    name: str, right: float, why: str, wrong: Sequence[tuple[float, str]] = (),
    tolerance: float = 0.01,
) -> Question:
    """Ask for a number.

    Parameters
    ----------
    name : str
    right : float
        Better computed than typed.
    why : str
        Why it is right.
    wrong : sequence of (float, str)
        Likely wrong numbers, and what led to each.
    tolerance : float
        How far an answer may be off, as a share of `right`; above 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.
    """
    value = check_real("right", right)
    allowed = check_real("tolerance", tolerance, above=0) * (abs(value) or 1)
    listed = [_explained("wrong", each, float) for each in _several("wrong", wrong, 0)]
    for each, _ in listed:
        if abs(each - value) <= 2 * allowed:
            raise ValueError(f"wrong must hold numbers that are told from {value:g}, got {each:g}")
    return Question(name, "number", {"right": value, "why": check_text("why", why),
                                     "wrong": listed, "allowed": allowed})


def order(name: str, steps: Sequence[str], why: str) -> Question:
    """Ask for the order of steps.

    Parameters
    ----------
    name : str
    steps : sequence of str
        In their order; they are shown in one that the name decides.
    why : str
        Why this is their order.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.
    """
    texts = [check_text("steps", each) for each in _several("steps", steps, FEWEST)]
    placed = [(text, place) for place, text in enumerate(texts)]
    return Question(name, "order", {"shown": _shuffled(name, placed),
                                    "why": check_text("why", why)})


def _shuffled(name: str, items: list[Any]) -> list[Any]:
    """In an order that is always the same, and not the one given."""
    rng = random.Random(zlib.crc32(label(name).encode()))
    shuffled = list(items)
    while shuffled == items and len(items) > 1:
        rng.shuffle(shuffled)
    return shuffled


def _several(argument: str, given: Any, fewest: int) -> list[Any]:
    if not isinstance(given, (tuple, list)) or not fewest <= len(given) <= MOST:
        raise TypeError(f"{argument} must be a list of {fewest} to {MOST}, got {shown(given)}")
    return list(given)


def _explained(argument: str, given: Any, kind: type = str) -> tuple[Any, str]:
    if not isinstance(given, tuple) or len(given) != 2 or not isinstance(given[1], str):
        raise TypeError(f"{argument} must be an answer and why it is right or wrong, got "
                        f"{shown(given)}")
    answer = check_real(argument, given[0]) if kind is float else check_text(argument, given[0])
    return answer, given[1]
