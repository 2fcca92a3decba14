"""Live figures in JupyterLab and Notebook, as someone has them who has made the environment."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
CELLS = ["from nnlib import lab, widgets", """\
widgets.live(lab.training(("noise", "learning_rate"), presets=[
    lab.Preset("Too long", "The step is too long.", {"learning_rate": 100.0})]), "moons", "Moons.")
"""]
KERNEL = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
# What the canvases of the figure show, as long as it is the same.
PICTURE = "[...document.querySelectorAll('nn-lab canvas')].map(each => each.toDataURL()).join()"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory) -> Iterator[str]:
    """A server with a notebook that holds a live figure and was never run: its address."""
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "work").mkdir()
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS)))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "work" / "figure.ipynb")
    settings = {f"JUPYTER_{name}_DIR": str(folder / name.lower())
                for name in ("CONFIG", "DATA", "RUNTIME")}
    with (folder / "log").open("w") as log, subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
         "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder / 'work'}",
         "--ServerApp.port=0", "--IdentityProvider.token=", "--LabApp.news_url=",
         "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"],
        env=os.environ | settings | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log,
    ) as server:
        try:
            yield address(folder, server)
        finally:
            server.terminate()


def address(folder: Path, server: subprocess.Popen) -> str:
    for _ in range(600):
        assert server.poll() is None, (folder / "log").read_text()
        for line in (folder / "log").read_text().splitlines():
            if "http://127.0.0.1:" in line:
                found = "http://127.0.0.1:" + line.split("http://127.0.0.1:")[1].split("/")[0]
                try:
                    urlopen(f"{found}/api")
                except URLError:
                    continue
                return found
        time.sleep(0.1)
    pytest.fail((folder / "log").read_text())


@pytest.mark.seldom
@pytest.mark.parametrize("path", ["lab/tree", "notebooks"])
def test_a_live_figure_follows_its_sliders(path, jupyter, new_reader):
    reader = new_reader()
    page = reader.page
    page.goto(f"{jupyter}/{path}/figure.ipynb")
    page.wait_for_function(f"window.jupyterapp && {KERNEL} === 'idle'")
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
    page.wait_for_function(f"{KERNEL} === 'idle' && document.querySelector('nn-lab .nn-chart')")
    status = page.locator(".jp-OutputArea .widget-html-content").first
    status.get_by_text("epoch 1000 ·").wait_for()

    for place in (0.8, 0.4):
        before = page.evaluate(PICTURE)
        track = page.locator(".noUi-base").first
        track.click(position={"x": place * track.bounding_box()["width"], "y": 2})
        page.wait_for_function(f"before => {PICTURE} !== before", arg=before)
        status.get_by_text("epoch 1000 ·").wait_for()
    page.get_by_role("button", name="Reset").click()
    status.get_by_text("epoch 0 of 1000 ·").wait_for()
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    status.get_by_text("epoch 1000 ·").wait_for()
    page.get_by_role("button", name="Too long").click()
    status.get_by_text("made the loss larger").wait_for()
    if path == "lab/tree":    # Notebook has faults of its own, with any notebook
        assert reader.faults == []
