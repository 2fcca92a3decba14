"""Every chapter opens, closes and shows its figures the way CONTRIBUTING.md says."""

import itertools
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

OPENING = ["What you will do", "What you will learn", "What you need"]
CLOSING = ["Summary", "Exercises", "Further reading"]
HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.+?)\s*$", re.M)
DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>exercise|solution)(?P<gate>-start|-end)?\}"
    r"[ \t]*(?P<argument>[^\n]*)(?P<options>(?:\n:[\w-]+:[^\n]*)*)",
    re.M,
)


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
    if len(markdown(summary).split()) < 20:
        faults.append("the summary says nothing")
    if not re.search(r"\{cite(?::\w+)?\}`", markdown(reading)):
        faults.append("further reading cites nothing from references.bib")
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
    faults, names = [], []
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if not any("image/png" in output.get("data", {}) for output in cell.outputs):
            continue
        settings = cell.metadata.get("mystnb", {})
        figure = settings.get("figure", {})
        names.append(figure.get("name", ""))
        missing = [
            what
            for what, there in (
                ("mystnb.figure.caption", figure.get("caption", "").strip()),
                ("mystnb.figure.name, 'fig-...'", names[-1].startswith("fig-")),
                ("mystnb.image.alt", settings.get("image", {}).get("alt", "").strip()),
            )
            if not there
        ]
        if missing:
            faults.append(f"the figure of cell {position} lacks metadata: {'; '.join(missing)}")
    faults += [f"two figures are called {name}" for name in set(names) if names.count(name) > 1]
    return faults


def slider_faults(notebook) -> list[str]:
    sources = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return [] if re.search(r"\bwidgets\.\w+\(", sources) else ["no cell makes a panel of sliders"]


@pytest.mark.parametrize("faults", [opening_faults, closing_faults, figure_faults, slider_faults])
def test_chapter_follows_the_rules(notebook, faults):
    assert faults(notebook) == []


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
                "widgets.adder()",
                metadata={"mystnb": figure},
                outputs=[new_output("display_data", {"image/png": "iVBORw0KGgo="})],
            ),
            new_markdown_cell("## Summary\n\n" + "A sum of two numbers is one number. " * 4),
            new_markdown_cell("## Exercises"),
            *exercise(1), *exercise(2), *exercise(3),
            new_markdown_cell("## Further reading\n\nSee {cite:t}`nielsen2015`."),
        ]
    )


ALL = [opening_faults, closing_faults, figure_faults, slider_faults]


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


def remove_figure_metadata(notebook):
    notebook.cells[1].metadata = {}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (replace("What you need", "You need"), "'What you need' and its list"),
        (replace("**What you will do**\n\n- one", "**What you will do**\n\none"), "will do"),
        (replace("# Add two numbers", "Add two numbers"), "one title"),
        (replace("## Summary", "## Conclusion"), "the last sections"),
        (replace("A sum of two numbers is one number. ", ""), "says nothing"),
        (replace("{cite:t}`nielsen2015`", "Nielsen"), "cites nothing"),
        (replace(":class: dropdown", ""), "lacks ':class: dropdown'"),
        (replace("solution-start} ex-add-2", "solution-start} ex-add-9"), "ex-add-2 has no"),
        (replace("2 + 1", ""), "runs no code"),
        (replace(":label: ex-add-1\n", ""), "no :label:"),
        (replace("{solution-start}", "{solution}"), "cannot hold code that runs"),
        (remove_cells(4, 8), "this one 2"),
        (remove_figure_metadata, "lacks metadata"),
        (replace("widgets.adder()", "adder()"), "no cell makes a panel"),
    ],
)
def test_broken_rule_is_reported(chapter, change, complaint):
    change(chapter)
    assert any(complaint in fault for check in ALL for fault in check(chapter))
