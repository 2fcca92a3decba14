"""Variants: what a seed decides, how they are called, and what the command line prints."""

import json

import numpy as np
import pytest

from nnlib import exercises
from nnlib.exercises.__main__ import aligned, main, seeds_of
from nnlib.exercises.variants import literal, matrix, sheet

CHAPTER = '''
from nnlib import exercises


def check_sum(total, double, *, a, b):
    exercises.same("your total", total, a + b)
    exercises.same("double(1)", double(1), 2 * a)


def add(rng):
    a, b = rng.integers(1, 10**6, 2).tolist()
    return {
        "text": f"\\nAdd {a} and {b}.\\n", "data": {"a": a, "b": b}, "check": check_sum,
        "given": "limit = 9",
        "starter": "total = 0\\n\\n\\ndef double(x):\\n    pass\\n",
        "solution": "total = a + b\\n\\n\\ndef double(x):\\n    return 2 * a * x\\n",
    }


VARIANTS = {"ex-09-add": add}
'''
TEXTS = ["```{exercise-start} Guess (warm-up)\n:label: ex-09-guess\n```\nWhat?",
         "```{exercise-start} Add (core)\n:class: wide\n:label: ex-09-add\n```\nHow?"]


@pytest.fixture
def book(tmp_path, monkeypatch):
    folder = tmp_path / "book"
    (folder / "variants").mkdir(parents=True)
    (folder / "variants" / "chapter_09.py").write_text(CHAPTER)
    cells = [{"cell_type": "markdown", "source": [text]} for text in TEXTS]
    cells.insert(1, {"cell_type": "code", "source": "a = 1"})
    (folder / "09_add.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    monkeypatch.chdir(tmp_path)
    return folder


def drawn(variant):
    """The numbers of a variant."""
    names = variant.exercise.scene()
    return names["a"], names["b"]


def test_a_seed_decides_text_check_and_answer(book):
    one, two = (exercises.variant("ex-09-add", seed) for seed in (1, 2))
    assert drawn(one) != drawn(two)
    assert one.text == "Add {} and {}.".format(*drawn(one))
    assert one.answers() == {"total": str(sum(drawn(one))),
                             "double": "def double(x):\n    return 2 * a * x"}
    assert one.exercise.attempt(one.solution).status == "correct"
    assert two.exercise.attempt(two.solution).status == "correct"
    answer = f"total = {sum(drawn(one))}\ndef double(x): return 2 * {drawn(one)[0]} * x"
    assert one.exercise.attempt(answer).status == "correct"
    assert "your total is wrong" in two.exercise.attempt(answer).message
    assert one.exercise.attempt(one.exercise.starter).status == "not attempted"


def test_a_seed_draws_the_same_numbers_again(book):
    assert str(exercises.variant("ex-09-add", 7)) == str(exercises.variant("ex-09-add", 7))
    assert drawn(exercises.variant("ex-09-add", 7)) == (119738, 702942)


def test_a_variant_is_shown_as_text(book):
    variant = exercises.variant("ex-09-add", 5)
    a, b = drawn(variant)
    assert repr(variant) == variant._repr_markdown_() == f"""\
**Variant 5 of ex-09-add**

Add {a} and {b}.

```python
total = 0


def double(x):
    pass
```

Given is

```python
a = {a}
b = {b}

limit = 9
```

To check your answer, run `exercises.check("ex-09-add", total, double, variant=5)`."""


def test_a_variant_is_checked_in_a_notebook(book):
    a, b = drawn(exercises.variant("ex-09-add", 3))

    def double(x):
        return 2 * a * x

    assert exercises.check("ex-09-add", a + b, double, variant=3).status == "correct"
    outcome = exercises.check("ex-09-add", total=a - b, double=double, variant=3)
    assert outcome.message == f"your total is wrong: it is {a - b:g} and should be {a + b:g}"
    with pytest.raises(TypeError, match="variant must be a whole number"):
        exercises.check("ex-09-add", 1, double, variant="3")
    with pytest.raises(TypeError, match="ex-09-add-3 must be given total, double: missing"):
        exercises.check("ex-09-add", 1, variant=3)


@pytest.mark.parametrize("start", [".", "book"])
def test_the_book_is_found_from_its_folder_and_from_the_one_above(start, book, monkeypatch):
    monkeypatch.chdir(book.parent / start)
    assert exercises.with_variants() == ["ex-09-add"]


def test_without_a_book_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="folder must be that of the book"):
        exercises.variant("ex-09-add", 1)
    with pytest.raises(FileNotFoundError, match=r"there is none at .*elsewhere"):
        exercises.with_variants(tmp_path / "elsewhere")


def test_an_exercise_is_called_by_its_number_too(book):
    assert exercises.variant("9.2", 1, folder=book).name == "ex-09-add"
    with pytest.raises(ValueError, match=r"begin with 9 there are 2, got '9\.3'"):
        exercises.variant("9.3", 1)


