"""Serve a folder on this machine: `python tools/serve.py _build/html`.

Port 8000 if it is free, so that bookmarks keep working; any free port otherwise.
"""

import functools
import http.server
import sys
from pathlib import Path


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        """Say nothing: a line for every request would bury the address."""

    def end_headers(self):
        # A rebuilt page must show at the next reload.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def listen(folder: Path) -> Server:
    handler = functools.partial(Handler, directory=folder)
    try:
        return Server(("127.0.0.1", 8000), handler)
    except OSError:
        return Server(("127.0.0.1", 0), handler)


def main() -> None:
    folder = Path(sys.argv[1])
    if not (folder / "index.html").is_file():
        sys.exit(f"{folder} holds no index.html: build the book first (make site)")
    with listen(folder) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"\nThe book is at {address} (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
