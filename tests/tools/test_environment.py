"""The environment of the book can be made where the README says so."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import choose_pins
import environment
import pytest
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
        if (needed := found.metadata.get("Requires-Python"))
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


# A Python that answers as the real one does, and a pip that installs nothing.
FITTING = """#!/bin/sh
case "$*" in
    "-c import sys, ensurepip"*) exit 0 ;;
    "tools/environment.py .venv "*) PIP_FAILS={fails} exec "{real}" fake_environment.py "$@" ;;
esac
exit 9
"""
# What stands in for tools/environment.py's two long steps: making, and pip.
FAKE = """
import os, sys
from pathlib import Path
sys.path.insert(0, "tools")
import environment

def create(folder, **options):
    programs = Path(folder, "bin")
    programs.mkdir(parents=True)
    program = programs / "python"
    program.write_text("#!/bin/sh\\ncase $* in *pip*) echo Collecting a==1; exit $PIP_FAILS;; "
                       "*platform*) echo 3.12.9;; esac\\n")
    program.chmod(0o755)

environment.venv.create = create
sys.argv = sys.argv[1:]
environment.main()
"""


class Checkout:
    """A folder with the Makefile and what `make env` needs, and a PATH with chosen Pythons."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder.parent / "programs"
        self.programs.mkdir()
        (folder / "tools").mkdir(parents=True)
        for name in ["Makefile", "pyproject.toml", "requirements.txt", "tools/environment.py"]:
            shutil.copy(ROOT / name, folder / name)
        (folder / "fake_environment.py").write_text(FAKE, encoding="utf-8")
        for name in ["make", "sh", "sed", "cat", "awk"]:
            (self.programs / name).symlink_to(shutil.which(name))

    def add_python(self, name: str, text: str = FITTING, *, fails: int = 0) -> None:
        program = self.programs / name
        program.write_text(text.replace("{real}", sys.executable).replace("{fails}", str(fails)))
        program.chmod(0o755)

    def make(self, *arguments: str) -> tuple[int, str]:
        """The status and all that is printed, without what make itself says."""
        run = subprocess.run(
            ["make", *arguments], cwd=self.folder, env={"PATH": str(self.programs)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return run.returncode, re.sub(r"^make: .*\n", "", run.stdout, flags=re.M)

    @property
    def stamp(self) -> Path:
        return self.folder / ".venv" / ".installed"


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path / "a book (copy)")


MADE = "Installing what requirements.txt names into .venv: some minutes, once.\n  Collecting a==1\n"
UNFIT = "#!/bin/sh\nexit 1\n"


def test_an_environment_is_made_once(checkout):
    checkout.add_python("python3")
    assert checkout.make("env") == (0, MADE)
    assert checkout.stamp.read_text() == f"{checkout.folder}\n"
    assert checkout.make("env") == (0, "")


def test_it_is_brought_up_to_date_where_it_is(checkout):
    checkout.add_python("python3")
    checkout.make("env")
    (checkout.folder / ".venv" / "mark").touch()
    os.utime(checkout.stamp, (0, 0))    # older than requirements.txt
    assert checkout.make("env") == (0, MADE)
    assert (checkout.folder / ".venv" / "mark").exists()


@pytest.mark.parametrize("name", ["python3.11", "python3.12", "python3.13", "python3.14"])
def test_the_search_goes_on_through_the_names(checkout, name):
    checkout.add_python("python3", UNFIT)
    checkout.add_python(name)
    assert checkout.make("env") == (0, MADE)


@pytest.mark.parametrize("there", [[], ["python3"], ["python3", "python3.14"]])
def test_without_a_fitting_python_one_line_names_those_that_fit(checkout, there):
    for name in there:
        checkout.add_python(name, UNFIT)
    status, printed = checkout.make("env")
    assert status == 2
    (line,) = printed.splitlines()
    assert "not one of Python 3.11 3.12 3.13 3.14" in line
    assert "apt install python3-venv" in line
    assert not (checkout.folder / ".venv").exists()


def test_a_named_python_that_does_not_fit_is_not_replaced_by_another(checkout):
    checkout.add_python("python3")
    status, printed = checkout.make("env", "PYTHON=python3.10")
    (line,) = printed.splitlines()
    assert status == 2
    assert line.startswith("python3.10 is missing, not one of Python 3.11 3.12 3.13 3.14, or ")


def test_the_question_put_to_a_python_tells_those_that_fit(checkout):
    """Asked of this Python, which fits, and of this one posing as others."""
    listed = checkout.make("--print-data-base", "help")[1]
    (question,) = re.findall(r"^FITS := (.*)$", listed, re.M)
    for version, fits in [((3, 10, 13), False), ((3, 11, 0), True), ((3, 14, 3), True),
                          ((3, 15, 0), False), ((2, 7, 18), False)]:
        posing = f"import sys; sys.version_info = {version}; {question}"
        assert (subprocess.run([sys.executable, "-c", posing]).returncode == 0) is fits
    lacking = f"import sys; sys.modules['ensurepip'] = None; {question}"
    assert subprocess.run([sys.executable, "-c", lacking], stderr=subprocess.DEVNULL).returncode


def test_an_install_that_fails_is_begun_anew(checkout):
    checkout.add_python("python3", fails=1)
    status, printed = checkout.make("env")
    assert status == 2
    assert printed == MADE + ".venv was not finished: pip failed, see above. `make` tries again.\n"
    (checkout.folder / ".venv" / "mark").touch()
    checkout.add_python("python3")
    assert checkout.make("env") == (0, f".venv was not finished: it is made anew.\n{MADE}")
    assert not (checkout.folder / ".venv" / "mark").exists()


def test_an_update_that_fails_keeps_the_environment_and_is_tried_again(checkout):
    """Who has just pulled, and is not online, can still work with what there is."""
    checkout.add_python("python3")
    checkout.make("env")
    (checkout.folder / ".venv" / "mark").touch()
    os.utime(checkout.stamp, (0, 0))
    checkout.add_python("python3", fails=1)
    for _ in range(2):
        assert checkout.make("env")[0] == 2
        assert (checkout.folder / ".venv" / "mark").exists()
    checkout.add_python("python3")
    assert checkout.make("env")[0] == 0
    assert (checkout.folder / ".venv" / "mark").exists()
    assert checkout.make("env") == (0, "")


@pytest.mark.parametrize("move", [os.rename, shutil.copytree])
def test_a_checkout_that_was_moved_or_copied_gets_an_environment_of_its_own(checkout, move):
    checkout.add_python("python3")
    checkout.make("env")
    old, new = checkout.folder, checkout.folder.with_name("elsewhere")
    move(old, new)
    checkout.folder = new
    assert checkout.make("env") == (0, f".venv was made for {old}: it is made anew.\n{MADE}")
    assert checkout.stamp.read_text() == f"{new}\n"
    assert checkout.make("env") == (0, "")


def test_a_link_to_another_environment_is_removed_and_what_it_leads_to_is_not(checkout, tmp_path):
    checkout.add_python("python3")
    checkout.make("env")
    theirs = (checkout.folder / ".venv").rename(tmp_path / "theirs")
    (theirs / ".installed").write_text("/another/folder\n")
    (checkout.folder / ".venv").symlink_to(theirs)
    assert checkout.make("env")[0] == 0
    assert (theirs / ".installed").read_text() == "/another/folder\n"
    assert not (checkout.folder / ".venv").is_symlink()


def test_an_environment_whose_python_is_gone_is_made_anew(checkout):
    checkout.add_python("python3")
    checkout.make("env")
    (checkout.folder / ".venv" / "bin" / "python").unlink()
    assert checkout.make("env") == (0, f".venv has lost its Python: it is made anew.\n{MADE}")


def test_a_named_python_of_another_version_does_not_take_the_environment(checkout):
    """The environment's own Python says that it is 3.12.9."""
    checkout.add_python("python3")
    checkout.make("env")
    status, printed = checkout.make("env", "PYTHON=python3")
    mine = ".".join(map(str, sys.version_info[:3]))
    assert (status, printed) == (2, f".venv has Python 3.12.9, and PYTHON=python3 is {mine}. "
                                    "To change, delete it first: rm -r .venv\n")
    assert checkout.stamp.exists()


def test_help_lists_the_targets(checkout):
    status, printed = checkout.make()
    assert status == 0
    assert re.findall(r"^  make ([\w-]+)", printed, re.M) == [
        "help", "book", "lab", "site", "test", "test-library", "test-notebooks", "test-site",
        "lint", "notebooks", "evidence", "bench", "env", "pins", "clean"]


def test_the_environment_that_runs_this_is_whole():
    assert environment.python_version(Path(sys.prefix)) == ".".join(map(str, sys.version_info[:3]))
