"""Every chapter opens, closes and shows its figures the way CONTRIBUTING.md says."""

import ast
import itertools
import re

import nbformat
import pytest
import run_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

OPENING = ["What you will do", "What you will learn", "What you need"]
CLOSING = ["Summary", "Exercises", "Further reading"]
HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.+?)\s*$", re.M)
DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>exercise|solution)(?P<gate>-start|-end)?\}"
    r"[ \t]*(?P<argument>[^\n]*)(?P<options>(?:\n:[\w-]+:[^\n]*)*)",
    re.M,
)
# `:label: ex-07-add`, `(sec-add)=` and `$$ (eq-add)`.
LABEL = re.compile(
    r"^:(?:label|name):[ \t]*(\S+)|^\(([\w-]+)\)=|\$\$[ \t]*\(([\w-]+)\)[ \t]*$", re.M
)
SUMMARY_WORDS = 20
LINES_OPEN = 8    # a cell that draws or prints a table in so many lines may stand open
TOC = run_notebooks.BOOK.parent / "_toc.yml"


def markdown(cells) -> str:
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def sections(notebook) -> list[tuple[str, list]]:
    """Second-level titles in order, each with its cells; the first cell's title is level one.

    A markdown cell that starts a section starts with its heading.
    """
    found = [("", [])]
    for cell in notebook.cells:
        heading = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if heading and heading["marks"] == "##":
            found.append((heading["title"], []))
        found[-1][1].append(cell)
    return found


def opening_faults(notebook) -> list[str]:
    faults = []
    before_code = itertools.takewhile(lambda cell: cell.cell_type == "markdown", notebook.cells)
    text = markdown(before_code)
    titles = [m for m in HEADING.finditer(markdown(notebook.cells)) if m["marks"] == "#"]
    if len(titles) != 1 or not text.startswith(titles[0][0]):
        faults.append("a chapter has one title (# ...), on its first line")
    start = 0
    for phrase in OPENING:
        # As a heading or in bold, then a list: its items start with a dash or a star.
        found = re.search(
            rf"^(?:#+\s+|\*\*){phrase}[.:]?(?:\*\*)?[.:]?\s*\n\s*[-*] \S", text[start:], re.M | re.I
        )
        if not found:
            faults.append(f"before the first code cell, '{phrase}' and its list are missing")
        else:
            start += found.end()
    return faults


def closing_faults(notebook) -> list[str]:
    parts = sections(notebook)
    if [title for title, _ in parts[-3:]] != CLOSING:
        return [f"the last sections must be {CLOSING}, not {[title for title, _ in parts[-3:]]}"]
    (_, summary), (_, exercises), (_, reading) = parts[-3:]
    faults = exercise_faults(exercises)
    words = len(HEADING.sub("", markdown(summary)).split())
    if words < SUMMARY_WORDS:
        faults.append(f"the summary has {words} words: it needs {SUMMARY_WORDS} or more")
    if not re.search(r"\{cite(?::\w+)?\}`", markdown(reading)):
        faults.append("further reading cites nothing from references.bib: write {cite:t}`key`")
    return faults


def exercise_faults(cells) -> list[str]:
    """Exercises and solutions are directives; a solution's code is cells between its gates."""
    faults, exercises, solutions = [], [], {}
    open_solution = None
    for cell in cells:
        if cell.cell_type == "code":
            if open_solution and cell.source.strip():
                solutions[open_solution] += 1
            continue
        for found in DIRECTIVE.finditer(cell.source):
            name, gate = found["name"], found["gate"]
            if name == "exercise" and gate != "-end":
                label = re.search(r"^:label:\s*(\S+)", found["options"], re.M)
                exercises.append(label[1] if label else "")
                if not label:
                    faults.append(f"exercise {found['argument']!r} has no :label:")
            elif name == "solution" and gate == "-start":
                open_solution = found["argument"].strip()
                solutions[open_solution] = 0
                if not re.search(r"^:class:.*\bdropdown\b", found["options"], re.M):
                    faults.append(f"the solution of {open_solution} lacks ':class: dropdown'")
            elif name == "solution" and gate == "-end":
                open_solution = None
            elif name == "solution":
                faults.append(
                    f"the solution of {found['argument']} cannot hold code that runs: "
                    "use solution-start and solution-end"
                )
    if open_solution:
        faults.append(f"the solution of {open_solution} has no solution-end")
    if not 3 <= len(exercises) <= 6:
        faults.append(f"a chapter has 3 to 6 exercises, this one {len(exercises)}")
    faults += [f"{label} has no solution" for label in exercises if label not in solutions]
    faults += [f"the solution of {label} runs no code" for label, n in solutions.items() if n == 0]
    faults += [f"no exercise is called {label}" for label in solutions if label not in exercises]
    return faults


