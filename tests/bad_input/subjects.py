"""What every argument of the library takes, one line an argument.

A subject is a function, a method or a constructor of the API reference.  For each argument it has
a value that is right, with which the others are tried, and what the argument takes: a rule of
`hostile`, or a `Takes` where more than the common values are worth a try.
"""

from __future__ import annotations

import copy
import functools
import itertools
import math
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import hostile
import numpy as np
from hostile import (
    REFUSED,
    anything,
    choice,
    count,
    flag,
    no_more_than_empty,
    nothing_hostile,
    optional,
    quiet,
    real,
    seed,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import nnlib
from nnlib import (
    MultilayerPerceptron,
    MultilayerRegressor,
    datasets,
    diagnostics,
    exercises,
    frame_plots,
    frames,
    lab,
    optimizers,
    plotting,
    stopping,
    strokes,
    studies,
    widgets,
)
from nnlib.activations import ACTIVATIONS
from nnlib.live import page, pasted
from nnlib.live.controls import Control
from nnlib.live.data import DATASETS, data_set
from nnlib.live.packing import pack
from nnlib.live.training import Training, begin

BOOK = Path(__file__).resolve().parents[2] / "book"

X, y = datasets.moons(8, noise=0.1, random_state=0)
WORDS = np.where(y == 0, "a", "b")
PARAMETERS = {"activation": "tanh", "learning_rate": 0.1, "max_epochs": 3, "random_state": 0}
FITTED = MultilayerPerceptron((3,), **PARAMETERS).fit(X, y)
ON_WORDS = MultilayerPerceptron((3,), **PARAMETERS).fit(X, WORDS)


@dataclass(frozen=True)
class Raises:
    """What a call must raise where the fault is not the argument's form."""

    error: type[BaseException]
    says: str = ""


@dataclass(frozen=True)
class Takes:
    """A rule for the common values, and cases of the argument's own: (value, plain) by name."""

    rule: Callable[[Any], Any]
    cases: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    names: str = ""  # what the error calls the argument, if not by its own name


@dataclass(frozen=True)
class Subject:
    """`call` takes the arguments by name; with `on_net` a fitted net comes before them."""

    call: Callable[..., Any]
    arguments: dict[str, tuple[Any, Any]]
    on_net: bool = False


# Kinds of arguments


def refused(**cases: Any) -> dict[str, tuple[Any, Any]]:
    return {name: (value, REFUSED) for name, value in cases.items()}


def _tables(also_right: tuple[str, ...] = ()) -> Takes:
    right, wrong = hostile.tables(X)
    cases = {**right, **{name: (value, REFUSED) for name, value in wrong.items()}}
    for name in also_right:
        cases[name] = (wrong[name], np.array(wrong[name]))
    return Takes(nothing_hostile, cases)


def _labels(other_kinds: Any = REFUSED, **also: Any) -> Takes:
    """Labels 0 and 1.  Of other kinds are those that a net fitted on 0 and 1 does not know."""
    right, wrong, other = hostile.labels(y)
    return Takes(nothing_hostile, {
        **right,
        **{name: (value, REFUSED) for name, value in wrong.items()},
        **{name: (value, other_kinds) for name, value in other.items()},
        **also,
    })


TABLE = _tables()
ANY_WIDTH = _tables(("one column", "three columns"))
ONE_CLASS = {"one class": (0 * y, REFUSED)}
NEW_LABELS = _labels(WORDS, huge=(np.where(y == 0, 0.0, 1e308), anything),
                     bytes=(WORDS.astype("S"), WORDS.astype("S")), **ONE_CLASS)
KNOWN_LABELS = _labels(huge=(np.where(y == 0, 0.0, 1e308), REFUSED),
                       bytes=(WORDS.astype("S"), REFUSED),
                       one_class=([0] * 8, 0 * y), unknown=(y + 7, REFUSED))
VALIDATION = Takes(optional(nothing_hostile), {
    "list": ([X, y], (X, y)),
    **refused(X_alone=X, triple=(X, y, y), one_column=(X[:, :1], y), short=(X, y[:-1]),
              text=(X, WORDS), unknown=(X, y + 7), none=(None, None), X_none=(None, y),
              y_none=(X, None), swapped=(y, X), empty=(X[:0], y[:0]),
              not_finite=(X * math.nan, y))})
WEIGHTS = Takes(optional(nothing_hostile), {
    "list": ([1] * 8, np.ones(8)), "integers": (np.arange(8), np.arange(8.0)),
    **refused(short=[1] * 7, negative=[-1] + [1] * 7, zeros=[0] * 8, matrix=np.ones((8, 1)),
              not_finite=[math.nan] * 8, infinite=[math.inf] * 8, text=["1"] * 8)})
SCORED_LABELS = _labels(unknown=(y + 7, y + 7), one_class=([0] * 8, 0 * y))


def net_like(**cases: Any) -> Takes:
    return Takes(nothing_hostile, {
        "unfitted": (MultilayerPerceptron((3,)), Raises(nnlib.NotFittedError, "not fitted")),
        "class of nets": (MultilayerPerceptron, REFUSED),
        **cases,
    })


def path_text(value: Any) -> Any:
    if not isinstance(value, str) or value == "" or "\0" in value:
        return REFUSED
    return value


def path_to_read(value: Any) -> Any:
    return REFUSED if path_text(value) is REFUSED else Raises(FileNotFoundError)


AX = Takes(optional(nothing_hostile), refused(
    figure=Figure(), axes_class=Axes,
    array=np.array([None, None], object)))

FRESH = object()


def drawn(function: Callable[..., Any]) -> Callable[..., Any]:
    """On Axes whose figure has no layout to find, which takes longer than the drawing.

    To make them takes longer still: those of a refused call, which drew nothing, are kept.
    """
    empty: list[Axes] = []

    def call(**arguments: Any) -> Any:
        if arguments["ax"] is not FRESH:
            return function(**arguments)
        ax = empty.pop() if empty else Figure().subplots()
        children = ax.get_children()
        try:
            return function(**{**arguments, "ax": ax})
        except Exception:
            if ax.get_children() == children:
                empty.append(ax)
            raise
    return call


# Ways to call


def fit_with(cls: type[MultilayerPerceptron], **fixed: Any) -> Callable[..., Any]:
    """A constructor's arguments are checked when the net is fitted: also one fitted before."""
    def call(**arguments: Any) -> Any:
        given = {**PARAMETERS, **fixed, **arguments}
        made = cls(**given).fit(X, y)
        return made
    return call


def refit(net: MultilayerPerceptron, **parameters: Any) -> Any:
    if isinstance(parameters["max_epochs"], (int, np.integer)) and parameters["max_epochs"] > 100:
        parameters["stopping"] = stopping.GradientNorm(1e300)  # at once
    return net.set_params(**parameters).fit(X, y)


def method(name: str) -> Callable[..., Any]:
    return lambda net, **arguments: getattr(net, name)(**arguments)


def taken(net: MultilayerPerceptron, **data: Any) -> MultilayerPerceptron:
    """The net after the epochs of a fit that was begun, one by one."""
    fit = net.begin(**data)
    for _ in fit.descent.epochs():
        net.adopt(fit)
    net.adopt(fit)
    return net


def adopted(net: MultilayerPerceptron, fit: Any) -> MultilayerPerceptron:
    """The net after it has adopted a fit: None stands for one of its own."""
    if fit is None:
        fit = net.begin(X, y)
        fit.descent.run()
    net.adopt(fit)
    return net


BEGUN = MultilayerPerceptron((3,), **PARAMETERS).begin(X, y)
BEGUN.descent.run()


def saved(net: MultilayerPerceptron, path: Any) -> Any:
    net.save(path)
    loaded = nnlib.load(path)
    Path(path).unlink()
    return loaded


HIDDEN = {
    "pair": ((2, 3), (2, 3)), "list": ([2, 3], (2, 3)), "array": (np.array([2, 3]), (2, 3)),
    "empty": ((), ()), "mapping": ({2: 3}, REFUSED), "set": ({2}, REFUSED),
    **refused(zero=(2, 0), fraction=(2, 2.5), flag=(2, True), text=("2", "3"), nested=((2,), (3,)),
              floats=np.array([2.0, 3.0]), matrix=np.ones((2, 2), int), huge=(10**6, 10**6),
              huge_one=[10**12], epoch=(Ellipsis,), gigantic=[10**400]),
}


def hidden_nodes(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value) if all(count()(v) is not REFUSED for v in value) else REFUSED
    if isinstance(value, np.ndarray) and value.shape in ((0,), (1,)):
        return tuple(value.tolist())
    return count(at_most=10**6)(value)


class Outside(stopping.Criterion):
    """A criterion of the reader's own."""

    def watch(self) -> Any:
        return lambda row: None


def training_net(**settings: Any) -> Any:
    return begin(**{"n": 8, "hidden_nodes": 3, "max_epochs": 3, **settings}).net


def frame_of(plot: Any) -> Any:
    return pack(frames.Frame([plot]))


SEED = Takes(seed, {"None": (None, anything)})
NOISE = real(at_least=0, at_most=1e150)
N = count(at_least=2, at_most=10**7)
EPOCHS = count(at_most=2**63 - 1)



def study(**arguments: Any) -> Any:
    """One process is enough to see that the others are accepted."""
    made = studies.Study(**arguments)
    try:
        return made.run() if made.n_jobs in (None, 1) and not made.progress else made.n_jobs
    finally:
        if arguments.get("folder") and Path(arguments["folder"]).is_dir():
            shutil.rmtree(arguments["folder"])


STUDIED = MultilayerPerceptron((3,), max_epochs=2)
STUDY = studies.Study(STUDIED, {"hidden_nodes": [1, 2]}, (X, y), (0, 1), progress=False)


def proof(path: Any, **arguments: Any) -> Any:
    """Of a file that is there, if a file can have such a name."""
    STUDY.stored(path)
    return STUDY.proof(path, **arguments)


RESULTS = study(net=STUDIED, vary={"hidden_nodes": [1, 2]}, data=(X, y), seeds=(0, 1),
                progress=False)


def arrays(*right: Any) -> Takes:
    """Arrays of which the shapes and the entries matter; None is one of the `right`."""
    def rule(value: Any) -> Any:
        return value if any(value is other for other in right) else REFUSED

    cases = {f"right {i}": (value, value) for i, value in enumerate(right) if value is not None}
    return Takes(rule, {**cases, **refused(
        one=np.ones((1, 1, 1)), flat=np.ones(7), deep=np.ones((2, 2, 2, 2)),
        complex=np.ones(2) * 1j, text=np.array(["a", "b"]), objects=np.array([None, 1]),
        listed=[[0.0, 1.0]] * 2, masked=np.ma.masked_equal(np.eye(2), 0),
        negative=np.array([-1, 0]),
        large=np.array([0, 256]), fractions=np.array([0.5, 0.5]), dates=np.zeros(2, "M8[D]"))})


def listed(item: Any) -> Takes:
    return Takes(no_more_than_empty,
                 {"list": ([item], (item,)), **refused(item=item, mixed=[item, None],
                                                       of_class=[type(item)], set={1})})


NUMBERS = Takes(nothing_hostile, {
    "integers": ([0, 1], [0.0, 1.0]), "array": (np.array([0.0, 1.0]), [0.0, 1.0]),
    "float16": (np.array([0, 1], np.float16), [0.0, 1.0]), "gap": ([0.0, math.nan], anything),
    "infinite": ([0.0, math.inf], anything), "too large for 32 bits": ([0.0, 1e300], anything),
    "frame": (hostile.Frame([1.0, 2.0]), [1.0, 2.0]),
    **refused(one=[0.0], three=[0.0, 1.0, 2.0], text=["0", "1"], complex=[0, 1j], none=[0, None],
              matrix=[[0.0, 1.0]], masked=np.ma.masked_equal([0, 1], 1),
              masked_list=[0.0, np.ma.masked], dates=np.zeros(2, "M8[D]"), huge=[0, 10**400])})
NUMBERS_OF_ANY_LENGTH = Takes(nothing_hostile, {
    **{name: case for name, case in NUMBERS.cases.items() if name not in ("one", "three")},
    **dict.fromkeys(("array (1,)", "array (0,)", "bytearray", "empty list", "list", "range"),
                    (range(3), anything))})
STROKES = Takes(no_more_than_empty, {
    "lists": ([[[0, 0.5]], [[1.0, 0.5]]], [[(0.0, 0.5)], [(1.0, 0.5)]]),
    "NumPy's": ([[(np.float64(0), np.float64(0.5))]], [[(0.0, 0.5)]]),
    **refused(point=(0.0, 0.5), stroke=[(0.0, 0.5)], hollow=[[]], empty_point=[[()]],
              outside=[[(0.0, 1.5)]], negative=[[(-0.1, 0.0)]], three=[[(0.0, 0.5, 1.0)]],
              not_a_number=[[(0.5, math.nan)]], infinite=[[(math.inf, 0.5)]], none=[[(None, 0.5)]],
              text=[[("0", "1")]], array=np.zeros((1, 2, 2)), arrays=[np.zeros((2, 2))],
              huge=[[(0, 10**400)]], many=[[(0.0, 0.5)]] * 10**4,
              long=[[(0.0, 0.5)] * 10**5], complex=[[(0.5j, 0.5)]])})
RANGE = Takes(optional(nothing_hostile), {
    "list": ([0, 2], (0, 2)), "numpy": ((np.float32(0), np.int8(2)), (0.0, 2)),
    "fractions": ((Fraction(0), Fraction(2)), (0.0, 2.0)),
    **refused(backwards=(1, 0), equal=(1, 1), three=(0, 1, 2), text=("0", "1"), none=(0, None),
              not_finite=(0, math.inf), not_a_number=(math.nan, 1), flags=(False, True),
              huge=(0, 10**400))})
BARS = frames.Bars(("a", "b"), (1, 2))
INPUTS = frames.Layer("inputs", ("", ""), ("x", "y"), ("1", "2"))
OUTPUTS = frames.Layer("outputs", ("p0",), ("p",), ("1",), np.ones((1, 3)))


def texts(length: int) -> Takes:
    """As many texts."""
    def rule(value: Any) -> Any:
        return value if isinstance(value, tuple) and len(value) == length and all(
            isinstance(each, str) for each in value) else REFUSED

    return Takes(rule, refused(more=["a"] * (length + 1), numbers=[1] * length, text="a" * length,
                               none=[None] * length))


FRAME = frames.Frame([BARS])
FRAMES = Takes(nothing_hostile, refused(plot=BARS, plots=[BARS], of_class=frames.Frame))



def plain_real(low: float, high: float) -> Callable[[Any], Any]:
    """A number of Python's own, or NumPy's float64, which is one: it travels as JSON."""
    def rule(value: Any) -> Any:
        own = isinstance(value, (int, float)) and not isinstance(value, bool)
        return value if own and math.isfinite(real()(value) if real()(value) is not REFUSED
                                              else math.inf) and low <= value <= high else REFUSED
    return rule


def plain_whole(low: float, high: float) -> Callable[[Any], Any]:
    """A whole number of Python's own."""
    return lambda value: plain_real(low, high)(value) if isinstance(value, int) else REFUSED


def of_height(height=1):
    return frames.Frame([frames.Bars(("a",), (height,))])


def without_default(height):
    return frames.Frame([frames.Bars(("a",), (height,))])


def without_frame(height=1):
    return height


def with_outside(height=1):
    return of_height(height)


CONTROL = Control("x", "slider", 1, 0, 4, 0.5)
EXPERIMENT = lab.Experiment((CONTROL,))
TRAINING = lab.training(("hidden_nodes",), n=20, max_epochs=3)
TEXTS_THAT_NAME = ("fast",)


TO_TRAIN = MultilayerPerceptron((3,), **PARAMETERS)


def unfitted(net: Any) -> Any:
    """A session trains its net: each gets one of its own."""
    return copy.deepcopy(net) if net is TO_TRAIN else net


def check_sum(x):
    exercises.same("x", x, 3 + offset)    # noqa: F821


def variant_without_book(value):
    taken = count(at_least=0, at_most=2**32 - 1)(value) is not REFUSED
    return Raises(FileNotFoundError) if taken else REFUSED


def path_without_book(value):
    return Raises(FileNotFoundError) if value is None else path_to_read(value)


EXERCISE = exercises.Exercise("ex-sum", check_sum, "pass", given="offset = 0")


def code(text):
    """The text, if it is code."""
    try:
        compile(text, "starter", "exec")
    except (SyntaxError, ValueError):
        return REFUSED
    return text


DRAWING = lab.drawing(of_height, height=(0, 4))
SETTINGS = Takes(nothing_hostile, refused(
    number="1", list="[]", null="null", text='"x"', cut='{"hidden_nodes": 1', deep="[" * 10**5,
    unknown='{"momentum": 1}', outside='{"hidden_nodes": 99}', fraction='{"hidden_nodes": 1.5}',
    flag='{"hidden_nodes": true}', not_a_number='{"hidden_nodes": NaN}'),
    names="settings|hidden_nodes")


def opened() -> page.Figure:
    return page.Figure(TRAINING.to_json())


def started() -> page.Figure:
    figure = opened()
    figure.start("{}")
    return figure


def watching(criterion: Any) -> Callable[..., Any]:
    """What a criterion says to losses that fall ever less."""
    def call(**arguments: Any) -> Any:
        watcher = criterion(**arguments).watch()
        losses = [1 / (1 + epoch) + 0.3 for epoch in range(20)]
        return [watcher(stopping.Epoch(epoch, loss, 0.5, loss, loss, 0.5))
                for epoch, loss in enumerate(losses)]
    return call


def stepping(optimizer: Any) -> Callable[..., Any]:
    """The steps that an optimizer makes of gradients that shrink."""
    def call(**arguments: Any) -> Any:
        step = optimizer(**arguments).stepper(np.zeros(2), 0.1, 1)
        steps = [np.array([1.0, -2.0]) / (1 + t) for t in range(5)]
        for gradient in steps:
            step(gradient)
        return steps
    return call


TARGETS = X[:, 0] - 2 * X[:, 1] ** 2
REGRESSOR = MultilayerRegressor((3,), **PARAMETERS).fit(X, TARGETS)


def _numbers(**shapes: Any) -> Takes:
    """Numbers to predict, and what a column and a table of them come to."""
    return Takes(nothing_hostile, {
        "list": (TARGETS.tolist(), TARGETS), "integers": (np.arange(8), np.arange(8.0)),
        "flags": (TARGETS > 0, (TARGETS > 0).astype(float)),
        "float16": (TARGETS.astype(np.float16), TARGETS.astype(np.float16).astype(float)),
        "objects": (TARGETS.astype(object), TARGETS),
        "equal": ([0.1] * 8, np.full(8, 0.1)), "large": ((1e9 * TARGETS).tolist(), 1e9 * TARGETS),
        "column": (TARGETS[:, None], shapes.get("column", REFUSED)),
        "table": ([[0.0, 1.0]] * 8, shapes.get("table", REFUSED)),
        **refused(short=TARGETS[:-1], deep=np.ones((8, 1, 1)), no_columns=np.ones((8, 0)),
                  one=TARGETS[0], empty=[], none=[None] * 8, text=["1"] * 8, words=WORDS,
                  not_finite=TARGETS * math.nan, infinite=[math.inf] * 8, complex=TARGETS * 1j,
                  masked=np.ma.masked_less(TARGETS, 0), ragged=[[0.0], [0.0, 1.0]] * 4,
                  too_large=1e151 * np.ones(8), huge=[10**400] * 8, dates=np.zeros(8, "M8[D]"))})


NUMBERS_OF_X = _numbers()
NUMBERS_TO_LEARN = _numbers(column=TARGETS[:, None].copy(), table=np.array([[0.0, 1.0]] * 8))
NUMBERS_TO_VALIDATE = Takes(optional(nothing_hostile), {
    "list": ([X, TARGETS], (X, TARGETS)),
    **refused(X_alone=X, triple=(X, TARGETS, TARGETS), one_column=(X[:, :1], TARGETS),
              short=(X, TARGETS[:-1]), column=(X, TARGETS[:, None]), words=(X, WORDS),
              none=(None, None), swapped=(TARGETS, X), empty=(X[:0], TARGETS[:0]),
              not_finite=(X, TARGETS * math.nan), too_large=(X, 1e151 * TARGETS))})


def fitted_regressor(**data: Any) -> Any:
    net = MultilayerRegressor((3,), **PARAMETERS).fit(**data)
    return net.network_.theta, net.history_, net.predict(data["X"])


RIGHT_POINTS = [(0.0, 0.0, 0), (1.0, 1.0, 1)]


def trained(points: Any, data: Any, **settings: Any) -> Any:
    """Points are only looked at where they are the data."""
    if points is not RIGHT_POINTS:
        data = "drawn"
    session = begin(points=points, data=data, **settings)
    session.advance(3)
    session.frame()
    return session.net


SUBJECTS: dict[str, Subject] = {
    # Data sets
    "datasets.moons": Subject(datasets.moons, {
        "n": (8, N), "noise": (0.1, NOISE), "random_state": (0, SEED),
        "spacing": ("drawn", choice("drawn", "even")),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.bounds": Subject(datasets.bounds, {"X": (X, TABLE)}),
    "datasets.circles": Subject(datasets.circles, {
        "n": (8, N), "noise": (0.1, NOISE), "factor": (0.5, real(at_least=0, below=1)),
        "random_state": (0, SEED),
        "spacing": ("drawn", choice("drawn", "even")),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.xor": Subject(datasets.xor, {
        "n": (8, N), "noise": (0.1, NOISE), "random_state": (0, SEED),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.checkerboard": Subject(datasets.checkerboard, {
        "n": (8, N), "cells": (4, count(2, 1000)), "noise": (0.1, NOISE),
        "random_state": (0, SEED),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.spirals": Subject(datasets.spirals, {
        "n": (8, N), "arms": (2, Takes(count(2, 8), refused(more_than_n=9))),
        "turns": (1.5, real(above=0, at_most=1000)), "noise": (0.1, NOISE),
        "random_state": (0, SEED),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.blobs": Subject(datasets.blobs, {
        "n": (8, N), "centers": (2, Takes(count(2, 8), refused(more_than_n=9))),
        "spread": (0.1, NOISE), "random_state": (0, SEED),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.graph": Subject(datasets.graph, {
        "n": (20, N), "function": ("wave", Takes(choice(*datasets.FUNCTIONS), {
            "points": (([0, 1], [0.5, 0.5]), anything), "list": ([[0, 1], [0.5, 0.5]], anything),
            "arrays": ((np.arange(2), np.ones(2)), anything),
            **refused(shorter=([0, 1], [0]), backwards=([1, 0], [0, 0]), gap=([0], [math.nan]),
                      far=([-1e308, 1e308], [0, 1]), high=([0, 1], [-1e308, 1e308]),
                      hollow=([], []), text=("a", "b"), one=([0, 1],), array=np.ones((2, 2)))})),
        "noise": (0.1, NOISE), "random_state": (0, SEED),
        "class_sizes": ("drawn", choice("balanced", "drawn"))}),
    "datasets.surface": Subject(datasets.surface, {
        "n": (20, N), "function": ("hills", choice(*datasets.SURFACES)),
        "noise": (0.1, NOISE), "random_state": (0, SEED)}),
    "datasets.digits": Subject(datasets.digits, {}),

    # Nets
    "classifiers.MultilayerPerceptron": Subject(refit, {
        "hidden_nodes": ((3,), Takes(hidden_nodes, HIDDEN)),
        "activation": ("tanh", choice(*ACTIVATIONS)),
        "learning_rate": (0.1, real(above=0)),
        "reg_lambda": (0.01, real(at_least=0)),
        "reduction": ("sum", choice("sum", "mean")),
        "n_classes": (None, count(2, 10_000, optional=True)),
        "stopping": (None, Takes(optional(nothing_hostile), refused(a_class=stopping.Patience))),
        "max_epochs": (3, EPOCHS),
        "warm_start": (False, flag),
        "dtype": ("float64", Takes(choice("float32", "float64"), refused(
            kind=np.float64, numpy_dtype=np.dtype("float64")))),
        "random_state": (0, SEED),
        "progress": (False, quiet),
        "initial_scale": (None, real(above=0, optional=True)),
        "batch_size": (None, count(optional=True)),
        "optimizer": (None, Takes(optional(nothing_hostile), refused(
            a_class=optimizers.Adam, a_schedule=optimizers.CosineDecay(3)))),
        "schedule": (None, Takes(optional(nothing_hostile), refused(
            a_class=optimizers.CosineDecay, an_optimizer=optimizers.Adam(),
            a_function=lambda step: 1.0))),
    }, on_net=True),
    "regressors.MultilayerRegressor.fit": Subject(fitted_regressor, {
        "X": (X, ANY_WIDTH), "y": (TARGETS, NUMBERS_TO_LEARN),
        "validation_data": (None, NUMBERS_TO_VALIDATE)}),
    "regressors.MultilayerRegressor.predict": Subject(
        lambda X: REGRESSOR.predict(X), {"X": (X, TABLE)}),
    "regressors.MultilayerRegressor.score": Subject(
        lambda **data: REGRESSOR.score(**data), {
            "X": (X, TABLE), "y": (TARGETS, NUMBERS_OF_X), "sample_weight": (None, WEIGHTS)}),
    "regressors.MultilayerRegressor.mean_squared_error": Subject(
        lambda **data: REGRESSOR.mean_squared_error(**data), {
            "X": (X, TABLE), "y": (TARGETS, NUMBERS_OF_X)}),
    "classifiers.ThreeLayerNet": Subject(fit_with(nnlib.ThreeLayerNet), {
        "hidden_nodes": (3, Takes(count(at_most=10**6), refused(pair=(2, 3), list=[3])))}),
    "classifiers.FourLayerNet": Subject(fit_with(nnlib.FourLayerNet), {
        "hidden_nodes": (3, Takes(count(at_most=1000), {
            "pair": ((2, 3), (2, 3)), "array": (np.array([2, 3]), (2, 3)),
            **refused(triple=(2, 3, 4), one=[3], text=("2", "3"))}))}),
    "nets.Net.fit": Subject(method("fit"), {
        "X": (X, ANY_WIDTH), "y": (y, NEW_LABELS), "validation_data": (None, VALIDATION)},
        on_net=True),
    "nets.Net.begin": Subject(taken, {
        "X": (X, ANY_WIDTH), "y": (y, NEW_LABELS), "validation_data": (None, VALIDATION)},
        on_net=True),
    "nets.Net.adopt": Subject(adopted, {
        "fit": (None, Takes(optional(nothing_hostile), refused(
            a_class=type(BEGUN), descent=BEGUN.descent, of_another_net=BEGUN)))}, on_net=True),
    "nets.Net.initialize": Subject(method("initialize"), {
        "X": (X, ANY_WIDTH), "y": (y, NEW_LABELS)}, on_net=True),
    **{f"{name}": Subject(method(name.rpartition(".")[2]), {"X": (X, TABLE)}, on_net=True)
       for name in ("classifiers.MultilayerPerceptron.predict",
                    "classifiers.MultilayerPerceptron.predict_proba", "nets.Net.activations")},
    "classifiers.MultilayerPerceptron.score": Subject(method("score"), {
        "X": (X, TABLE), "y": (y, SCORED_LABELS), "sample_weight": (None, WEIGHTS)}, on_net=True),
    **{name: Subject(method(name.rpartition(".")[2]), {
        "X": (X, TABLE), "y": (y, KNOWN_LABELS)}, on_net=True)
       for name in ("nets.Net.loss", "classifiers.MultilayerPerceptron.cross_entropy",
                    "nets.Net.gradients", "nets.Net.objective")},
    "nets.Net.get_params": Subject(method("get_params"), {
        "deep": (True, anything)}, on_net=True),
    "nets.Net.set_params": Subject(
        lambda net, params: net.set_params(max_epochs=params), {
            "params": (3, anything)}, on_net=True),  # checked by the next fit
    "nets.Net.save": Subject(saved, {
        "path": ("saved.npz", Takes(path_text, {
            "Path": (Path("saved.npz"), "saved.npz"),
            "folder": (".", Raises(OSError)), "missing folder": ("no/net", Raises(OSError)),
            "too long": ("a" * 5000, Raises(OSError)), "root": ("/", Raises(OSError))}))},
        on_net=True),
    "nets.load": Subject(nnlib.load, {
        "path": ("net.npz", Takes(path_to_read, {
            "Path": (Path("net.npz"), "net.npz"), "folder": (".", Raises(OSError)),
            "standard input": (0, REFUSED), "bytes": (b"net.npz", REFUSED),
            "too long": ("a" * 5000, Raises(OSError)), "device": (os.devnull, REFUSED)}))}),

    # Diagnostics
    "diagnostics.gradient_check": Subject(diagnostics.gradient_check, {
        "net": (FITTED, net_like()), "X": (X, TABLE), "y": (y, KNOWN_LABELS),
        "method": ("central", choice("central", "complex")),
        "step": (None, real(at_least=1e-12, at_most=1, optional=True))}),
    "diagnostics.gradient_flow": Subject(diagnostics.gradient_flow, {
        "net": (FITTED, net_like()), "X": (X, TABLE), "y": (y, KNOWN_LABELS)}),
    "diagnostics.dead_units": Subject(diagnostics.dead_units, {
        "net": (FITTED, net_like()), "X": (X, TABLE)}),
    "diagnostics.saturated_units": Subject(diagnostics.saturated_units, {
        "net": (FITTED, net_like()), "X": (X, TABLE), "tol": (0.05, real(above=0))}),
    "diagnostics.spans_a_decade": Subject(diagnostics.spans_a_decade, {
        "values": ([0.0, 1.0], NUMBERS_OF_ANY_LENGTH)}),
    "diagnostics.loss_along": Subject(diagnostics.loss_along, {
        "net": (FITTED, net_like()), "X": (X, TABLE), "y": (y, KNOWN_LABELS),
        "direction": (np.arange(17.0), Takes(nothing_hostile, {
            "list": (list(range(17)), np.arange(17.0)),
            **refused(longer=np.ones(18), table=np.ones((17, 1)), not_finite=[math.nan] * 17)})),
        "places": ([0.0, 1.0], Takes(NUMBERS_OF_ANY_LENGTH.rule, {
            **NUMBERS_OF_ANY_LENGTH.cases,
            **refused(gap=[0.0, math.nan], infinite=[0.0, math.inf])}))}),
    "diagnostics.sharpness": Subject(diagnostics.sharpness, {
        "net": (FITTED, net_like()), "X": (X, TABLE), "y": (y, KNOWN_LABELS),
        "iterations": (5, count(at_most=10**6)), "random_state": (0, SEED)}),

    # Stopping
    "stopping.AnyOf": Subject(stopping.AnyOf, {
        "criteria": ((stopping.Patience(),), Takes(nothing_hostile, refused(
            empty=(), list=[stopping.Patience()], of_class=(stopping.Patience,), none=(None,))))}),
    "stopping.RelativeImprovement": Subject(watching(stopping.RelativeImprovement), {
        "tol": (0.1, real(at_least=0)), "every": (3, EPOCHS)}),
    "stopping.Patience": Subject(watching(stopping.Patience), {
        "tol": (0.1, real(at_least=0)), "epochs": (3, EPOCHS)}),
    "stopping.GradientNorm": Subject(watching(stopping.GradientNorm), {
        "tol": (0.1, real(above=0))}),
    "stopping.EarlyStopping": Subject(watching(stopping.EarlyStopping), {
        "patience": (3, EPOCHS),
        "validation_fraction": (None, real(above=0, below=1, optional=True))}),
    "stopping.to_settings": Subject(stopping.to_settings, {
        "criterion": (None, Takes(optional(nothing_hostile), {
            "own": (Outside(), REFUSED), "part": (Outside() | stopping.Patience(), REFUSED)},
            names="stopping"))}),

    # Optimizers
    "optimizers.Momentum": Subject(stepping(optimizers.Momentum), {
        "mu": (0.9, real(at_least=0, below=1))}),
    "optimizers.Adam": Subject(stepping(optimizers.Adam), {
        "beta_1": (0.9, real(at_least=0, below=1)), "beta_2": (0.9, real(at_least=0, below=1)),
        "epsilon": (1e-8, real(at_least=1e-30))}),
    "optimizers.ExponentialDecay": Subject(optimizers.ExponentialDecay, {
        "half_life": (3, real(above=0))}),
    "optimizers.CosineDecay": Subject(optimizers.CosineDecay, {
        "steps": (10, EPOCHS), "warmup": (0, count(at_least=0, at_most=9))}),
    "optimizers.to_settings": Subject(optimizers.to_settings, {
        "name": ("optimizer", anything),
        "description": (None, Takes(optional(nothing_hostile), {
            "a class": (optimizers.Adam, REFUSED)}, names="optimizer"))}),

    # Plotting
    "style.use_style": Subject(lambda: None, {}),
    "planes.decision_boundary": Subject(drawn(plotting.decision_boundary), {
        "net": (FITTED, net_like()), "X": (X, TABLE), "y": (y, KNOWN_LABELS), "ax": (FRESH, AX),
        "resolution": (9, count(2, 2000))}),
    "networks.network_drawing": Subject(drawn(plotting.network_drawing), {
        "net": (FITTED, Takes(nothing_hostile, {
            "sizes": ([2, 3, 2], (2, 3, 2)), "array": (np.array([2, 3, 2]), (2, 3, 2)),
            "range": (range(2, 5), (2, 3, 4)), "huge": ((2, 10**12, 2), anything),
            "unfitted": (MultilayerPerceptron((3,)), Raises(nnlib.NotFittedError, "not fitted")),
            **refused(one=[2], zero=[2, 0], fraction=[2, 2.5], text=("a", "b"),
                      flags=[True, True], nested=[[2], [3]], nets=[FITTED, FITTED],
                      matrix=np.ones((2, 2), int), many=[2] * 1000)})),
        "ax": (FRESH, AX), "max_nodes": (8, count(2, 100))}),
    "networks.gradient_flow": Subject(drawn(plotting.gradient_flow), {
        "net": (FITTED, net_like()), "X": (X, TABLE), "y": (y, KNOWN_LABELS), "ax": (FRESH, AX)}),
    "confusion.confusion_matrix": Subject(drawn(plotting.confusion_matrix), {
        "y_true": (y, Takes(nothing_hostile, {**_labels().cases, "one class": ([0] * 8, 0 * y),
                                              "nothing": ([], REFUSED)})),
        "y_pred": (1 - y, Takes(nothing_hostile, {**_labels().cases, "one class": ([0] * 8, 0 * y),
                                                  "nothing": ([], REFUSED)})),
        "classes": (None, Takes(optional(nothing_hostile), {
            "list": ([1, 0], np.array([1, 0])), "tuple": ((1, 0), np.array([1, 0])),
            "whole floats": ([1.0, 0.0], anything), "range": (range(3), np.array([0, 1, 2])),
            "more": ([0, 1, 2], np.array([0, 1, 2])),
            **refused(twice=[0, 1, 1], missing=[0], text=["a", "b"], nested=[[0, 1]],
                      not_a_number=[0, 1, math.nan], none=[0, 1, None], empty=[], mixed=[0, "a"],
                      masked=np.ma.masked_equal([0, 1, 2], 2), many=np.arange(10**5))})),
        "ax": (FRESH, AX)}),

    # Frames
    "frames.Curve": Subject(lambda **a: frame_of(frames.Chart([frames.Curve(**a)])), {
        "x": ([0.0, 1.0], NUMBERS), "y": ([0.0, 1.0], NUMBERS),
        "label": ("", hostile.text), "style": ("solid", choice(*frames.STYLES)),
        "colour": (None, count(0, 255, optional=True)), "texts": ((), Takes(
            lambda value: value if isinstance(value, list | tuple) and not value else REFUSED,
            refused(for_a_line=["a", "b"], numbers=[1, 2], text="ab"))),
        "faint": (False, flag)}),
    "frames.Plane": Subject(lambda **a: frame_of(frames.Plane(**a)), {
        "extent": ((0, 1, 0, 1), Takes(nothing_hostile, {
            "list": ([0, 1, 0, 1], anything), **refused(
                three=(0, 1, 0), backwards=(1, 0, 0, 1), text=("0", "1", "0", "1"),
                not_finite=(0, math.inf, 0, 1), flag=(False, True, 0, 1),
                none=(0, 1, None, 1), huge=(0, 10**400, 0, 1))})),
        "probabilities": (np.full((2, 2, 3), 0.5), Takes(arrays(None).rule, {
            **arrays(None, np.ones((2, 2, 2))).cases,
            "array (2, 2, 2)": (np.ones((2, 2, 2)), anything)})),
        "values": (None, arrays(None)), "points": (np.zeros((2, 2)), arrays()),
        "targets": (None, arrays(None)),
        "labels": (np.array([0, 1]), arrays(None, np.array([True, False]))),
        "curves": ((), listed(frames.Curve([0], [0]))),
        "marked": (None, count(0, 1, optional=True)),
        "classes": ((), Takes(no_more_than_empty, {
            "list": (["a", "b"], ("a", "b")), "tuple of text": (("a", "b"), anything),
            **refused(fewer=["a"], numbers=[1, 2], text="ab")})),
        **dict.fromkeys(("title", "x_label", "y_label"), ("", hostile.text))}),
    "frames.Layer": Subject(
        lambda **a: frame_of(frames.Diagram([frames.Layer(**a), OUTPUTS])), {
            "title": ("", hostile.text), "keys": (("", ""), texts(2)),
            "names": (("x", "y"), texts(2)), "texts": (("1", "2"), texts(2)),
            "weights": (None, arrays(None, np.ones((2, 3)))),
            "pictures": (None, Takes(arrays(None).rule, {
                **arrays(None, np.ones((2, 3, 3))).cases,
                "right 1": (np.ones((2, 3, 3)), anything),
                "array (2, 2, 2)": (np.ones((2, 2, 2)), anything)})),
            "dead": ((), Takes(no_more_than_empty, {
                "list": ([1], (1,)),
                **refused(outside=[2], negative=[-1], text=["a"], half=[0.5])})),
            "others": (0, count(0, 2**53))}),
    "frames.Diagram": Subject(lambda **a: frame_of(frames.Diagram(**a)), {
        "layers": ([INPUTS, OUTPUTS], Takes(nothing_hostile, {
            "tuple": ((INPUTS, OUTPUTS), [INPUTS, OUTPUTS]), **refused(
                one=[INPUTS], backwards=[OUTPUTS, INPUTS], mixed=[INPUTS, None], layer=INPUTS)})),
        "chosen": ("", choice("", "p0")), "weight_texts": ((), Takes(
            no_more_than_empty, refused(without_a_node=["a"], numbers=[1], text="ab"))),
        "title": ("", hostile.text), "lines": (None, Takes(optional(no_more_than_empty), {
            "list": ([(1, 0, 2)], ((1, 0, 2),)), **refused(
                outside=[(1, 0, 3)], of_the_inputs=[(0, 0, 0)], pair=[(1, 0)], whole=[1],
                halves=[(1, 0, 0.5)], line=(1, 0, 2))}))}),
    "frames.Chart": Subject(lambda **a: frame_of(frames.Chart(**a)), {
        "curves": ((), listed(frames.Curve([0], [0]))),
        **dict.fromkeys(("title", "x_label", "y_label"), ("", hostile.text)),
        **dict.fromkeys(("x_log", "y_log"), (False, flag)), "has_axes": (True, flag),
        **dict.fromkeys(("x_range", "y_range"), (None, RANGE))}),
    "frames.Bars": Subject(lambda **a: frame_of(frames.Bars(**a)), {
        "names": (("a", "b"), Takes(lambda value: value if isinstance(value, tuple)
                                    and value == ("a", "b") else REFUSED,
                                    refused(one=["a"], numbers=[1, 2], none=["a", None],
                                            text="ab"))),
        "heights": ([0.0, 1.0], NUMBERS),
        **dict.fromkeys(("title", "y_label"), ("", hostile.text)),
        "marked": (None, count(0, 1, optional=True)), "y_range": (None, RANGE)}),
    "frames.Marked": Subject(lambda **a: pack(frames.Frame([BARS], details=[
        ("a", frames.Marked(**a))])), {"parts": ((), Takes(
            lambda value: value if isinstance(value, list | tuple) and all(
                isinstance(each, str) for each in value) else REFUSED, {
                "marked": (["a", ("b", 0)], ("a", ("b", 0))), **refused(
                    text="ab", numbers=[1], half=[("a", 0.5)], below=[("a", -1)],
                    three=[("a", 0, 1)], turned=[(0, "a")])}))}),
    "frames.Frame": Subject(lambda **a: pack(frames.Frame(**a)), {
        "plots": ([BARS], Takes(nothing_hostile, {
            "tuple": ((BARS,), [BARS]), **refused(
                plot=BARS, of_class=[frames.Bars], mixed=[BARS, 1], iterator=iter([BARS]))})),
        **dict.fromkeys(("text", "warning"), ("", hostile.text)),
        "details": ((), Takes(no_more_than_empty, {
            "list": ([("a", "b")], (("a", "b"),)), **refused(
                text="ab", texts=["ab"], three=[("a", "b", "c")], numbers=[(1, 2)])})),
        **dict.fromkeys(("epoch", "last_epoch"), (None, count(0, 2**53, optional=True)))}),
    "packing.pack": Subject(pack, {"frame": (FRAME, FRAMES)}),
    "frame_plots.draw": Subject(lambda frame: type(frame_plots.draw(frame)), {
        "frame": (FRAME, FRAMES)}),
    "frame_plots.png": Subject(frame_plots.png, {
        "frame": (FRAME, FRAMES), "dpi": (20, real(at_least=20, at_most=1000))}),

    # Studies
    "study.Study": Subject(study, {
        "net": (STUDIED, Takes(nothing_hostile, {
            "fitted": (MultilayerPerceptron((3,), max_epochs=2).fit(X, y), anything),
            "seeded": (FITTED, REFUSED), "class": (MultilayerPerceptron, REFUSED),
            "warm": (MultilayerPerceptron(warm_start=True), REFUSED)})),
        "vary": ({"hidden_nodes": [1, 2]}, Takes(nothing_hostile, {
            "generator": ({"hidden_nodes": range(1, 3)}, {"hidden_nodes": [1, 2]}),
            "numpy": ({"hidden_nodes": np.array([1, 2])}, {"hidden_nodes": [1, 2]}),
            "zero": ({"hidden_nodes": [0]}, Raises(ValueError, "hidden_nodes must be")),
            "NaN": ({"learning_rate": [math.nan]}, Raises(ValueError, "that equal themselves")),
            "infinite": ({"learning_rate": [math.inf]},
                         Raises(ValueError, "learning_rate must be")),
            "three": ({"hidden_nodes": [1], "dtype": ["float32"], "max_epochs": [1]}, anything),
            "settings": ([{"hidden_nodes": 1}, {"hidden_nodes": 2}], anything),
            "half a node": ([{"hidden_nodes": 1.5}], Raises(TypeError, "hidden_nodes must be")),
            **refused(unlike=[{"hidden_nodes": 1}, {"max_epochs": 2}], empty=[{}],
                      forever=itertools.repeat({"max_epochs": 1}),
                      unknown={"momentum": [1]}, number={3: [1]}, text={"activation": "relu"},
                      nothing={"hidden_nodes": []}, twice={"hidden_nodes": [1, 1]},
                      none={"hidden_nodes": None}, arrays={"hidden_nodes": [np.ones(2)]},
                      seed={"random_state": [1]}, endless={"hidden_nodes": itertools.count(1)},
                      many={"hidden_nodes": range(1, 10**12)}, pairs=[("hidden_nodes", [1])])})),
        "data": ((X, y), Takes(nothing_hostile, {
            "function": (lambda seed: (X, y), (X, y)), "list": ([X, y], (X, y)),
            "validation": (((X, y), (X, y)), anything),
            "raising callable": (hostile.raises, Raises(RuntimeError, "from a callable")),
            **refused(
                returns_none=lambda seed: None, returns_one=lambda seed: (X,), no_seed=lambda: X,
                returns_three=lambda seed: (X, y, y), named=({"xy": "X, y"}), none_named={},
                unnamed={1: (X, y)}, returns_text=lambda seed: "Xy",
                returns_generator=lambda seed: iter((X, y)),
                returns_nan=lambda seed: (X * math.nan, y),
                returns_short=lambda seed: (X, y[:-1]), returns_one_class=lambda seed: (X, 0 * y),
                validation_short=((X, y), (X,)), validation_wrong=((X, y), (X[:, :1], y)),
                one=(X,), three=(X, y, y), nothing=(), text=(X.astype(str), y))})),
        "seeds": ((0, 1), Takes(
            nothing_hostile,
            {"range": (range(3), (0, 1, 2)), "set": ({1, 2}, (1, 2)), "list": ([3], (3,)),
             "array (1,)": (np.array([3]), (3,)), "generator": (iter((0, 1)), (0, 1)),
             **refused(
                twice=[1, 1], negative=[-1], fraction=[0.5], huge=[10**400], flags=[True],
                endless=itertools.count(), many=range(10**12))})),
        "folder": (None, Takes(optional(path_text), {
            "Path": (Path("study"), anything), "file": ("net.npz", REFUSED)})),
        "n_jobs": (None, Takes(count(-1000, 1000, optional=True), refused(**{"0": 0}))),
        "progress": (False, quiet),
        "epochs": (None, Takes(optional(nothing_hostile), {
            "all": ("all", anything), "set": ({1}, anything), "generator": (iter((0, 1)), anything),
            "range": (range(2), anything), "list": ([0, 2], anything),
            "array": (np.array([1]), anything),
            **refused(beyond=[3], falling=[2, 1], twice=[1, 1], negative=[-1], fraction=[0.5],
                      none=[], word="some", endless=itertools.count(), flags=[True])})),
        "measures": (None, Takes(optional(nothing_hostile), {
            "function": ({"one": lambda net, X, y: 1}, anything), "empty dict": ({}, anything),
            "raising callable": ({"one": hostile.raises}, Raises(RuntimeError, "from a callable")),
            **refused(listed=[len], curve={"loss": len}, unnamed={1: len}, number={"one": 1},
                      text={"one": lambda net, X, y: "1"}, none_given={"one": lambda *_: None},
                      array={"one": lambda net, X, y: np.ones(2)})}))}),
    "study.Study.run": Subject(lambda: RESULTS, {}),
    "study.Study.part": Subject(lambda fraction: len(STUDY.part(fraction).seeds), {
        "fraction": (0.5, real(above=0, at_most=1))}),
    "study.Study.stored": Subject(lambda path: STUDY.stored(path).table, {
        "path": ("study.npz", path_text)}),
    "study.Study.proof": Subject(proof, {
        "path": ("study.npz", path_text), "nets": (1, count(at_most=4)),
        "random_state": (0, SEED)}),
    "results.Results.at": Subject(lambda values: RESULTS.at(hidden_nodes=values), {
        "values": (1, Takes(lambda value: 1 if not isinstance(value, np.ndarray) and
                            not hasattr(value, "tocsr") and value in (1, 2) else REFUSED,
                            names="hidden_nodes"))}),
    "results.Results.plot": Subject(drawn(RESULTS.plot), {
        "kind": (None, choice("curves", "dots", optional=True)),
        "column": (None, Takes(choice("loss", "accuracy", optional=True), refused(
            text_column="stop_reason", seed="seed", varied="hidden_nodes"))),
        "ax": (FRESH, AX), "x": (None, choice("hidden_nodes", optional=True))}),
    "results.Results.best": Subject(lambda **a: RESULTS.best(**a).table, {
        "factor": ("hidden_nodes", Takes(choice("hidden_nodes"), {
            "list of one": (["hidden_nodes"], "hidden_nodes"),
            **refused(held="learning_rate", nested=[["hidden_nodes"]])})),
        "by": ("loss", Takes(choice("loss"), refused(
            test="test_loss", none_known="validation_loss", text_column="stop_reason")))}),
    "results.Results.compare": Subject(lambda a, b, measure: RESULTS.compare(a, b, measure), {
        "a": ({"hidden_nodes": 1}, Takes(nothing_hostile, {
            "results": (RESULTS.at(hidden_nodes=1), {"hidden_nodes": 1}),
            **refused(pairs=[("hidden_nodes", 1)], several={"hidden_nodes": [1, 2]}),
            "unknown value": ({"hidden_nodes": 3}, Raises(ValueError, "hidden_nodes must be"))})),
        "b": ({"hidden_nodes": 2}, Takes(nothing_hostile, refused(table=RESULTS.table))),
        "measure": ("loss", Takes(choice("loss"), refused(
            none_known="validation_loss", text_column="stop_reason")))}),
    "results.Results.summary": Subject(lambda measures: RESULTS.summary(measures).rows, {
        "measures": (None, Takes(optional(nothing_hostile), {
            "one": (["loss"], ("loss",)), "empty list": ([], ()),
            **refused(text_column=["stop_reason"], name="loss")}))}),
    "results.Results.to_csv": Subject(lambda path: RESULTS.to_csv(
        path if path_text(path) is REFUSED else f"{path}.csv"), {  # a study may have the name
        "path": (None, Takes(optional(path_text), {
            "Path": (Path("table.csv"), anything)}))}),
    "tables.Table": Subject(lambda **a: str(studies.Table(**a)), {
        "rows": ([{"n": 1}], Takes(nothing_hostile, {
            "tuple": (({"n": 1},), [{"n": 1}]), "empty list": ([], []),
            **refused(other_keys=[{"n": 1}, {"m": 1}], pairs=[("n", 1)], one={"n": 1})})),
        "caption": ("", hostile.text)}),

    # The lab
    "controls.Control": Subject(
        lambda **a: lab.Experiment((Control(**a), Control("last", "flag", True))).to_json(),
        {"name": ("x", lambda value: value
                  if isinstance(value, str) and value.isidentifier() else REFUSED),
         "kind": ("slider", Takes(nothing_hostile, {"log": ("log", anything)})),
         "value": (1, Takes(plain_real(0.5, 4), names="x")),
         "low": (0.5, Takes(plain_real(-math.inf, 1), refused(above_high=5, text="0"), "low|x")),
         "high": (4, Takes(plain_real(1, math.inf), names="high|x")),
         "step": (0.5, Takes(plain_real(1e-323, math.inf), {"5e-324": (5e-324, anything)})),
         "options": ((), Takes(lambda value: value if isinstance(value, tuple) and not value
                               else anything if isinstance(value, (list, tuple)) and all(
                                   isinstance(v, (str, int, float)) for v in value) else REFUSED)),
         "label": ("", hostile.text)}),
    "controls.Control.accepts": Subject(CONTROL.accepts, {
        "value": (1, lambda value: 1 if plain_real(0, 4)(value) is not REFUSED else 7)}),
    **{f"strokes.{name}": Subject(getattr(strokes, name), {"strokes": ([[(0.25, 0.5)]], STROKES)})
       for name in ("pixels", "bitmap")},
    "strokes.heights": Subject(strokes.heights, {
        "strokes": ([[(0.0, 0.5), (1.0, 0.5)]], STROKES),
        "x": ([0.0, 1.0], NUMBERS_OF_ANY_LENGTH)}),
    "pasted.read": Subject(lambda text: pasted.read(text).labels, {
        "text": ("1,2,a\n3,4,b", Takes(nothing_hostile, {
            "header": ("x,y,class\n1,2,a\n3,4,b", "1,2,a\n3,4,b"), **refused(
                two="1,2\n3,4", one_class="1,2,a", word="1,2,a\n3,x,b")}, names="table"))}),
    "lab.steps": Subject(lambda low, high: lab.drawing(
        of_height, height=lab.steps(low, high)).to_json(), {
            "low": (0, Takes(plain_whole(-math.inf, 1), names="low|height")),
            "high": (4, Takes(plain_whole(1, math.inf), names="high|height"))}),
    "lab.log": Subject(lambda low, high, step: lab.drawing(
        of_height, height=lab.log(low, high, step)).to_json(), {
            "low": (0.5, Takes(plain_real(5e-324, 1), names="low|height")),
            "high": (4, Takes(plain_real(1, math.inf), names="high|height")),
            "step": (0.5, plain_real(5e-324, math.inf))}),
    "lab.Preset": Subject(lambda **a: lab.Experiment((CONTROL,), presets=(lab.Preset(**a),)), {
        "name": ("a", hostile.text), "why": ("b", hostile.text),
        "settings": ({"x": 2}, Takes(lambda value: value if isinstance(value, dict) and not value
                                     else REFUSED, {
            "dict": ({"a": 1}, Raises(ValueError, "settings must be among")),
            "out of range": ({"x": 9}, Raises(ValueError, "x must be"))}))}),
    "lab.Experiment": Subject(lambda **a: lab.Experiment(**a).to_json(), {
        "controls": ((CONTROL,), listed(CONTROL)),
        "fixed": ({}, Takes(lambda value: value if isinstance(value, dict) else REFUSED, refused(
            numbers={1: 2}, not_finite={"n": math.nan}, numpy={"n": np.int64(3)},
            function={"n": len}, array={"n": np.ones(2)}))),
        "source": ("", hostile.text), "presets": ((), listed(lab.Preset("a", "b", {})))}),
    "lab.Experiment.settings": Subject(lambda changes: EXPERIMENT.settings(x=changes), {
        "changes": (1, Takes(plain_real(0, 4), names="x"))}),
    "lab.Experiment.idle": Subject(lambda changes: TRAINING.idle(hidden_nodes=changes), {
        "changes": (3, Takes(lambda value: value if type(value) is int and 1 <= value <= 64
                             else REFUSED, names="hidden_nodes"))}),
    "lab.Experiment.start": Subject(
        lambda changes: TRAINING.start(hidden_nodes=changes).loss, {
            "changes": (3, Takes(lambda value: value if type(value) is int and 1 <= value <= 64
                                 else REFUSED, names="hidden_nodes"))}),
    "lab.Experiment.from_json": Subject(
        lambda text: lab.Experiment.from_json(text).to_json(), {
            "text": (EXPERIMENT.to_json(), Takes(nothing_hostile, refused(
                number="1", list="[]", nothing="{}", null="null", deep="[" * 10**5,
                cut=EXPERIMENT.to_json()[:-9], control='{"controls": [1]}',
                controls='{"controls": 1}',
                unknown=EXPERIMENT.to_json().replace('"low"', '"least"'))))}),
    "lab.drawing": Subject(
        lambda function, presets, controls: lab.drawing(
            function, presets, height=controls).to_json(), {
                "function": (of_height, Takes(nothing_hostile, refused(
                    no_default=without_default, no_frame=without_frame, lambda_=lambda height=1: 1,
                    partial=functools.partial(of_height), outside=with_outside),
                    names="function|without_default|without_frame|raises")),
                "presets": ((), listed(lab.Preset("a", "b", {}))),
                "controls": ((0.5, 4), Takes(nothing_hostile, {
                    "step": ((0.5, 4, 0.5), anything), "choice": ([1, 2], anything),
                    **refused(backwards=(4, 0), equal=(1, 1), four=(0, 1, 2, 3), empty=[],
                              objects=[1, None], outside=(2, 4), not_finite=(0, math.inf))},
                    names="height|low|high|options"))}),
    "lab.training": Subject(
        lambda settings, **a: lab.training(n=20, max_epochs=settings, **a).to_json(), {
            "controls": (("hidden_nodes",), Takes(
                no_more_than_empty,
                {"list": (["noise"], ("noise",)), **refused(
                    text="noise", unknown=["momentum"], twice=["noise", "noise"], none=[None])})),
            "presets": ((), listed(lab.Preset("a", "b", {}))),
            "ranges": (None, Takes(lambda value: None if value is None or
                                   (isinstance(value, dict) and not value) else REFUSED, {
                "right": ({"hidden_nodes": (1, 40)}, anything),
                **refused(unknown={"noise": (0, 1)}, one={"hidden_nodes": (1,)},
                          none={"hidden_nodes": None}, text={"hidden_nodes": "12"}),
                "backwards": ({"hidden_nodes": (9, 1)}, Raises(ValueError, "hidden_nodes must")),
                })),
            "settings": (3, Takes(lambda value: anything if type(value) is int and 0 < value < 2**63
                                  else REFUSED, names="max_epochs|fixed"))}),
    "training.begin": Subject(trained, {
        "data": ("moons", choice(*DATASETS)),
        "n": (20, N), "noise": (0.1, NOISE), "n_classes": (2, count(2, 10_000)),
        "hidden_layers": (1, Takes(count(0, 100))), "hidden_nodes": (3, count(1, 10**6)),
        "activation": ("tanh", choice(*ACTIVATIONS)), "learning_rate": (0.1, real(above=0)),
        "reg_lambda": (0.01, real(at_least=0)), "reduction": ("mean", choice("sum", "mean")),
        "initial_scale": (None, real(above=0, optional=True)),
        "stopping": ("patience", choice("none", "patience")), "stop_tol": (0.01, real(above=0)),
        "optimizer": ("gradient descent", choice("gradient descent", "momentum", "Adam")),
        "batch_size": (None, Takes(count(optional=True), {"all": ("all", None), "four": ("4", 4),
                                                          **refused(three="3", none="None")})),
        "stop_epochs": (2, EPOCHS), "max_epochs": (3, EPOCHS),
        "random_state": (0, count(0, 2**53)), "data_seed": (None, count(0, 2**53, optional=True)),
        "points": (RIGHT_POINTS, Takes(nothing_hostile, refused(
            one_class=[(0.0, 0.0, 0)] * 2, pairs=[(0.0, 0.0)] * 2, text=[("a", "b", "c")],
            not_finite=[(0.0, math.inf, 0), (1.0, 1.0, 1)], none=[None], fraction=[
                (0.0, 0.0, 0.5), (1.0, 1.0, 1)], huge=[(0, 10**400, 0), (1, 1, 1)],
            negative=[(0.0, 0.0, -1), (1.0, 1.0, 1)]))),
        **dict.fromkeys(("table", "function", "drawn_graph", "surface"), ("", anything)),
        "plots": (("loss",), Takes(lambda value: value if isinstance(value, tuple) and
                                   not value else REFUSED, {
            "list": (["loss"], ("loss",)), **refused(text="loss", unknown=["weights"])})),
        "folds": (False, flag)}),
    "training.Training": Subject(
        lambda net, **a: Training(unfitted(net), **a).loss, {
            "net": (TO_TRAIN, Takes(nothing_hostile, refused(
                of_class=MultilayerPerceptron, fitted=FITTED))),
            "data": (data_set(n=8), Takes(nothing_hostile, refused(pair=(X, y)))),
            "plots": (("loss",), Takes(no_more_than_empty, refused(unknown=["weights"]))),
            "folds": (False, flag)}),
    "data.data_set": Subject(lambda **a: data_set(**a).X, {
        "data": ("moons", choice(*DATASETS)), "n": (20, N), "noise": (0.1, NOISE),
        "n_classes": (2, count(2, 10_000)), "points": ((), anything),
        **dict.fromkeys(("table", "function", "drawn_graph", "surface"), ("", anything)),
        "seed": (0, count(0, 2**53))}),
    "page.Figure": Subject(lambda experiment: page.Figure(experiment) and None, {
        "experiment": (EXPERIMENT.to_json(), Takes(nothing_hostile, refused(
            number="1", list="[]", nothing="{}", null="null", deep="[" * 10**5), "text"))}),
    "page.Figure.start": Subject(lambda settings: opened().start(settings), {
        "settings": ("{}", SETTINGS)}),
    "page.Figure.look": Subject(lambda settings: started().look(settings), {
        "settings": ("{}", SETTINGS)}),
    "page.Figure.code_of_run": Subject(lambda settings: opened().code_of_run(settings), {
        "settings": ("{}", SETTINGS)}),
    "page.Figure.advance": Subject(lambda epochs: started().advance(epochs), {
        "epochs": (1, count(at_least=0))}),
    **{f"{room}.{cls}.{name}": Subject(
        lambda _make=make, _name=name, **a: getattr(_make(), _name)(**a), arguments)
       for room, cls, make in (("drawing", "Drawing", DRAWING.start),
                               ("training", "Training", TRAINING.start))
       for name, arguments in (
           ("advance", {"epochs": (1, count(at_least=0))}),
           ("code", {"to_the_end": (False, flag)}))},

    # Live figures
    "exercise.Exercise": Subject(lambda **a: exercises.Exercise(**a).to_json(), {
        "name": ("ex-a", Takes(nothing_hostile, refused(
            capital="ex-A", blank="ex-a b", prefix="ex-", quote='ex-a"'))),
        "check": (check_sum, Takes(nothing_hostile, {
            "source": ("def check(x):\n    pass\n", anything), **refused(
                two="def f(x): pass\ndef g(x): pass", no_parameter="def check(): pass",
                lambda_=lambda x: x, outside=with_outside, not_code="def check(x)")},
            names="check|function")),
        "starter": ("pass", Takes(lambda value: code(value) if isinstance(value, str) else REFUSED,
                                  refused(not_code="def f(x)"))),
        "given": ("offset = 0", Takes(nothing_hostile, {
            "functions": (["offset = 0", of_height], anything), **refused(
                not_code="def f(x)", without_a_name="y = 1", number=["offset = 0", 3])},
            names="given|check|class")),
        "hints": ((), Takes(no_more_than_empty, {
            "tuple of text": (("a", "b"), anything), "list": (["a"], ["a"]),
            **refused(four=["a"] * 4, blank=[" "], text="abc")})),
        "wrong": ((), Takes(no_more_than_empty, {
            "pair": ([("a = 1", "b")], anything), "triple": ([("a", "", "c")], anything),
            **refused(one=[("a",)], texts=["ab"], number=[("a", 1)])}))}),
    "variants.variant": Subject(lambda **a: str(exercises.variant(**a)), {
        "name": ("ex-03-pencil", Takes(nothing_hostile, {
            "number": ("3.1", anything), **refused(none_such="3.9", without="ex-04-zeros")})),
        "seed": (1, count(at_least=0, at_most=2**32 - 1)),
        "folder": (BOOK, Takes(path_without_book))}),
    "variants.with_variants": Subject(exercises.with_variants, {
        "folder": (BOOK, Takes(path_without_book))}),
    "question.Question.judge": Subject(
        exercises.choice("ex-a", ("a", "b"), [("c", "d")]).judge,
        {"answer": ("a", choice("a", "b"))}),
    **{f"question.{name}": Subject(
        lambda name="ex-a", _make=make, **a: _make(name, **a).to_json(),
        {"name": ("ex-a", nothing_hostile), **arguments})
       for name, make, arguments in (
           ("choice", exercises.choice, {
               "right": (("a", "b"), Takes(nothing_hostile, {
                   "tuple of text": (("a", "b"), anything)})),
               "wrong": ([("c", "d")], Takes(nothing_hostile, refused(
                   none=[], nine=[("c", "d")] * 9, number=[(1, "d")], triple=[("c", "d", "e")])))}),
           ("number", exercises.number, {
               "right": (2, real()), "why": ("a", hostile.text),
               "wrong": ([(7, "a")], Takes(no_more_than_empty, refused(
                   near=[(2.001, "a")], text=[("3", "a")], alone=[3]))),
               "tolerance": (0.01, Takes(real(above=0, below=1.25), names="tolerance|wrong"))}),
           ("order", exercises.order, {
               "steps": (["a", "b"], Takes(nothing_hostile, {
                   "tuple of text": (("a", "b"), anything),
                   **refused(one=["a"], nine=["a"] * 9, number=["a", 1])})),
               "why": ("a", hostile.text)}))},
    **{f"exercise.Exercise.{name}": Subject(getattr(EXERCISE, name), {
        "code": ("x = 1", Takes(lambda value: anything if isinstance(value, str) else REFUSED)),
        "show": (None, Takes(anything))}) for name in ("attempt", "run")},
    "exercise.Exercise.judge": Subject(
        lambda values, named: [EXERCISE.judge(values), EXERCISE.judge(x=named)],
        {"values": (3, anything), "named": (3, anything)}),
    "checking.check": Subject(
        lambda name, values, named, **a: [exercises.check(name, values, **a),
                                          exercises.check(name, x=named, **a)],
        {"name": ("ex-sum", Takes(nothing_hostile)),
         "values": (3, anything), "named": (3, anything),
         "variant": (None, Takes(optional(variant_without_book)))}),
    **{f"widgets.{name}": Subject(lambda _make=make, **a: _make(**a).name, {
        "experiment": (DRAWING, Takes(nothing_hostile, refused(controls=(CONTROL,)))),
        "name": ("two-moons", lambda value: value if isinstance(value, str)
                  and value in TEXTS_THAT_NAME else REFUSED),
        "alt": ("a curve", lambda value: value if isinstance(value, str) and value.strip()
                else REFUSED)})
       for name, make in (("live", widgets.live), ("LiveFigure", widgets.LiveFigure))},
}

# What is documented for those who read on, and is only ever called with what the rooms above have
# checked: the arithmetic, pieces of pictures, and records of results.
INSIDE = {
    "nets.Fit": "is made by `begin`",
    "nets.can_be_saved": "what a class of nets is marked with",
    "nets.refuse_overflow": "says what has made a result overflow",
    "losses": "the arithmetic of outputs and targets, which the net has checked",
    "nets.Net": "takes what `MultilayerPerceptron` takes, all but one",
    "activations": "works in place on the arrays of a net",
    "advice": "what a fit says of its steps",
    "network": "the arithmetic of a net, on arrays that the net has checked",
    "objective": "the same",
    "training": "the loop of a fit, and what it records",
    "files": "what `save` and `load` write and read",
    **{f"optimizers.{name}.stepper": "is asked by a fit"
       for name in ("Optimizer", "GradientDescent", "Momentum", "Adam")},
    "optimizers.from_settings": "reads what `to_settings` has written, as that of stopping",
    "stopping.from_settings": "reads what `to_settings` has written; `load` reports what it raises",
    "diagnostics.GradientCheck": "the answer of `gradient_check`",
    "comparing": "is given what a learner wrote: test_answers tries it",
    "exercise.Outcome": "is made by a check",
    "variants.Variant": "is made by `variant`",
    "question.Question": "is made by `choice`, `number` and `order`",
    "frames.Diagram.stands_out": "is asked where its lines are drawn",
    "frames.pieces": "is given what a frame has checked",
    "controls.Control.cast": "is given what `accepts` has accepted",
    "drawing.Drawing": "is made by `Experiment.start`",
    "drawing.control_of": "is given what `lab.drawing` was given",
    "data.DataSet": "is made by `data_set`",
    "data.keep_back": "is given what `data_set` has made, and a seed that it has checked",
    "pasted.PastedTable": "is made by `read`",
    "results.Results": "is made by a study",
    "results.Results.rows": "is given what `at` has checked",
    "results.Results.groups": "is given names that `best` has checked",
    "compare.Comparison": "is made by `Results.compare`",
    "compare.interval_of_median": "is given what `Results.compare` has paired",
    "summary.Summary": "is made by `Results.summary`",
    "planes.draw_regions": "a piece of a picture",
    "planes.draw_observations": "a piece of a picture",
    "planes.region_colours": "a piece of a picture",
    "style.tick_few_decades": "a piece of a picture",
}
