"""The book's Benchmarks page and its plot, from the results of a run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import batches, joint
from benchmarks.contenders import PEERS
from benchmarks.in_page import name_in_cpython, name_in_page
from benchmarks.problems import DTYPES
from benchmarks.record import in_unit
from benchmarks.study import SHARE, STACKED, VMAP
from benchmarks.targets import advantage, targets
from benchmarks.timing import PRODUCTS, PRODUCTS_IN_BLOCKS, TOLERANCES

FILE = "benchmarks.md"
PLOT = "_static/benchmarks-time-against-n.png"
CONTENDERS = ("nnlib", *PEERS)
NBSP = "\N{NO-BREAK SPACE}"

# Why a contender may be faster than nnlib, said on the page when it was.
REASONS = {
    "JAX": "JAX compiles the whole loop over the epochs into one program. NumPy starts some thirty "
           "operations an epoch one by one, and each costs half a microsecond to one before it "
           "computes anything: with few observations, that is most of the time. A compiled loop "
           "starts none, and it fuses neighbouring operations, so that an array passes through "
           "the cache once for all of them. The price is the compiling, which the cold start "
           "below includes; and this loop computes no accuracy and no gradient norm, and cannot "
           "stop early.",
    "PyTorch": "PyTorch multiplies matrices with another library, MKL, which suits some shapes "
               "and processors better than the OpenBLAS in NumPy.",
    "scikit-learn": "scikit-learn runs on the same NumPy, and computes neither accuracy nor "
                    "gradient norm.",
    "naive NumPy": "The naive loop computes neither accuracy nor gradient norm and keeps no best "
                   "weights; where arrays are small, what it makes anew costs little.",
}


def write(results: dict[str, Any], book: Path) -> None:
    """Write the page and its plot into the folder of the book."""
    (book / PLOT).parent.mkdir(parents=True, exist_ok=True)
    draw(results["sweep"], book / PLOT)
    (book / FILE).write_text(text(results), encoding="utf-8")


def text(results: dict[str, Any]) -> str:
    """The page, in MyST Markdown."""
    sections = [_opening, _epochs, _batches, _against_n, _memory_and_start, _studies, _joint,
                _targets, _machine]
    if "in_page" in results:
        sections.insert(sections.index(_targets), _in_page)
    blocks = "\n\n".join(section(results).strip() for section in sections).split("\n\n")
    return "\n\n".join(map(_wrapped, blocks)) + "\n"


def _opening(results: dict[str, Any]) -> str:
    compared = [row for kind in ("rows", "batches", "sweep", "studies", "joint")
                for row in results[kind]] + results.get("in_page", {"rows": []})["rows"]
    worst = {dtype: max(max(row["differences"].values()) for row in compared
                        if row["dtype"] == dtype) for dtype in DTYPES}
    same = TOLERANCES
    but = ", but for the section *In the page*," if _is_apart(results) else ""
    return f"""
# Benchmarks

How long does `nnlib` take, beside the libraries that a reader would otherwise use? One command,
`make bench`, measured everything on this page{but} in one run of {results["minutes"]} minutes, and
wrote the page. All contenders train the same net on the same data from the same weights, by
gradient descent on {{math}}`J` (full-batch, but for the section on mini-batches), and each takes
its turn, round after round; a time is the median over the rounds, a ratio is one of medians. Every
process is held to one core and one thread.

| contender | what it is here | beside {{math}}`J`, it computes each epoch |
|---|---|---|
| nnlib | `MultilayerPerceptron.fit`, as a reader calls it | accuracy, gradient norm, best weights |
| naive NumPy | the plain loop: rows are observations, every line makes new arrays | nothing |
| scikit-learn | `MLPClassifier.fit`, solver `sgd`, one batch, no momentum | its stopping rule |
| PyTorch | eager mode: `nn.Sequential`, `CrossEntropyLoss`, `optim.SGD` | nothing |
| JAX | `value_and_grad`, the loop over all epochs under one `jit` | nothing |
| bare products | an epoch's matrix products alone, no net | nothing, not even {{math}}`J` |

