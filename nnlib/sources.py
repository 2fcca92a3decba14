"""Functions that travel to a page as their source, and the names that they need there."""

from __future__ import annotations

import dis
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType
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
