"""Stored notebooks are in the form `make notebooks` leaves them in, and can repeat."""

import base64
import copy
import io

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import run_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image


def test_stored_notebook_has_no_fault(path):
    found = run_notebooks.faults(path)
    assert not found, "\n".join(found)


@pytest.fixture
def stored(tmp_path):
    """Store a notebook in normal form after `change` was made to it; return its path."""

    def store(change=lambda notebook: None):
        cell = new_code_cell(
            "1 + 1",
            id="sum",
            execution_count=1,
            outputs=[new_output("execute_result", {"text/plain": "2"}, execution_count=1)],
        )
        notebook = new_notebook(cells=[new_markdown_cell("# Add", id="title"), cell])
        notebook = run_notebooks.normalise(notebook)
        change(notebook)
        path = tmp_path / "01_add.ipynb"
        path.write_text(run_notebooks.dump(notebook), encoding="utf-8")
        return path

    return store


def test_normalised_notebook_has_no_fault(stored):
    assert run_notebooks.faults(stored()) == []


def test_normalising_twice_changes_nothing(stored):
    notebook = nbformat.read(stored(), as_version=4)
    again = run_notebooks.normalise(copy.deepcopy(notebook))
    assert run_notebooks.dump(again) == run_notebooks.dump(notebook)


def test_a_picture_is_stored_once_in_few_colours_that_look_the_same():
    shades = np.add.outer(np.arange(200), np.arange(300)) / 500
    picture = Image.fromarray((255 * plt.get_cmap("viridis")(shades)).astype(np.uint8))
    file = io.BytesIO()
    picture.save(file, "PNG")
    encoded = base64.b64encode(file.getvalue()).decode()
    smaller = run_notebooks.with_a_palette(encoded)
    assert len(smaller) < len(encoded)
    assert run_notebooks.with_a_palette(smaller) == smaller
    shown = Image.open(io.BytesIO(base64.b64decode(smaller))).convert("RGB")
    difference = np.abs(np.asarray(shown, float) - np.asarray(picture.convert("RGB"), float))
    assert difference.mean() < 3  # of 255


def test_a_live_figure_keeps_its_html_and_loses_its_widget(stored):
    picture = '<img src="data:image/png;base64,0xabcdef0">'
    live = f'<nn-lab id="sum" data-experiment="{{}}">{picture}</nn-lab>'
    view = {run_notebooks.WIDGET_VIEW: {"model_id": "5"}, "text/html": live, "text/plain": "<live>",
            "image/png": "0xabcdef0"}

    def show(notebook):
        notebook.cells[1].outputs = [new_output("execute_result", view, execution_count=1)]
        run_notebooks.normalise(notebook)

    path = stored(show)
    assert run_notebooks.faults(path) == []
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert output.data == {"text/html": live, "text/plain": "<live>"}
    assert run_notebooks.output_text(output) == "<live>\n"


@pytest.mark.parametrize("tag", ["hide-input", "remove-input"])
def test_a_cell_folded_on_the_page_is_folded_in_jupyterlab(stored, tag):
    def fold(notebook):
        notebook.cells[1].metadata["tags"] = [tag]
        run_notebooks.normalise(notebook)

    path = stored(fold)
    assert run_notebooks.faults(path) == []
    cell = nbformat.read(path, as_version=4).cells[1]
    assert cell.metadata == {"tags": [tag], "jupyter": {"source_hidden": True}}


def fold_on_the_page_only(notebook):
    notebook.cells[1].metadata["tags"] = ["hide-input"]


def fold_in_jupyterlab_only(notebook):
    notebook.cells[1].metadata["jupyter"] = {"source_hidden": True}


def set_count(notebook):
    notebook.cells[1].execution_count = 7
    notebook.cells[1].outputs[0].execution_count = 7


def add_error(notebook):
    notebook.cells[1].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=[])]


def add_warning(notebook):
    notebook.cells[1].outputs.append(new_output("stream", name="stderr", text="careful\n"))


def add_address(notebook):
    notebook.cells[1].outputs[0].data["text/plain"] = "<object at 0x7f3a5c0b1d90>"


def add_times(notebook):
    notebook.cells[1].metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def add_widget_state(notebook):
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def ignore_output(notebook):
    notebook.cells[1].metadata["tags"] = ["nbval-ignore-output"]


def add_blank_cell(notebook):
    notebook.cells.append(new_code_cell("", id="blank"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (set_count, "not run in order"),
        (add_error, "raised ValueError"),
        (add_warning, "standard error"),
        (add_address, "memory address"),
        (add_times, "not in normal form"),
        (add_widget_state, "not in normal form"),
        (ignore_output, "say why"),
        (add_blank_cell, "is blank"),
        (fold_on_the_page_only, "not in normal form"),
        (fold_in_jupyterlab_only, "not in normal form"),
    ],
)
def test_fault_is_reported(stored, change, complaint):
    assert any(complaint in fault for fault in run_notebooks.faults(stored(change)))


def test_running_stores_outputs_in_normal_form(tmp_path):
    path = tmp_path / "01_add.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("print(1)\nprint(2)\n3")]), path)
    run_notebooks.run(path)
    assert run_notebooks.faults(path) == []
    outputs = nbformat.read(path, as_version=4).cells[0].outputs
    assert [run_notebooks.output_text(output) for output in outputs] == ["1\n2\n", "3"]


@pytest.mark.parametrize("name", ["01", "01_add", "01_add.ipynb", "book/01_add.ipynb"])
def test_a_notebook_is_named_by_its_start_its_file_or_its_path(tmp_path, monkeypatch, name):
    book = tmp_path / "book"
    book.mkdir()
    for file in ("01_add.ipynb", "02_subtract.ipynb"):
        (book / file).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_notebooks, "BOOK", book)
    (found,) = run_notebooks.select([name])
    assert found.samefile(book / "01_add.ipynb")


@pytest.mark.parametrize("name", ["nowhere", "nowhere.ipynb"])
def test_a_notebook_that_does_not_exist_is_named(name):
    with pytest.raises(SystemExit, match=f"no notebook is called '{name}'"):
        run_notebooks.select([name])


def test_failing_notebook_is_reported_and_left_alone(tmp_path, monkeypatch, capsys):
    path = tmp_path / "01_fail.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("int('seven')")]), path)
    before = path.read_bytes()
    monkeypatch.setattr("sys.argv", ["run_notebooks.py", str(path)])
    assert run_notebooks.main() == 1
    assert path.read_bytes() == before
    report = capsys.readouterr().out
    assert "int('seven')" in report
    assert "invalid literal for int()" in report
