"""A net as settings and arrays for a file, and the net that a file's settings and arrays make.

What a file holds is only a claim: every part of it is checked as if a stranger had written it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib import optimizers
from nnlib.activations import ACTIVATIONS
from nnlib.estimator.encoding import ClassEncoding, Encoding, Labels, NumberEncoding
from nnlib.losses import SOFTMAX_CROSS_ENTROPY
from nnlib.network import Network, count_weights
from nnlib.stopping import Epoch, from_settings, to_settings
from nnlib.training import History
from nnlib.validation import (
    DTYPES,
    FeatureNames,
    check_choice,
    check_count,
    check_flag,
    check_labels,
)

Settings = Mapping[str, Any]
Arrays = Mapping[str, npt.NDArray[Any]]


def describe(net: Any) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The settings and arrays of a fitted net, for a file.

    Raises
    ------
    TypeError
        If `random_state` is a Generator, or `stopping`, `optimizer` or `schedule` is not one of
        this library's.
    ValueError
        If a weight is NaN or infinite.
    """
    network, encoding, parameters = net.network_, net.encoding_, net.get_params()
    if isinstance(parameters["random_state"], np.random.Generator):
        raise TypeError("random_state must be None or a whole number for the net to be saved, "
                        "got a Generator: call set_params(random_state=None) first")
    if not np.isfinite(network.theta).all():
        raise ValueError("weights must be finite for the net to be saved, got "
                         f"{network.theta[~np.isfinite(network.theta)][0]}")
    parameters["stopping"] = to_settings(net.stopping)
    for name in ("optimizer", "schedule"):
        parameters[name] = optimizers.to_settings(name, parameters[name])
    settings = {
        "classifier": type(net).__name__,
        "parameters": parameters,
        "sizes": network.sizes,
        "activation": network.activation.name,
        "dtype": network.dtype.name,
        "feature_names": encoding.feature_names,
        "n_epochs": net.n_epochs_,
        "best_epoch": net.best_epoch_,
        "loss": net.loss_,
        "stop_reason": net.stop_reason_,
    }
    arrays = {
        "theta": network.theta,
        "history": np.array(net.history_.rows).reshape(-1, len(Epoch._fields)),
    }
    if isinstance(encoding, ClassEncoding):
        are_objects = encoding.classes.dtype.kind == "O"
        settings["classes_are_objects"] = are_objects
        arrays["classes"] = encoding.classes.astype(str) if are_objects else encoding.classes
    else:
        settings["n_numbers"] = encoding.n_numbers
    return settings, arrays


def rebuild(settings: Settings, arrays: Arrays, kinds: Sequence[type]) -> Any:
    """The net, one of some kinds, that a file's settings and arrays make.

    A parameter that the file does not have, since it is older than the parameter, takes its
    default.

    Raises
    ------
    KeyError, TypeError, ValueError
        If they make none.
    """
    by_name = {kind.__name__: kind for kind in kinds}
    net = by_name[check_choice("classifier", settings["classifier"], by_name)]()
    parameters = dict(settings["parameters"])
    unknown = parameters.keys() - net.get_params().keys()
    if unknown:
        raise ValueError(f"parameters must be those of {type(net).__name__}, got "
                         f"{', '.join(sorted(unknown))}")
    parameters["stopping"] = from_settings(parameters["stopping"])
    for name in ("optimizer", "schedule"):
        parameters[name] = optimizers.from_settings(parameters.get(name))
    if isinstance(parameters["hidden_nodes"], list):
        parameters["hidden_nodes"] = tuple(parameters["hidden_nodes"])
    net.set_params(**parameters)
    network = net.network_ = _network(settings, arrays["theta"])
    net.encoding_ = _encoding(type(net), network, settings, arrays)
    net.history_ = _history(arrays["history"])
    net.n_epochs_ = check_count("n_epochs", settings["n_epochs"], at_least=0)
    net.best_epoch_ = check_count("best_epoch", settings["best_epoch"], at_least=0)
    net.loss_, net.stop_reason_ = settings["loss"], settings["stop_reason"]
    last = net.history_.rows[-1].epoch if len(net.history_) else 0
    if not net.best_epoch_ <= net.n_epochs_ == last:
        raise ValueError(f"n_epochs must be the history's last, {last}, and best_epoch at most "
                         f"that, got {net.n_epochs_} and {net.best_epoch_}")
    net.check_parameters()
    if not isinstance(net.loss_, (int, float)) or not isinstance(net.stop_reason_, str):
        raise TypeError("loss must be a number and stop_reason text, "
                        f"got {net.loss_!r} and {net.stop_reason_!r}")
    return net


