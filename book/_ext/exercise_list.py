"""The directive `exercise-list`: every exercise of the book, by chapter, linked to its solution.

Those that have variants say so.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from nnlib.exercises import with_variants


class exercise_list(nodes.General, nodes.Element):
    """Stands where the list will be, until all chapters are read and numbered."""


class ExerciseList(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [exercise_list()]


def note_page(app: Sphinx, env: object, docnames: list[str]) -> None:
    """Make the page with the list out of date whenever a chapter is read again."""
    page = "solutions"
    if docnames and page not in docnames and page in app.env.found_docs:
        docnames.append(page)


def fill_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the placeholder by one list a chapter, in the order of the table of contents."""
    placeholders = list(doctree.findall(exercise_list))
    if not placeholders:
        return
    env, builder = app.env, app.builder
    entries = getattr(env, "sphinx_exercise_registry", {})
    solution_of = {
        entry["node"]["target_label"]: label
        for label, entry in entries.items()
        if "target_label" in entry["node"]
    }
    varied = with_variants(app.srcdir)
    content: list[nodes.Node] = []
    for chapter in env.toc_fignumbers:
        numbers = env.toc_fignumbers[chapter].get("exercise", {})
        if not numbers:
            continue
        heading = env.titles[chapter].astext()
        if number := env.toc_secnumbers.get(chapter, {}).get(""):
            heading = f"{number[0]}. {heading}"
        content.append(nodes.rubric("", "", make_refnode(
            builder, docname, chapter, "", nodes.Text(heading))))
        items = nodes.bullet_list()
        for label, number in sorted(numbers.items(), key=lambda pair: pair[1]):
            title = entries[label]["node"].children[0]
            subtitle = title.children[1].astext() if len(title.children) > 1 else ""
            name = f"Exercise {'.'.join(map(str, number))}" + (f": {subtitle}" if subtitle else "")
            line = nodes.paragraph("", "", make_refnode(
                builder, docname, chapter, label, nodes.Text(name)))
            if label in solution_of:
                line += nodes.Text(" · ")
                line += make_refnode(
                    builder, docname, chapter, solution_of[label], nodes.Text("solution"))
            if label in varied:
                line += nodes.Text(" · has variants")
            items += nodes.list_item("", line)
        content.append(items)
    for placeholder in placeholders:
        placeholder.replace_self(content)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(exercise_list)
    app.add_directive("exercise-list", ExerciseList)
    app.connect("env-before-read-docs", note_page)
    app.connect("doctree-resolved", fill_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