def figure_faults(notebook) -> list[str]:
    faults = []
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        live = live_names(cell)
        pictures = any("image/png" in output.get("data", {}) for output in cell.outputs)
        if not live and not pictures:
            continue
        settings = cell.metadata.get("mystnb", {})
        figure = settings.get("figure", {})
        alt = settings.get("image", {}).get("alt", "").strip()
        missing = [
            what
            for what, there in (
                ("mystnb.figure.caption", figure.get("caption", "").strip()),
                ("mystnb.figure.name, 'fig-...'", figure.get("name", "").startswith("fig-")),
                ("mystnb.image.alt", alt or not pictures),
            )
            if not there
        ]
        if missing:
            faults.append(f"the figure of cell {position} lacks metadata: {'; '.join(missing)}")
        # The site makes a figure of every output but printed text, under the cell's one name.
        shown = [output for output in cell.outputs if "data" in output]
        if len(shown) > 1:
            pictures_only = all("image/png" in output.data for output in shown)
            cure = "draw one figure a cell" if pictures_only else "end its last line with `;`"
            faults.append(
                f"cell {position} has {len(shown)} outputs, so {len(shown)} figures of one name: "
                + cure
            )
    return faults


def live_names(cell) -> list[str]:
    """The names of the live figures that a cell shows."""
    return [
        name
        for output in cell.get("outputs", [])
        for name in re.findall(r'<nn-lab id="([^"]+)"', output.get("data", {}).get("text/html", ""))
    ]


def labels(notebook) -> list[str]:
    """Names of figures, equations, exercises and solutions: what the text can refer to."""
    found = [match[match.lastindex] for match in LABEL.finditer(markdown(notebook.cells))]
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}) for cell in notebook.cells]
    found += [figure["name"] for figure in figures if figure.get("name")]
    return found + [name for cell in notebook.cells for name in live_names(cell)]


def label_faults(name: str, book: dict[str, list[str]]) -> list[str]:
    """Labels of the notebook `name` that occur again in the book, given every notebook's labels."""
    faults = []
    for label in dict.fromkeys(book[name]):
        places = [file for file, there in book.items() for other in there if other == label]
        if len(places) > 1:
            faults.append(f"{label} is in {' and in '.join(places)}: rename one")
    return faults


def live_faults(notebook) -> list[str]:
    return [] if any(map(live_names, notebook.cells)) else [
        "no cell shows a live figure: end one with widgets.live(...)"
    ]


def fold_faults(notebook) -> list[str]:
    """Cells that show rather than teach, and stand open."""
    faults = []
    in_answer = False
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            gates = [m["gate"] for m in DIRECTIVE.finditer(cell.source) if m["name"] == "solution"]
            in_answer = gates[-1] == "-start" if gates else in_answer
            continue
        reason = why_folded(cell, in_answer)
        if reason and not run_notebooks.FOLDED.intersection(run_notebooks.tags(cell)):
            faults.append(f"cell {position} {reason}: tag it hide-input")
    return faults


def why_folded(cell, in_answer: bool) -> str:
    """What a cell does that is folded; nothing if it may stand open.

    An answer is folded as a whole: only a live figure in it is folded once more.
    """
    code = ast.parse(cell.source)
    calls = {node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
             for node in ast.walk(code)
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)}
    if calls & {"live", "Preset"}:
        return "builds a live figure or holds its presets"
    lines = len(cell.source.splitlines())
    if in_answer or lines <= LINES_OPEN:
        return ""
    if any("image/png" in output.get("data", {}) for output in cell.outputs):
        return f"draws a picture in {lines} lines"
    if prints_rows(code) and not any(
        isinstance(node, ast.FunctionDef | ast.ClassDef) for node in code.body
    ):
        return f"prints a table in {lines} lines"
    return ""