def _network(settings: Settings, theta: npt.NDArray[Any]) -> Network:
    sizes = [check_count("sizes", size) for size in settings["sizes"]]
    activation = check_choice("activation", settings["activation"], ACTIVATIONS)
    dtype = check_choice("dtype", settings["dtype"], DTYPES)
    # Before a network is made: its sizes are only a claim.
    n_weights = count_weights(sizes)
    if theta.shape != (n_weights,) or theta.dtype != dtype or n_weights == 0:
        raise ValueError(f"weights {theta.dtype} {theta.shape} do not fit a net of sizes {sizes}")
    if not np.isfinite(theta).all():
        raise ValueError("weights must be finite")
    network = Network(sizes, activation, dtype)
    network.theta[...] = theta
    return network


def _encoding(kind: type, network: Network, settings: Settings, arrays: Arrays) -> Encoding:
    d, k = network.sizes[0], network.sizes[-1]
    columns = (kind.__name__, d, _feature_names(settings.get("feature_names"), d),
               network.dtype.name)
    if kind.loss_function is SOFTMAX_CROSS_ENTROPY:  # type: ignore[attr-defined]
        return ClassEncoding(
            *columns, _classes(arrays["classes"], k, settings["classes_are_objects"]))
    n_numbers = settings["n_numbers"]
    if n_numbers is not None:
        check_count("n_numbers", n_numbers)
    encoding = NumberEncoding(*columns, n_numbers)
    if encoding.n_outputs != k:
        raise ValueError(f"n_numbers must be that of the outputs, {k}, got {n_numbers!r}")
    return encoding


def _classes(classes: npt.NDArray[Any], k: int, are_objects: Any) -> Labels:
    """The labels of k classes, (k,), sorted."""
    if k < 2:
        raise ValueError(f"classes must be at least two, got {k}")
    classes = check_labels(classes, n=k, name="classes")
    if not (classes[:-1] < classes[1:]).all():
        raise ValueError("classes must be sorted and differ from each other")
    if not check_flag("classes_are_objects", are_objects):
        return classes
    if classes.dtype.kind != "U":
        raise ValueError(f"classes must be text, got {classes.dtype}")
    return classes.astype(object)


def _feature_names(names: Any, d: int) -> FeatureNames | None:
    """The names of d inputs, (d,); older files have none."""
    if names is None:
        return None
    if not isinstance(names, list) or [*map(type, names)] != [str] * d:
        raise ValueError(f"feature names {names!r} do not fit {d} inputs")
    return np.array(names, dtype=object)


def _history(table: npt.NDArray[Any]) -> History:
    """The history of a table with a row an epoch."""
    if table.dtype != np.float64 or table.ndim != 2 or table.shape[1] != len(Epoch._fields):
        raise ValueError(f"history must hold {len(Epoch._fields)} numbers an epoch, "
                         f"got {table.dtype} {table.shape}")
    rows = [Epoch(int(row[0]), *row[1:].tolist()) for row in table]
    if (table[:, 0] != [rows[0].epoch + place for place in range(len(rows))]).any():
        raise ValueError("history must hold every epoch once, in order")
    return History(rows)
