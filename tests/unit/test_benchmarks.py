import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks import (
    batches,
    contenders,
    either_side,
    engine,
    frameworks,
    in_page,
    joint,
    machine,
    page,
    products,
    study,
    targets,
    timing,
)
from benchmarks.fresh import resident
from benchmarks.problems import Case, Problem
from benchmarks.record import in_unit

ROOT = Path(__file__).parents[2]
RESULTS = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))

CASES = [
    Case("shallow", 90, (2, 8, 2), "relu", 40, 40, 1),
    Case("deep", 60, (5, 9, 7, 3), "tanh", 40, 40, 1),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_every_installed_contender_computes_the_same_losses(case: Case, dtype: str) -> None:
    problem = case.problem(dtype)
    names = contenders.installed()
    assert {"nnlib", "naive NumPy", "scikit-learn"} <= set(names)
    trains = {name: contenders.load(name).prepare(problem) for name in names}
    losses = {name: train(40) for name, train in trains.items()}
    for name, loss in losses.items():
        assert loss.shape == (40,), name
        assert loss[-1] < loss[0], name
        # Each run starts again from the problem's weights.
        np.testing.assert_array_equal(trains[name](40), loss, err_msg=name)
    assert max(timing.differences(losses, dtype).values()) < (1e-13 if dtype == "float64" else 1e-5)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("bites", batches.ROWS, ids=str)
def test_every_installed_contender_takes_the_same_batches(
    bites: batches.Bites, dtype: str
) -> None:
    problem = batches.problem(bites.optimizer, dtype)
    orders = contenders.load("nnlib").orders(problem, bites.batch_size, 2)
    names = [name for name in batches.CONTENDERS if name in contenders.installed()]
    assert {"nnlib", "scikit-learn"} <= set(names)
    trains = {name: contenders.load(name).prepare_batches(problem, *bites, orders)
              for name in names}
    losses = {name: np.array([batches.loss(problem, train(epochs)) for epochs in (1, 2)])
              for name, train in trains.items()}
    for name, loss in losses.items():
        assert loss[1] < loss[0] < batches.loss(problem, problem.weights), name
        assert batches.loss(problem, trains[name](2)) == loss[1], name
    assert max(timing.differences(losses, dtype).values()) < (1e-13 if dtype == "float64" else 1e-4)


def test_the_loss_of_weights_is_that_of_a_net() -> None:
    problem = batches.problem("SGD", "float64")
    net = contenders.load("nnlib").untrained(problem)
    assert batches.loss(problem, problem.weights) == pytest.approx(net.loss(problem.X, problem.y),
                                                                   rel=1e-13)


def test_the_nets_of_the_joint_study_are_those_that_its_peer_trains() -> None:
    prepare = contenders.load("naive NumPy").prepare
    final = [prepare(problem)(3)[-1] for problem in joint.problems(1, "float64")]
    np.testing.assert_allclose(joint.by_nnlib(1, 3, "float64"), final, rtol=1e-13)


def test_losses_that_differ_are_refused() -> None:
    loss = np.linspace(1, 0, 5)
    timing.differences({"nnlib": loss, "other": loss + 1e-12}, "float64")
    with pytest.raises(AssertionError, match="other computes other losses"):
        timing.differences({"nnlib": loss, "other": loss + 1e-8}, "float64")
    with pytest.raises(AssertionError, match="other computes other losses"):
        timing.differences({"nnlib": loss, "other": loss * np.nan}, "float32")


def test_every_run_takes_part_in_every_round_and_each_comes_first_in_turn() -> None:
    calls: list[str] = []
    runs = {name: (lambda name=name: calls.append(name)) for name in "abc"}
    seconds = timing.interleaved(runs, 3)
    assert {name: len(rounds) for name, rounds in seconds.items()} == {"a": 3, "b": 3, "c": 3}
    assert "".join(calls) == "abcbcacab"


def test_blocks_of_products_cover_all_observations(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = CASES[1].problem("float64")
    work = []
    matmul = np.matmul
    monkeypatch.setattr(np, "matmul", lambda a, b, out: (
        work.append(a.shape[0] * a.shape[1] * b.shape[1]), matmul(a, b, out=out)))
    products.prepare(problem)(1)
    whole, work[:] = sum(work), []
    products.prepare(problem, block=25)(1)
    assert whole == sum(work)
    # Three layers forward, three gradients, two backward without the bias.
    n, sizes = 60, [(5, 9), (9, 7), (7, 3)]
    assert whole == n * (sum(2 * (d + 1) * h for d, h in sizes)
                         + sum(d * h for d, h in sizes[1:]))


def test_problems_repeat_and_have_the_dtype() -> None:
    first, second = CASES[1].problem("float32"), CASES[1].problem("float32")
    assert isinstance(first, Problem)
    assert first.X.dtype == np.float32
    assert set(np.unique(first.y)) == {0, 1, 2}
    np.testing.assert_array_equal(first.X, second.X)
    for W, again in zip(first.weights, second.weights, strict=True):
        assert W.dtype == np.float32
        np.testing.assert_array_equal(W, again)


def test_resident_memory_grows_by_what_is_filled() -> None:
    before = resident("VmRSS")
    filled = np.ones(2**23)
    assert resident("VmRSS") - before > 0.9 * filled.nbytes
    assert resident("VmHWM") >= resident("VmRSS")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(12.34, "12.3 s"), (0.5, "500 ms"), (0.0123, "12.3 ms"), (4.56e-5, "45.6 µs"),
     (2e-6, "2.00 µs"), (123.4, "123 s")],
)
def test_times_have_three_digits_and_a_unit(seconds: float, said: str) -> None:
    assert in_unit(seconds).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("measured", "at_most", "reached"),
    [(3.1, False, True), (2.994, False, False), (2.996, False, True), (2.9, True, True),
     (3.1, True, False)],
)
def test_a_target_is_reached_by_the_number_shown(
    measured: float, at_most: bool, reached: bool
) -> None:
    assert targets.Target("what", 3, measured, at_most).reached is reached