def test_a_copy_without_myst_keeps_the_labels_in_its_metadata(book):
    cells = [{"cell_type": "markdown", "source": f"### Exercise 9.{number}: Add"}
             for number in (1, 2)]
    (book / "09_add.ipynb").write_text(json.dumps(
        {"cells": cells, "metadata": {"exercises": ["ex-09-guess", "ex-09-add"]}}))
    assert exercises.variant("9.2", 1).name == "ex-09-add"
    with pytest.raises(ValueError, match=r"begin with 9 there are 2, got '9\.3'"):
        exercises.variant("9.3", 1)


@pytest.mark.parametrize("name", ["ex-09-guess", "9.1", "ex-08-add", "ex-part1-shift"])
def test_an_exercise_without_variants_is_refused_with_those_that_have(name, book):
    with pytest.raises(ValueError, match=rf"with variants \(ex-09-add\), got '{name}'"):
        exercises.variant(name, 1)


def test_numbers_become_code_and_formulas():
    assert literal(np.array([[1.0, np.nan]])) == "np.array([[1.0, np.nan]])"
    assert literal(np.float64(0.5)) == "0.5"
    assert literal([1, "a", None]) == "[1, 'a', None]"
    assert matrix([[1, -0.5], [2.0, 0]]) == r"\begin{bmatrix} 1 & -0.5 \\ 2 & 0 \end{bmatrix}"


def test_answers_have_six_digits():
    solution = "a = np.array([[1 / 3, 2]])\nb = (1, None, 2 / 3)\nc = np.float64(1e-9) / 3"
    variant = exercises.Variant("ex-09-thirds", 1, text="Divide.", starter="a = b = c = 0",
                                check="def check(a, b, c):\n    pass", solution=solution)
    assert variant.answers() == {
        "a": "[[0.333333, 2.0]]", "b": "(1, None, 0.666667)", "c": "3.33333e-10"}


# On the command line


def test_seeds_are_a_list():
    assert seeds_of("1-3,7") == [1, 2, 3, 7]
    assert seeds_of("5") == [5]
    assert len(seeds_of("0-9998,7")) == 10_000


def test_a_sheet_has_a_row_for_each_seed(book, capsys):
    rows = sheet("9.2", [1, 2], book)
    assert [row["seed"] for row in rows] == ["1", "2"]
    assert main(["answers", "9.2", "--seeds", "1-2", "--book", str(book)]) == 0
    width = max(len("total"), *(len(row["total"]) for row in rows))
    code = ["def double(x):", "    return 2 * a * x"]
    assert capsys.readouterr().out.splitlines() == [
        f"seed  {'total':{width}}  double",
        *(line for row in rows for line in (f"{row['seed']}     {row['total']:{width}}  {code[0]}",
                                            f"{'':6}{'':{width}}  {code[1]}"))]
    assert main(["answers", "9.2", "--seeds", "1-2", "--csv"]) == 0
    assert capsys.readouterr().out == "seed,total,double\n" + "".join(
        f'{row["seed"]},{row["total"]},"{row["double"]}"\n' for row in rows)


def test_columns_are_aligned():
    assert aligned([{"a": "1", "b": "x"}, {"a": "100", "b": "y"}]) == "a    b\n1    x\n100  y"


def test_texts_and_the_list_are_printed(book, capsys):
    assert main(["list"]) == 0
    assert capsys.readouterr().out == "9.2   ex-09-add\n"
    assert main(["text", "ex-09-add", "--seeds", "4,5"]) == 0
    assert capsys.readouterr().out == "\n\n---\n\n".join(
        str(exercises.variant("ex-09-add", seed)) for seed in (4, 5)) + "\n"


def test_an_answer_in_a_file_is_checked(book, capsys, tmp_path):
    file = tmp_path / "answer.py"
    variant = exercises.variant("ex-09-add", 4)
    file.write_text(variant.solution)
    assert main(["check", "ex-09-add", str(file), "--seeds", "4"]) == 0
    assert capsys.readouterr().out == "ex-09-add, variant 4: Correct.\n"
    file.write_text("total = 1")
    assert main(["check", "ex-09-add", str(file), "--seeds", "4"]) == 1
    assert capsys.readouterr().out.startswith("ex-09-add, variant 4: Not yet: double is not")


@pytest.mark.parametrize(("arguments", "says"), [
    (["answers", "9.2", "--seeds", "a-b"], "seeds are such as 1-30 or 3,7,12, not 'a-b'"),
    (["answers", "9.2", "--seeds", "3,9-1"], "seeds are such as 1-30 or 3,7,12, not '3,9-1'"),
    (["answers", "9.1", "--seeds", "1"], "with variants (ex-09-add), got '9.1'"),
    (["answers", "9.2", "--seeds", "1-4000000000"], "at most 10000 seeds, not '1-4000000000'"),
    (["answers", "9.2", "--seeds", "1-10000,7"], "at most 10000 seeds"),
    (["answers", "9.2", "--seeds", "1-" + "9" * 30], "at most 10000 seeds"),
    (["check", "9.2", "nowhere.py", "--seeds", "1"], "No such file"),
])
def test_what_is_wrong_on_the_command_line_is_said(arguments, says, book, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert says in capsys.readouterr().err