def prints_rows(code: ast.Module) -> bool:
    """Whether a cell prints in a loop."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for loop in ast.walk(code) if isinstance(loop, ast.For)
        for node in ast.walk(loop)
    )


ALL = [opening_faults, closing_faults, figure_faults, live_faults, fold_faults]


@pytest.mark.parametrize("faults", ALL)
def test_chapter_follows_the_rules(path, notebook, faults):
    if path.stem == "index" and faults is figure_faults:
        pytest.skip("the welcome page has one figure, at its top, and no caption")
    if not path.stem[0].isdigit() and faults in (opening_faults, closing_faults):
        pytest.skip("only chapters open and close alike")
    found = faults(notebook)
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def book_labels():
    paths = sorted(run_notebooks.BOOK.glob("*.ipynb"))
    return {path.name: labels(nbformat.read(path, as_version=4)) for path in paths}


def test_labels_occur_once_in_the_book(path, book_labels):
    found = label_faults(path.name, book_labels)
    assert not found, "\n".join(found)


def test_chapter_is_in_the_table_of_contents(path):
    listed = re.findall(r"^\s*-?\s*(?:file|root):\s*(\S+)", TOC.read_text(encoding="utf-8"), re.M)
    assert path.stem in listed, f"{path.stem} is not in _toc.yml"


LIVE = '<nn-lab id="adder" data-experiment="{}"><img src="data:," alt="A line."></nn-lab>'


def exercise(number: int) -> list:
    label = f"ex-add-{number}"
    return [
        new_markdown_cell(f"```{{exercise}} Add 1\n:label: {label}\nAdd 1 to {number}.\n```"),
        new_markdown_cell(f"```{{solution-start}} {label}\n:class: dropdown\n```"),
        new_code_cell(f"{number} + 1"),
        new_markdown_cell("```{solution-end}\n```"),
    ]


@pytest.fixture
def chapter():
    """A chapter that follows every rule."""
    lists = "\n\n".join(f"**{phrase}**\n\n- one thing" for phrase in OPENING)
    figure = {"figure": {"caption": "It rises.", "name": "fig-rise"}, "image": {"alt": "A line."}}
    return new_notebook(
        cells=[
            new_markdown_cell(f"# Add two numbers\n\n{lists}"),
            new_code_cell(
                "draw()",
                metadata={"mystnb": figure},
                outputs=[new_output("display_data", {"image/png": "iVBORw0KGgo="})],
            ),
            new_code_cell(
                "widgets.live(adder, 'adder', 'A line.')",
                metadata={
                    "mystnb": {"figure": {"caption": "Move it.", "name": "fig-live"}},
                    "tags": ["hide-input"],
                },
                outputs=[new_output("execute_result", {"text/html": LIVE})],
            ),
            new_markdown_cell("## Summary\n\n" + "A sum of two numbers is one number. " * 4),
            new_markdown_cell("## Exercises"),
            *exercise(1), *exercise(2), *exercise(3),
            new_markdown_cell("## Further reading\n\nSee {cite:t}`nielsen2015`."),
        ]
    )


def test_model_chapter_has_no_fault(chapter):
    assert [fault for check in ALL for fault in check(chapter)] == []


def replace(old: str, new: str):
    def change(notebook):
        assert any(old in cell.source for cell in notebook.cells)
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)
    return change


def remove_cells(start: int, stop: int):
    def change(notebook):
        del notebook.cells[start:stop]
    return change


def remove_metadata(position):
    def change(notebook):
        notebook.cells[position].metadata = {}
    return change


def add_output(kind: str, **content):
    def change(notebook):
        notebook.cells[1].outputs.append(new_output(kind, **content))
    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (replace("What you need", "You need"), "'What you need' and its list"),
        (replace("**What you will do**\n\n- one", "**What you will do**\n\none"), "will do"),
        (replace("# Add two numbers", "Add two numbers"), "one title"),
        (replace("## Summary", "## Conclusion"), "the last sections"),
        (replace("A sum of two numbers is one number. ", ""), "it needs 20"),
        (replace("{cite:t}`nielsen2015`", "Nielsen"), "cites nothing"),
        (replace(":class: dropdown", ""), "lacks ':class: dropdown'"),
        (replace("solution-start} ex-add-2", "solution-start} ex-add-9"), "ex-add-2 has no"),
        (replace("2 + 1", ""), "runs no code"),
        (replace(":label: ex-add-1\n", ""), "no :label:"),
        (replace("{solution-start}", "{solution}"), "cannot hold code that runs"),
        (remove_cells(5, 9), "this one 2"),
        (remove_metadata(1), "cell 1 lacks metadata: mystnb.figure.caption"),
        (remove_metadata(2), "cell 2 lacks metadata: mystnb.figure.caption"),
        (remove_cells(2, 3), "no cell shows a live figure"),
        (remove_metadata(2), "cell 2 builds a live figure"),
        (add_output("execute_result", data={"text/plain": "<Axes>"}), "last line with `;`"),
        (add_output("display_data", data={"image/png": "iVBORw0KGgo="}), "one figure a cell"),
    ],
)
def test_broken_rule_is_reported(chapter, change, complaint):
    change(chapter)
    assert any(complaint in fault for check in ALL for fault in check(chapter))


def cell_of(source: str, picture: bool = False):
    outputs = [new_output("display_data", {"image/png": "iVBORw0KGgo="})] if picture else []
    return new_code_cell(source, outputs=outputs)


TABLE = "for row in rows:\n    print(row)"
LONG = "\nx = 1" * LINES_OPEN


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (cell_of("widgets.live(adder)"), "live figure"),
        (cell_of("live(adder)"), "live figure"),
        (cell_of("presets = [lab.Preset('Fail', 'It is too long.', {})]"), "presets"),
        (cell_of("draw()" + LONG, picture=True), "draws a picture in 9 lines"),
        (cell_of("def draw():\n    pass" + LONG, picture=True), "draws a picture in 10 lines"),
        (cell_of(TABLE + LONG), "prints a table in 10 lines"),
    ],
)
def test_a_cell_that_shows_is_folded(chapter, cell, reason):
    chapter.cells.insert(1, cell)
    (fault,) = fold_faults(chapter)
    assert fault.startswith("cell 1 ")
    assert reason in fault
    assert fault.endswith("tag it hide-input")
    cell.metadata["tags"] = ["hide-input"]
    assert fold_faults(chapter) == []


@pytest.mark.parametrize(
    "cell",
    [
        cell_of("draw()", picture=True),
        cell_of(TABLE),
        cell_of("def forward(x):\n    return x\n" + TABLE + LONG),
        cell_of("print(x)" + LONG),
    ],
)
def test_a_cell_that_teaches_may_stand_open(chapter, cell):
    chapter.cells.insert(1, cell)
    assert fold_faults(chapter) == []


def test_an_answer_is_folded_once_and_the_presets_in_it_again(chapter):
    chapter.cells[7].source = TABLE + LONG
    assert fold_faults(chapter) == []
    chapter.cells[7].source = "widgets.live(adder)"
    assert len(fold_faults(chapter)) == 1


def test_printing_beside_a_figure_is_no_fault(chapter):
    add_output("stream", text="2\n")(chapter)
    assert figure_faults(chapter) == []


def test_every_kind_of_label_is_found(chapter):
    chapter.cells[0].source += "\n\n(sec-add)=\n$$\na + (b)\n$$ (eq-add)\n"
    chapter.cells[6].source += "\n:label: sol-add-1"
    expected = ["sec-add", "eq-add", "ex-add-1", "sol-add-1", "ex-add-2", "ex-add-3", "fig-rise",
                "fig-live", "adder"]
    assert sorted(labels(chapter)) == sorted(expected)


def test_a_label_that_occurs_again_is_reported_with_its_places():
    book = {"06_a.ipynb": ["eq-a", "eq-b"], "07_b.ipynb": ["eq-b", "eq-c", "eq-c"]}
    (fault,) = label_faults("06_a.ipynb", book)
    assert fault == "eq-b is in 06_a.ipynb and in 07_b.ipynb: rename one"
    assert [fault.split()[0] for fault in label_faults("07_b.ipynb", book)] == ["eq-b", "eq-c"]
