"""What goes wrong on a page, and what is missing to look at one."""

import os
from urllib.parse import urlsplit

import pytest

# As browsers do that block all data of sites, or of those in a frame of another host.
STORAGE_BLOCKED = """for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
  Object.defineProperty(window, name, {
    configurable: true, get() { throw new DOMException('denied', 'SecurityError') }})"""


def note_requests(source, faults: list[str]) -> None:
    """Write down requests of a page, or of a whole context, that fail or leave this machine."""

    def on_request(request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.hostname != "127.0.0.1":
            faults.append(f"asked another host: {request.url}")

    def on_response(response) -> None:
        if response.status >= 400:
            faults.append(f"{response.status}: {response.url}")

    def on_failure(request) -> None:
        # What a page breaks off itself, such as by being left, is no fault.
        if request.failure != "net::ERR_ABORTED":
            faults.append(f"request failed: {request.url}")

    source.on("request", on_request)
    source.on("requestfailed", on_failure)
    source.on("response", on_response)


def as_octets(route) -> None:
    """Answer as a server that does not know the type of the file."""
    response = route.fetch()
    route.fulfill(response=response,
                  headers={**response.headers, "content-type": "application/octet-stream"})


def give_up(reason: str) -> None:
    """Skip a test that lacks something; in CI, where nothing may be lacking, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
