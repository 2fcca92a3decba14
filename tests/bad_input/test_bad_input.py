"""Every argument of the library with every hostile value: a right result, or an error that names
the argument and changes nothing.
"""

import copy
import importlib
import inspect
import pickle
import re
import warnings
from pathlib import Path

import hostile
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hostile import REFUSED, anything
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from subjects import FITTED, INSIDE, SUBJECTS, Raises, Subject, Takes, X, y

import nnlib
from nnlib import DivergenceWarning, MultilayerPerceptron, StabilityWarning
from nnlib.objective import Objective
from nnlib.training import History

ROOT = Path(__file__).resolve().parents[2]
NOTHING = Subject(None, {})
LEARNED = ("n_epochs_", "best_epoch_", "loss_", "stop_reason_")


def form(value):
    """A value in a form that compares by `==`, to the last bit."""
    if isinstance(value, MultilayerPerceptron):
        return [form(value.network_.theta), form(value.history_),
                [form(getattr(value, name)) for name in LEARNED], value.classes_.tolist()]
    if isinstance(value, History):
        return np.array(value.rows).tobytes()
    if isinstance(value, Objective):
        return form([value.X, value.y, value.reg_lambda, value.network.theta])
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "OU":
            return (value.shape, value.tolist())
        return (value.dtype.str, value.shape, (value + 0 if value.dtype.kind == "f" else value)
                .tobytes())
    if isinstance(value, float):
        return np.float64(value).tobytes()
    if isinstance(value, Axes):
        return [form(line.get_xydata()) for line in value.lines] + [
            form(np.asarray(image.get_array())) for image in value.images] + [
            form(np.asarray(collection.get_offsets())) for collection in value.collections] + [
            text.get_text() for text in value.texts]
    if isinstance(value, Figure):
        return [form(ax) for ax in value.axes]
    if isinstance(value, dict):
        return {name: form(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [form(item) for item in value]
    if hasattr(value, "__dict__") and not callable(value):
        return (type(value).__name__, form(vars(value)))
    return value


LEARNED_BEFORE = form(FITTED)
PICKLED = pickle.dumps(FITTED)


def fitted():
    """The fitted net, for a call that might change it: read back, which is quicker than a copy."""
    return pickle.loads(PICKLED)


def takes(subject, argument):
    given = SUBJECTS[subject].arguments[argument][1]
    return given if isinstance(given, Takes) else Takes(given)


def cases(subject, argument):
    """The names of the values to try: the argument's own, then those for all."""
    own = takes(subject, argument).cases
    return [*own, *(name for name in hostile.SCALARS if name not in own)]


def case(subject, argument, name):
    """The value, made anew, and what it is to come to: its plain equivalent, or an error."""
    own = takes(subject, argument)
    if name in own.cases:
        return own.cases[name]
    return hostile.SCALARS[name](), own.rule(hostile.SCALARS[name]())


def call(subject, net, /, **arguments):
    entry = SUBJECTS[subject]
    right = {name: value for name, (value, _) in entry.arguments.items()}
    return entry.call(*([net] if entry.on_net else []), **{**right, **arguments})


def check_refused(subject, argument, value, expected):
    """The call raises, says which argument is to blame and what would be right."""
    error = expected.error if isinstance(expected, Raises) else (TypeError, ValueError)
    net, figures = fitted(), plt.get_fignums()
    with pytest.raises(error) as caught:
        call(subject, net, **{argument: value})
    message = str(caught.value)
    if isinstance(expected, Raises):
        assert expected.says in message
    else:
        names = takes(subject, argument).names or argument
        assert re.search(rf"\b({names})\b", message)
        assert re.search(r"\b(must|expecting)\b", message)
        assert len(message) < 2000
    assert form(net) == LEARNED_BEFORE
    assert plt.get_fignums() == figures


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """A folder to work in, with a saved net in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("bad_input"))
        FITTED.save("net.npz")
        yield
    plt.close("all")


@pytest.mark.parametrize(
    ("subject", "argument"),
    [(subject, argument) for subject, entry in SUBJECTS.items() for argument in entry.arguments],
)
def test_a_value_is_right_or_refused_by_name(subject, argument):
    saved, faults, plain_forms = Path("net.npz").read_bytes(), [], []
    for name in cases(subject, argument):
        value, plain = case(subject, argument, name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", DivergenceWarning)
                warnings.simplefilter("ignore", StabilityWarning)
                if plain is REFUSED or isinstance(plain, Raises):
                    check_refused(subject, argument, value, plain)
                    continue
                result = form(call(subject, fitted(), **{argument: value}))
                if plain is not anything:
                    if not any(plain is known for known, _ in plain_forms):
                        right = call(subject, fitted(), **{argument: plain})
                        plain_forms.append((plain, form(right)))
                    (expected,) = (right for known, right in plain_forms if known is plain)
                    assert result == expected, "another result than the plain value"
        except (Exception, pytest.fail.Exception) as error:
            faults.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
        finally:
            plt.close("all")
    assert not faults, "\n".join(faults)
    assert form(FITTED) == LEARNED_BEFORE
    assert Path("net.npz").read_bytes() == saved


# What the table must hold


def documented():
    """Every argument in the API reference: (function, constructor or method, argument)."""
    reference = (ROOT / "book" / "api.md").read_text(encoding="utf-8")
    for path, options in re.findall(r"automodule:: (nnlib\.[\w.]+)\n((?: +:.*\n)*)", reference):
        chosen = re.search(r":members: (.+)", options)
        module, room = importlib.import_module(path), path.rpartition(".")[2]
        for name, thing in vars(module).items():
            if (name.startswith("_") or getattr(thing, "__module__", "") != module.__name__
                    or (chosen and name not in chosen[1].replace(",", " ").split())):
                continue
            if inspect.isfunction(thing):
                yield from ((f"{room}.{name}", argument)
                            for argument in inspect.signature(thing).parameters)
            elif inspect.isclass(thing) and not issubclass(thing, BaseException) \
                    and not getattr(thing, "_is_protocol", False):
                if "__init__" in vars(thing):
                    yield from ((f"{room}.{name}", argument)
                                for argument in inspect.signature(thing).parameters)
                for method in inspect.getmembers(thing, callable):
                    if method[0] in vars(thing) and not method[0].startswith("_") \
                            and not inspect.isclass(method[1]):
                        bound = method[1] if inspect.ismethod(method[1]) else method[1].__get__(1)
                        yield from ((f"{room}.{name}.{method[0]}", argument)
                                    for argument in inspect.signature(bound).parameters)


def test_every_documented_argument_is_in_the_table():
    missing = {
        f"{subject}({argument})" for subject, argument in documented()
        if subject.split(".")[0] not in INSIDE and subject not in INSIDE
        and argument not in SUBJECTS.get(subject, NOTHING).arguments
    }
    assert not missing


def test_nothing_inside_is_in_the_table_or_gone():
    names = {subject for subject, _ in documented()} | {
        subject.split(".")[0] for subject, _ in documented()}
    assert set(INSIDE) <= names
    assert not set(INSIDE) & set(SUBJECTS)


# What no single argument shows


@pytest.mark.parametrize(("use", "labels"), [
    ("predict", ()), ("predict_proba", ()), ("activations", ()),
    ("loss", (y,)), ("cross_entropy", (y,)), ("gradients", (y,)),
])
def test_numbers_that_overflow_inside_a_net_are_refused(use, labels):
    net = copy.deepcopy(FITTED).set_params(activation="relu").fit(X, y)
    net.network_.theta *= 100
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="X must hold numbers that stay finite"):
            getattr(net, use)(1.5e308 * np.sign(X), *labels)


def test_weights_that_are_not_finite_are_to_blame_for_what_they_give():
    net = copy.deepcopy(FITTED)
    net.layers_[0][0, 0] = np.nan
    with pytest.raises(ValueError, match="layers_ must hold finite weights"):
        net.predict(X)


def test_initial_weights_of_which_the_loss_overflows_are_announced():
    net = MultilayerPerceptron((3,), random_state=0, reg_lambda=1e308, initial_scale=1e10)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with pytest.warns(DivergenceWarning, match="The loss is not finite"):
            net.initialize(X, y)


def test_standard_input_is_no_path():
    """A number would be an open file's, and reading it would close that."""
    with open("net.npz", "rb") as file, pytest.raises(TypeError, match="path must be"):
        nnlib.load(file.fileno())
    assert file.closed


@pytest.mark.parametrize("subject", [name for name in SUBJECTS
                                     if "ax" in SUBJECTS[name].arguments])
def test_nothing_is_drawn_on_axes_when_another_argument_is_wrong(subject):
    ax = Figure().subplots()
    empty = len(ax.get_children())
    for argument in set(SUBJECTS[subject].arguments) - {"ax"}:
        for name in cases(subject, argument):
            value, plain = case(subject, argument, name)
            if plain is REFUSED:
                with warnings.catch_warnings(), pytest.raises((TypeError, ValueError)):
                    call(subject, None, ax=ax, **{argument: value})
                assert len(ax.get_children()) == empty, (argument, name)
                assert len(ax.figure.axes) == 1
