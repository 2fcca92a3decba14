"""Every file of stored evidence belongs to a study of the book, and its numbers are proved.

Which nets of which files are trained again, the commit decides: other ones with each commit, and
the same ones when a red run is repeated.
"""

from pathlib import Path

import evidence
import pytest
from thoroughness import EVERYTHING, changed, commit, drawn

from nnlib.studies import Study

FOLDER = evidence.BOOK / "evidence"
# What no study can express is proved by a test of its own.
OTHERS = {"digits_contest.npz": "test_contests.py"}
FILES = sorted(file for file in FOLDER.glob("*.npz") if file.name not in OTHERS)

# Megabytes, of one file and of all.
LIMIT, LIMIT_OF_ALL = 1.0, 25.0

# Of one core, for all files together; and nets of a file at the most.
SECONDS, NETS = (1200, 200) if EVERYTHING else (20, 20)
# On another processor a net is trained so often, now and then oftener.
TIMES = 2
# Files take turns; those whose nets take a second and more have fewer.
SHARE, LONG, SHARE_OF_LONG = 1 / 3, 1.0, 1 / 9


@pytest.fixture(scope="module")
def studies():
    """The studies of the book, their results and notebooks, by the files that hold the results."""
    found = {}

    def noted(study: Study, path: Path):
        assert path.parent.resolve() == FOLDER, f"{path} is not in book/evidence"
        assert path.is_file(), f"{path.name} is missing: `make evidence ONLY={path.stem}`"
        results = evidence.STORED(study, path)
        found[path.resolve()] = study, results, notebook
        return results

    for notebook in sorted(evidence.BOOK.glob("*.ipynb")):
        evidence.take(notebook, noted)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_notebook_takes_the_file(studies, file):
    assert file in studies


def is_drawn(file: Path, notebook: Path, seconds: float) -> bool:
    """Whether the commit draws the file, of which a net takes so long, or has changed either."""
    paths = {each.relative_to(evidence.BOOK.parent).as_posix() for each in (file, notebook)}
    return (not changed().isdisjoint(paths)
            or drawn(file.stem, SHARE_OF_LONG if seconds > LONG else SHARE))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nets_that_the_commit_draws_come_to_what_is_stored(studies, file):
    study, results, notebook = studies[file]
    seconds = results.provenance["seconds"] / len(results)
    if not is_drawn(file, notebook, seconds):
        pytest.skip("not drawn by this commit")
    tried = len(FILES) * (1 if EVERYTHING else SHARE)
    nets = int(min(NETS, max(1, SECONDS / TIMES / tried / seconds), len(results)))
    assert study.proof(file, nets, commit()) == []


def test_evidence_is_small():
    sizes = [file.stat().st_size / 1e6 for file in FOLDER.glob("*.npz")]
    assert max(sizes, default=0) <= LIMIT
    assert sum(sizes) <= LIMIT_OF_ALL


def test_only_evidence_is_in_its_folder():
    known = {"README.md", *OTHERS, *(file.name for file in FILES)}
    assert {path.name for path in FOLDER.iterdir()} <= known


def test_what_is_no_study_is_there_and_has_its_test():
    for file, test in OTHERS.items():
        assert (FOLDER / file).is_file()
        assert file in Path(__file__).with_name(test).read_text()
