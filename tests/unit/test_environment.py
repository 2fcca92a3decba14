"""The environment of the book can be made where the README says so."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import choose_pins
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
REQUIRES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "requires-python"]
PINS = [
    line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_the_promised_pythons_are_the_same_in_both_places():
    allowed = [f"3.{minor}" for minor in range(40) if f"3.{minor}.0" in SpecifierSet(REQUIRES)]
    assert choose_pins.pythons() == allowed == ["3.11", "3.12", "3.13", "3.14"]


def test_every_package_runs_on_every_promised_python():
    """Also on the first release of the oldest, which is older than what most machines have."""
    oldest, *_, newest = choose_pins.pythons()
    ends = [f"{oldest}.0", f"{newest}.0", f"{newest}.99"]
    refused = {
        f"{found.name}=={found.version}": needed for found in distributions()
        if (needed := found.metadata["Requires-Python"])
        and not all(SpecifierSet(needed).contains(python) for python in ends)
    }
    assert refused == {}


def test_every_version_is_exact_and_comes_from_no_named_host():
    assert PINS[0] == "-e ."
    for pin in map(Requirement, PINS[1:]):
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
        assert pin.url is None


def test_all_that_is_asked_for_is_pinned():
    asked = (ROOT / "requirements.in").read_text(encoding="utf-8")
    asked = re.findall(r"^([a-z][\w-]*)(?:==(\S+))?", asked, re.M)
    pinned = {pin.name.replace("_", "-"): str(pin.specifier) for pin in map(Requirement, PINS[1:])}
    assert len(asked) > 20
    for name, version in asked:
        assert pinned[name] == f"=={version}" if version else name in pinned


def test_binder_takes_a_promised_python():
    python = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert python in choose_pins.pythons()
