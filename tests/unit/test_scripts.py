"""The scripts that draw: as one text for notebooks, which cannot load files beside it."""

import re

import pytest

from nnlib.live import scripts

NAMES = sorted(path.name for path in scripts.FOLDER.glob("*.js"))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_in_one_has_all_that_it_imports_before_it_is_used(name):
    text = scripts.in_one(name)
    assert not re.search(r"^import ", text, re.M)
    made = re.findall(r'^scripts\["(.+)"\] = ', text, re.M)
    assert len(made) == len(set(made))
    for used in re.finditer(r'= scripts\["(.+)"\];', text):
        assert f'scripts["{used[1]}"] = ' in text[:used.start()]


def test_what_a_script_exports_is_handed_on_and_the_rest_stays_its_own():
    text = scripts.in_one("markers.js")
    shared, markers = text.split('scripts["shared.js"] = ')[1].split("})();\n")
    names = ", ".join(scripts.SHARED)
    assert shared.rstrip().endswith(f"return {{ {names} }};")
    assert "export" not in shared
    assert "export function drawMarker" in markers
    assert "const { MARKERS } = scripts[" in markers


def test_a_script_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="name must be one of"):
        scripts.in_one("none.js")