def test_the_page_is_that_of_the_results() -> None:
    assert (ROOT / "book" / page.FILE).read_text(encoding="utf-8") == page.text(RESULTS), \
        "write the page again: python -m benchmarks --page"
    assert (ROOT / "book" / page.PLOT).is_file()


def test_the_page_shows_every_row_and_the_fastest_in_bold() -> None:
    text = page.text(RESULTS)
    for row in RESULTS["rows"]:
        lines = [line for line in text.splitlines()
                 if line.startswith(f"| {page._net_of(row)} | {row['dtype']} |")]
        times, ratios = lines
        fastest = min(page.CONTENDERS, key=lambda name: np.median(row["seconds"][name]))
        bold = re.findall(r"\*\*(.*?)\*\*", times)
        assert bold == [in_unit(float(np.median(row["seconds"][fastest])))]
        shown = [cell.strip() for cell in ratios.strip("| ").split("|")][2:-1]
        assert shown == [f"{targets.advantage(row['seconds'], peer):.2f}"
                         for peer in contenders.PEERS]


def test_the_page_shows_mini_batches_and_the_joint_study() -> None:
    row = {"batch_size": 32, "optimizer": "Adam", "n": 1792, "sizes": (64, 64, 10), "epochs": 20,
           "dtype": "float32", "seconds": {"nnlib": [2e-3, 9.0, 1e-3], "scikit-learn": [5e-3],
                                           "PyTorch": [1e-2], "JAX": [1e-3]}}
    assert [aim.measured for aim in targets._batches({"batches": [row]})] == [2.5, 5]
    text = page._batches({"batches": [row]}).replace(page.NBSP, " ")
    assert "| 32 | Adam | float32 | 2.00 ms | 5.00 ms | 10.0 ms | **1.00 ms** |" in text
    assert "| 32 | Adam | float32 | 2.50 | 5.00 | 0.50 |" in text
    row = {"nets": 1440, "settings": 180, "epochs": 1000, "dtype": "float64",
           "seconds": {study.STACKED: [60.0, 64.0], study.VMAP: [40.0]}}
    (aim,) = targets._joint({"joint": [row]})
    assert aim.measured == 1.55
    assert not aim.reached
    text = page._joint({"joint": [row]}).replace(page.NBSP, " ")
    assert "1440 nets" in text
    assert "8 seeds" in text
    assert "| float64 | 62.0 s | 40.0 s | 1.55 |" in text


def test_the_page_says_where_nnlib_is_not_the_fastest() -> None:
    _, _, said = page.text(RESULTS).partition("### Where another is faster")
    said, _, _ = said.partition("\n## ")
    slower = {peer for row in RESULTS["rows"] for peer in contenders.PEERS
              if targets.advantage(row["seconds"], peer) < 1}
    assert {peer for peer in contenders.PEERS if f"**{peer}**" in said} == slower


