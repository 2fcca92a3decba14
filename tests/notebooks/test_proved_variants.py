"""Every variant of the book: its solution is right; another seed's is not, nor the starter."""

import itertools
import re

import evidence
import nbformat
import pytest

from nnlib import exercises
from nnlib.exercises.variants import sheet

NAMES = exercises.with_variants(evidence.BOOK)
SEEDS = range(1, 5)
CLASS = range(1, 31)    # a class of students, with the numbers of its list


@pytest.fixture(scope="module")
def variants():
    found = {}

    def of(name):
        if name not in found:
            found[name] = [exercises.variant(name, seed, evidence.BOOK) for seed in SEEDS]
        return found[name]

    return of


def answer(variant):
    """The answer as the sheet prints it: without the data."""
    return "\n\n".join(text if text.startswith("def ") else f"{name} = {text}"
                       for name, text in variant.answers().items())


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_and_the_sheet_are_right(name, variants):
    for variant in variants(name):
        for code in (variant.solution, answer(variant)):
            outcome = variant.exercise.attempt(code)
            assert outcome.status == "correct", outcome


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_of_another_seed_is_not(name, variants):
    for one, other in itertools.permutations(variants(name), 2):
        outcome = one.exercise.attempt(answer(other))
        assert outcome.status == "not yet", f"{other.seed} for {one.seed} is {outcome!r}"


@pytest.mark.parametrize("name", NAMES)
def test_the_starter_is_not(name, variants):
    for variant in variants(name):
        start = variant.exercise.starter
        assert variant.exercise.attempt(start).status == "not attempted"
        outcome = variant.exercise.attempt(start + "\npass")
        assert outcome.status == "not yet", outcome


@pytest.mark.parametrize("name", NAMES)
def test_a_class_has_different_numbers(name):
    rows = sheet(name, CLASS, evidence.BOOK)
    assert len({tuple(row.values())[1:] for row in rows}) >= len(CLASS) - 1


def test_every_chapter_has_variants_of_its_own_exercises():
    chapters = sorted(evidence.BOOK.glob("[0-9][0-9]_*.ipynb"))
    texts = {path.stem[:2]: "\n".join(
        cell.source for cell in nbformat.read(path, as_version=4).cells) for path in chapters}
    assert sorted({name.split("-")[1] for name in NAMES}) == sorted(texts)
    for name in NAMES:
        assert re.search(rf"^:label: {name}$", texts[name.split("-")[1]], re.M), name
