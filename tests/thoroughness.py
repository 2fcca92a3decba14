"""How much of what repeats is tried: with EVERYTHING=1 all of it, else some that stand for all.

CONTRIBUTING.md lists what that is.
"""

import os
import random
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

EVERYTHING = bool(os.environ.get("EVERYTHING"))


def git(*arguments: str) -> str:
    """What Git says; nothing outside a repository."""
    return subprocess.run(["git", *arguments], cwd=Path(__file__).parent,
                          capture_output=True, text=True, check=False).stdout.strip()


@cache
def commit() -> int:
    """The hash of the commit as a number; outside a repository, the same each time."""
    return int(git("rev-parse", "HEAD") or "0", 16) % 2**63


@cache
def changed() -> frozenset[str]:
    """What the commit, or whoever is at work on the next one, has changed: paths in the repository.

    CHANGED_SINCE names another commit to compare with than the one before.  Where that is not
    known, as in a copy without its history, only what is new is.
    """
    return frozenset(
        git("diff", "--name-only", "--no-relative", os.environ.get("CHANGED_SINCE") or "HEAD^")
        .splitlines()
        + git("ls-files", "--others", "--exclude-standard", "--full-name", ":/").splitlines())


def drawn(name: str, share: float) -> bool:
    """Whether the commit draws what has this name, of such a share of all."""
    return EVERYTHING or random.Random(f"{commit()} {name}").random() < share


def some(things: Sequence[Any], share: float, always: Sequence[Any] = ()) -> list[Any]:
    """These and a share of the others, which the commit draws: other ones with each commit."""
    others = [thing for thing in things if thing not in always]
    drawn = others if EVERYTHING else random.Random(commit()).sample(
        others, round(share * len(others)))
    return [thing for thing in things if thing in always or thing in drawn]


def one(things: Sequence[Any]) -> list[Any]:
    """One of these, if there are any, which the commit draws however much is tried."""
    return [random.Random(commit()).choice(things)] if things else []
