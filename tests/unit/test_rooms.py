"""The rooms of the library: imports run down only, and in no circle."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import nnlib

FOLDER = Path(nnlib.__file__).parent
#: From the bottom up.  A module imports from its own layer and from those before it.
LAYERS = [
    {"validation", "version"},
    {"sources"},
    {"activations"},
    {"network", "stopping", "datasets", "optimizers"},
    {"losses"},
    {"objective"},
    {"training"},
    {"estimator"},
    {"nets"},
    {"classifiers", "regressors"},
    {"diagnostics"},
    {"plotting"},
    {"studies"},
    {"live", "exercises"},
]
HEIGHT = {room: height for height, layer in enumerate(LAYERS) for room in layer}

LAZY = nnlib._LOADED_WHEN_USED
FILES = {
    "nnlib." + ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"):
    path for path in FOLDER.rglob("*.py") if path != FOLDER / "__init__.py"
}


def imported(path):
    """The modules of nnlib that a file imports when it runs, also inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = [
        each for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for each in ast.walk(node)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and node not in for_types:
            yield from (alias.name for alias in node.names if alias.name.startswith("nnlib"))
        if isinstance(node, ast.ImportFrom) and node not in for_types:
            assert node.level == 0, f"{path} imports relatively"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if node.module == "nnlib":
                    yield LAZY.get(alias.name, whole)
                elif whole in FILES:
                    yield whole
                elif str(node.module).startswith("nnlib."):
                    yield node.module


GRAPH = {module: set(imported(path)) for module, path in FILES.items()}
# The whole package, to hand it on to a reader's function.
DOORS = {module for module, others in GRAPH.items() if "nnlib" in others}
for module in DOORS:
    GRAPH[module].remove("nnlib")


def room(module):
    return module.split(".")[1]


def test_the_rooms_are_those_of_the_list():
    assert {room(module) for module in FILES} == HEIGHT.keys()


@pytest.mark.parametrize("module", FILES)
def test_imports_run_down(module):
    upwards = [other for other in GRAPH[module] if HEIGHT[room(other)] > HEIGHT[room(module)]]
    beside = [other for other in GRAPH[module]
              if HEIGHT[room(other)] == HEIGHT[room(module)] and room(other) != room(module)]
    assert upwards == []
    assert beside == []


def test_only_the_top_room_knows_the_whole_package():
    assert {room(module) for module in DOORS} <= LAYERS[-1]


def test_no_imports_run_in_a_circle():
    # A folder's own file says what it offers; what stands beside it does not import it.
    list(TopologicalSorter(GRAPH).static_order())


def test_the_library_names_topics_and_no_chapters():
    """So that a chapter can be inserted without a change of the library."""
    naming = [module for module, path in FILES.items() if "chapter" in path.read_text("utf-8")]
    assert naming == []
