"""Every checked exercise: its starter, listed wrong answers and solution; and every question."""

import ast
import html
import json
import re

import evidence
import pytest
from answers import EXERCISE, answers, in_book, made, makes, solution_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nnlib.exercises.exercise import _KNOWN, CORRECT
from nnlib.exercises.question import Question

NOTEBOOKS = sorted(evidence.BOOK.glob("*.ipynb"))
LABEL = r"\{%s-start\}[^\n]*\n(?::[\w-]+:[^\n]*\n)*?:label: (\S+)"
STORED = re.compile(r'<nn-(?:exercise data-exercise|question data-question)="([^"]*)"')
WRONG = 3    # answers, at least, of an exercise


def faults_of(notebook, exercise):
    """What is wrong with an exercise, or a question, in words."""
    if isinstance(exercise, Question):
        return [f"{answer!r} is {outcome!r}" for answer, right in exercise.answers()
                if ((outcome := exercise.judge(answer)).status == CORRECT) != right]
    solution = solution_of(notebook, exercise)
    if not solution:
        return [f"no solution of {exercise.name} defines {' and '.join(exercise.names)}"]
    faults = [f"{code[0]!r} is {count} times in the solution" for *code, _ in exercise.wrong
              if len(code) == 2 and (count := solution.count(code[0])) != 1]
    if len(exercise.wrong) < WRONG:
        faults.append(f"{len(exercise.wrong)} wrong answers, it needs {WRONG}")
    for what, code, status, message in answers(exercise, solution):
        outcome = exercise.attempt(code)
        if outcome.status != status or message not in outcome.message:
            faults.append(f"{what} is {outcome!r}, not {status}: {message}")
    return faults


def placing_faults(notebook, exercises):
    """The cell that makes one stands below its text, and its output is what it makes."""
    faults, label = [], ""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for gate in re.finditer(LABEL % "exercise" + r"|\{exercise-end\}", cell.source):
                label = gate[1] or ""
            continue
        code = ast.parse(re.sub(r"^[%!]", "#", cell.source, flags=re.M))
        if not makes(code):
            continue
        stored = STORED.search("".join(output.get("data", {}).get("text/html", "")
                                       for output in cell.outputs))
        name = json.loads(html.unescape(stored[1]))["name"] if stored else ""
        if makes(code, EXERCISE) and name != label:
            faults.append(f"cell {position} makes {name!r} within the gates of {label!r}")
        elif name not in exercises or html.unescape(stored[1]) != exercises[name].to_json():
            faults.append(f"cell {position} has stored an older {name}: run it again")
        if "remove-input" not in cell.metadata.get("tags", []):
            faults.append(f"cell {position} makes an exercise: tag it remove-input")
    return faults


def named(path):
    """The exercises of a notebook, by their names alone."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return re.findall(r'^exercises\.(?:Exercise|choice|number|order)\(\s*"([^"]+)"', code, re.M)


ALL = [(path, name) for path in NOTEBOOKS for name in named(path)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")    # wrong answers may overflow
@pytest.mark.parametrize(("at", "name"), ALL, ids=[name for _, name in ALL])
def test_every_answer_is_told_what_it_should_be(at, name):
    notebook, exercises = in_book(at)
    assert faults_of(notebook, exercises[name]) == []


def test_exercises_stand_below_their_texts(path):
    notebook, exercises = in_book(path)
    assert placing_faults(notebook, exercises) == []
    assert sorted(exercises) == sorted(name for at, name in ALL if at == path)


# A chapter that follows every rule, and what is said of those that do not

CELL = '''\
def check_add(add):
    exercises.same("add(1, 2)", add(1, 2), 3)


exercises.Exercise("ex-add", check_add, "def add(a, b):\\n    pass",
                   wrong=[("a + b", "a - b", "should be 3"), ("a + b", "a", "wrong"),
                          ("def add(a, b): 1 / 0", "ZeroDivisionError")])'''


@pytest.fixture
def chapter():
    notebook = new_notebook(cells=[
        new_code_cell("from nnlib import exercises\nprint(undefined)"),
        new_markdown_cell("```{exercise-start} Add\n:label: ex-add\n```\nAdd."),
        new_code_cell(CELL, metadata={"tags": ["remove-input"]}),
        new_markdown_cell("```{exercise-end}\n```\n"
                          "```{solution-start} ex-add\n:label: sol-add\n```"),
        new_code_cell("def add(a, b):\n    return a + b"),
        new_markdown_cell("```{solution-end}\n```"),
    ])
    _KNOWN.pop("ex-add", None)
    (exercise,) = made(notebook).values()
    notebook.cells[2].outputs = [
        new_output("execute_result", {"text/html": exercise._repr_html_()})]
    return notebook


def faults(notebook):
    _KNOWN.pop("ex-add", None)
    exercises = made(notebook)
    return [fault for exercise in exercises.values() for fault in faults_of(notebook, exercise)
            ] + placing_faults(notebook, exercises)


def test_a_model_chapter_has_no_fault(chapter):
    assert faults(chapter) == []


@pytest.mark.parametrize(("cell", "old", "new", "complaint"), [
    (4, "a + b", "a * b", "the solution is Not yet"),
    (4, "def add", "def plus", "no solution of ex-add defines add"),
    (3, "{solution-start} ex-add", "{solution-start} ex-plus", "no solution of ex-add"),
    (1, "label: ex-add", "label: ex-plus", "makes 'ex-add' within the gates of 'ex-plus'"),
    (2, '"should be 3"', '"shape"', "not yet: shape"),
    (2, '("a + b", "a"', '("b + a", "a"', "'b + a' is 0 times in the solution"),
    (2, '("a + b", "a",', '("a + b", "b + a",', "wrong answer 2 is Correct"),
    (2, '("a + b", "a", "wrong"),', "", "2 wrong answers, it needs 3"),
    (2, "    pass", "    return a + b", "the starter, run, is Correct"),
    (2, '"add(1, 2)"', '"your sum"', "has stored an older ex-add"),
])
def test_a_broken_rule_is_reported(chapter, cell, old, new, complaint):
    assert old in chapter.cells[cell].source
    chapter.cells[cell].source = chapter.cells[cell].source.replace(old, new)
    assert any(complaint in fault for fault in faults(chapter))


def test_a_cell_that_stands_open_is_reported(chapter):
    chapter.cells[2].metadata = {}
    assert faults(chapter) == ["cell 2 makes an exercise: tag it remove-input"]
