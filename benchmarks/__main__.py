"""Run the benchmark and write the page: ``python -m benchmarks``, or ``--quick`` to try it out.

A quick run writes into _build/benchmarks; ``--in-page`` measures what runs in a browser again, and
keeps the other results; ``--page`` writes the page again from the results.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks import machine

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
BOOK = ROOT / "book"
TRIAL = ROOT / "_build" / "benchmarks"


def main() -> None:
    """Measure unless only the page is asked for; then write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run of about a minute")
    parser.add_argument("--in-page", action="store_true", help="measure that part alone again")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    arguments = parser.parse_args()
    machine.pin_to_one_thread()  # before NumPy is imported
    from benchmarks import page, record

    results_file, book = (TRIAL / "results.json", TRIAL) if arguments.quick else (RESULTS, BOOK)
    if not arguments.page:
        if arguments.in_page:
            measured = record.run_in_page(arguments.quick)
            if not measured:
                sys.exit(1)
            results = json.loads(results_file.read_text(encoding="utf-8"))
            results["in_page"] = measured | {"apart": True}
        else:
            results = record.run(arguments.quick)
        results_file.parent.mkdir(parents=True, exist_ok=True)
        results_file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    page.write(json.loads(results_file.read_text(encoding="utf-8")), book)
    print(f"\nWrote {results_file.relative_to(ROOT)} and {(book / page.FILE).relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
