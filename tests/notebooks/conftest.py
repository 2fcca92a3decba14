"""Every test here is given `path`, one notebook of the book at a time."""

from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).resolve().parents[2] / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))


def pytest_generate_tests(metafunc):
    if "path" in metafunc.fixturenames:
        # An empty list would skip every test: a book that lost its notebooks must fail instead.
        assert NOTEBOOKS, f"{BOOK} holds no notebook"
        metafunc.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)
