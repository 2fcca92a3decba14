"""Variants of exercises on the command line, for those who set and mark work.

    python -m nnlib.exercises list
    python -m nnlib.exercises text 3.2 --seeds 42
    python -m nnlib.exercises answers 3.2 --seeds 1-30
    python -m nnlib.exercises check 3.2 answer.py --seeds 42

Run it where the book is, or name its folder with --book.
"""

import argparse
import csv
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from nnlib.exercises.exercise import CORRECT
from nnlib.exercises.variants import numbers, sheet, variant

MOST_SEEDS = 10_000


def seeds_of(text: str) -> list[int]:
    """The seeds of a list such as 1-30 or 3,7,12."""
    seeds: list[int] = []
    for part in text.split(","):
        ends = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (1, 0)
        if last < first:
            raise argparse.ArgumentTypeError(f"seeds are such as 1-30 or 3,7,12, not {text!r}")
        if len(seeds) + last - first >= MOST_SEEDS:
            raise argparse.ArgumentTypeError(f"at most {MOST_SEEDS} seeds, not {text!r}")
        seeds += range(first, last + 1)
    return seeds


def aligned(rows: Sequence[dict[str, str]]) -> str:
    """Rows under their titles, in columns; an answer of several lines takes as many."""
    titles = list(rows[0])
    table = [titles, *(list(row.values()) for row in rows)]
    widths = [max(len(line) for row in table for line in row[column].split("\n"))
              for column in range(len(titles))]
    lines = []
    for row in table:
        cells = [cell.split("\n") for cell in row]
        for number in range(max(map(len, cells))):
            pieces = (cell[number] if number < len(cell) else "" for cell in cells)
            lines.append("  ".join(map(str.ljust, pieces, widths)).rstrip())
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; 1 if an answer that is checked is not correct."""
    parser = argparse.ArgumentParser(prog="python -m nnlib.exercises", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    acts = parser.add_subparsers(dest="act", required=True)
    for act, help_ in (("list", "the exercises that have variants, with their numbers"),
                       ("text", "what is asked, in Markdown"),
                       ("answers", "a sheet of answers, a row for each seed"),
                       ("check", "whether the code of a file is right; it is run, so trust it")):
        own = acts.add_parser(act, help=help_)
        own.add_argument("--book", type=Path, help="the folder of the book")
        if act == "list":
            continue
        own.add_argument("name", help="an exercise, such as ex-03-pencil or 3.1")
        if act == "check":
            own.add_argument("file", type=Path)
        own.add_argument("--seeds", type=seeds_of, required=True, help="such as 1-30 or 3,7,12")
        if act == "answers":
            own.add_argument("--csv", action="store_true", help="for a spreadsheet")
    asked = parser.parse_args(arguments)
    try:
        return act_on(asked)
    except (ValueError, OSError) as error:
        parser.error(str(error))


def act_on(asked: argparse.Namespace) -> int:
    """Print what was asked for."""
    if asked.act == "list":
        print("\n".join(f"{number:5} {name}" for name, number in numbers(asked.book).items()))
    elif asked.act == "answers":
        rows = sheet(asked.name, asked.seeds, asked.book)
        if asked.csv:
            table = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        else:
            print(aligned(rows))
    elif asked.act == "text":
        texts = [str(variant(asked.name, seed, asked.book)) for seed in asked.seeds]
        print("\n\n---\n\n".join(texts))
    else:
        code = asked.file.read_text(encoding="utf-8")
        outcomes = [variant(asked.name, seed, asked.book).exercise.attempt(code)
                    for seed in asked.seeds]
        for seed, outcome in zip(asked.seeds, outcomes, strict=True):
            print(f"{asked.name}, variant {seed}: {outcome!r}")
        return int(any(outcome.status != CORRECT for outcome in outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
