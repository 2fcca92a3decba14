"""What a study varies: factors of the net and of the data, and their values."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from nnlib.nets import Net
from nnlib.studies.stacks import COLUMNS, DATA_FORMS, Call
from nnlib.validation import shown

MAX_VALUES, MAX_SETTINGS = 10_000, 100_000

#: The factor of a study whose data are a mapping: which of them.
DATA = "data"

# What a study takes care of.
TAKEN = ("random_state", "warm_start", "progress")


class Factors(NamedTuple):
    """The settings that a study compares.

    Attributes
    ----------
    values : dict of str to tuple
        Each factor, and its values in order.
    settings : list of dict
        Each a value for every factor.
    of_data : frozenset of str
        The factors that are not the net's: arguments of `data`, or `DATA`, which of them.
    """

    values: dict[str, tuple[Any, ...]]
    settings: list[dict[str, Any]]
    of_data: frozenset[str]

    def net(
        self, base: Net, setting: Mapping[str, Any], seed: int
    ) -> Net:
        """The net of a setting and a seed."""
        own = {name: value for name, value in setting.items() if name not in self.of_data}
        return type(base)(**{**base.get_params(), **own, "random_state": seed})

    def call(self, data: Any, setting: Mapping[str, Any], seed: int) -> Call:
        """What makes the data of a setting and a seed; fixed data are the same for all seeds."""
        arguments = {name: value for name, value in setting.items() if name in self.of_data}
        source = data[arguments.pop(DATA)] if isinstance(data, Mapping) else data
        return Call(source, seed if callable(source) else 0, arguments)

    def positions(self, setting: Mapping[str, Any], names: Iterable[str]) -> tuple[int, ...]:
        """Where among the values of their factors the values of a setting are."""
        return tuple(self.values[name].index(setting[name]) for name in names)


def check_factors(vary: object, net: Net, data: object) -> Factors:
    """The factors of a study, from a mapping of names to values or from explicit settings.

    Raises
    ------
    TypeError, ValueError
        If `vary` or `data` is not what `nnlib.studies.Study` takes.
    """
    of_net = set(net.get_params()) - set(TAKEN)
    of_data, takes_any = _parameters_of_data(data)
    if isinstance(vary, Mapping):
        values = {name: _check_values(f"vary[{name!r}]", own) for name, own in vary.items()}
        if isinstance(data, Mapping):
            if DATA in values:
                raise ValueError("vary must leave 'data' to the names that data maps, got both")
            values = {DATA: tuple(data), **values}
        _check_number(math.prod(len(own) for own in values.values()))
        settings = [dict(zip(values, row, strict=True))
                    for row in itertools.product(*values.values())]
    elif is_series(vary):
        settings = _check_settings(vary, data)
        values = {name: _distinct(setting[name] for setting in settings) for name in settings[0]}
        for name, own in values.items():
            for setting in settings:
                known = own[own.index(setting[name])]
                if isinstance(known, bool) != isinstance(setting[name], bool):
                    raise ValueError(f"vary must tell the values of {name!r} apart, got {known!r} "
                                     f"and {setting[name]!r}, which are equal")
    else:
        raise TypeError(f"vary must be a mapping of factor to values, or a sequence of settings, "
                        f"each a mapping of factor to value, got {shown(vary)}")
    if not values:
        raise ValueError("vary must hold at least one factor, got none")
    for name in values.keys() - ({DATA} if isinstance(data, Mapping) else set()):
        if name in of_net and name in of_data:
            raise ValueError(f"vary must name a parameter of the net or of data, got {name!r}, "
                             f"which both have")
        of_either = name in of_net or name in of_data or takes_any
        if not of_either or (name in (*COLUMNS, "seed") and name not in of_net):
            raise ValueError(f"vary must name a parameter of the net ({', '.join(sorted(of_net))}) "
                             f"or of data ({', '.join(sorted(of_data)) or 'which has none'}), "
                             f"got {name!r}")
    return Factors(values, settings, frozenset(values) - of_net)


def is_series(values: object) -> TypeGuard[Iterable[Any]]:
    """Whether this can be gone through value by value: text cannot, nor an array without axes."""
    if isinstance(values, (str, bytes, bytearray)) or not isinstance(values, Iterable):
        return False
    return not isinstance(values, np.ndarray) or values.ndim > 0


def _check_number(number: int) -> None:
    if number > MAX_SETTINGS:
        raise ValueError(f"vary must make at most {MAX_SETTINGS} settings, got more")


def _check_settings(vary: Iterable[Any], data: object) -> list[dict[str, Any]]:
    """Explicit settings, as plain mappings with the same names."""
    settings: list[dict[str, Any]] = []
    for position, setting in enumerate(itertools.islice(vary, MAX_SETTINGS + 1)):
        if not isinstance(setting, Mapping):
            raise TypeError(f"vary[{position}] must be a mapping of factor to value, "
                            f"got {shown(setting)}")
        own = {name: _check_values(f"vary[{position}][{name!r}]", [value])[0]
               for name, value in setting.items()}
        if isinstance(data, Mapping) and own.get(DATA) not in tuple(data):
            raise ValueError(f"vary[{position}]['data'] must be a name that data maps, "
                             f"{', '.join(map(repr, data))}, got {own.get(DATA)!r}")
        if settings and own.keys() != settings[0].keys():
            raise ValueError(f"vary[{position}] must hold the factors of vary[0], "
                             f"{', '.join(settings[0])}, got {', '.join(own) or 'none'}")
        if own in settings:
            raise ValueError(f"vary must hold settings that differ, got {own!r} twice")
        settings.append(own)
    _check_number(len(settings))
    if not settings:
        raise ValueError("vary must hold at least one setting, got none")
    return settings


def _check_values(name: str, values: Any) -> tuple[Any, ...]:
    if not is_series(values):
        raise TypeError(f"{name} must be a sequence of values, got {shown(values)}")
    # NumPy's numbers become Python's, which print and travel as what they are.
    plain = tuple(value.item() if isinstance(value, np.generic) else value
                  for value in itertools.islice(values, MAX_VALUES + 1))
    if len(plain) > MAX_VALUES:
        raise ValueError(f"{name} must hold at most {MAX_VALUES} values, got more")
    if not plain:
        raise ValueError(f"{name} must hold at least one value, got none")
    for position, value in enumerate(plain):
        if isinstance(value, np.ndarray):
            raise TypeError(f"{name} must hold numbers, text, tuples or criteria, got an array")
        if value != value:
            raise ValueError(f"{name} must hold values that equal themselves, got {value!r}: "
                             f"None can stand for none")
        if value in plain[:position]:
            raise ValueError(f"{name} must hold values that differ, got {value!r} twice")
    return plain


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    distinct: list[Any] = []
    for value in values:  # which a set could not hold if they are lists
        if value not in distinct:
            distinct.append(value)
    return tuple(distinct)


def _parameters_of_data(data: object) -> tuple[set[str], bool]:
    """Names that `data` takes beside the seed, and whether it takes any other."""
    if isinstance(data, Mapping):
        if not data or not all(isinstance(name, str) for name in data):
            raise ValueError(f"data must map names to data, at least one, got {shown(data)}")
        names, any_of = zip(*map(_parameters_of_data, data.values()), strict=True)
        return set.intersection(*names), all(any_of)
    if not callable(data):
        if not isinstance(data, (tuple, list)):
            raise TypeError(f"data must be a function of a seed that gives {DATA_FORMS}, or that "
                            f"itself, or a mapping of names to such, got {type(data).__name__}")
        return set(), False
    kinds = inspect.Parameter
    parameters = list(inspect.signature(data).parameters.values())
    positional = (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD, kinds.VAR_POSITIONAL)
    if not parameters or parameters[0].kind not in positional:
        raise TypeError(f"data must take a seed as its first argument, got {data!r}")
    named = (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    taken = {parameter.name for parameter in parameters[1:] if parameter.kind in named}
    return taken, any(parameter.kind == kinds.VAR_KEYWORD for parameter in parameters)