No time stands here of a contender whose losses are not those of `nnlib`, epoch for epoch: over
1000 epochs of the nets with up to 1797 observations, over those of one timed run of the others; of
studies, the last losses. They may
differ by {same["float64"]:.0e} in float64 and by {same["float32"]:.0e} in float32; the largest
differences of this run were {worst["float64"]:.1e} and {worst["float32"]:.1e}. scikit-learn
gives two classes a single logistic output; here it has two outputs and a softmax, like the others,
for only then are the losses the same.
"""


def _epochs(results: dict[str, Any]) -> str:
    columns = (*CONTENDERS, PRODUCTS)
    times, ratios = [], []
    for row in results["rows"]:
        medians = {name: median(row["seconds"][name]) for name in columns}
        fastest = min(CONTENDERS, key=medians.__getitem__)
        cells = [in_unit(medians[name]) for name in columns]
        cells[columns.index(fastest)] = f"**{cells[columns.index(fastest)]}**"
        times.append([_net_of(row), row["dtype"], *cells])
        ratios.append([_net_of(row), row["dtype"],
                       *(f"{advantage(row['seconds'], name):.2f}" for name in (*PEERS, PRODUCTS))])
    return f"""
## Time per epoch

A net is given by the observations, inputs, hidden nodes, classes and activation. The fastest
contender of each row is bold.

{_table(["net", "dtype", *columns], times, words=2)}

How many times `nnlib`'s time that is; above 1, `nnlib` is faster:

{_table(["net", "dtype", *PEERS, PRODUCTS], ratios, words=2)}

{_in_blocks(results["rows"])}

### Where another is faster

{_where_others_win(results)}
"""


def _in_blocks(rows: Sequence[dict[str, Any]]) -> str:
    """What the bare products take over blocks of observations, as nnlib does them."""
    parts = [
        f"{in_unit(median(row['seconds'][PRODUCTS_IN_BLOCKS]))} ({_net_of(row)}, {row['dtype']})"
        for row in rows if PRODUCTS_IN_BLOCKS in row["seconds"]
    ]
    if not parts:
        return ""
    return (
        "The bare products are those of whole arrays. `nnlib` passes large data in blocks of "
        "observations that stay in the cache, which makes the products themselves faster: over "
        f"the same blocks they take {_listed(parts)}."
    )


def _where_others_win(results: dict[str, Any]) -> str:
    paragraphs = []
    for peer in PEERS:
        wins = [
            f"{_net_of(row)}, {row['dtype']} ({advantage(row['seconds'], peer):.2f} of the time)"
            for row in results["rows"] if advantage(row["seconds"], peer) < 1
        ]
        if wins:
            paragraphs.append(f"**{peer}**: {'; '.join(wins)}. {REASONS[peer]}")
    return "\n\n".join(paragraphs) or "In no row of the table."


def _batches(results: dict[str, Any]) -> str:
    names = batches.CONTENDERS
    times, ratios = [], []
    for row in results["batches"]:
        head = [str(row["batch_size"]), row["optimizer"], row["dtype"]]
        medians = {name: median(row["seconds"][name]) for name in names}
        fastest = min(medians, key=medians.__getitem__)
        times.append([*head, *(f"**{in_unit(medians[name])}**" if name == fastest
                               else in_unit(medians[name]) for name in names)])
        ratios.append([*head, *(f"{advantage(row['seconds'], name):.2f}" for name in names[1:])])
    row = results["batches"][0]
    d, hidden, k = row["sizes"]
    head = ["batch", "steps by", "dtype"]
    return f"""
## Mini-batches

Beyond toys, nets learn from a few observations at a time, so that what counts is how long one
small step takes. Here {row["n"]} of the digits ({d} inputs, {hidden} hidden ReLU nodes, {k}
classes) pass in batches, from the same weights and in the same order for all. Times are per epoch,
over {row["epochs"]} epochs; the losses after 1, 2 and all of them were compared.

{_table([*head, *names], times, words=3)}

How many times `nnlib`'s time that is:

{_table([*head, *names[1:]], ratios, words=3)}

