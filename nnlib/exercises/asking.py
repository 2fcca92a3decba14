"""What a check asks for, and whether what was handed in will do."""

from __future__ import annotations

import ast
import inspect
import traceback
from collections.abc import Iterator, Sequence

from nnlib.exercises.comparing import NotYet
from nnlib.validation import shown

Arguments = tuple[int, list[str]]  # how many by place, and the names of the others


class Asked:
    """A name that a check asks for: of a function, of a class, or of a value.

    Parameters
    ----------
    name : str
    check, starter : str
        Code.  The starter says with which parameters the name is defined.
    """

    def __init__(self, name: str, check: str, starter: str) -> None:
        self.name = name
        defined = next((each for each in ast.walk(ast.parse(starter))
                        if isinstance(each, (ast.FunctionDef, ast.ClassDef))
                        and each.name == name), None)
        self._is_class = isinstance(defined, ast.ClassDef)
        self._parameters = _parameters(defined) if defined else None
        self._uses = [each for each in ast.walk(ast.parse(check)) if isinstance(each, ast.expr)
                      and any(isinstance(part, ast.Name) and part.id == name
                              for part in ast.walk(each))]
        self._calls = [each for each in self._uses if isinstance(each, ast.Call)
                       and isinstance(each.func, ast.Name) and each.func.id == name]

    def refuse(self, value: object) -> None:
        """Raise `NotYet` if the check calls the name, and cannot call the value so."""
        if not self._calls:
            return
        wanted = "a class" if self._is_class else "a function"
        made = "made with" if self._is_class else "of"
        if self._parameters is not None:
            wanted += f" {made} ({', '.join(self._parameters)})"
        if not callable(value):
            raise NotYet(f"{self.name} should be {wanted}, and is {shown(value)}")
        try:
            signature = inspect.signature(value)
        except (TypeError, ValueError):  # not every function that is built in has one
            return
        for count, names in self._arguments():
            try:
                signature.bind(*[None] * count, **dict.fromkeys(names))
            except TypeError as error:
                raise NotYet(f"{self.name} should be {wanted}, and yours is "
                             + ("one " if not self._is_class else "")
                             + f"{made} ({', '.join(signature.parameters)}): {error}") from None

    def _arguments(self) -> Iterator[Arguments]:
        for node in self._calls:
            count, names = len(node.args), [each.arg for each in node.keywords if each.arg]
            if any(isinstance(each, ast.Starred) for each in node.args):
                if self._parameters is None:
                    continue
                count = len(self._parameters) - len(names)
            yield count, names

    def blamed_for(self, error: BaseException, file: str) -> str:
        """What failed, if an error came where the check, the lines of this file, uses the name."""
        lines = [line for frame, line in traceback.walk_tb(error.__traceback__)
                 if frame.f_code.co_filename == file][-1:]

        def at(nodes: Sequence[ast.expr]) -> bool:
            return any(node.lineno <= line <= (node.end_lineno or node.lineno)
                       for node in nodes for line in lines)

        if at(self._calls):
            return f"the check calls {self.name}, and this fails"
        return f"the check cannot work with your {self.name}" if at(self._uses) else ""


def _parameters(defined: ast.FunctionDef | ast.ClassDef) -> list[str] | None:
    """The names with which a function is called or an object is made; None if that is not told."""
    if isinstance(defined, ast.FunctionDef):
        arguments = defined.args
        if arguments.vararg or arguments.kwarg:
            return None
        return [each.arg for each in (*arguments.posonlyargs, *arguments.args,
                                      *arguments.kwonlyargs)]
    for each in defined.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            parameters = _parameters(each)
            return parameters and parameters[1:]
    # Those of a dataclass.
    return [each.target.id for each in defined.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]


def lacking(error: BaseException, values: Sequence[object]) -> str:
    """What an object of one of these classes should have; nothing if that was not the fault."""
    if isinstance(error, AttributeError) and any(type(error.obj) is each for each in values):
        return f"an object of your class {type(error.obj).__name__} has no {error.name}"
    return ""
