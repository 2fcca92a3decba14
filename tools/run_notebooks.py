"""Run the book's notebooks from fresh kernels and store them in one normal form.

    python tools/run_notebooks.py            # all of book/*.ipynb, in order
    python tools/run_notebooks.py 03         # those whose file name starts with 03
    python tools/run_notebooks.py a.ipynb    # this file, here or in book/
    python tools/run_notebooks.py --check    # report what is not in normal form; run nothing

Normal form means that a notebook run twice is the same file twice: no times, no widget state, no
metadata that an editor left behind. A notebook that fails is reported and its file is left alone.
"""

import argparse
import base64
import io
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from PIL import Image

BOOK = Path(__file__).resolve().parent.parent / "book"
CELL_TIMEOUT = 300  # seconds

# No version in language_info: the notebook is the same on every supported Python.
# JupyterLite needs both `language` and `name`, or it asks the reader which kernel to use.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"tags", "mystnb"}  # what the site and nbval read; editors write the rest
# The site folds the code of cells with these tags. JupyterLab knows no tags: it gets its own word.
FOLDED = {"hide-input", "remove-input"}
FOLDED_IN_JUPYTER = {"source_hidden": True}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
LIVE_FIGURE = re.compile(r"<nn-lab .*?</nn-lab>", re.S)
UNREPEATABLE = {
    "a memory address": re.compile(r"\b0x[0-9a-f]{6,}\b"),
    "the path of a kernel's temporary file": re.compile(r"ipykernel_\d+"),
}


def select(arguments: list[str]) -> list[Path]:
    """Notebooks named by path or by the start of their file name; all without arguments."""
    paths = []
    for argument in arguments or [""]:
        if argument.endswith(".ipynb"):
            found = [path for path in (Path(argument), BOOK / argument) if path.is_file()][:1]
        else:
            found = sorted(BOOK.glob(f"{argument}*.ipynb"))
        if not found:
            sys.exit(f"no notebook is called {argument!r} or starts with it in {BOOK}")
        paths += found
    return paths


def is_code(cell: NotebookNode) -> bool:
    """Whether the kernel runs this cell: Jupyter passes over code cells that are blank."""
    return cell.cell_type == "code" and bool(cell.source.strip())


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Bring a notebook that has just been run into normal form, in place."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    seen: set[str] = set()
    count = 0
    for position, cell in enumerate(notebook.cells, start=1):
        if not cell.get("id") or cell.id in seen:
            cell.id = f"cell-{position:02d}"
        seen.add(cell.id)
        cell.metadata = nbformat.from_dict(
            {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        )
        if cell.cell_type != "code":
            cell.pop("attachments", None)
            continue
        if is_code(cell):
            count += 1
        if FOLDED.intersection(tags(cell)):
            cell.metadata["jupyter"] = nbformat.from_dict(FOLDED_IN_JUPYTER)
        cell.execution_count = count if is_code(cell) else None
        for output in cell.outputs:
            normalise_output(output, cell.execution_count)
    return notebook


def normalise_output(output: NotebookNode, count: int | None) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    if output.output_type == "error":
        # The frames name files of this machine; the page needs the message only.
        output.traceback = [f"{output.ename}: {output.evalue}"]
    if "data" in output:
        # A view points into widget state, which is not stored: without it Jupyter shows the
        # picture in the HTML beside it, with it an error message.
        output.data.pop(WIDGET_VIEW, None)
        if LIVE_FIGURE.search(output.data.get("text/html", "")):
            output.data.pop("image/png", None)  # it is in the HTML too
        if "image/png" in output.data:
            output.data["image/png"] = with_a_palette(output.data["image/png"])


def with_a_palette(encoded: str) -> str:
    """A PNG in base64, in 256 colours of its own choice: a third of the bytes, and no eye sees it.

    A picture that has a palette already is left as it is.
    """
    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    if picture.mode == "P":
        return encoded
    on_white = Image.alpha_composite(
        Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")
    ).convert("RGB")
    smaller = io.BytesIO()
    on_white.quantize(256).save(smaller, "PNG", optimize=True)
    return base64.b64encode(smaller.getvalue()).decode("ascii")


def faults(path: Path) -> list[str]:
    """What keeps a stored notebook from being one that ran in order and will repeat."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    found = []
    counts = [cell.execution_count for cell in notebook.cells if is_code(cell)]
    if counts != list(range(1, len(counts) + 1)):
        found.append(f"cells were not run in order from a fresh kernel: counts {counts}")
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        where = f"cell {position} ({first_line(cell)})"
        if not cell.source.strip():
            found.append(f"cell {position} is blank: delete it")
        compared = "nbval-ignore-output" not in tags(cell)
        if not compared and "# Not compared:" not in cell.source:
            found.append(
                f"{where} is tagged nbval-ignore-output: say why in a comment '# Not compared: ...'"
            )
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                found.append(f"{where} raised {output.ename}: mend it or tag it raises-exception")
            if compared and output.get("name") == "stderr":
                found.append(f"{where} writes to standard error: {output.text.strip()[:80]}")
            if compared:
                found += [
                    f"{where} prints {what}, which never repeats"
                    for what, pattern in UNREPEATABLE.items()
                    if pattern.search(output_text(output))
                ]
    if text != dump(normalise(notebook)):
        found.append("the file is not in normal form: run `make notebooks ONLY=" + path.stem + "`")
    return found


def output_text(output: NotebookNode) -> str:
    """What one output says in words: printed text, the text of a result, an error's message.

    A live figure says nothing: it is a picture and its settings.
    """
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    data = output.data
    text = "\n".join(data[kind] for kind in ("text/plain", "text/html") if kind in data)
    return LIVE_FIGURE.sub("", text)


def first_line(cell: NotebookNode) -> str:
    return next((line.strip() for line in cell.source.splitlines() if line.strip()), "blank")[:60]


def dump(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def run(path: Path) -> None:
    """Execute one notebook from a fresh kernel and store it."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # not the kernel's warning that it uses TCP
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    normalise(notebook)
    nbformat.validate(notebook)
    path.write_text(dump(notebook), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("notebook", nargs="*", help="path, or start of a file name; default: all")
    parser.add_argument("--check", action="store_true", help="report faults of form, run nothing")
    options = parser.parse_args()
    paths = select(options.notebook)
    failed = []
    for path in paths:
        print(f"{path.name:45}", end="", flush=True)
        started = time.perf_counter()
        if options.check:
            problems = faults(path)
        else:
            try:
                run(path)
                problems = faults(path)
            except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
                problems = [f"not run to its end, so not stored:\n{error}"]
        print("ok" if options.check and not problems else f"{time.perf_counter() - started:6.1f} s")
        for problem in problems:
            print(f"    {problem}")
        if problems:
            failed.append(path.name)
    if failed:
        print(f"{len(failed)} of {len(paths)} notebooks need mending: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