def test_the_recorded_run_was_a_full_one_whose_losses_were_equal() -> None:
    assert [row["n"] for row in RESULTS["rows"][::2]] == [200, 200, 200, 1000, 1797, 10**5, 10**6]
    kinds = [(row["batch_size"], row["optimizer"]) for row in RESULTS["batches"][::2]]
    assert kinds == list(batches.ROWS)
    assert [row["nets"] for row in RESULTS["joint"]] == [180 * joint.SEEDS] * 2
    rows = [row for kind in ("rows", "batches", "sweep", "studies", "joint")
            for row in RESULTS[kind]]
    if "in_page" in RESULTS:
        assert [row["case"] for row in RESULTS["in_page"]["rows"][::2]] == [
            case.key for case in in_page.NETS]
        rows += RESULTS["in_page"]["rows"]
    for row in rows:
        assert max(row["differences"].values()) <= timing.TOLERANCES[row["dtype"]]


def test_versions_shared_with_the_book_are_the_book_s() -> None:
    def pins(file: Path) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)$", file.read_text(encoding="utf-8"), re.M))

    book, bench = pins(ROOT / "requirements.txt"), pins(ROOT / "benchmarks" / "requirements.txt")
    shared = book.keys() & bench.keys()
    assert {"numpy", "matplotlib", "scikit-learn", "joblib", "tqdm"} <= shared
    assert {name: bench[name] for name in shared} == {name: book[name] for name in shared}
    assert not {"torch", "jax", "jaxlib"} & book.keys()


# In the page


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_problem_is_the_same_on_the_other_side(dtype: str) -> None:
    problem = in_page.problem(in_page.NETS[0], dtype)
    there = json.loads(json.dumps(either_side.packed(problem)))
    again = either_side.unpacked(there)
    for one, other in zip([problem.X, problem.y, *problem.weights],
                          [again.X, again.y, *again.weights], strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    settings = ("activation", "learning_rate", "reg_lambda")
    assert [getattr(problem, name) for name in settings] == [
        getattr(again, name) for name in settings]
    side = either_side.Side(there)
    for name in either_side.CONTENDERS:
        expected = contenders.load(name).prepare(problem)(5)
        np.testing.assert_array_equal(side.losses(name, 5), expected, err_msg=name)
        assert side.seconds(name, 5) > 0


def test_the_page_is_sent_all_that_its_side_imports(tmp_path: Path) -> None:
    for name in in_page.SENT:
        file = tmp_path / "benchmarks" / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text((ROOT / "benchmarks" / f"{name}.py").read_text("utf-8"), "utf-8")
    fields = json.dumps(either_side.packed(in_page.problem(in_page.NETS[0], "float64")))
    code = (f"import json, sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]\n"
            "from benchmarks import either_side\n"
            "either_side.built()\n"
            f"side = either_side.Side(json.loads({fields!r}))\n"
            "print(either_side.__file__, side.losses('naive NumPy', 2))")
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    assert said.startswith(f"{tmp_path / 'benchmarks' / 'either_side.py'} [0.")


def test_what_the_page_needs_is_named_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", sys.executable)
    here = Path(sys.executable)
    assert "make site first" in in_page.missing(tmp_path, here)
    wheel = tmp_path / "pyodide" / "nnlib-1-py3-none-any.whl"
    wheel.parent.mkdir()
    modules = {file.relative_to(ROOT).as_posix(): file.read_bytes()
               for file in (ROOT / "nnlib").rglob("*.py")}
    for changed, reason in (({"nnlib/network.py": b""}, "another nnlib"),
                            ({"nnlib/gone.py": b""}, "another nnlib"), ({}, "")):
        with zipfile.ZipFile(wheel, "w") as package:
            for name, content in (modules | changed).items():
                package.writestr(name, content)
        said = in_page.missing(tmp_path, here)
        assert reason in said
        assert bool(reason) == bool(said)
    assert in_page.missing(tmp_path, tmp_path / "python") == "there is no .venv/bin/python"
    monkeypatch.setenv("CHROMIUM", "nowhere")
    assert in_page.missing(tmp_path, here) == "no Chromium found; looked for CHROMIUM=nowhere"


def test_a_browser_may_use_every_core_and_the_benchmark_goes_on_with_one() -> None:
    cores = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {max(cores)})
        with machine.every_core():
            assert os.sched_getaffinity(0) >= cores
        assert os.sched_getaffinity(0) == {max(cores)}
    finally:
        os.sched_setaffinity(0, cores)


