"""Serve a folder on this machine: `python tools/serve.py _build/html`.

Port 8000 if it is free, so that bookmarks keep working; any free port otherwise. HOST and PORT in
the environment name others: HOST=0.0.0.0 PORT=8000 is for containers, whose addresses are not
those of the machine.
"""

import errno
import functools
import gzip
import http.server
import io
import os
import re
import sys
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, ClassVar
from urllib.parse import urlsplit

# What is sent, whatever this machine's own table says: browsers run no script and compile no Python
# that comes as something else.
TEXTS = {    # these are sent gzipped
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/json",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml",
}
PACKED = {    # already as small as they get
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".ttf": "font/ttf",
    ".whl": "application/zip",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}

# Addresses that change with the file: by a version in the query, or a hash in the name.
VERSION = re.compile(r"(?:^|&)(?:v|digest)=\w{4,}")
HASH = re.compile(r"(?:^|[.-])(?=[a-f]*\d)[0-9a-f]{7,64}[.-]")


@functools.lru_cache(maxsize=1024)
def compressed(path: str, version: str) -> bytes:
    """The content of a file, gzipped: once for each version of it."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


def takes_gzip(accepted: str) -> bool:
    """Whether the header Accept-Encoding allows gzip."""
    for coding in accepted.lower().split(","):
        name, _, quality = coding.replace(" ", "").partition(";q=")
        if name in ("gzip", "*"):
            return not re.fullmatch(r"0(\.0*)?", quality)
    return False


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {**TEXTS, **PACKED}

    def log_message(self, format, *args):
        """Say nothing: a line for every request would bury the address."""

    def send_head(self) -> BinaryIO | None:
        """Answer with a file: small, and only if the browser has not got it yet."""
        path = self.translate_path(self.path)
        if path.endswith("/"):
            path += "index.html"
        if not os.path.isfile(path):
            return super().send_head()    # an address without its last "/", or of nothing
        status = os.stat(path)
        suffix = os.path.splitext(path)[1].lower()
        version = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        gzipped = (suffix in TEXTS and "Range" not in self.headers
                   and takes_gzip(self.headers.get("Accept-Encoding", "")))
        headers = {
            "ETag": f'"{version}{"-gzip" if gzipped else ""}"',
            "Last-Modified": self.date_time_string(status.st_mtime),
            "Cache-Control": self.how_long(suffix),
            "Vary": "Accept-Encoding",
        }
        if self.is_known(headers):
            self.begin(HTTPStatus.NOT_MODIFIED, headers)
            return None
        content = compressed(path, version) if gzipped else Path(path).read_bytes()
        headers |= {"Content-Type": self.guess_type(path), "Content-Length": str(len(content))}
        if gzipped:
            headers["Content-Encoding"] = "gzip"
        self.begin(HTTPStatus.OK, headers)
        return io.BytesIO(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the site's own page for an address of nothing."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            return super().send_error(code, message, explain)
        content = page.read_bytes()
        self.begin(HTTPStatus.NOT_FOUND, {
            "Content-Type": TEXTS[".html"], "Content-Length": str(len(content))})
        if self.command != "HEAD":
            self.wfile.write(content)

    def begin(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def how_long(self, suffix: str) -> str:
        """For a year, what never changes; a rebuilt page must show at the next reload."""
        address = urlsplit(self.path)
        name = address.path.rpartition("/")[2]
        if suffix != ".html" and (VERSION.search(address.query) or HASH.search(name)):
            return "public, max-age=31536000, immutable"
        return "no-cache"

    def is_known(self, headers: dict[str, str]) -> bool:
        """Whether the browser has this very version of the file."""
        if tags := self.headers.get("If-None-Match"):
            return headers["ETag"] in tags or tags.strip() == "*"
        return self.headers.get("If-Modified-Since") == headers["Last-Modified"]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_port = False    # from Python 3.14 on it would share a port with another server

    def handle_error(self, request, client_address):
        """Say nothing of a request that the browser gave up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def listen(folder: Path) -> Server:
    handler = functools.partial(Handler, directory=folder)
    host, named = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT")
    if named and not (named.isdecimal() and int(named) < 2**16):
        sys.exit(f"PORT={named} is not a port: a whole number up to 65535 is, such as 8000")
    try:
        return Server((host, int(named or 8000)), handler)
    except OSError as error:
        if not named and error.errno == errno.EADDRINUSE:
            return Server((host, 0), handler)
        where = f"HOST={host} PORT={named or 8000}"
        sys.exit(f"Nothing can be served at {where} ({error.strerror}): name others")


def main() -> None:
    folder = Path(sys.argv[1])
    if not (folder / "index.html").is_file():
        sys.exit(f"{folder} holds no index.html: build the book first (make site)")
    with listen(folder) as server:
        host, port = server.server_address
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"
        print(f"\nThe book is at {address} (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
