"""What the server of `make book` answers, without a browser."""

import contextlib
import gzip
import http.client
import os
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import serve

TEXT = "<p>moons</p>" * 200
HASHED = [
    "1053.6c533be.js", "121.5c5a442bc10a67ee.js", f"{'0a1b' * 16}.png",
    "nnlib-0.1.0-1e62545f5cddb-py3-none-any.whl",
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name in ["index.html", "page.mjs", "picture.png", "pyodide.asm.wasm", *HASHED]:
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "below").mkdir()
    return tmp_path


@pytest.fixture
def server(folder, monkeypatch):
    monkeypatch.setenv("PORT", "0")
    with serve.listen(folder) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def ask(server):
    def ask(path, method="GET", **headers):
        link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(link):
            link.request(method, path, headers=named)
            answer = link.getresponse()
            answer.content = answer.read()
        return answer

    return ask


@pytest.mark.parametrize("path", ["/", "/index.html", "/index.html?x=1#top"])
def test_a_page_is_sent(ask, path):
    answer = ask(path)
    assert answer.status == 200
    assert answer.content.decode() == TEXT
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert int(answer.headers["Content-Length"]) == len(TEXT)


def test_what_is_not_there_is_not_found_and_a_folder_is_led_to_itself(ask):
    assert ask("/nothing.js?v=0123abcd").status == 404
    assert ask("/nothing.js?v=0123abcd").headers["Cache-Control"] is None
    assert ask("/page.mjs/").status == 404
    assert ask("/../index.html").content.decode() == TEXT
    assert (ask("/below").status, ask("/below").headers["Location"]) == (301, "/below/")


def test_what_is_not_there_has_a_page_of_its_own(ask, folder):
    (folder / "404.html").write_text("<h1>There is no such page</h1>", encoding="utf-8")
    answer = ask("/below/nothing.html")
    assert answer.status == 404
    assert answer.content == b"<h1>There is no such page</h1>"
    assert ask("/nothing", "HEAD").content == b""


@pytest.mark.parametrize(("suffix", "kind"), [
    (".js", "text/javascript"), (".mjs", "text/javascript"), (".wasm", "application/wasm"),
    (".whl", "application/zip"), (".svg", "image/svg+xml"), (".css", "text/css"),
    (".json", "application/json"), (".woff2", "font/woff2"),
])
def test_types_are_those_of_the_web_whatever_the_machine_thinks(monkeypatch, suffix, kind):
    monkeypatch.setattr("mimetypes.guess_type", lambda *_, **__: ("machine/own", None))
    monkeypatch.setattr("mimetypes.guess_file_type", lambda *_, **__: ("machine/own", None),
                        raising=False)
    handler = object.__new__(serve.Handler)
    assert handler.guess_type(f"name{suffix}").split(";")[0] == kind


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "deflate, GZIP", "*"])
@pytest.mark.parametrize("name", ["index.html", "page.mjs", "pyodide.asm.wasm"])
def test_texts_are_compressed_where_that_is_understood(ask, name, accepted):
    answer = ask(f"/{name}", Accept_Encoding=accepted)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.content) < len(TEXT) / 10
    assert gzip.decompress(answer.content).decode() == TEXT


@pytest.mark.parametrize(("path", "headers"), [
    ("/index.html", {}),
    ("/index.html", {"Accept_Encoding": "br"}),
    ("/index.html", {"Accept_Encoding": "gzip;q=0, br"}),
    ("/index.html", {"Accept_Encoding": "gzip; q=0.00"}),
    ("/index.html", {"Accept_Encoding": "gzip", "Range": "bytes=0-9"}),
    ("/picture.png", {"Accept_Encoding": "gzip"}),
    (f"/{HASHED[-1]}", {"Accept_Encoding": "gzip"}),
])
def test_other_answers_are_not_compressed(ask, path, headers):
    answer = ask(path, **headers)
    assert answer.headers["Content-Encoding"] is None
    assert answer.content.decode() == TEXT


def test_a_file_is_compressed_once_for_each_version_of_it(ask, folder, monkeypatch):
    made = []
    compress = gzip.compress
    monkeypatch.setattr(
        serve.gzip, "compress", lambda *a, **k: made.append(1) or compress(*a, **k))
    first, second = (ask("/page.mjs", Accept_Encoding="gzip") for _ in range(2))
    assert first.content == second.content
    assert len(made) == 1
    (folder / "page.mjs").write_text("new", encoding="utf-8")
    assert gzip.decompress(ask("/page.mjs", Accept_Encoding="gzip").content) == b"new"
    assert len(made) == 2


