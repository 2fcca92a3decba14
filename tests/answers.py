"""The exercises of notebooks, and all answers to them that the book knows.

Of a notebook run the statements alone that an exercise is made of; no kernel is started.
"""

import ast
import linecache
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import evidence
import nbformat

from nnlib.exercises.exercise import _KNOWN, CORRECT, NOT_ATTEMPTED, NOT_YET, Exercise

EXERCISE = {"exercises.Exercise"}
QUESTION = {"exercises.choice", "exercises.number", "exercises.order"}


def makes(node: ast.AST, kinds: set[str] = EXERCISE | QUESTION) -> bool:
    return any(isinstance(each, ast.Call) and ast.unparse(each.func) in kinds
               for each in ast.walk(node))


def definitions(notebook: Any, file: str) -> ast.Module:
    """What the exercises are made of: their statements, and those whose names these hold."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    code = re.sub(r"^[%!]", "#", code, flags=re.M)
    # So that the source of functions is found.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    kept: list[ast.stmt] = []
    names: set[str] = set()
    for statement in reversed(ast.parse(code).body):
        if makes(statement) or evidence.bound(statement) & names:
            kept.append(statement)
            # A function is only looked at, not called: what it uses may be missing.
            if not isinstance(statement, ast.FunctionDef):
                names |= evidence.used(statement)
    return ast.Module(kept[::-1], [])


def made(notebook: Any, file: str = "<notebook>") -> dict[str, Any]:
    """The exercises and questions of a notebook, by name."""
    program = definitions(notebook, file)
    before = set(_KNOWN)
    if any(makes(statement) for statement in program.body):
        exec(compile(program, file, "exec"), {"__name__": "__main__"})
    return {name: exercise for name, exercise in _KNOWN.items() if name not in before}


@cache
def in_book(path: Path) -> tuple[Any, dict[str, Any]]:
    """A notebook of the book, and what it makes: a second time nothing would be new."""
    notebook = nbformat.read(path, as_version=4)
    return notebook, made(notebook, f"<{path.stem}>")


def solution_of(notebook: Any, exercise: Exercise) -> str:
    """The cells of its solution, up to the one that has all the names that the check looks at."""
    inside, cells = False, []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for gate, argument in re.findall(r"\{solution-(start|end)\}[ \t]*(\S*)", cell.source):
                inside = gate == "start" and argument == exercise.name
        elif inside:
            cells.append(cell.source)
            if set(exercise.names) <= evidence.bound(ast.parse("\n".join(cells))):
                return "\n\n\n".join(cells)
    return ""


def answers(exercise: Exercise, solution: str) -> Iterator[tuple[str, str, str, str]]:
    """What it is, the code, the status that it must get, and what its message must hold."""
    yield "the starter", exercise.starter, NOT_ATTEMPTED, ""
    # Also when a learner has changed no more than a space.
    yield "the starter, run,", exercise.starter + "\npass", NOT_YET, ""
    for number, (*code, message) in enumerate(exercise.wrong, start=1):
        text = solution.replace(*code) if len(code) == 2 else code[0]
        yield f"wrong answer {number}", text, NOT_YET, message
    yield "the solution", solution, CORRECT, ""
