"""Firefox and WebKit, through the protocols that they speak themselves: BiDi and WebDriver.

Playwright drives builds of its own of both, which no distribution of Linux brings; these are the
browsers that readers have.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import websocket

PATIENCE = 180    # seconds: a machine may have much else to do
KEYS = {"ArrowRight": "\ue014", "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}
Size = tuple[int, int]


class Engine:
    """A browser with one window; of each line of `needs`, one program has to be there."""

    needs: tuple[tuple[str, ...], ...]
    faults: list[str]

    @classmethod
    def missing(cls) -> list[str]:
        return [" or ".join(names) for names in cls.needs if not any(map(shutil.which, names))]

    def __init__(self) -> None:
        self.faults = []
        self.processes: list[subprocess.Popen] = []
        self.folder = tempfile.mkdtemp()
        try:
            self.begin()
        except BaseException:    # nobody gets an object to quit
            self._end()
            raise

    def start(self, program: list[str], **options: Any) -> subprocess.Popen:
        """Run a program, in a group of its own with what it starts in its turn."""
        process = subprocess.Popen(program, start_new_session=True, **{
            "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options})
        self.processes.append(process)
        return process

    def quit(self) -> None:
        try:
            self.leave()
        finally:
            self._end()

    def _end(self) -> None:
        for process in reversed(self.processes):
            for how in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, how)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                    break
        shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self) -> None:
        """Start the browser, and open its window."""
        raise NotImplementedError

    def leave(self) -> None:
        """Take leave of the browser, before its processes are ended."""
        raise NotImplementedError

    def go(self, url: str, size: Size = (1400, 900)) -> None:
        """Load a page in a window of this size."""
        raise NotImplementedError

    def value_of(self, body: str) -> Any:
        """What the body of an asynchronous function returns on the page."""
        raise NotImplementedError

    def perform(self, source: dict[str, Any]) -> None:
        """What a hand does, as both protocols write it."""
        raise NotImplementedError

    def run(self, function: str, *arguments: Any) -> Any:
        """What a function of JavaScript makes of arguments, which JSON can carry like its value."""
        text = self.value_of(f"return JSON.stringify(await ({function})"
                             f"(...{json.dumps(arguments)})) ?? 'null'")
        return json.loads(text)

    def until(self, function: str, *arguments: Any) -> Any:
        """The first value of a function that counts as true."""
        end = time.monotonic() + PATIENCE
        while not (value := self.run(function, *arguments)):
            assert time.monotonic() < end, f"for {PATIENCE} seconds this was not true: {function}"
            time.sleep(0.1)
        return value

    def click(self, x: float, y: float) -> None:
        self.perform({"type": "pointer", "id": "mouse", "actions": [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]})

    def press(self, key: str) -> None:
        value = KEYS.get(key, key)
        self.perform({"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]})


class Firefox(Engine):
    """Firefox, whose console and failed requests become `faults`."""

    needs = (("firefox-esr", "firefox"),)

    def begin(self) -> None:
        program = next(filter(None, map(shutil.which, self.needs[0])))
        # Into a file: a pipe that nobody reads fills, and then the browser stands still.
        said = Path(self.folder, "said.txt")
        with said.open("w") as errors:
            process = self.start([program, "--headless", "--profile", self.folder, "--no-remote",
                                  "--remote-debugging-port=0"], stderr=errors)
        end = time.monotonic() + PATIENCE
        while not (address := re.search(r"BiDi listening on (\S+)\n", said.read_text())):
            assert process.poll() is None, f"{program} ended before it listened"
            assert time.monotonic() < end, f"{program} does not listen"
            time.sleep(0.1)
        self._socket = websocket.create_connection(
            f"{address[1]}/session", suppress_origin=True, timeout=PATIENCE)
        self._sent = 0
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded", "network.fetchError"])
        self._context = self._send("browsingContext.create", type="tab")["context"]

    def leave(self) -> None:
        self._socket.close()

    def _send(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._sent:
                assert answer["type"] == "success", answer
                return answer["result"]
            self._note(answer.get("method"), answer.get("params", {}))

    def _note(self, event: str | None, params: dict[str, Any]) -> None:
        if event == "log.entryAdded" and params["level"] == "error":
            self.faults.append(f"console: {params['text']}")
        # What a page that is left had asked for is broken off, and that may be told later.
        elif event == "network.fetchError" and params["errorText"] != "NS_BINDING_ABORTED":
            self.faults.append(f"request failed: {params['request']['url']}")

    def go(self, url: str, size: Size = (1400, 900)) -> None:
        width, height = size
        self._send("browsingContext.setViewport", context=self._context,
                   viewport={"width": width, "height": height})
        self._send("browsingContext.navigate", context=self._context, url="about:blank",
                   wait="complete")
        self.faults.clear()    # of the page that was left
        self._send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def value_of(self, body: str) -> Any:
        answer = self._send("script.evaluate", expression=f"(async () => {{ {body} }})()",
                            target={"context": self._context}, awaitPromise=True)
        assert answer["type"] == "success", answer
        return answer["result"]["value"]

    def perform(self, source: dict[str, Any]) -> None:
        self._send("input.performActions", context=self._context, actions=[source])


class WebKit(Engine):
    """WebKitGTK's small browser, on a screen that nobody sees; it tells of no console."""

    needs = (("WebKitWebDriver",), ("Xvfb",))
    browsers = "usr/lib*/**/webkit2gtk-4*/MiniBrowser"
    narrowest = 500    # pixels: no narrower than the buttons of its window, on any machine

    def begin(self) -> None:
        browser = next(Path("/").glob(self.browsers), None)
        assert browser, f"WebKitWebDriver is here, but no /{self.browsers}"
        reading, writing = os.pipe()
        self.start(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1200x24",
                    "-nolisten", "tcp"], pass_fds=[writing])
        display = os.read(reading, 20).decode().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.start(["WebKitWebDriver", f"--port={port}"],
                   env={**os.environ, "DISPLAY": f":{display}", "LANGUAGE": "en"})
        self._session = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(browser), "args": ["--automation"]}
        answer = self._send("", capabilities={
            "alwaysMatch": {"webkitgtk:browserOptions": options,
                            "timeouts": {"script": 1000 * PATIENCE}}})
        self._session += f"/{answer['sessionId']}"

    def leave(self) -> None:
        urllib.request.urlopen(
            urllib.request.Request(self._session, method="DELETE"), timeout=PATIENCE)

    def _send(self, command: str, **params: Any) -> Any:
        request = urllib.request.Request(f"{self._session}{command}", json.dumps(params).encode(),
                                         {"Content-Type": "application/json"})
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                    return json.load(answer)["value"]
            except urllib.error.HTTPError as error:
                raise AssertionError(error.read().decode()) from error
            except (ConnectionError, urllib.error.URLError):    # the driver is still starting
                assert time.monotonic() < end, f"no answer at {self._session}"
                time.sleep(0.1)

    def go(self, url: str, size: Size = (1400, 900)) -> None:
        self._send("/url", url="about:blank")
        self._fit(*size)
        self._send("/url", url=url)

    def _fit(self, width: int, height: int) -> None:
        """Give the page this size, or in a window as narrow as it gets this height."""
        end = time.monotonic() + PATIENCE
        while True:
            # Both change only some time after the window was asked to.
            inside, outside = self.value_of(
                "return [[innerWidth, innerHeight], [outerWidth, outerHeight]]")
            if inside == [width, height] or (
                    inside[1] == height and width < inside[0] < self.narrowest):
                return
            assert time.monotonic() < end, f"{inside} instead of {width, height}"
            self._send("/window/rect", width=width + outside[0] - inside[0],
                       height=height + outside[1] - inside[1])
            time.sleep(0.1)

    def value_of(self, body: str) -> Any:
        return self._send("/execute/sync", script=f"return (async () => {{ {body} }})()", args=[])

    def perform(self, source: dict[str, Any]) -> None:
        self._send("/actions", actions=[source])

    def workers(self) -> set[str]:
        """The threads of workers, of all its processes."""
        children: dict[str, list[str]] = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):    # it has ended meanwhile
                parent = file.read_text().rpartition(")")[2].split()[1]
                children.setdefault(parent, []).append(file.parent.name)
        ours = [str(process.pid) for process in self.processes]
        for process in ours:    # which grows
            ours += children.get(process, [])
        threads = set()
        for file in (each for process in ours for each in Path(f"/proc/{process}/task").glob("*")):
            with contextlib.suppress(OSError):
                if (file / "comm").read_text().startswith("WebCore: Worker"):
                    threads.add(file.name)
        return threads


ENGINES = (Firefox, WebKit)
