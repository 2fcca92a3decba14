"""Stored evidence: the results of a study in one file, and the proof that they are its results.

A file holds the study's full description, what every net came to, and where and when it was made.
It is read only by the study that it describes.  Its numbers are proved by training some of its
nets again; which ones, the caller draws, so that a file that is wrong anywhere is found in time.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnlib.estimator import files
from nnlib.studies.stacks import COLUMNS, CURVES
from nnlib.version import __version__

Array = npt.NDArray[Any]

FORMAT = "nnlib evidence 1"

# Curves are kept in 32 bits: they are drawn and compared, and no number is taken from them to more
# digits.  One that is NaN throughout, for there were no such data, is left out.  Texts are kept
# once each.
CURVE_DTYPE = np.float32

CURVES_OF_TRAINING = [f"{name}_curve" for name in CURVES]

#: By how much weights are nudged, in units of their rounding, to see how far a change goes that no
#: machine could be blamed for.
NUDGE = 64

#: Nudges of a net at the most.  One that passes by the places where paths part tells nothing of
#: them: of 1493 nets of this book, trained on another processor, one nudge left 28 unexplained that
#: rounding had taken elsewhere, four left 7, as long as the curve of the loss alone told chaos.
NUDGES = 4

#: A net's numbers may differ by this, relative to their size, and by ten times what a nudge does.
#: Training is chaotic where a nudge changes a loss or the gradient by more than the second.
TOLERANCES = {"float64": (1e-6, 1e-6), "float32": (1e-3, 1e-2)}

#: Share of the nets of chaotic training, in a proof, of which a file may say that they failed or
#: diverged and training that they did not, or the other way round; one always may.
BY_CHANCE = 0.1

#: What shows that training is chaotic.
LOSSES = ["loss", "cross_entropy", "validation_loss", "test_loss"]

#: Odds, in each column of a proof, that a distribution is called another that is the same.
FALSE_ALARM = 1e-5


class Difference(NamedTuple):
    """A stored number that is not the one to which training comes now, and by what it may differ.

    `net` is the row of the net; `epoch`, of a curve, the place among the epochs recorded.  Without
    a net it is the largest distance between two distributions, of which stored should be 0.
    """

    net: int | None
    column: str
    epoch: int | None
    stored: float
    trained: float
    allowed: float


def write(
    path: Path, description: Mapping[str, Any], of_each: Mapping[str, Array], seconds: float
) -> None:
    """Keep what the nets of a study came to.

    Parameters
    ----------
    path : Path
    description : mapping
        Of the study, as `nnlib.studies.folder.describe` gives it.
    of_each : mapping of str to ndarray
        `COLUMNS`, (nets,), and `CURVES` and measures, (nets, epochs) under ``name_curve``.
    seconds : float
        That one core took.
    """
    arrays = dict(of_each)
    reasons, arrays["stop_reason"] = np.unique(arrays["stop_reason"], return_inverse=True)
    arrays["stop_reason"] = arrays["stop_reason"].astype(np.int16)
    for name in _curves(description):
        with np.errstate(over="ignore"):
            arrays[name] = arrays[name].astype(CURVE_DTYPE)
        if np.isnan(arrays[name]).all():
            del arrays[name]
    files.write(path, {
        "evidence": FORMAT,
        "study": dict(description),
        "stop_reasons": reasons.tolist(),
        "sha256": _hash(arrays),
        "provenance": {
            "nnlib": __version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "seconds": round(seconds, 3),
            "date": datetime.date.today().isoformat(),
        },
    }, arrays)


def read(
    path: Path, description: Mapping[str, Any]
) -> tuple[dict[str, Array], dict[str, Any]]:
    """What the nets of a study came to, and where that was found.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not evidence, is damaged, or is that of another study.
    """
    settings, arrays = files.read(path)
    if settings.get("evidence") != FORMAT:
        raise files.not_ours(path, f"it is not stored evidence of the form {FORMAT!r}")
    study = settings.get("study")
    if not isinstance(study, dict) or study != files.as_read(description):
        own, found = files.as_read(description), study if isinstance(study, dict) else {}
        differing = [name for name in own | found if found.get(name) != own.get(name)]
        raise ValueError(f"path must name the evidence of this study, got {os.fspath(path)!r}, "
                         f"which is that of one that differs in its {', '.join(differing)}: call "
                         f"run() in place of stored(), delete the file to have it made again, or "
                         f"give the study its old form")
    reasons, provenance = settings.get("stop_reasons"), settings.get("provenance")
    nets = len(description["vary"]) * len(description["seeds"])
    shape = (nets, len(description["epochs"]))
    curves = _curves(description)
    kept = [name for name in curves if name in arrays]
    expected: dict[str, tuple[tuple[int, ...], Any]] = {
        **{name: ((nets,), np.dtype(dtype).type) for name, dtype in COLUMNS.items()},
        **dict.fromkeys(kept, (shape, CURVE_DTYPE)),
        "stop_reason": ((nets,), np.int16),
    }
    if {name: (array.shape, array.dtype.type) for name, array in arrays.items()} != expected:
        raise files.not_ours(path, "its arrays are not those of its study")
    codes = arrays["stop_reason"]
    if (not isinstance(reasons, list) or not all(isinstance(text, str) for text in reasons)
            or codes.min() < 0 or codes.max() >= len(reasons) or not isinstance(provenance, dict)
            or not isinstance(provenance.get("seconds"), (int, float))
            or not isinstance(provenance.get("date"), str)):
        raise files.not_ours(path, "its texts are damaged")
    if settings.get("sha256") != _hash(arrays):
        raise files.not_ours(path, "its numbers are not those that were written")
    arrays["stop_reason"] = np.array(reasons, str)[codes]
    for name in curves:
        arrays[name] = arrays.get(name, np.full(shape, np.nan)).astype(np.float64)
    return arrays, provenance


def _curves(description: Mapping[str, Any]) -> list[str]:
    return [f"{name}_curve" for name in (*CURVES, *description.get("measures", ()))]


def _hash(arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(json.dumps([name, arrays[name].shape, arrays[name].dtype.str]).encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def differences(
    stored: Mapping[str, Array],
    trained: Mapping[str, Array],
    nudged: Sequence[Mapping[str, Array]],
    spread: Mapping[str, Array],
    dtype: str,
) -> list[Difference]:
    """Where stored numbers are not those that training comes to.

    Trainings of the same net from weights that were nudged by a few roundings show how far rounding
    alone can take it: a stored number may lie ten times as far from the trained one.

    Where a nudge takes the loss or the gradient anywhere, training is chaotic, and another machine
    comes to other numbers.  Of such nets a number must be of the size that it has in the nets of
    the same setting: within ten times their spread; so it must be the same where they all agree.
    Of these nets together, one in ten may fail where training now does not, or the other way round.
    And all of them must have the distribution of those trained now: the two-sample Kolmogorov-
    Smirnov test, which can tell from about eight nets on.

    Parameters
    ----------
    stored, trained : mapping of str to ndarray
        `COLUMNS`, (nets,), and `CURVES` and measures, (nets, epochs) under ``name_curve``, of the
        same nets.
    nudged : sequence of such mappings
        What `trained` becomes by nudges; without one, what is stored must repeat to rounding.
    spread : mapping of str to ndarray
        For each number, by how much the stored nets of its setting differ there.
    dtype : {"float64", "float32"}
        In which the nets were trained.

    Returns
    -------
    list of Difference
    """
    tolerance, beyond = TOLERANCES[dtype]
    found = []
    with np.errstate(invalid="ignore", over="ignore"):
        chaotic = _chaotic(trained, nudged, beyond)
        for name in stored:
            if name == "stop_reason":
                continue
            kind = CURVE_DTYPE if stored[name].ndim == 2 else float
            own, again, *others = (part[name].astype(kind).astype(float)
                                   for part in (stored, trained, *nudged))
            paths = np.array([again, *others])      # (nudges + 1, nets) or (..., epochs)
            apart = np.fmax.reduce(np.abs(paths - again), axis=0)
            allowed = 10 * apart + tolerance * (np.abs(again) + (1 if own.ndim == 2 else tolerance))
            if "accuracy" in name:  # in 32 bits, one observation in 200 may change sides
                allowed += 5 * tolerance
            wide = np.fmax(10 * np.fmax(spread[name], apart), allowed)
            if own.ndim == 1:
                found += _distances(name, own[chaotic], paths[:, chaotic].ravel())
            allowed[chaotic] = wide[chaotic]
            bad = ~((np.abs(own - again) <= allowed) | (own == again)
                    | (np.isnan(own) & np.isnan(again)))
            # Where a nudge decides whether a number is finite, the file may decide either way.
            bad &= (np.isfinite(again) == np.isfinite(paths)).all(axis=0)
            if name in CURVES_OF_TRAINING:
                bad[chaotic] = False
            elif own.ndim == 1:
                bad[chaotic] &= np.isfinite(own[chaotic])
            for place in map(tuple, np.argwhere(bad).tolist()):
                found.append(Difference(place[0], name, place[1] if len(place) == 2 else None,
                                        own[place].item(), again[place].item(),
                                        allowed[place].item()))
    # A net that fails ends early, and its other numbers are others too.
    failing = {each.net for each in found if each.net is not None and chaotic[each.net]
               and stored[each.column].dtype == bool}
    if len(failing) <= max(1, BY_CHANCE * chaotic.sum()):
        found = [each for each in found if each.net not in failing]
    return found


def _chaotic(
    trained: Mapping[str, Array], nudged: Sequence[Mapping[str, Array]], beyond: float
) -> npt.NDArray[np.bool_]:
    """Nets whose losses or gradient a nudge changes by more than a share, (nets,).

    Of the gradient, a share of its largest: where training has arrived it is nothing but rounding.
    """
    chaotic = np.zeros(len(trained["loss"]), dtype=bool)
    for name in (*LOSSES, *(f"{each}_curve" for each in (*LOSSES, "gradient_norm"))):
        if name not in trained:
            continue
        values, *others = (part[name].astype(CURVE_DTYPE).reshape(len(chaotic), -1)
                           for part in (trained, *nudged))
        size = np.abs(values)
        if name == "gradient_norm_curve":
            size = np.fmax.reduce(size, axis=1, keepdims=True)
        for other in others:
            chaotic |= (np.abs(values - other) > beyond * size).any(axis=1)
    return chaotic


def _distances(name: str, one: Array, other: Array) -> list[Difference]:
    """The Kolmogorov-Smirnov distance of two samples, if it is beyond chance."""
    one, other = np.sort(one[np.isfinite(one)]), np.sort(other[np.isfinite(other)])
    if not len(one) or not len(other):
        return []
    both = np.concatenate([one, other])
    below = [np.searchsorted(part, both, side="right") / len(part) for part in (one, other)]
    distance = float(np.abs(below[0] - below[1]).max())
    allowed = float(np.sqrt(-np.log(FALSE_ALARM / 2) / 2 * (1 / len(one) + 1 / len(other))))
    return [Difference(None, name, None, 0.0, distance, allowed)] if distance > allowed else []