After each epoch `nnlib` also passes over all observations once more, for {{math}}`J`, the accuracy
and the norm of the gradient; scikit-learn averages the losses of the batches, and the others keep
no record. JAX's steps are one compiled loop over all epochs; PyTorch's Adam is as it comes, eager
and not fused. Adam's {{math}}`\\epsilon` is 1e-30 for all, because scikit-learn adds it elsewhere.
"""


def _against_n(results: dict[str, Any]) -> str:
    first, last = results["sweep"][0], results["sweep"][-1]
    d, hidden, k = first["sizes"]
    n_first, n_last = _thousands(first["n"]), _thousands(last["n"])
    return f"""
## Time against the number of observations

```{{figure}} {PLOT}
:name: fig-benchmarks-time-against-n
:alt: Time per epoch against observations, log-log, a line for each contender; float64 and float32

Time per epoch of a net with {d} inputs, {hidden} hidden nodes and {k} classes, from {n_first} to
{n_last} observations. With few, starting an operation is what costs; with many, the arithmetic and
the way of the arrays through memory.
```
"""


def _memory_and_start(results: dict[str, Any]) -> str:
    cold = results["cold_start"]
    memory_rows = [
        [f"n = {_thousands(row['n'])}", row["dtype"],
         *(f"{row['bytes'][name] / 2**20:.0f}" for name in CONTENDERS)]
        for row in results["memory"]
    ]
    cold_rows = [
        ["seconds", *(f"{median(cold['seconds'][name]):.2f}" for name in CONTENDERS)],
        ["times nnlib's", *(f"{advantage(cold['seconds'], name):.1f}" for name in CONTENDERS)],
    ]
    return f"""
## Memory and cold start

What training adds to a process at its peak beside the data, in MiB. Each figure comes from a
process of its own, in which a small net was trained first, so that the library's own code is not
counted:

{_table(["data", "dtype", *CONTENDERS], memory_rows, words=2)}

`nnlib` needs the memory of one block, and while that is at most 64 MiB it keeps a copy of the data
as columns; beyond that it makes each block again in every epoch.

From the start of a process to a trained net: importing, compiling where there is something to
compile, and {cold["epochs"]} epochs in float64 (200 observations, 2 inputs, 32 hidden nodes, 2
classes):

{_table(["", *CONTENDERS], cold_rows)}
"""


def _studies(results: dict[str, Any]) -> str:
    studies = results["studies"]
    ways = sorted(studies[0]["seconds"], key=lambda way: median(studies[0]["seconds"][way]))
    rows = [
        [way, *(cell for study in studies for cell in (
            in_unit(median(study["seconds"][way])),
            f"{advantage(study['seconds'], way, STACKED):.1f}",
        ))]
        for way in ways
    ]
    head = ["way", *(f"{study['dtype']}, {what}" for study in studies
                     for what in ("time", "ratio"))]
    nets, epochs = studies[0]["nets"], studies[0]["epochs"]
    return f"""
## A study of {nets} nets

Studies carry this book. This one has {nets} nets: 200 observations and 32 hidden nodes each,
{epochs} epochs, three penalties, and for each seed a data set of its own. `nnlib.studies.Study`
trains them as stacked arrays. A ratio is to the time of that:

{_table(head, rows)}

The time for compiling is counted with JAX's. Where PyTorch, scikit-learn and naive NumPy train one
net after another, every {_ordinal(SHARE)} net was trained and the time multiplied by {SHARE}.
"""


def _joint(results: dict[str, Any]) -> str:
    ways = (STACKED, VMAP)
    rows = [[study["dtype"], *(in_unit(median(study["seconds"][way])) for way in ways),
             f"{1 / advantage(study['seconds'], VMAP, STACKED):.2f}"]
            for study in results["joint"]]
    study = results["joint"][0]
    counts = [f"{len(values)} {name}" for name, values in (
        ("learning rates", joint.FACTORS["learning_rate"]),
        ("activations", joint.FACTORS["activation"]),
        ("widths", joint.FACTORS["hidden_nodes"]),
        ("penalties", joint.FACTORS["reg_lambda"]), ("problems", joint.data()))]
    return f"""
## The joint study