@pytest.mark.parametrize("path", [
    *HASHED, "page.mjs?v=92c08541", "page.mjs?digest=55c26ed414f5f8a31ebb", "page.mjs?x=1&v=1a2b3c",
])
def test_what_never_changes_is_kept_for_a_year(ask, path):
    assert ask(f"/{path}").headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", [
    "", "index.html", "index.html?v=92c08541", "page.mjs", "page.mjs?v=1",
    "page.mjs?value=92c08541", "pyodide.asm.wasm",
])
def test_what_may_change_is_asked_for_again(ask, path):
    assert ask(f"/{path}").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_the_browser_has_is_not_sent_again(ask, folder, coding):
    first = ask("/page.mjs", Accept_Encoding=coding)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    for known in [{"If_None_Match": tag}, {"If_None_Match": f'"other", W/{tag}'},
                  {"If_Modified_Since": date}]:
        answer = ask("/page.mjs", Accept_Encoding=coding, **known)
        assert (answer.status, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == "no-cache"
    # Written again within the same second, as long as before: the tag tells them apart.
    status = os.stat(folder / "page.mjs")
    os.utime(folder / "page.mjs", ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    answer = ask("/page.mjs", Accept_Encoding=coding, If_None_Match=tag, If_Modified_Since=date)
    assert answer.status == 200


def test_a_gzipped_copy_and_the_file_are_not_taken_for_each_other(ask):
    plain, gzipped = ask("/"), ask("/", Accept_Encoding="gzip")
    assert plain.headers["ETag"] != gzipped.headers["ETag"]
    assert ask("/", If_None_Match=gzipped.headers["ETag"]).status == 200


def test_head_sends_the_headers_alone(ask):
    answer = ask("/", method="HEAD", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.content == b""


def test_a_request_that_is_given_up_prints_nothing(server, folder, ask, capfd):
    (folder / "large.png").write_bytes(bytes(30_000_000))    # more than a socket holds
    with socket.create_connection(("127.0.0.1", server.server_port)) as link:
        link.sendall(b"GET /large.png HTTP/1.0\r\n\r\n")
        link.recv(1)
        # Closed with a reset, as a browser does with a tab that is closed.
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for thread in threading.enumerate():
        if "process_request" in thread.name:
            thread.join(60)
    assert ask("/").status == 200
    assert capfd.readouterr() == ("", "")


def test_another_fault_of_a_request_is_shown(server, ask, capfd, monkeypatch):
    monkeypatch.setattr(serve.Handler, "how_long", lambda self, suffix: 1 / 0)
    with pytest.raises(http.client.RemoteDisconnected):
        ask("/")
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_host_and_port_can_be_named(folder, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", str(port))
    with serve.listen(folder) as server:
        assert server.server_address == ("0.0.0.0", port)


@pytest.mark.parametrize("port", ["http", "-1", "65536", "8000.0", "²"])
def test_a_port_that_is_none_is_refused(folder, monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"PORT={port} is not a port"):
        serve.listen(folder)


def test_a_named_port_that_is_taken_is_refused_and_another_is_found_for_an_unnamed(
    folder, monkeypatch
):
    with contextlib.ExitStack() as stack:
        # Port 8000 is taken: by this server, or by whatever else runs here.
        with contextlib.suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", 8000)))
        with serve.listen(folder) as server:
            assert server.server_port != 8000
            monkeypatch.setenv("PORT", str(server.server_port))
            with pytest.raises(SystemExit, match=f"PORT={server.server_port} .*in use"):
                serve.listen(folder)


def test_a_host_that_is_not_of_this_machine_is_refused(folder, monkeypatch):
    monkeypatch.setenv("HOST", "192.0.2.1")    # an address for documentation
    with pytest.raises(SystemExit, match=r"HOST=192\.0\.2\.1 PORT=8000 .*: name others"):
        serve.listen(folder)


def test_a_folder_without_a_book_is_refused(tmp_path):
    program = [sys.executable, str(Path(serve.__file__)), str(tmp_path)]
    refused = subprocess.run(program, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"{tmp_path} holds no index.html: build the book first (make site)"]
