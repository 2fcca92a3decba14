"""Functions and classes that travel to a page as their source, and the names they need there."""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from nnlib.validation import shown


def source_of(function: Callable[..., Any]) -> str:
    """The lines that define the function.

    Raises
    ------
    TypeError
        If they cannot be had, or are none that `def` begins.
    """
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise TypeError(f"function must be written in a file or a notebook's cell, got "
                        f"{shown(function)}") from error
    if not source.startswith("def "):
        raise TypeError(f"function must be defined by `def`, without decorators, got "
                        f"{source.splitlines()[0]!r}")
    return source


def outside_names(code: CodeType) -> Iterator[str]:
    """The names that a function takes from outside itself, also in functions within it."""
    for instruction in dis.get_instructions(code):
        name, operation = instruction.argval, instruction.opname
        if operation == "LOAD_GLOBAL" or (
            operation == "IMPORT_NAME" and name.split(".")[0] not in sys.stdlib_module_names
        ):
            yield name
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from outside_names(constant)


def files_of(defined: FunctionType | type) -> set[str]:
    """The files in which a function stands, or the methods of a class."""
    parts = vars(defined).values() if isinstance(defined, type) else [defined]
    files = {each.__code__.co_filename for each in parts if isinstance(each, FunctionType)}
    return files - {"<string>"}  # of what a dataclass makes


def source_of_class(defined: type) -> str:
    """The lines that define a class, with its decorators.

    They are found by its methods: Python knows no file of a class of a notebook.

    Raises
    ------
    TypeError
        If it has no method of its own, or they cannot be had.
    """
    for file in files_of(defined):
        lines = linecache.getlines(file)
        for each in ast.walk(ast.parse("".join(lines))):
            if isinstance(each, ast.ClassDef) and each.name == defined.__name__:
                first = min([each.lineno, *(line.lineno for line in each.decorator_list)])
                return textwrap.dedent("".join(lines[first - 1:each.end_lineno]))
    raise TypeError(f"class must be written in a file or a notebook's cell, with a method, got "
                    f"{shown(defined)}")
