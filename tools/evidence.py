"""Make stored evidence again, whole or a tenth of it: what `make evidence` does.

    python tools/evidence.py                 # every file that a notebook names, on all cores
    python tools/evidence.py rates           # those whose name starts so
    python tools/evidence.py --tenth rates   # a tenth of the seeds, compared; nothing is written

A notebook takes evidence with `study.stored("evidence/NAME.npz")`. Its study is found by running
what that line needs of the notebook: imports, functions and assignments, not what prints or draws.
A file is replaced when the new one is whole. A run that is stopped goes on at the next.
"""

import argparse
import ast
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import joblib
import nbformat
import numpy as np

from nnlib.studies import Results, Study

BOOK = Path(__file__).resolve().parent.parent / "book"
STORED = Study.stored


def statements(notebook: Path) -> list[ast.stmt]:
    """Those of the code cells, in order; a line that speaks to IPython is left out."""
    found = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            lines = [line for line in cell.source.splitlines() if not line.startswith(("%", "!"))]
            found += ast.parse("\n".join(lines)).body
    return found


COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(node: ast.AST) -> set[str]:
    """The names to which a node gives a value, as far as the notebook sees them."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Name(id=name, ctx=ast.Store()):
            return {name}
        case ast.alias():
            return {(node.asname or node.name).split(".")[0]}
    if isinstance(node, (ast.Lambda, *COMPREHENSIONS)):
        return set()
    return set().union(*map(bound, ast.iter_child_nodes(node)))


def used(node: ast.AST) -> set[str]:
    """The names that a node, or a function in it, may ask for and does not make itself."""
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Store) else {node.id}
    inside: list[ast.AST] = []
    own: set[str] = set()
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        inside = node.body if isinstance(node, ast.FunctionDef) else [node.body]
        own = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        own = own.union(*map(bound, inside))
    elif isinstance(node, COMPREHENSIONS):
        inside = list(ast.iter_child_nodes(node))
        own = own.union(*(bound(each.target) for each in node.generators))
    outside = [child for child in ast.iter_child_nodes(node) if child not in inside]
    return set().union(*map(used, outside), *(used(child) - own for child in inside))


def takes_evidence(statement: ast.stmt) -> bool:
    """Whether the notebook itself, not a function of it, calls `stored` here."""
    return not isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and "stored" in {
        node.func.attr for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def needed(
    body: list[ast.stmt], wanted: Callable[[ast.stmt], bool] = takes_evidence
) -> list[ast.stmt]:
    """The statements that are wanted, and those whose names they rest on."""
    functions: dict[str, set[str]] = {}
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            functions.setdefault(statement.name, set()).update(used(statement))

    def rests_on(names: set[str]) -> set[str]:
        """These names, and those that functions among them ask for when they are called."""
        more = set().union(*(functions.get(name, set()) for name in names)) - names
        return rests_on(names | more) if more else names

    kept, names = [], set()
    for statement in reversed(body):
        if wanted(statement) or bound(statement) & names:
            kept.append(statement)
            # What is surely defined anew need not be looked for further up, unless it rests on
            # itself.
            if isinstance(statement, (ast.Assign, ast.Import, ast.ImportFrom, ast.FunctionDef)):
                names -= bound(statement)
            names |= rests_on(used(statement))
    return kept[::-1]


def take(notebook: Path, act: Callable[[Study, Path], Results]) -> None:
    """Run what a notebook's evidence rests on, with `act(study, path)` in place of `stored`."""
    program = ast.Module(needed(statements(notebook)), [])
    if not program.body:
        return
    # As in a notebook: joblib then sends the functions themselves to other processes.
    names = {"__name__": "__main__"}
    stored, before = Study.stored, Path.cwd()
    Study.stored = lambda study, path: act(study, notebook.parent / path)
    os.chdir(notebook.parent)
    try:
        exec(compile(program, notebook.name, "exec"), names)
    finally:
        os.chdir(before)
        Study.stored = stored


def make(study: Study, path: Path) -> Results:
    """Write the evidence of a study anew."""
    study.progress = True
    new = path.with_suffix(".new.npz")
    began = time.perf_counter()
    new.unlink(missing_ok=True)    # a run that was killed at its very end may have left it
    results = STORED(study, new)
    os.replace(new, path)
    print(f"{path.name}: {len(results)} nets, {path.stat().st_size / 1e6:.2f} MB, "
          f"{(time.perf_counter() - began) / 60:.1f} minutes", flush=True)
    return results


def compare_a_tenth(study: Study, path: Path) -> Results:
    """Train a tenth of the seeds, and say how far their numbers are from those of the file."""
    if not path.is_file():
        sys.exit(f"{path} is missing: make it first, without --tenth")
    part = study.part(0.1)
    part.progress = True
    began = time.perf_counter()
    table = part.run().table
    minutes = (time.perf_counter() - began) / 60
    results = STORED(study, path)
    own = np.isin(results.table["seed"], part.seeds)
    share = len(table["seed"]) / len(own)
    print(f"{path.name}: {own.sum()} nets in {minutes:.1f} minutes, so "
          f"{minutes / share:.0f} for all {len(own)}")
    for name in ("loss", "validation_accuracy", "test_accuracy"):
        here, there = table[name], results.table[name][own]
        if np.isfinite(here).any():
            print(f"    {name}: median {np.nanmedian(here):.4f}, in the file "
                  f"{np.nanmedian(there):.4f}; equal to six digits in "
                  f"{np.isclose(here, there, rtol=1e-6).sum()} of {len(here)}", flush=True)
    return results


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="how the names of files begin (default: all)")
    parser.add_argument("--tenth", action="store_true", help="a tenth of the seeds, compared")
    arguments = parser.parse_args()
    names, work = tuple(arguments.names) or ("",), compare_a_tenth if arguments.tenth else make
    done = []

    def act(study: Study, path: Path) -> Results:
        if not path.name.startswith(names):
            if not path.is_file():
                sys.exit(f"{path} is missing, on which others may rest: make it too")
            return STORED(study, path)
        done.append(path)
        return work(study, path)

    with joblib.parallel_config(n_jobs=-1):
        for notebook in sorted(BOOK.glob("*.ipynb")):
            take(notebook, act)
    if not done:
        sys.exit(f"no notebook takes evidence whose name starts with {' or '.join(names)}")


if __name__ == "__main__":
    main()
