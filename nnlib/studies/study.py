"""Studies: every setting times many seeds, for every claim rests on many nets.

The nets of a study that have equal shapes are trained in stacks (`nnlib.studies.stacks`).  A stack
is the unit of work: one stack goes to one process, or to one worker of a cluster, and one stack is
one file of the folder from which a study that was killed resumes.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import math
import os
import shutil
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnlib.nets import Net
from nnlib.studies import evidence
from nnlib.studies.factors import TAKEN, check_factors, is_series
from nnlib.studies.folder import Folder, describe, hash_of_data
from nnlib.studies.results import Results
from nnlib.studies.stacks import (
    COLUMNS,
    CURVES,
    Job,
    Looker,
    Measure,
    in_lock_step,
    shapes_of,
    start_of,
    train,
)
from nnlib.validation import (
    check_count,
    check_flag,
    check_path,
    check_random_state,
    check_real,
    shown,
)

Array = npt.NDArray[Any]

# A stack holds as many nets as keep the activations of the widest layer within half a core's
# cache, but no more than a reader waits for or a kill may cost.  Per net and epoch (n = 200, 32
# hidden units, float64; in brackets 1000 observations): 1 net 53 µs (105), 4 nets 26 (81), 16 nets
# 20 (95), 64 nets 19 (143).
STACK_BYTES = 2**20
STACK_NETS = 32

MAX_SEEDS, MAX_JOBS = 100_000, 1000

# Epochs of a curve: about as many as a picture shows.  The first of them coincide.
CURVE_EPOCHS = 72

# Parameters in which the nets of one stack may differ; others change the shapes or the loop.
STACKABLE = ("learning_rate", "reg_lambda", "reduction", "initial_scale")


class Task(NamedTuple):
    """One net of a study: the number of its setting, and its seed."""

    setting: int
    seed: int


class Study:
    """Train one net for every setting and every seed; see what settings do, and what chance does.

    A net's `random_state` is its seed, and with `data` a function so are its data.  Each net comes
    out as its own `fit` would make it; the warnings of single fits become the columns `failed` and
    `diverged`.

    Parameters
    ----------
    net : Net
        The settings that stay the same.  Its `random_state`, `warm_start` and `progress` must be
        left at their defaults.
    vary : mapping of str to sequence, or sequence of mappings
        The factors and their values, of which all combinations are settings; or the settings
        themselves.  Factors are parameters of the net, or of `data`.
    data : callable, tuple or mapping
        ``data(seed)``, or ``data(seed, name=value)`` for a factor of it, returning ``(X, y)``, or
        a tuple of two or three such pairs: training, validation and test data.  Or such a tuple
        itself: the same data for every net.  Or a mapping of names to such: then the data are a
        factor, ``"data"``.
    seeds : iterable of int
        One net each, for every setting; at least 0.
    folder : str or path, optional
        Where to keep results as they come.  A study that was stopped, even killed, and is run
        again with the same folder goes on where it was, and ends with the same numbers.
    n_jobs : int, optional
        Processes, as joblib counts them: -1 for one a core.  None is one, or what
        `joblib.parallel_config` says.
    progress : bool
        Show a progress bar, in nets (needs tqdm).
    epochs : iterable of int, or "all", optional
        The epochs at which curves are kept; test data are looked at only then, and at the end.  By
        default about 60, evenly spaced on a logarithmic scale from 1, and epoch 0.
    measures : mapping of str to callable, optional
        What else to look at, at the epochs of the curves, of which each becomes one of that name:
        ``measure(net, X, y)`` gives a number for a net as it stands, and its training data.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, if a value is none that the parameter takes, or if
        the data of the first seed do not suit the net.

    Notes
    -----
    On a Dask cluster the same study runs unchanged, wherever the workers can import nnlib::

        from dask.distributed import Client
        with Client(address), joblib.parallel_config("dask"):
            results = study.run()

    The workers need no shared folder: this process writes the files.

    Examples
    --------
    >>> from nnlib import ThreeLayerNet, datasets
    >>> from nnlib.studies import Study
    >>> study = Study(
    ...     ThreeLayerNet(learning_rate=0.5, reduction="mean", max_epochs=300),
    ...     vary={"hidden_nodes": [2, 16], "activation": ["relu", "tanh"]},
    ...     data=lambda seed: (datasets.moons(100, random_state=seed),
    ...                        datasets.moons(500, random_state=1000 + seed)),
    ...     seeds=range(5),
    ...     progress=False,
    ... )
    >>> results = study.run().at(hidden_nodes=16)
    >>> bool(results.table["validation_accuracy"].min() > 0.8)
    True
    """

    def __init__(
        self,
        net: Net,
        vary: Mapping[str, Iterable[Any]] | Iterable[Mapping[str, Any]],
        data: Any,
        seeds: Iterable[int],
        folder: str | os.PathLike[str] | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
        epochs: Iterable[int] | str | None = None,
        measures: Mapping[str, Measure] | None = None,
    ) -> None:
        self.net = _check_net(net)
        self.data = data
        self._factors = check_factors(vary, self.net, data)
        self.seeds = _check_seeds(seeds)
        path = None if folder is None else check_path("folder", folder)
        self.n_jobs = None if n_jobs is None else _check_jobs(n_jobs)
        self.progress = check_flag("progress", progress)
        self._tasks = [Task(setting, seed) for setting in range(len(self._factors.settings))
                       for seed in self.seeds]
        self._stacks, hashes = self._cut()
        self.epochs = _check_epochs(epochs, self._last_epoch())
        self.measures = _check_measures(measures)
        self._curves = (*CURVES, *self.measures)
        self._finished: dict[int, dict[str, Array]] = {}
        self._description = partial(describe, self.net, self._factors, self.seeds, hashes,
                                    self.epochs, list(self.measures))
        # What a folder cannot describe is refused before any training.
        self._folder = None if path is None else Folder(path, self._description(self._stacks))

    @property
    def vary(self) -> dict[str, tuple[Any, ...]]:
        """Each factor, and its values in order."""
        return self._factors.values

    def __repr__(self) -> str:
        vary = {name: list(values) for name, values in self.vary.items()}
        return f"<Study of {len(self._tasks)} nets: {self.net!r}, vary {vary}>"

    @property
    def results(self) -> Results:
        """All results after `run`; after an interrupt, those of the stacks that were finished."""
        finished = sorted(task for stack in self._finished for task in self._stacks[stack])
        return self._results([self._tasks[task] for task in finished], self._of_each())

    def _of_each(self) -> dict[str, Array]:
        """What is known of each net that is finished, in the order of the tasks."""
        stacks = sorted(self._finished)
        place = np.argsort([task for stack in stacks for task in self._stacks[stack]])
        dtypes = {**{name: (dtype, ()) for name, dtype in COLUMNS.items()},
                  **{f"{name}_curve": (float, self.epochs.shape) for name in self._curves}}
        return {
            name: np.concatenate([np.empty((0, *shape), dtype),
                                  *(self._finished[stack][name] for stack in stacks)])[place]
            for name, (dtype, shape) in dtypes.items()
        }

    def _results(
        self, tasks: list[Task], of_each: Mapping[str, Array],
        provenance: Mapping[str, Any] | None = None,
    ) -> Results:
        """Results of these nets, from what is known of each."""
        settings = [self._factors.settings[task.setting] for task in tasks]
        table: dict[str, Array] = {
            name: _as_column([setting[name] for setting in settings], values)
            for name, values in self.vary.items()
        }
        table["seed"] = np.array([task.seed for task in tasks], np.int64)
        table |= {name: of_each[name] for name in COLUMNS}
        curves = {name: of_each[f"{name}_curve"] for name in self._curves}
        return Results(self.vary, table, curves, self.epochs, provenance)

    def run(self) -> Results:
        """Train every net that is not finished yet.

        Returns
        -------
        Results

        Raises
        ------
        KeyboardInterrupt
            If the reader interrupts; `results` then holds every stack of nets that had finished,
            and another `run` trains the others.
        ValueError
            If the folder holds another study, or the data of a seed do not suit the net.
        ImportError
            If `n_jobs` or `progress` asks for a package that is not installed.
        """
        self._run(self._folder)
        return self.results

    def _run(self, folder: Folder | None) -> None:
        if folder is not None:
            self._resume(folder)
        missing = [stack for stack in range(len(self._stacks)) if stack not in self._finished]
        with self._progress_bar() as bar, closing(self._train(missing)) as outcomes:
            for stack, outcome in outcomes:
                if folder is not None:
                    folder.write(stack, self._hash_of_stack(stack), outcome)
                self._finished[stack] = outcome
                if bar is not None:
                    bar.update(len(self._stacks[stack]))

    def part(self, fraction: float) -> Study:
        """The same study of fewer seeds: the first of them, at least one.

        Parameters
        ----------
        fraction : float
            Of the seeds; above 0, at most 1.

        Returns
        -------
        Study
            Without a folder.
        """
        fraction = check_real("fraction", fraction, above=0, at_most=1)
        seeds = self.seeds[: math.ceil(fraction * len(self.seeds))]
        return Study(self.net, self._factors.settings, self.data, seeds, None, self.n_jobs,
                     self.progress, self.epochs, self.measures)

    # Stored evidence

    def stored(self, path: str | os.PathLike[str]) -> Results:
        """The results that a file holds; where there is no such file, run the study and write it.

        A run that is stopped, even killed, leaves what it has in a folder beside the file, and the
        next goes on from there.

        Parameters
        ----------
        path : str or path
            Such as ``"evidence/rates.npz"``, in a folder that exists.

        Returns
        -------
        Results
            Curves in 32 bits' precision; `provenance` says where and when they were made.

        Raises
        ------
        OSError
            If the file cannot be read or written.
        ValueError
            If it is damaged, or the evidence of another study.
        """
        path = Path(check_path("path", path))
        parts = path.with_name(f"{path.name}.parts")
        if not path.exists():
            if not path.parent.is_dir():
                raise FileNotFoundError(errno.ENOENT, "No such folder to write to",
                                        str(path.parent))
            folder = self._folder or Folder(parts, self._description(self._stacks))
            self._run(folder)
            seconds = sum(float(outcome["seconds"].sum()) for outcome in self._finished.values())
            evidence.write(path, self._description(), self._of_each(), seconds)
        if self._folder is None:  # where another process may be at work on the same
            shutil.rmtree(parts, ignore_errors=True)
        of_each, provenance = evidence.read(path, self._description())
        return self._results(self._tasks, of_each, provenance)

    def proof(
        self,
        path: str | os.PathLike[str],
        nets: int = 5,
        random_state: int | np.random.Generator | None = None,
    ) -> list[evidence.Difference]:
        """Train some nets of stored evidence again; say where the file says otherwise.

        Where they do not repeat to rounding, they are trained again, at most
        `nnlib.studies.evidence.NUDGES` times, from weights changed by a few roundings, to see what
        rounding alone can do; `nnlib.studies.evidence.differences` has the rules.

        Parameters
        ----------
        path : str or path
            Of a file that `stored` wrote.
        nets : int
            How many, from one stack; at least 1.
        random_state : int, numpy.random.Generator or None
            Draws them: every net is as likely as any other, unless a stack has fewer than `nets`.

        Returns
        -------
        list of Difference
            Empty if all numbers agree.  `net` is the row in the table of the results.

        Raises
        ------
        OSError, ValueError
            As `stored`.
        """
        nets = check_count("nets", nets, at_least=1, at_most=len(self._tasks))
        rng = check_random_state(random_state)
        of_each, _ = evidence.read(Path(check_path("path", path)), self._description())
        rows = self._draw(nets, rng)
        job = self._job(rows.tolist())
        dtype = job.nets[0].dtype
        _, trained = train(0, job)
        spread = {name: self._spread(values, rows) for name, values in of_each.items()
                  if name != "stop_reason"}
        stored = {name: values[rows] for name, values in of_each.items()}

        nudge = evidence.NUDGE * float(np.finfo(dtype).eps)
        nudged: list[dict[str, Array]] = []
        while differences := evidence.differences(stored, trained, nudged, spread, dtype):
            if len(nudged) == evidence.NUDGES:
                break
            nudged.append(train(0, job._replace(nudge=nudge, nudge_seed=len(nudged)))[1])
        return [each if each.net is None else each._replace(net=int(rows[each.net]))
                for each in differences]

    def _draw(self, nets: int, rng: np.random.Generator) -> Array:
        """Tasks of one stack, each as likely as any other if no stack is smaller, (nets,)."""
        shares = [len(stack) / len(self._tasks) for stack in self._stacks]
        stack = self._stacks[rng.choice(len(self._stacks), p=shares)]
        return np.sort(rng.choice(stack, min(nets, len(stack)), replace=False))

    def _spread(self, values: Array, rows: Array) -> Array:
        """By how much the other nets of each row's setting differ, (rows,) or (rows, epochs)."""
        of_setting = values.astype(float).reshape(-1, len(self.seeds), *values.shape[1:])
        of_setting[~np.isfinite(of_setting)] = np.nan
        spread = []
        for setting, own in zip(*np.divmod(rows, len(self.seeds)), strict=True):
            others = np.delete(of_setting[setting], own, axis=0)
            spread.append(np.fmax.reduce(others, axis=0, initial=-np.inf)
                          - np.fmin.reduce(others, axis=0, initial=np.inf))
        return np.fmax(spread, 0.0)

    def _resume(self, folder: Folder) -> None:
        """Take from the folder the stacks that had finished."""
        folder.open()
        for stack, tasks in enumerate(self._stacks):
            if stack not in self._finished:
                outcome = folder.read(stack, len(tasks), partial(self._hash_of_stack, stack))
                if outcome is not None:
                    self._finished[stack] = outcome

    # What there is to train

    def _last_epoch(self) -> int:
        """Of the settings that train longest."""
        return int(max(self.vary.get("max_epochs", (self.net.max_epochs,))))

    def _cut(self) -> tuple[list[list[int]], dict[str, str]]:
        """Stacks of tasks, and a hash of the first seed's data for every value that changes them.

        Depends on nothing but the study, so that a study that resumes, on however many processes,
        trains the same stacks and gets the same numbers to the last bit.
        """
        groups: dict[Any, list[int]] = {}
        largest: dict[Any, int] = {}
        data: dict[str, Any] = {}
        hashes = {}
        factors = self._factors
        apart = [name for name in factors.values
                 if name not in STACKABLE and name not in factors.of_data]
        of_data = [name for name in factors.values if name in factors.of_data]
        for number, setting in enumerate(factors.settings):
            seed, start = self.seeds[0], number * len(self.seeds)
            net = factors.net(self.net, setting, seed)
            net.check_parameters()
            label = json.dumps({name: setting[name] for name in of_data}, default=repr)
            if label not in data:
                data[label] = factors.call(self.data, setting, seed).make()
            first = start_of(net, data[label], seed)
            hashes[label] = hash_of_data(first)
            group = (factors.positions(setting, apart), shapes_of(first))
            groups.setdefault(group, []).extend(range(start, start + len(self.seeds)))
            network, n = first.descent.objective.network, first.descent.objective.n
            net_bytes = max(network.sizes) * n * network.dtype.itemsize
            largest[group] = min(STACK_NETS, max(1, STACK_BYTES // net_bytes))
        stacks = []
        for group, tasks in groups.items():
            parts = np.array_split(tasks, math.ceil(len(tasks) / largest[group]))
            stacks += [part.tolist() for part in parts]
        return stacks, hashes

    def _hash_of_stack(self, stack: int) -> str:
        """A hash of the data of every seed in a stack; the description has that of fixed data."""
        job = self._job(self._stacks[stack])
        hashes = {}
        for net, number in zip(job.nets, job.call_of_net, strict=True):
            call = job.calls[number]
            if callable(call.data) and number not in hashes:
                hashes[number] = hash_of_data(start_of(net, call.make(), call.seed))
        if not self.measures:
            return hashlib.sha256(json.dumps(hashes).encode()).hexdigest()
        # What measures say of the first net, untrained: another function is other data.
        net, call = job.nets[0], job.calls[job.call_of_net[0]]
        data = call.make()
        start = start_of(net, data, call.seed)
        looks = Looker([net], [data], [start], self.measures).look(
            in_lock_step([start]).descent.objective.network)
        looked = np.array(looks, np.float32).tolist()
        return hashlib.sha256(json.dumps([hashes, looked]).encode()).hexdigest()

    def _job(self, tasks: Iterable[int]) -> Job:
        """These tasks, whose nets are of equal shape, as work for `train`."""
        factors = self._factors
        job = Job([], [], [], self.epochs, measures=self.measures)
        numbers_of_calls: dict[Any, int] = {}
        for number, seed in (self._tasks[index] for index in tasks):
            setting = factors.settings[number]
            call = factors.call(self.data, setting, seed)
            key = (call.seed, factors.positions(setting, factors.of_data))
            if key not in numbers_of_calls:
                numbers_of_calls[key] = len(job.calls)
                job.calls.append(call)
            job.nets.append(factors.net(self.net, setting, seed))
            job.call_of_net.append(numbers_of_calls[key])
        return job

    def _train(self, stacks: list[int]) -> Generator[tuple[int, dict[str, Array]]]:
        """Train stacks, here or wherever joblib takes them; each comes back when it is done."""
        jobs = ((stack, self._job(self._stacks[stack])) for stack in stacks)
        try:
            import joblib
        except ImportError as error:
            if self.n_jobs not in (None, 1):
                raise ImportError(f"n_jobs={self.n_jobs} needs joblib: install it, or set "
                                  f"n_jobs=None") from error
            yield from itertools.starmap(train, jobs)
            return
        parallel = joblib.Parallel(
            n_jobs=self.n_jobs, return_as="generator_unordered", batch_size=1
        )
        yield from parallel(joblib.delayed(train)(stack, job) for stack, job in jobs)

    def _progress_bar(self) -> Any:
        """A context that gives a bar, or None without `progress`."""
        if not self.progress:
            return nullcontext()
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise ImportError("progress=True needs tqdm: install it, or set progress=False") \
                from error
        done = sum(len(self._stacks[stack]) for stack in self._finished)
        return tqdm(total=len(self._tasks), initial=done, unit="net")

def _check_jobs(n_jobs: object) -> int:
    jobs = check_count("n_jobs", n_jobs, at_least=-MAX_JOBS, at_most=MAX_JOBS)
    if jobs == 0:
        raise ValueError("n_jobs must be None or a whole number other than 0, got 0")
    return jobs


def _check_net(net: object) -> Net:
    if not isinstance(net, Net):
        raise TypeError(f"net must be a ThreeLayerNet, a FourLayerNet, a MultilayerPerceptron or a "
                        f"MultilayerRegressor, got {shown(net)}")
    parameters = net.get_params()
    for name, default in zip(TAKEN, (None, False, False), strict=True):
        if parameters[name] is not default:
            raise ValueError(f"net must leave {name} at {default}, which the study takes care of, "
                             f"got {name}={parameters[name]!r}")
    return type(net)(**parameters)


def _check_seeds(seeds: object) -> tuple[int, ...]:
    if not is_series(seeds):
        raise TypeError(f"seeds must be a sequence of whole numbers, got {shown(seeds)}")
    checked = tuple(check_count("seeds", seed, at_least=0, at_most=2**63 - 1)
                    for seed in itertools.islice(seeds, MAX_SEEDS + 1))
    if len(checked) > MAX_SEEDS:
        raise ValueError(f"seeds must be at most {MAX_SEEDS}, got more")
    if not checked:
        raise ValueError("seeds must hold at least one whole number, got none")
    if len(set(checked)) < len(checked):
        raise ValueError(f"seeds must differ from each other, got {list(checked)}")
    return checked


def _check_epochs(epochs: object, last: int) -> npt.NDArray[np.int64]:
    """The epochs to record, increasing."""
    if epochs is None:
        spaced = np.geomspace(1, last, min(last, CURVE_EPOCHS)).round().astype(np.int64)
        return np.unique(np.concatenate([[0], spaced]))
    if isinstance(epochs, str) and epochs == "all":
        return np.arange(last + 1)
    if not is_series(epochs):
        raise TypeError(f"epochs must be None, 'all' or a sequence of whole numbers, "
                        f"got {shown(epochs)}")
    checked = [check_count("epochs", epoch, at_least=0, at_most=last)
               for epoch in itertools.islice(epochs, last + 2)]
    if not checked or any(b <= a for a, b in itertools.pairwise(checked)):
        raise ValueError(f"epochs must increase and hold at least one, got {shown(checked)}")
    return np.array(checked, np.int64)


def _check_measures(measures: object) -> dict[str, Measure]:
    """What else to look at, by names that no curve has."""
    if measures is None:
        return {}
    if not isinstance(measures, Mapping):
        raise TypeError(f"measures must be None or a mapping of names to functions, "
                        f"got {shown(measures)}")
    for name, measure in measures.items():
        if not isinstance(name, str) or not name.isidentifier() or name in CURVES:
            raise ValueError(f"measures must have names that no curve has and that could be "
                             f"Python's, got {shown(name)}")
        if not callable(measure):
            raise TypeError(f"measures[{name!r}] must be a function of a net, X and y, "
                            f"got {shown(measure)}")
    return dict(measures)


def _as_column(values: list[Any], all_values: tuple[Any, ...]) -> Array:
    """Values as an array of numbers or text where all are of a kind, else of objects."""
    # Beyond, a float is not the whole number that was given, nor is there room for every one.
    exact = all(type(value) is not int or abs(value) <= 2**53 for value in all_values)
    for kinds, dtype in (((bool,), bool), ((int,), np.int64), ((int, float), float), ((str,), str)):
        if exact and all(type(value) in kinds for value in all_values):
            return np.array(values, dtype)
    column = np.empty(len(values), object)
    column[:] = values
    return column
