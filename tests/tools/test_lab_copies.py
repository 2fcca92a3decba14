"""Copies of the notebooks that read well in JupyterLab, and are the reader's."""

import json
from pathlib import Path

import lab
import nbformat
import pytest

from book._ext.plain_notebooks import numbers
from nnlib import exercises

BOOK = Path(__file__).resolve().parents[2] / "book"


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """A folder of copies of one notebook, whose text `write` changes."""
    book, folder = tmp_path / "book", tmp_path / "lab"
    (book / "evidence").mkdir(parents=True)
    (book / "evidence" / "rates.npz").write_bytes(b"rates")
    (book / "variants").mkdir()
    (book / "variants" / "chapter_01.py").write_text("VARIANTS = {}")
    (book / "frameworks.json").write_text("{}")
    texts = {}
    monkeypatch.setattr(lab, "plain_notebooks", lambda _: texts.items())

    def write(**changes):
        texts.update({f"{name}.ipynb": text for name, text in changes.items()})
        return lab.copy_notebooks(book, folder)

    write.folder = folder
    return write


def test_copies_follow_the_book_with_what_they_read(copies):
    for text in ("first", "second"):
        assert copies(one=text, two="same") == []
        assert (copies.folder / "one.ipynb").read_text() == text
    assert (copies.folder / "evidence" / "rates.npz").read_bytes() == b"rates"
    assert (copies.folder / "variants" / "chapter_01.py").read_text() == "VARIANTS = {}"
    assert (copies.folder / "frameworks.json").is_file()


def test_what_a_reader_has_changed_stays(copies):
    copies(one="first", two="first")
    (copies.folder / "one.ipynb").write_text("mine")
    assert copies(one="second", two="second") == ["one.ipynb"]
    assert (copies.folder / "one.ipynb").read_text() == "mine"
    assert (copies.folder / "two.ipynb").read_text() == "second"
    (copies.folder / "one.ipynb").unlink()
    assert copies(one="second") == []
    assert (copies.folder / "one.ipynb").read_text() == "second"


def test_a_notebook_that_was_there_before_stays(copies):
    copies.folder.mkdir()
    (copies.folder / "one.ipynb").write_text("mine")
    assert copies(one="first") == ["one.ipynb"]
    assert copies(one="second") == ["one.ipynb"]


def test_an_exercise_has_its_variants_in_copies_too(tmp_path):
    lab.copy_notebooks(BOOK, tmp_path)
    found = exercises.with_variants(BOOK)
    assert exercises.with_variants(tmp_path) == found != []
    number = numbers(BOOK)
    for folder in (BOOK, tmp_path):
        assert [exercises.variant(number[label], 42, folder).name for label in found] == found


def test_copies_that_were_stopped_are_not_taken_for_changed_ones(copies, monkeypatch):
    def stop(path, content, write=lab.write):
        if path.name == "two.ipynb":
            raise KeyboardInterrupt
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(lab, "write", stop)
        with pytest.raises(KeyboardInterrupt):
            copies(one="first", two="first")
    assert [path.name for path in copies.folder.glob("*.ipynb")] == ["one.ipynb"]
    assert copies(one="second", two="second") == []
    assert (copies.folder / "one.ipynb").read_text() == "second"
    assert (copies.folder / "two.ipynb").read_text() == "second"


def test_a_copy_that_is_the_books_needs_no_record(copies):
    copies(one="first")
    (copies.folder / lab.COPIED).unlink()
    assert copies(one="first") == []
    assert copies(one="second") == []
    assert (copies.folder / "one.ipynb").read_text() == "second"


@pytest.mark.parametrize("damaged", [b"", b'{"one.ipynb": "', b"[]", b"\xff"])
def test_without_a_whole_record_copies_that_differ_stay(damaged, copies):
    copies(one="first", two="first")
    (copies.folder / lab.COPIED).write_bytes(damaged)
    assert copies(one="second", two="first") == ["one.ipynb"]
    assert (copies.folder / "one.ipynb").read_text() == "first"
    assert copies(one="second", two="second") == ["one.ipynb"]
    assert (copies.folder / "two.ipynb").read_text() == "second"


def test_the_copies_are_notebooks_with_words_in_place_of_roles():
    notebooks = {name: nbformat.reads(text, as_version=4)
                 for name, text in lab.plain_notebooks(BOOK)}
    assert set(notebooks) == {path.name for path in BOOK.glob("*.ipynb")}
    for name, notebook in notebooks.items():
        nbformat.validate(notebook)
        assert "{numref}`" not in json.dumps(notebook.cells), name