def test_the_page_shows_what_was_measured_in_a_page() -> None:
    seconds = {"nnlib in the page": [2e-4, 9.0, 1e-4], "naive NumPy in the page": [3e-4],
               "bare products in the page": [5e-5], "nnlib in CPython": [4e-5],
               "bare products in CPython": [2e-5]}
    rows = [{"case": case.key, "n": case.n, "sizes": case.sizes, "activation": case.activation,
             "dtype": dtype, "differences": {"nnlib in the page": 1e-12}, "seconds": {
                 name: [factor * value for value in own] for name, own in seconds.items()}}
            for case in in_page.NETS[:1] for dtype, factor in (("float64", 1), ("float32", 0.5))]
    drawn = [{"settings": settings, "runs": [{"epochs": 1000, "frames": frames, "seconds": 0.5}]}
             for settings, frames in zip(in_page.DRAWN, (20, 10), strict=True)]
    results = RESULTS | {"in_page": {
        "chromium": "150.0", "page": {"python": "3.12.7", "pyodide": "0.27.7", "numpy": "2.0.2",
                                      "blas": "", "vector_instructions": []},
        "cpython": {"numpy": "2.4.6", "blas": "scipy-openblas", "vector_instructions": ["AVX512"]},
        "rows": rows, "drawn": drawn}}
    text = page.text(results)
    assert "the largest differences of this run were 1.0e-12 and" in " ".join(text.split())
    _, _, said = text.partition("## In the page")
    said = " ".join(said.partition("\n## ")[0].replace(page.NBSP, " ").split())
    assert "| 200, 2, [4], 2, tanh | 200 µs | 100 µs | 1.50 | 1.50 | 5.00 | 5.00 |" in said
    assert "NumPy there has no BLAS and no vector instructions, in CPython it has " \
        "scipy-openblas and vector instructions up to AVX512: the matrix products alone take " \
        "2.5 to 2.5 times as long. They are 25 to 25 % of an epoch" in said
    assert "trains and draws 2000 epochs a second in 40 frames at the settings where it starts " \
        "and 2000 epochs a second in 20 frames with 2 hidden layers of 8 nodes" in said
    apart = results["in_page"] | {"apart": True, "date": "2030-01-02", "load_before": 0.25}
    text = " ".join(page.text(RESULTS | {"in_page": apart}).split())
    assert "everything on this page, but for the section *In the page*, in one run" in text
    assert "apart from the others, on 2030-01-02; in the minute before, 0.25 processes" in text
    without = page.text({name: value for name, value in results.items() if name != "in_page"})
    assert "in the page" not in without.lower()


# The chapter on frameworks

FRAMEWORKS = json.loads(frameworks.FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_losses_stored_for_the_chapter_are_those_of_its_engine_and_of_nnlib(dtype: str) -> None:
    given = frameworks.problem("blobs", "tanh", dtype)
    stored = FRAMEWORKS["pytorch_losses"][dtype]
    prepare = {"engine": engine.prepare, **{
        name: contenders.load(name).prepare for name in contenders.installed() if name != "JAX"}}
    assert {"nnlib", "scikit-learn"} < prepare.keys()
    for name, made in prepare.items():
        np.testing.assert_allclose(made(given)(len(stored)), stored, err_msg=name,
                                   rtol=1e-12 if dtype == "float64" else 1e-5)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_engine_of_the_chapter_trains_as_nnlib_does(activation: str) -> None:
    given = frameworks.problem("digits", activation, "float64")
    theirs = contenders.load("nnlib").prepare(given)(4)
    np.testing.assert_allclose(engine.prepare(given)(4), theirs, rtol=1e-12)


def test_what_is_stored_for_the_chapter_is_complete() -> None:
    kinds = {(row["problem"], row["activation"], row["dtype"]) for row in FRAMEWORKS["compared"]}
    assert len(kinds) == len(FRAMEWORKS["compared"]) == 12
    for row in FRAMEWORKS["compared"]:
        assert row["differences"].keys() == set(frameworks.PEERS)
    assert [row["seconds"].keys() for row in FRAMEWORKS["timed"]] == [
        {"nnlib", "engine", "by hand", "PyTorch", "scikit-learn"}] * 6
    pins = (ROOT / "benchmarks" / "requirements.txt").read_text(encoding="utf-8").split()
    for package, version in FRAMEWORKS["machine"]["versions"].items():
        assert f"{package}=={version.split('+')[0]}" in pins