What is said of one factor has to hold for other values of the others, so studies vary all of them
at once. This one has {study["nets"]} nets: {_listed(counts)}, all combinations,
{study["nets"] // study["settings"]} seeds each; {joint.OBSERVATIONS} observations, two classes,
{study["epochs"]} epochs, chosen so that `nnlib` takes a minute or two in float64.

{_table(["dtype", *ways, "nnlib's share of JAX's time"], rows)}

JAX compiles a loop for each activation and width, which trains {joint.TOGETHER} nets at once; the
time for compiling is counted, that for drawing its data and first weights is not. `nnlib`'s time
has all in it, also the accuracy and the gradient norm of every epoch.
"""


def _in_page(results: dict[str, Any]) -> str:
    measured = results["in_page"]
    page, cpython = measured["page"], measured["cpython"]
    cells: dict[str, list[str]] = {}
    for show in (lambda own: in_unit(median(own[name_in_page("nnlib")])),
                 lambda own: f"{_in_page_over(own, 'naive NumPy'):.2f}",
                 lambda own: f"{_page_over_cpython(own, 'nnlib'):.2f}"):
        for row in measured["rows"]:
            cells.setdefault(_net_of(row), []).append(show(row["seconds"]))
    head = [f"{what}, {dtype}" for what in ("nnlib", "naive NumPy / nnlib", "page / CPython")
            for dtype in DTYPES]
    slower, products = (
        _span([_page_over_cpython(row["seconds"], name) for row in measured["rows"]])
        for name in ("nnlib", PRODUCTS))
    alone = f" This section was measured apart from the others, on {measured['date']}; in the " \
            f"minute before, {measured['load_before']:.2f} processes on average wanted a core." \
        if _is_apart(results) else ""
    share = _span([100 * _in_page_over(row["seconds"], PRODUCTS) for row in measured["rows"]], 0)
    return f"""
## In the page

The book's live figures train in the reader's browser, with Python {page["python"]} and NumPy
{page["numpy"]} compiled to WebAssembly (Pyodide {page["pyodide"]}). Here that Python, started from
the built site in a worker of Chromium {measured["chromium"]} as the figures start it, took turns
with `nnlib` in CPython; the observations are those of the moons. The table has the time of `nnlib`
per epoch in the page; the ratio of naive NumPy's time to that, both in the page; and the ratio of
`nnlib`'s time in the page to its time in CPython.{alone}

{_table(["net", *head], [[net, *figures] for net, figures in cells.items()])}

In the page an epoch takes `nnlib` {slower} times as long as in CPython. NumPy there has
{_built(page)}, in CPython it has {_built(cpython)}: the matrix products alone take {products} times
as long. They are {share} % of an epoch in the page; the rest is other work on arrays, and what it
takes to start each operation, by an interpreter that is WebAssembly itself.

From *Play* to the end of its {measured["drawn"][0]["runs"][0]["epochs"]} epochs, the playground's
figure trains and draws {_listed(map(_drawn, measured["drawn"]))}. The browser draws without a
graphics card and, unlike all else here, may use every core.
"""


def _is_apart(results: Mapping[str, Any]) -> bool:
    """Whether what runs in the page was measured again, and the rest was not."""
    return "apart" in results.get("in_page", {})


def _in_page_over(seconds: dict[str, list[float]], contender: str) -> float:
    """The ratio of a contender's time to nnlib's, both in the page."""
    return advantage(seconds, name_in_page(contender), name_in_page("nnlib"))


def _page_over_cpython(seconds: dict[str, list[float]], contender: str) -> float:
    """The ratio of a contender's time in the page to that in CPython."""
    return advantage(seconds, name_in_page(contender), name_in_cpython(contender))


def _built(numpy: Mapping[str, Any]) -> str:
    """What a NumPy was built to be fast with."""
    extensions = numpy["vector_instructions"]
    vectors = f"vector instructions up to {extensions[-1]}" if extensions else \
        "no vector instructions"
    return f"{numpy['blas'] or 'no BLAS'} and {vectors}"


def _drawn(figure: Mapping[str, Any]) -> str:
    """How fast a figure trains and draws."""
    settings, runs = figure["settings"], figure["runs"]
    epochs, frames = (median(run[what] / run["seconds"] for run in runs)
                      for what in ("epochs", "frames"))
    where = (f"with {settings['hidden_layers']} hidden layers of {settings['hidden_nodes']} nodes"
             if settings else "at the settings where it starts")
    return f"{epochs:.0f} epochs a second in {frames:.0f} frames {where}"


def _span(values: Sequence[float], digits: int = 1) -> str:
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def _targets(results: dict[str, Any]) -> str:
    rows = [
        [target.what, f"{'at most' if target.at_most else 'at least'}{NBSP}{target.aim:g}",
         f"{target.measured:.2f}", "reached" if target.reached else f"**not{NBSP}reached**"]
        for target in targets(results)
    ]
    return f"""
## What it set out to reach

The aims that the engine has now, and what this run measured.

{_table(["", "aim", "measured", ""], rows)}
"""


def _machine(results: dict[str, Any]) -> str:
    machine = results["machine"]
    caches = _listed(f"{name} {size}" for name, size in machine["caches"].items())
    versions = _listed(f"{name} {version}" for name, version in machine["versions"].items())
    virtual = f", a virtual machine ({machine['virtual']})" if machine["virtual"] else ""
    return f"""
## The machine, and how to repeat this

Measured on {results["date"]}: {machine["processor"]}, with {machine["vector_instructions"]},
{machine["cores"]} cores, caches {caches}, {machine["memory_gib"]} GiB of memory{virtual};
{machine["system"]}, Python {machine["python"]}, {versions}. In the minute before the run,
{results["load_before"]:.2f} processes on average wanted a core.

```
make bench            # measure, and write this page: {results["minutes"]:.0f} minutes
make bench QUICK=1    # see that everything runs: a minute; leaves this page alone
```

It needs Linux. PyTorch and JAX are installed into an environment of their own, `.venv-bench`, so
that the book and its tests cannot come to need them. Every run of every contender is in
`benchmarks/results.json`; how each is written, in `benchmarks/contenders`. Leave the machine alone
meanwhile: ratios bear a little disturbance, times do not.
"""


def draw(sweep: Sequence[dict[str, Any]], file: Path) -> None:
    """Time per epoch against n, a panel for each dtype."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    from nnlib import plotting

    names = (*CONTENDERS, PRODUCTS)
    with matplotlib.rc_context(plotting.STYLE):
        figure, axes = plt.subplots(1, 2, figsize=(10, 4.6), sharey=True, layout="constrained")
        for dtype, ax in zip(DTYPES, axes, strict=True):
            rows = [row for row in sweep if row["dtype"] == dtype]
            for name, marker, colour in zip(names, "osD^vx", plotting.COLOURS, strict=False):
                is_bare = name == PRODUCTS
                ax.loglog(
                    [row["n"] for row in rows],
                    [1000 * median(row["seconds"][name]) for row in rows],
                    label=name, marker=marker, markersize=5,
                    color="#4D4D4D" if is_bare else colour,
                    linestyle=":" if is_bare else "-",
                    linewidth=2.6 if name == "nnlib" else 1.5,
                    zorder=3 if name == "nnlib" else 2,
                )
            ax.set(title=dtype, xlabel="observations n")
        axes[0].set_ylabel("time per epoch (ms)")
        axes[0].legend()
        figure.savefig(file, dpi=130, metadata={"Software": None})
        plt.close(figure)


# Words and tables


def _wrapped(block: str) -> str:
    """A paragraph in lines of a hundred characters; anything else as it is."""
    if block.startswith(("#", "|")) or "```" in block:
        return block
    return textwrap.fill(block, 100, break_long_words=False, break_on_hyphens=False)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A Markdown table, of which so many columns hold words and the others figures."""
    rule = [":---" if column < words else "---:" for column in range(len(head))]
    lines = [head, rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _net_of(row: Mapping[str, Any]) -> str:
    """A row of the tables in words."""
    d, *hidden, k = row["sizes"]
    name = "digits: " if row["case"] == "digits" else ""
    return (f"{name}{_thousands(row['n'])}, {d}, {hidden}, {k}, "
            f"{'ReLU' if row['activation'] == 'relu' else row['activation']}")


def _thousands(n: int) -> str:
    """A whole number, its thousands set apart by a no-break space as the book has them."""
    return f"{n:,}".replace(",", NBSP) if n >= 10_000 else str(n)


def _ordinal(n: int) -> str:
    return {2: "second", 3: "third", 5: "fifth", 10: "tenth"}.get(n, f"{n}th")


def _listed(parts: Iterable[str]) -> str:
    """Several things in a sentence."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
