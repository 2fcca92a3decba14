"""Chromium as the tests of the site and the benchmark run it: no window, no host but this machine.

CHROMIUM in the environment names another one.
"""

import os
import shutil

# The first is Chromium without its windows, menus and new tabs: a fifth less to do.
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
# The last one leaves the browser no host but a server of this machine.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def find_chromium() -> str | None:
    """The path of the first that is installed."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)


def looked_for() -> str:
    """What `find_chromium` looks for, to be said where there is none."""
    named = os.environ.get("CHROMIUM")
    return f"CHROMIUM={named}" if named else ", ".join(BROWSERS)
