"""The folder of a study: one file for each finished stack, from which a killed study goes on.

The folder describes its study, so that none goes on from the numbers of another.
"""

from __future__ import annotations

import functools
import hashlib
import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib import optimizers
from nnlib.estimator import files
from nnlib.nets import Net
from nnlib.optimizers import Optimizer, Schedule
from nnlib.stopping import Criterion, to_settings
from nnlib.studies import stacks
from nnlib.studies.factors import TAKEN, Factors
from nnlib.studies.stacks import COLUMNS, CURVES, Start

Array = npt.NDArray[Any]

FORMAT = "nnlib study 3"
# Parameters that are younger than some descriptions: None is what there was before.
LATER = ("batch_size", "optimizer", "schedule")
OLDER_FORMATS = ("nnlib study 1", "nnlib study 2")  # which kept other columns


def describe(
    net: Net,
    factors: Factors,
    seeds: Sequence[int],
    data: Mapping[str, str],
    epochs: npt.NDArray[np.int64],
    measures: Sequence[str] = (),
    stacks: Sequence[Sequence[int]] | None = None,
) -> dict[str, Any]:
    """Everything the numbers of a study depend on, in a form that JSON can hold.

    Parameters
    ----------
    net, factors, seeds, epochs
        As `Study` has them.
    data : mapping of str to str
        A hash of the first seed's data for every value that changes them.  What the data are, not
        the function's text: that would miss a changed constant outside the function and mind one
        that was only renamed.
    measures : sequence of str
        Names only: what a function measures, the proof of evidence compares.
    stacks : sequence of sequence of int, optional
        The tasks of each stack, on which the last digits depend.

    Raises
    ------
    TypeError
        If a parameter is of a kind that JSON cannot hold.
    """
    parameters = {name: value for name, value in net.get_params().items()
                  if name not in (*factors.values, *TAKEN)
                  and not (name in LATER and value is None)}
    description = {
        "format": FORMAT,
        "net": type(net).__name__,
        "settings": {name: _jsonable(name, value) for name, value in parameters.items()},
        "vary": [{name: _jsonable(name, value) for name, value in setting.items()}
                 for setting in factors.settings],
        "seeds": list(seeds),
        "data": dict(data),
        "epochs": epochs.tolist(),
    }
    if measures:
        description["measures"] = list(measures)
    if stacks is not None:
        description["stacks"] = [len(stack) for stack in stacks]
    return description


class Folder:
    """A folder with the finished stacks of one study.

    Parameters
    ----------
    path : Path
        It need not exist before `open`.
    description : dict
        Of the study, as `describe` gives it.
    """

    def __init__(self, path: Path, description: dict[str, Any]) -> None:
        self.path, self._description = path, description
        made_by = [description, np.__version__, _hash_of_library()]
        self._fingerprint = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()

    def open(self) -> None:
        """Make the folder this study's, or see that it is.

        Raises
        ------
        ValueError
            If it is not a folder, or holds another study.
        """
        path, description = self.path, self._description
        file = path / "study.json"
        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise ValueError(f"folder must be a folder, got the file {str(path)!r}") from error
        files.remove_abandoned(path)
        if not file.exists():
            with files.replacing(file) as text:
                text.write(json.dumps(description, indent=1).encode())
            return
        try:
            found = json.loads(files.read_content(file))
            older = found["format"] in OLDER_FORMATS
            if not older and found["format"] != FORMAT:
                raise ValueError("a format of something else")
            differing = [] if older else [name for name in description | found
                                          if found.get(name) != description.get(name)]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ValueError(f"folder must be new or hold this study, got {str(path)!r}, whose "
                             f"study.json is not one that nnlib wrote") from None
        if older:
            raise ValueError(f"folder must be new or hold this study, got {str(path)!r}, which an "
                             f"older version of nnlib wrote, with other columns")
        if differing:
            raise ValueError(f"folder must be new or hold this study, got {str(path)!r}, which "
                             f"holds one that differs in its {', '.join(differing)}")

    def read(
        self, stack: int, nets: int, hash_of_data: Callable[[], str]
    ) -> dict[str, Array] | None:
        """What a stack of so many nets came to; None if it has no file, or a damaged one.

        Parameters
        ----------
        stack, nets : int
            The number of the stack, and of its nets.
        hash_of_data : callable
            Gives the hash of the stack's data, which is only asked for if all else is right.
        """
        file, epochs = self._file(stack), len(self._description["epochs"])
        curves = [*CURVES, *self._description.get("measures", ())]
        if not file.exists():
            return None
        try:
            settings, outcome = files.read(file)
        except ValueError:
            whole = False
        else:
            whole = (settings.get("study") == self._fingerprint
                     and settings.get("stack") == stack
                     and _is_outcome(outcome, nets, epochs, curves)
                     and settings.get("data") == hash_of_data())
        if whole:
            return outcome
        warnings.warn(f"{file} is damaged, not of this study or of other data: its {nets} nets "
                      f"are trained again.", stacklevel=5)
        return None

    def write(self, stack: int, hash_of_data: str, outcome: Mapping[str, Array]) -> None:
        """Keep what a stack came to."""
        settings = {"study": self._fingerprint, "stack": stack, "data": hash_of_data}
        self.path.mkdir(exist_ok=True)  # another process may have finished, and removed it
        files.write(self._file(stack), settings, outcome)

    def _file(self, stack: int) -> Path:
        return self.path / f"stack-{stack:04d}.npz"


@functools.cache
def _hash_of_library() -> str:
    """A hash of the text that trains: stacks of another one are not gone on from."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parents[1].glob("*.py")):
        digest.update(module.read_bytes())
    digest.update(Path(stacks.__file__).read_bytes())
    return digest.hexdigest()


def hash_of_data(start: Start) -> str:
    """A hash of training, validation and test data, rounded so that two machines agree on it."""
    digest = hashlib.sha256()
    for objective in (start.descent.objective, start.descent.validation, start.test):
        if objective is not None:
            digest.update(repr(objective.X.shape).encode())
            with np.errstate(over="ignore"):  # infinity has a hash too
                digest.update(objective.X.astype(np.float32).tobytes())
            own = np.float32 if objective.y.dtype.kind == "f" else np.int64
            with np.errstate(over="ignore"):
                digest.update(objective.y.astype(own).tobytes())
    return digest.hexdigest()


def _jsonable(name: str, value: Any) -> Any:
    """A parameter's value for the description of a study."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Criterion):
        return to_settings(value)
    if isinstance(value, (Optimizer, Schedule)):
        return optimizers.to_settings(name, value)
    if isinstance(value, (tuple, list, np.ndarray)):
        return [_jsonable(name, item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{name} must be numbers, text, or nnlib's criteria, optimizers or schedules "
                    f"for a study with a folder, got {value!r}")


def _is_outcome(
    arrays: dict[str, Array], nets: int, epochs: int, curves: Sequence[str]
) -> bool:
    """Whether arrays have the names, shapes and dtypes of what `stacks.train` gives."""
    expected: dict[str, tuple[tuple[int, ...], type]] = {
        name: ((nets,), np.dtype(dtype).type) for name, dtype in COLUMNS.items()
    }
    expected |= {f"{name}_curve": ((nets, epochs), np.float64) for name in curves}
    expected["seconds"] = ((nets,), np.float64)
    return expected == {name: (array.shape, array.dtype.type) for name, array in arrays.items()}
