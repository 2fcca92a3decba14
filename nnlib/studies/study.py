"""Studies: values of one setting, or of two, times seeds: every claim rests on many nets.

The nets of a study that have equal shapes are trained in stacks (`nnlib.studies.stacks`).  A stack
is the unit of work: one stack goes to one process, or to one worker of a cluster, and one stack is
one file of the folder from which a study that was killed resumes.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
import json
import math
import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing, nullcontext
from functools import partial
from typing import Any, NamedTuple, TypeGuard

import numpy as np
import numpy.typing as npt

from nnlib.classifiers import MultilayerPerceptron
from nnlib.studies.folder import Folder, describe, hash_of_data
from nnlib.studies.results import Results
from nnlib.studies.stacks import (
    COLUMNS,
    CURVES,
    DATA_FORMS,
    Job,
    descent_of,
    make_data,
    padded,
    shapes_of,
    train,
)
from nnlib.validation import check_count, check_flag, check_path, shown

Array = npt.NDArray[Any]

# A stack holds as many nets as keep the activations of the widest layer within half a core's
# cache, but no more than a reader waits for or a kill may cost.  Per net and epoch (n = 200, 32
# hidden units, float64; in brackets 1000 observations): 1 net 53 µs (105), 4 nets 26 (81), 16 nets
# 20 (95), 64 nets 19 (143).
STACK_BYTES = 2**20
STACK_NETS = 32

MAX_VALUES, MAX_SEEDS, MAX_JOBS = 10_000, 100_000, 1000

# Parameters in which the nets of one stack may differ; others change the shapes or the loop.
STACKABLE = ("learning_rate", "reg_lambda", "reduction", "initial_scale")


class Task(NamedTuple):
    """One net of a study: the position of its value in each varied parameter, and its seed."""

    positions: tuple[int, ...]
    seed: int


class Study:
    """Train one net for every value and every seed; see what the value does, and what chance does.

    A net's `random_state` is its seed, and with `data` a function so are its data.  Each net comes
    out as its own `fit` would make it; the warnings of single fits become the columns `failed` and
    `diverged`.

    Parameters
    ----------
    net : MultilayerPerceptron
        The settings that stay the same.  Its `random_state`, `warm_start` and `progress` must be
        left at their defaults.
    vary : mapping of str to sequence
        One parameter and its values, or two for a grid: parameters of the net, or of `data`.
    data : callable or tuple
        ``data(seed)``, or ``data(seed, name=value)`` for a varied parameter of it, returning
        ``((X, y), (X_validation, y_validation))``, or ``(X, y)`` for a study without validation
        data.  Or such a tuple itself: the same data for every net.
    seeds : iterable of int
        One net each, for every value; at least 0.
    folder : str or path, optional
        Where to keep results as they come.  A study that was stopped, even killed, and is run
        again with the same folder goes on where it was, and ends with the same numbers.
    n_jobs : int, optional
        Processes, as joblib counts them: -1 for one a core.  None is one, or what
        `joblib.parallel_config` says.
    progress : bool
        Show a progress bar, in nets (needs tqdm).

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
    ...     vary={"hidden_nodes": [2, 16]},
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
        net: MultilayerPerceptron,
        vary: Mapping[str, Iterable[Any]],
        data: Any,
        seeds: Iterable[int],
        folder: str | os.PathLike[str] | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
    ) -> None:
        self.net = _check_net(net)
        self.data = data
        self.vary, self._data_parameters = _check_vary(vary, self.net, data)
        self.seeds = _check_seeds(seeds)
        path = None if folder is None else check_path("folder", folder)
        self.n_jobs = None if n_jobs is None else _check_jobs(n_jobs)
        self.progress = check_flag("progress", progress)
        self._tasks = [
            Task(positions, seed)
            for positions in itertools.product(*(range(len(v)) for v in self.vary.values()))
            for seed in self.seeds
        ]
        self._stacks, hashes = self._cut()
        self._finished: dict[int, dict[str, Array]] = {}
        # What a folder cannot describe is refused before any training.
        self._folder = None if path is None else Folder(
            path, describe(self.net, self.vary, self.seeds, hashes, self._stacks)
        )

    def __repr__(self) -> str:
        vary = {name: list(values) for name, values in self.vary.items()}
        return f"<Study of {len(self._tasks)} nets: {self.net!r}, vary {vary}>"

    @property
    def results(self) -> Results:
        """All results after `run`; after an interrupt, those of the stacks that were finished."""
        order = [task for stack in sorted(self._finished) for task in self._stacks[stack]]
        place = np.argsort(order)
        outcomes = [self._finished[stack] for stack in sorted(self._finished)]
        tasks = [self._tasks[task] for task in sorted(order)]
        table: dict[str, Array] = {
            name: _as_column([values[task.positions[p]] for task in tasks], values)
            for p, (name, values) in enumerate(self.vary.items())
        }
        table["seed"] = np.array([task.seed for task in tasks], np.int64)
        for name, dtype in COLUMNS.items():
            parts = [np.empty(0, dtype), *(outcome[name] for outcome in outcomes)]
            table[name] = np.concatenate(parts)[place]
        curves = {name: padded([o[f"{name}_curve"] for o in outcomes])[place] for name in CURVES}
        return Results(self.vary, table, curves)

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
        if self._folder is not None:
            self._resume(self._folder)
        missing = [stack for stack in range(len(self._stacks)) if stack not in self._finished]
        with self._progress_bar() as bar, closing(self._train(missing)) as outcomes:
            for stack, outcome in outcomes:
                if self._folder is not None:
                    self._folder.write(stack, self._hash_of_stack(stack), outcome)
                self._finished[stack] = outcome
                if bar is not None:
                    bar.update(len(self._stacks[stack]))
        return self.results

    def _resume(self, folder: Folder) -> None:
        """Take from the folder the stacks that had finished."""
        folder.open()
        for stack, tasks in enumerate(self._stacks):
            if stack not in self._finished:
                outcome = folder.read(stack, len(tasks), partial(self._hash_of_stack, stack))
                if outcome is not None:
                    self._finished[stack] = outcome

    # What there is to train

    def _net_and_arguments(self, task: Task) -> tuple[MultilayerPerceptron, dict[str, Any]]:
        """The net of a task, and the arguments of `data` beside the seed."""
        parameters = self.net.get_params()
        arguments: dict[str, Any] = {}
        for position, (name, values) in zip(task.positions, self.vary.items(), strict=True):
            target = arguments if name in self._data_parameters else parameters
            target[name] = values[position]
        return type(self.net)(**{**parameters, "random_state": task.seed}), arguments

    def _cut(self) -> tuple[list[list[int]], dict[str, str]]:
        """Stacks of tasks, and a hash of the first seed's data for every value that changes them.

        Depends on nothing but the study, so that a study that resumes, on however many processes,
        trains the same stacks and gets the same numbers to the last bit.
        """
        groups: dict[Any, list[int]] = {}
        largest: dict[Any, int] = {}
        data: dict[str, Any] = {}
        hashes = {}
        for start in range(0, len(self._tasks), len(self.seeds)):
            task = self._tasks[start]
            net, arguments = self._net_and_arguments(task)
            net.check_parameters()
            label = json.dumps(arguments, default=repr)
            if label not in data:
                data[label] = make_data(self.data, task.seed, arguments)
            descent = descent_of(net, data[label], task.seed)
            hashes[label] = hash_of_data(descent)
            apart = tuple(
                position
                for position, name in zip(task.positions, self.vary, strict=True)
                if name not in STACKABLE and name not in self._data_parameters
            )
            group = (apart, shapes_of(descent))
            groups.setdefault(group, []).extend(range(start, start + len(self.seeds)))
            network, n = descent.objective.network, descent.objective.n
            net_bytes = max(network.sizes) * n * network.dtype.itemsize
            largest[group] = min(STACK_NETS, max(1, STACK_BYTES // net_bytes))
        stacks = []
        for group, tasks in groups.items():
            parts = np.array_split(tasks, math.ceil(len(tasks) / largest[group]))
            stacks += [part.tolist() for part in parts]
        return stacks, hashes

    def _hash_of_stack(self, stack: int) -> str:
        """A hash of the data of every seed in a stack; the description has that of fixed data."""
        if not callable(self.data):
            return ""
        hashes: dict[str, str] = {}
        for task in (self._tasks[index] for index in self._stacks[stack]):
            net, arguments = self._net_and_arguments(task)
            label = json.dumps([task.seed, arguments], default=repr)
            if label not in hashes:
                made = make_data(self.data, task.seed, arguments)
                hashes[label] = hash_of_data(descent_of(net, made, task.seed))
        return hashlib.sha256(json.dumps(hashes).encode()).hexdigest()

    def _job(self, stack: int) -> Job:
        nets: list[MultilayerPerceptron] = []
        calls: list[tuple[int, dict[str, Any]]] = []
        call_of_net: list[int] = []
        numbers_of_calls: dict[Any, int] = {}
        for task in (self._tasks[index] for index in self._stacks[stack]):
            net, arguments = self._net_and_arguments(task)
            # Fixed data are one call, whatever the seed; else a call is a seed and its arguments.
            varied = tuple(
                position
                for position, name in zip(task.positions, self.vary, strict=True)
                if name in self._data_parameters
            )
            key = (task.seed, varied) if callable(self.data) else ()
            if key not in numbers_of_calls:
                numbers_of_calls[key] = len(calls)
                calls.append((task.seed, arguments))
            nets.append(net)
            call_of_net.append(numbers_of_calls[key])
        return Job(nets, self.data, calls, call_of_net)

    def _train(self, stacks: list[int]) -> Generator[tuple[int, dict[str, Array]]]:
        """Train stacks, here or wherever joblib takes them; each comes back when it is done."""
        jobs = ((stack, self._job(stack)) for stack in stacks)
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

# Checks


def _is_series(values: object) -> TypeGuard[Iterable[Any]]:
    """Whether this can be gone through value by value: text cannot, nor an array without axes."""
    if isinstance(values, (str, bytes, bytearray)) or not isinstance(values, Iterable):
        return False
    return not isinstance(values, np.ndarray) or values.ndim > 0


def _check_jobs(n_jobs: object) -> int:
    jobs = check_count("n_jobs", n_jobs, at_least=-MAX_JOBS, at_most=MAX_JOBS)
    if jobs == 0:
        raise ValueError("n_jobs must be None or a whole number other than 0, got 0")
    return jobs


def _check_net(net: object) -> MultilayerPerceptron:
    if not isinstance(net, MultilayerPerceptron):
        raise TypeError(f"net must be a ThreeLayerNet, a FourLayerNet or a MultilayerPerceptron, "
                        f"got {shown(net)}")
    parameters = net.get_params()
    for name, default in (("random_state", None), ("warm_start", False), ("progress", False)):
        if parameters[name] is not default:
            raise ValueError(f"net must leave {name} at {default}, which the study takes care of, "
                             f"got {name}={parameters[name]!r}")
    return type(net)(**parameters)


def _check_vary(
    vary: object, net: MultilayerPerceptron, data: object
) -> tuple[dict[str, tuple[Any, ...]], set[str]]:
    """The varied parameters with their values, and the names among them that `data` takes."""
    if not isinstance(vary, Mapping):
        raise TypeError(f"vary must be a mapping of parameter to values, got {shown(vary)}")
    if not 1 <= len(vary) <= 2:
        raise ValueError(f"vary must hold one parameter, or two for a grid, got {len(vary)}")
    of_net = set(net.get_params()) - {"random_state", "warm_start", "progress"}
    of_data, takes_any = _data_parameters(data)
    checked, varied_in_data = {}, set()
    for name, values in vary.items():
        if name in of_net and name in of_data:
            raise ValueError(f"vary must name a parameter of the net or of data, got {name!r}, "
                             f"which both have")
        of_either = name in of_net or name in of_data or takes_any
        if not of_either or (name in (*COLUMNS, "seed") and name not in of_net):
            raise ValueError(f"vary must name a parameter of the net ({', '.join(sorted(of_net))}) "
                             f"or of data ({', '.join(sorted(of_data)) or 'which has none'}), "
                             f"got {name!r}")
        if name not in of_net:
            varied_in_data.add(name)
        checked[name] = _check_values(name, values)
    return checked, varied_in_data


def _check_values(name: str, values: Any) -> tuple[Any, ...]:
    if not _is_series(values):
        raise TypeError(f"vary[{name!r}] must be a sequence of values, got {shown(values)}")
    # NumPy's numbers become Python's, which print and travel as what they are.
    plain = tuple(value.item() if isinstance(value, np.generic) else value
                  for value in itertools.islice(values, MAX_VALUES + 1))
    if len(plain) > MAX_VALUES:
        raise ValueError(f"vary[{name!r}] must hold at most {MAX_VALUES} values, got more")
    if not plain:
        raise ValueError(f"vary[{name!r}] must hold at least one value, got none")
    for position, value in enumerate(plain):
        if isinstance(value, np.ndarray):
            raise TypeError(f"vary[{name!r}] must hold numbers, text, tuples or criteria, "
                            f"got an array")
        if value in plain[:position]:
            raise ValueError(f"vary[{name!r}] must hold values that differ, got {value!r} twice")
    return plain


def _data_parameters(data: object) -> tuple[set[str], bool]:
    """Names that `data` takes beside the seed, and whether it takes any other."""
    if not callable(data):
        if not isinstance(data, (tuple, list)):
            raise TypeError(f"data must be a function of a seed that gives {DATA_FORMS}, or that "
                            f"itself, got {type(data).__name__}")
        return set(), False
    kinds = inspect.Parameter
    parameters = list(inspect.signature(data).parameters.values())
    positional = (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD, kinds.VAR_POSITIONAL)
    if not parameters or parameters[0].kind not in positional:
        raise TypeError(f"data must take a seed as its first argument, got {data!r}")
    named = (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    names = {parameter.name for parameter in parameters[1:] if parameter.kind in named}
    return names, any(parameter.kind == kinds.VAR_KEYWORD for parameter in parameters)


def _check_seeds(seeds: object) -> tuple[int, ...]:
    if not _is_series(seeds):
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


def _as_column(values: list[Any], all_values: tuple[Any, ...]) -> Array:
    """Values as an array of numbers or text where all are of a kind, else of objects."""
    for kinds, dtype in (((bool,), bool), ((int,), int), ((int, float), float), ((str,), str)):
        if all(type(value) in kinds for value in all_values):
            return np.array(values, dtype)
    column = np.empty(len(values), object)
    column[:] = values
    return column
