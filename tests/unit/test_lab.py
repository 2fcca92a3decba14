"""Experiments: what they show is what nnlib computes by itself, whatever they are given."""

import contextlib
import io
import json
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib
from nnlib import MultilayerPerceptron, MultilayerRegressor, datasets, frames, lab
from nnlib import stopping as stop
from nnlib.live.data import CLASSES, DATASETS, N_VALIDATION, data_set, keep_back
from nnlib.live.drawing import MAX_FRAMES
from nnlib.live.frames import Chart, Frame, Plane
from nnlib.live.lab import Experiment, Preset
from nnlib.live.packing import pack
from nnlib.live.pasted import IRISES
from nnlib.live.training import PLOTS, ROOM, STOPPING, Table, Training, begin

SHORT = {"n": 60, "hidden_nodes": 6, "max_epochs": 40}
DRAWN = ((0, 0, 0), (1, 0.5, 1), (-1, 0.5, 1), (0.2, 0.1, 0))


def whole_run(**settings):
    session = begin(**{**SHORT, **settings})
    session.advance(10**6)
    assert session.finished
    return session


def outcome(code):
    """The net that lines of code make, and what they print."""
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, names)
    return names["net"], printed.getvalue()


def refusal(call):
    """The message of the ValueError that a call raises, empty if it raises none."""
    try:
        call()
    except ValueError as error:
        return str(error)
    return ""


# Training


@pytest.mark.parametrize("data", [*DATASETS, *lab.NEEDS.values()])
@pytest.mark.parametrize("stopping", STOPPING)
def test_a_session_is_the_fit_of_its_code(data, stopping):
    settings = {"data": data, "stopping": stopping, "noise": 0.3, "stop_epochs": 10,
                "stop_tol": 0.1, "points": lab.POINTS, "table": IRISES,
                "drawn_graph": lab.STROKES, "function": "kink", "surface": "ripple",
                "random_state": 3}
    session = whole_run(**settings)
    net, printed = outcome(session.code())
    assert type(net) is type(session.net)
    np.testing.assert_array_equal(net.history_.rows, session.net.history_.rows)  # NaNs too
    for ours, theirs in zip(session.net.layers_, net.layers_, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert (net.loss_, net.stop_reason_, net.best_epoch_) == (
        session.net.loss_, session.net.stop_reason_, session.net.best_epoch_)
    text = session.frame().text
    for number in printed.replace("\n", ", ").strip(", ").split(", "):
        assert number in text


@pytest.mark.parametrize(
    "settings",
    [
        {"activation": "tanh"}, {"activation": "softplus", "initial_scale": 0.5},
        {"hidden_layers": 0}, {"hidden_layers": 3}, {"reduction": "sum", "learning_rate": 0.01},
        {"data": "blobs", "n_classes": 4}, {"data": "spirals", "n_classes": 3},
        {"reg_lambda": 5.0}, {"data_seed": 7}, {"learning_rate": 90.0},
        {"data": "drawn", "points": ((0, 0, 1), (1, 1, 4), (0, 1, 1))},
    ],
)
def test_every_setting_is_in_the_code(settings):
    session = whole_run(**settings)
    net, _ = outcome(session.code())
    assert net.history_.rows == session.net.history_.rows
    np.testing.assert_array_equal(session.frame().plots[0].labels, session.data.y)


@pytest.mark.parametrize("data", ["moons", "surface", "drawn"])
@pytest.mark.parametrize("epochs", [0, 1, 17])
@pytest.mark.parametrize("stopping", ["none", "early stopping", "patience"])
def test_the_code_of_a_run_under_way_stops_where_it_is(epochs, stopping, data):
    session = begin(**SHORT, stopping=stopping, data=data, points=lab.POINTS)
    session.advance(epochs)
    assert not session.finished
    net, printed = outcome(session.code())
    assert net.n_epochs_ == epochs
    for ours, theirs in zip(session.net.layers_, net.layers_, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert printed.split(",")[0] in session.frame().text
    assert net.loss(session.data.X, session.data.y) == pytest.approx(session.net.loss_)


@pytest.mark.parametrize("stopping", lab.CONTROLS["stopping"].options)
def test_the_code_to_the_end_is_that_of_the_finished_run(stopping):
    settings = {"stopping": stopping, "stop_epochs": 20, "max_epochs": 300, "n": 60}
    whole = begin(**settings)
    whole.advance(300)
    assert whole.finished
    assert begin(**settings).code(to_the_end=True) == whole.code() == whole.code(to_the_end=True)


@pytest.mark.parametrize("data", ["moons", "circles"])
def test_another_seed_draws_other_places(data):
    first, second = (data_set(data, noise=0.0, seed=seed).X for seed in (0, 1))
    assert not (first[:, None] == second).all(axis=2).any()


def test_frames_hold_what_the_net_says():
    X, y = datasets.moons(60, noise=0.2, random_state=0)
    validation = datasets.moons(N_VALIDATION, noise=0.2, random_state=10_000)
    net = MultilayerPerceptron(6, learning_rate=0.5, reduction="mean", max_epochs=40,
                               random_state=0).fit(X, y, validation_data=validation)
    session = whole_run(plots=PLOTS)
    frame = session.frame()
    plane, loss, accuracy, gradients, *_ = frame.plots
    left, right, bottom, top = plane.extent
    rows, columns = plane.probabilities.shape[1:]
    grid = [(x, y) for y in np.linspace(bottom, top, rows)
            for x in np.linspace(left, right, columns)]
    np.testing.assert_array_equal(plane.probabilities.reshape(2, -1).T, net.predict_proba(grid))
    np.testing.assert_array_equal(plane.points, X)
    np.testing.assert_array_equal(plane.labels, y)
    np.testing.assert_array_equal(loss.curves[0].y, net.history_.loss)
    np.testing.assert_array_equal(accuracy.curves[0].y, net.history_.accuracy)
    np.testing.assert_array_equal(loss.curves[1].y, net.history_.validation_loss)
    np.testing.assert_array_equal(accuracy.curves[1].y, net.history_.validation_accuracy)
    norms = [np.linalg.norm(G) for G in net.gradients(X, y)]
    assert [curve.y[-1] for curve in gradients.curves] == pytest.approx(norms)
    assert frame.epoch == 40
    for part in (f"loss {net.loss_:.4g}", f"accuracy {net.score(X, y):.3f}",
                 f"validation accuracy {net.score(*validation):.3f}", net.stop_reason_):
        assert part in frame.text
    assert frame.warning == ""


def test_frames_hold_what_a_net_says_that_predicts_numbers():
    X, y = datasets.surface(60, "saddle", noise=0.2, random_state=0)
    validation = datasets.surface(N_VALIDATION, "saddle", noise=0.2, random_state=10_000)
    net = MultilayerRegressor(6, learning_rate=0.5, reduction="mean", max_epochs=40,
                              random_state=0).fit(X, y, validation_data=validation)
    session = whole_run(data="surface", surface="saddle", plots=PLOTS)
    frame = session.frame()
    plane, loss, answers, _, _, along = frame.plots
    left, right, bottom, top = plane.extent
    rows, columns = plane.values.shape
    grid = [(x, y) for y in np.linspace(bottom, top, rows)
            for x in np.linspace(left, right, columns)]
    np.testing.assert_array_equal(plane.values.ravel(), net.predict(grid))
    np.testing.assert_array_equal(plane.targets, y)
    assert plane.labels is plane.probabilities is None
    np.testing.assert_array_equal(loss.curves[0].y, net.history_.loss)
    np.testing.assert_array_equal(loss.curves[1].y, net.history_.validation_loss)
    assert (loss.y_label, along.y_label) == ("loss (half squared error)",
                                             "loss along a line (half squared error)")
    for curve, label, (inputs, numbers) in zip(answers.curves, ("validation", "training"),
                                               (validation, (X, y)), strict=False):
        assert (curve.label, curve.style) == (label, "points")
        np.testing.assert_array_equal(curve.x, numbers)
        np.testing.assert_array_equal(curve.y, net.predict(inputs))
    np.testing.assert_array_equal(answers.curves[-1].x, answers.curves[-1].y)
    for part in (f"loss {net.loss_:.4g}", f"R² {net.score(X, y):.3f}",
                 f"validation R² {net.score(*validation):.3f}", net.stop_reason_):
        assert part in frame.text
    assert "accuracy" not in frame.text
    pack(frame)


def test_numbers_that_leave_all_bounds_are_shown_too():
    session = whole_run(data="surface", plots=PLOTS, activation="softplus", hidden_layers=4,
                        learning_rate=1e8)
    assert session.frame().warning.startswith("Diverged: at epoch ")
    pack(session.frame())
    never = whole_run(data="surface", plots=PLOTS, initial_scale=1e200)
    assert "R² nan" in never.frame().text
    pack(never.frame())


def test_early_stopping_keeps_back_some_of_the_readers_own_points():
    whole = data_set("pasted", table=IRISES)
    data = keep_back(whole, seed=5)
    assert np.bincount(data.y).tolist() == [4, 4, 4]
    assert np.bincount(data.validation[1]).tolist() == [1, 1, 1]
    rows = [np.column_stack(pair) for pair in ((data.X, data.y), data.validation)]
    np.testing.assert_array_equal(np.unique(np.vstack(rows), axis=0),
                                  np.unique(np.column_stack([whole.X, whole.y]), axis=0))
    assert data.extent == whole.extent
    assert (keep_back(whole, seed=6).validation[0] != data.validation[0]).any()
    session = whole_run(data="pasted", table=IRISES, stopping="early stopping", random_state=5)
    plane = session.frame().plots[0]
    np.testing.assert_array_equal(plane.points, data.X)
    (kept,) = plane.curves
    assert (kept.style, kept.label) == ("points", "kept to validate")
    np.testing.assert_array_equal(np.column_stack([kept.x, kept.y]), data.validation[0])
    assert "validation accuracy" in session.frame().text
    other = whole_run(data="pasted", table=IRISES, random_state=5)
    assert other.frame().plots[0].curves == []
    assert len(other.data.X) == 15


@pytest.mark.parametrize(("labels", "kept"), [
    ((0, 0, 0, 1), 1), ((0, 0, 1, 1), 0), ((2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0), 3)])
def test_a_class_of_one_or_two_points_keeps_them(labels, kept):
    data = data_set("drawn", points=[(i / 10, 0, label) for i, label in enumerate(labels)])
    if not kept:
        with pytest.raises(ValueError, match="stopping must be another rule for so few points"):
            keep_back(data, seed=0)
        return
    assert len(keep_back(data, seed=0).validation[1]) == kept
    assert set(keep_back(data, seed=0).y) == set(labels)


def test_going_on_in_steps_is_going_on_at_once():
    session, other = begin(**SHORT), whole_run()
    assert session.frame().epoch == 0
    for epochs in (1, 0, 12, 3, 23):
        assert not session.finished
        session.advance(epochs)
        assert session.net.loss_ == session.loss[-1]
    assert session.frame().epoch == 39
    session.advance()
    assert session.finished
    assert session.net.history_.rows == other.net.history_.rows
    before = pack(session.frame())
    session.advance(5)
    assert pack(session.frame()) == before == pack(other.frame())


def test_a_run_under_way_tells_its_end():
    session = begin(**SHORT)
    session.advance(3)
    frame = session.frame()
    assert (frame.last_epoch, frame.text[:12]) == (40, "epoch 3 of 4")
    session.advance(37)
    frame = session.frame()
    assert (frame.last_epoch, frame.text[:11]) == (None, "epoch 40 · ")


def test_looking_changes_nothing():
    session, other = begin(**SHORT), begin(**SHORT)
    for _ in range(40):
        session.frame()
        session.code()
        session.advance()
    other.advance(40)
    assert session.net.history_.rows == other.net.history_.rows


def test_validation_data_are_looked_at_sometimes_and_at_the_epochs_they_are_drawn_at():
    session = whole_run(max_epochs=500)
    curve = session.frame().plots[1].curves[1]
    np.testing.assert_array_equal(curve.x[:20], range(20))
    assert len(curve.x) < 200
    assert max(np.diff(curve.x)) == 5
    assert (curve.x[-1], curve.y[-1]) == (500, session._validation.evaluate()[0])


def test_early_stopping_shows_the_weights_it_has_restored():
    session = whole_run(noise=0.4, hidden_nodes=64, stopping="early stopping", stop_epochs=20,
                        max_epochs=1000)
    best, last = session.net.best_epoch_, session.epoch
    assert best < last < 1000
    frame = session.frame()
    assert f"epoch {last} · kept: epoch {best} · loss {session.loss[best]:.4g}" in frame.text
    kept = frame.plots[1].curves[-1]
    assert (kept.x, kept.y, kept.label) == ([best], [session.loss[best]],
                                            f"kept: epoch {best}")
    assert frame.plots[1].curves[1].x[-1] < last
    assert frame.plots[1].x_range == (0, last)
    validation = [row.validation_loss for row in session.net.history_.rows]
    assert validation[best] == min(validation)


def test_divergence_is_said_with_its_reason_and_a_remedy():
    session = whole_run(activation="softplus", hidden_layers=4, learning_rate=1e8)
    frame = session.frame()
    assert session.net.stop_reason_.startswith("the loss was not finite")
    assert frame.warning.startswith("Diverged: at epoch ")
    assert "The step was too long. Try a learning rate of 0.2." in frame.warning
    assert not math.isfinite(session.loss[-1])
    assert np.isfinite(frame.plots[0].probabilities).all()
    assert frame.plots[1].x_range == (0, session.epoch)
    pack(frame)


def test_a_loss_that_is_never_finite_is_said():
    session = whole_run(initial_scale=1e200)
    assert "not finite before the first step" in session.frame().warning
    pack(session.frame())


def test_growing_losses_and_long_steps_are_said():
    assert "made the loss larger" in whole_run(learning_rate=100.0).frame().warning
    unstable = begin(n=1000, reduction="sum", learning_rate=0.01)
    assert "10 is beyond the edge of stability, about 4" in unstable.frame().warning
    deep = begin(n=300, reduction="sum", learning_rate=0.01, hidden_layers=2)
    assert "3 is beyond the edge of stability, about 2" in deep.frame().warning
    assert begin(n=300, reduction="sum", learning_rate=0.01).frame().warning == ""


SLICED = {**SHORT, "plots": ("slice",)}


@pytest.mark.parametrize("settings", [{}, {"reduction": "sum", "learning_rate": 0.002},
                                      {"reg_lambda": 3.0, "hidden_layers": 2}])
def test_a_slice_shows_where_the_next_step_leads(settings):
    session = begin(**SLICED, **settings)
    for epochs in (0, 1, 7):
        session.advance(epochs)
        (chart,) = session.frame().plots
        downhill, elsewhere, here, after = chart.curves
        np.testing.assert_allclose([*here.x, *after.x], [0, 1])
        assert here.y[0] == pytest.approx(session.loss[-1], rel=1e-12)
        assert after.label == "after a step"
        session.advance()
        assert after.y[0] == pytest.approx(session.loss[-1], rel=1e-12)
        for dot in (here, after):
            assert dot.y[0] == downhill.y[downhill.x == dot.x[0]]
        assert elsewhere.y[elsewhere.x == 0] == here.y


def test_a_slice_goes_along_a_drawn_direction_as_far_as_a_step():
    session = begin(**SLICED, learning_rate=0.3)
    session.advance(5)
    elsewhere = session.frame().plots[0].curves[1]
    net, X, y = session.net, session.data.X, session.data.y
    direction = np.random.default_rng(0).standard_normal(net.network_.theta.size)
    length = 0.3 * math.sqrt(sum((G**2).sum() for G in net.gradients(X, y)))
    direction *= length / np.linalg.norm(direction)
    moved = MultilayerPerceptron(**{**net.get_params(), "max_epochs": 1}).initialize(X, y)
    for place, loss in zip(elsewhere.x, elsewhere.y, strict=True):
        moved.network_.theta[...] = net.network_.theta + place * direction
        assert moved.loss(X, y) == pytest.approx(loss, rel=1e-12)


def test_a_slice_says_where_a_step_is_another_one_and_takes_fewer_places_where_losses_cost():
    for other in ({"optimizer": "Adam"}, {"batch_size": "8"}):
        assert begin(**SLICED, **other).frame().plots[0].curves[3].label == "after a plain step"
    large = begin(n=1000, hidden_layers=2, hidden_nodes=64, plots=("slice",), max_epochs=1)
    assert len(large.frame().plots[0].curves[0].x) == 9


@pytest.mark.parametrize("extreme", [{"initial_scale": 1e200}, {"learning_rate": 1e308}])
def test_a_slice_of_a_net_that_has_left_all_bounds_is_empty(extreme):
    frame = whole_run(**{**SLICED, **extreme}).frame()
    assert frame.plots[0].curves == []
    pack(frame)


def test_a_slice_has_gaps_where_a_step_leaves_all_bounds():
    frame = begin(**SLICED, learning_rate=1e150, hidden_layers=2).frame()
    downhill, elsewhere, here, after = frame.plots[0].curves
    for curve in (downhill, elsewhere, here):
        np.testing.assert_array_equal(np.asarray(curve.x)[np.isfinite(curve.y)], [0])
    assert not np.isfinite(after.y).any()
    pack(frame)


def test_folds_are_where_the_sums_of_the_first_layer_are_zero():
    session = whole_run(folds=True)
    curves = session.frame().plots[0].curves
    assert len(curves) == 6
    for (*w, b), curve in zip(session.net.layers_[0], curves, strict=True):
        np.testing.assert_allclose(np.dot(w, [curve.x, curve.y]) + b, 0, atol=1e-9)
        assert math.dist((curve.x[0], curve.y[0]), (curve.x[1], curve.y[1])) > 10
    assert whole_run().frame().plots[0].curves == []


def test_the_loss_has_a_logarithmic_axis_where_it_spans_more_than_a_factor_of_ten():
    assert not whole_run().frame().plots[1].y_log
    assert whole_run(data="blobs", max_epochs=500).frame().plots[1].y_log


def test_a_table_grows_and_what_was_read_from_it_stays():
    table, read = Table(2), []
    for number in range(3 * ROOM):
        table.append((number, -number))
        read.append(table.column(1))
    np.testing.assert_array_equal(table.column(0), np.arange(3 * ROOM))
    for length, column in enumerate(read, start=1):
        np.testing.assert_array_equal(column, -np.arange(length))
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1


def test_a_long_history_is_that_of_the_net():
    session = whole_run(max_epochs=3 * ROOM)
    assert session.epoch == 3 * ROOM
    np.testing.assert_array_equal(session.loss, session.net.history_.loss)
    np.testing.assert_array_equal(session.accuracy, session.net.history_.accuracy)


def test_any_parameter_of_the_net_is_a_setting():
    session = whole_run(dtype="float32")
    assert session.net.layers_[0].dtype == np.float32
    assert "dtype='float32'" in session.code()
    with pytest.raises(TypeError, match=r"settings must be among data, n, .*, got 'momentum'"):
        begin(momentum=0.9)


def test_a_session_takes_a_net_and_data():
    net = MultilayerPerceptron(5, learning_rate=0.1, reduction="mean", max_epochs=7,
                               random_state=1, stopping=stop.EarlyStopping(3))
    session = Training(net, data_set("xor", n=40, seed=2), plots=("gradients",))
    session.advance(7)
    again, _ = outcome(session.code())
    assert again.history_.rows == net.history_.rows
    assert again.hidden_nodes == 5
    for wrong, data in ((MultilayerRegressor(5), "xor"), (MultilayerPerceptron(5), "surface")):
        with pytest.raises(ValueError, match="net must be a MultilayerRegressor for numbers"):
            Training(wrong, data_set(data, n=40))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner,
                                                                max_size=2),
    max_leaves=5,
)


@pytest.mark.no_cover
@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(lab.CONTROLS)), value=ANYTHING)
def test_hostile_settings_are_refused_by_name_or_run(name, value):
    experiment = lab.training(controls=("data", *SHORT, name) if name not in (*SHORT, "data")
                              else ("data", *SHORT), max_epochs=100, n=40)
    refused = refusal(lambda: experiment.settings(**{name: value}))
    assert not refused or refused.startswith(f"{name} must be ")
    if not refused and name not in ("n", "max_epochs"):
        pack(experiment.start(**{name: value}).frame())


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={
    "data": st.sampled_from([*DATASETS, *lab.NEEDS.values()]), "noise": st.floats(0, 0.5),
    "n_classes": st.integers(2, 10), "hidden_layers": st.integers(0, 4),
    "hidden_nodes": st.integers(1, 16), "activation": st.sampled_from(["relu", "logistic"]),
    "learning_rate": st.floats(1e-4, 1e2), "reg_lambda": st.floats(1e-4, 1e2),
    "reduction": st.sampled_from(["sum", "mean"]), "initial_scale": st.floats(0.01, 10),
    "stopping": st.sampled_from(list(STOPPING)), "random_state": st.integers(0, 99),
    "points": st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.integers(0, 4)),
                       max_size=8),
    "function": st.sampled_from(list(datasets.FUNCTIONS)),
    "surface": st.sampled_from(list(datasets.SURFACES)),
    "drawn_graph": st.sampled_from([[], [[(0.5, 0.5)]], [[(0, 0), (1, 1)]], lab.STROKES]),
    "table": st.sampled_from(["", "1,2,a\n3,4,b\n", "1,2,a\n3,4,b\n" * 400, "1,2"]),
}))
def test_every_combination_of_controls_runs_or_says_what_does_not_go_together(chosen):
    experiment = lab.training(controls=tuple(lab.CONTROLS), n=60, max_epochs=500)
    refused = refusal(lambda: experiment.start(**chosen))
    if refused:
        assert chosen["data"] in ("drawn", "pasted", "drawn graph")
        assert refused.startswith(("points must be", "table must have", "drawn_graph must",
                                   "stopping must be"))
        return
    session = experiment.start(**chosen)
    session.advance(30)
    pack(session.frame())
    compile(session.code(), "code", "exec")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"data": "cats"}, "data must be one of 'moons'"),
        ({"data": None}, "data must be one of"),
        ({"n": 0}, "n must be"),
        ({"noise": -1}, "noise must be"),
        ({"noise": "loud"}, "noise must be"),
        ({"n_classes": 1}, "n_classes must be"),
        ({"hidden_layers": -1}, "hidden_layers must be"),
        ({"hidden_nodes": 0}, "hidden_nodes must be"),
        ({"activation": "sine"}, "activation must be"),
        ({"learning_rate": math.nan}, "learning_rate must be"),
        ({"stopping": "never"}, "stopping must be"),
        ({"stop_tol": 0}, "stop_tol must be"),
        ({"stop_epochs": 0.5}, "stop_epochs must be"),
        ({"random_state": None}, "random_state must be"),
        ({"data_seed": -1}, "data_seed must be"),
        ({"plots": ("plane", "pie")}, "plots must be"),
        ({"folds": 1}, "folds must be"),
        ({"data": "drawn"}, "points must be of at least two classes"),
        ({"data": "drawn", "points": [(0, 0, 1)]}, "points must be of at least two classes"),
        ({"data": "drawn", "points": [(0, 0)]}, "points must each be"),
        ({"data": "drawn", "points": 3}, "points must be a list or tuple"),
        ({"data": "drawn", "points": [(0, math.inf, 1), (0, 0, 0)]}, "points must be finite"),
        ({"data": "drawn", "points": [(0, 0, 1.5), (0, 0, 0)]}, "points must be finite"),
        ({"data": "graph", "function": "root"}, "function must be one of 'line'"),
        ({"data": "surface", "surface": "root"}, "surface must be one of 'slope'"),
        ({"data": "drawn graph", "drawn_graph": [[(0.5, 0.5)]]}, "drawn_graph must have a"),
        ({"data": "drawn graph"}, "drawn_graph must have a line"),
        ({"data": "pasted", "table": "1,2"}, "table must have three columns"),
        ({"data": "pasted", "table": None}, "table must be text"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises((TypeError, ValueError), match=message):
        begin(**settings)


def test_the_tables_of_the_lab_name_what_the_library_has():
    assert set(DATASETS) <= set(dir(datasets))
    assert set(CLASSES) <= set(DATASETS)
    assert stop.EarlyStopping(100) == STOPPING["early stopping"](0.01, 100)


# Experiments


def test_a_number_that_has_lost_its_fraction_on_the_way_through_a_page_is_the_same():
    experiment = lab.training(("learning_rate", "n"), max_epochs=1)
    whole = experiment.start(learning_rate=1, n=40)
    assert whole.code() == experiment.start(learning_rate=1.0, n=40).code()
    assert "learning_rate=1.0" in whole.code()
    assert "moons(40," in whole.code()


def test_controls_start_where_the_settings_say_and_the_rest_is_fixed():
    experiment = lab.training(controls=("noise", "data"), noise=0.4, hidden_nodes=3,
                              ranges={"noise": (0.1, 0.45)})
    assert experiment.settings() == {"noise": 0.4, "data": "moons"}
    assert experiment.fixed == {"hidden_nodes": 3}
    noise, data = experiment.controls
    assert (noise.low, noise.high) == (0.1, 0.45)
    assert "drawn" not in data.options
    session = experiment.start(data="blobs")
    assert session.net.hidden_nodes == (3,)
    assert len(session.data.X) == 200
    np.testing.assert_array_equal(session.data.y, datasets.blobs(200, 2, 0.4, random_state=0)[1])


def test_points_can_be_drawn_where_there_is_a_control_for_them():
    experiment = lab.training(controls=("data", "points"))
    assert "drawn" in experiment.controls[0].options
    session = experiment.start(data="drawn")
    np.testing.assert_array_equal(np.column_stack([session.data.X, session.data.y]), lab.POINTS)
    session = experiment.start(data="drawn", points=[list(point) for point in DRAWN])
    assert len(session.data.X) == len(DRAWN)


def test_points_lie_on_both_sides_of_a_drawn_graph():
    strokes = [[(0.2, 0.3), (0.6, 0.9)], [(0.9, 0.5)]]
    experiment = lab.training(("data", "drawn_graph"), noise=0.0)
    assert experiment.controls[0].options == (*DATASETS, "drawn graph")
    session = experiment.start(data="drawn graph", drawn_graph=strokes)
    side = math.sqrt(3)
    places = side * (2 * np.array([0.2, 0.6, 0.9]) - 1)
    heights = side * (2 * np.array([0.3, 0.9, 0.5]) - 1)    # level left and right of them
    for X, y in ((session.data.X, session.data.y), session.data.validation):
        above = X[:, 1] - np.interp(X[:, 0], places, heights)
        assert np.mean((above > 0) == y) > 0.99    # the height is taken at 41 places
        assert abs(np.mean(y) - 0.5) < 0.01


def test_data_can_be_pasted_where_there_is_a_control_for_them():
    experiment = lab.training(controls=("data", "table"))
    assert experiment.controls[0].options == (*DATASETS, "pasted")
    plane = experiment.start(data="pasted").frame().plots[0]
    assert plane.classes == ("setosa", "versicolor", "virginica")
    assert plane.x_label == "petal length, standardised"
    assert plane.labels.tolist() == [0] * 5 + [1] * 5 + [2] * 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lab.training(("momentum",)), "controls must be one of"),
        (lambda: lab.training(momentum=0.9), "settings must be among data, n"),
        (lambda: lab.training(learning_rate=-1), "learning_rate must start at a number from"),
        (lambda: lab.training(("n",), learning_rate=-1), "learning_rate must be"),
        (lambda: lab.training(("n",), ranges={"noise": (0, 1)}), "ranges must be one of 'n'"),
        (lambda: lab.training(("n",), ranges={"n": (300, 200)}), "n must go from a low"),
        (lambda: lab.training(("n", "n")), "controls must have names that differ"),
        (lambda: lab.training(presets=[Preset("A", "", {"n": 3})]),
         "presets: in 'A', settings must be among hidden_nodes, learning_rate, got 'n'"),
        (lambda: lab.training(presets=[Preset("A", "", {"hidden_nodes": 0})]),
         "presets: in 'A', hidden_nodes must be a whole number from 1 to 64, got 0"),
        (lambda: lab.training(presets=[Preset("A", "", {})] * 2), "presets must have names"),
    ],
)
def test_what_an_experiment_cannot_be_is_named(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


def at_work_or_idle(idle):
    """Each control of which the lab says that it can be idle, at settings where it is, or not."""
    for name, (decider, reasons) in lab.IDLE.items():
        control = lab.CONTROLS[decider]
        own = lab.NEEDS.values() if decider == "data" else ()
        for value in (*(control.options or range(control.low, control.high + 1)), *own):
            if (str(value) in reasons) == idle:
                yield name, {decider: value}


def ends_of(name, settings):
    """The last frames of two runs that differ in one setting."""
    experiment = lab.training(controls=tuple(lab.CONTROLS), n=60, max_epochs=500)
    control = lab.CONTROLS[name]
    values = {"choice": control.options, "table": (IRISES, "1,2,a\n3,4,b\n5,6,c\n7,9,a"),
              "points": (lab.POINTS, DRAWN), "strokes": (lab.STROKES, [[(0, 0), (1, 1)]]),
              }.get(control.kind, (control.low, control.high))
    for value in values[:2]:
        session = experiment.start(**settings, **{name: value})
        session.advance(1000)
        yield pack(session.frame())


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "settings"), [*at_work_or_idle(True)])
def test_an_idle_control_does_nothing_and_says_why(name, settings):
    experiment = lab.training(controls=tuple(lab.CONTROLS))
    assert experiment.idle(**settings)[name].endswith(".")
    one, other = ends_of(name, settings)
    assert one == other


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "settings"), [*at_work_or_idle(False)])
def test_a_control_at_work_does_something(name, settings):
    experiment = lab.training(controls=tuple(lab.CONTROLS))
    assert name not in experiment.idle(**settings)
    one, other = ends_of(name, settings)
    assert one != other


def has_settings_of_a_net(data="checkerboard", noise=0.0):
    return frames.Frame([frames.Bars([data], [noise])])


def test_what_is_fixed_makes_controls_idle_too():
    experiment = lab.training(("hidden_nodes", "noise"), hidden_layers=0)
    assert experiment.idle() == {"hidden_nodes": "There is no hidden layer."}
    assert lab.drawing(has_settings_of_a_net, noise=(0.0, 1.0)).idle() == {}


def test_experiments_survive_json_with_equal_frames():
    presets = [Preset("Circle", "It closes a ring.", {"data": "circles"}),
               Preset("Mine", "Points of one's own.", {"data": "drawn", "points": DRAWN})]
    experiment = lab.training(controls=("data", "hidden_nodes", "points"), presets=presets,
                              max_epochs=20, plots=("plane", "accuracy"))
    text = experiment.to_json()
    again = Experiment.from_json(text)
    assert again.to_json() == text
    json.loads(text, parse_constant=pytest.fail)
    for preset in again.presets:
        packed = []
        for session in (experiment.start(**preset.settings), again.start(**preset.settings)):
            session.advance(20)
            packed.append(pack(session.frame()))
        assert packed[0] == packed[1]


# Functions that draw


def wave(height=1.0, waves=2, kind="sine", shifted=False):
    x = np.linspace(0, 2 * np.pi, 5)
    y = height * (np.sin if kind == "sine" else np.cos)(waves * x + shifted)
    return frames.Frame([frames.Chart([frames.Curve(x, y)])], text=f"{height:g}")


def steps(rate=0.5):
    for epoch in range(4):
        yield frames.Frame([frames.Bars(["x"], [rate**epoch])], epoch=epoch)


WAVE = {"height": (0.0, 2.0, 0.5), "waves": (1, 5), "kind": ["sine", "cosine"], "shifted": bool}


def test_controls_of_a_function_are_called_as_those_of_a_net():
    def weigh(reg_lambda=1.0, random_state=0, height=1.0):
        return frames.Frame([frames.Bars(["x"], [height * reg_lambda + random_state])])

    experiment = lab.drawing(weigh, reg_lambda=lab.log(0.1, 10), random_state=(0, 9),
                             height=(0.0, 2.0, 0.5))
    assert [control.label for control in experiment.controls] == ["lambda", "seed", ""]


def test_the_code_of_a_function_draws_and_says_what_the_figure_says(capsys):
    exec(compile(lab.drawing(wave, **WAVE).start(height=2.0).code(), "code", "exec"), {})
    assert capsys.readouterr().out == "2\n"


def test_a_function_draws_at_the_values_of_its_controls():
    experiment = lab.drawing(wave, **WAVE, presets=[Preset("Flat", "Zero.", {"height": 0.0})])
    kinds = {control.name: (control.kind, control.whole) for control in experiment.controls}
    assert kinds == {"height": ("slider", False), "waves": ("slider", True),
                     "kind": ("choice", False), "shifted": ("flag", False)}
    for session in (experiment.start(waves=3), Experiment.from_json(experiment.to_json())
                    .start(waves=3)):
        assert session.finished
        assert pack(session.frame()) == pack(wave(waves=3))
        session.advance(3)
        assert session.finished
        assert pack(session.frame()) == pack(wave(waves=3))


def test_arguments_without_a_control_keep_their_defaults():
    session = lab.drawing(wave, waves=(1, 5)).start(waves=4)
    assert pack(session.frame()) == pack(wave(waves=4))


def test_a_reader_draws_on_a_pad():
    def curve(strokes=([(0.0, 0.25), (1.0, 0.75)],)):
        return frames.Frame([frames.Bars(["a", "b"], nnlib.strokes.heights(strokes, [0.0, 0.5]))])

    flat = [[[0.0, 0.5], [1.0, 0.5]]]
    experiment = lab.drawing(curve, strokes=lab.PAD, presets=[
        Preset("Flat", "A straight line.", {"strokes": flat})])
    assert [control.kind for control in experiment.controls] == ["strokes"]
    sent = Experiment.from_json(experiment.to_json())
    for each in (experiment, sent):
        assert each.start().frame().plots[0].heights.tolist() == [0.25, 0.5]
        session = each.start(strokes=flat)
        assert session.frame().plots[0].heights.tolist() == [0.5, 0.5]
        made = {}
        exec(compile(session.code(), "code", "exec"), made)
        assert pack(made["frame"]) == pack(session.frame())
    with pytest.raises(ValueError, match="strokes must be at most 20 strokes"):
        experiment.start(strokes=[[(0.0, 2.0)]])


def test_a_generator_is_an_animation():
    session = lab.drawing(steps, rate=lab.log(0.1, 1)).start(rate=0.25)
    seen = [session.frame()]
    while not session.finished:
        session.advance()
        seen.append(session.frame())
    assert [frame.epoch for frame in seen] == [0, 1, 2, 3, 3]
    assert seen[2].plots[0].heights == [0.0625]
    session.advance(2)
    assert session.frame().epoch == 3


def test_a_setting_that_goes_by_steps():
    experiment = lab.drawing(wave, waves=lab.steps(1, 5))
    assert [(each.kind, each.whole) for each in experiment.controls] == [("steps", True)]
    again = Experiment.from_json(experiment.to_json())
    assert pack(again.start(waves=5).frame()) == pack(wave(waves=5))
    with pytest.raises(ValueError, match="waves must be a whole number from 1 to 5"):
        experiment.start(waves=6)
    with pytest.raises(ValueError, match="waves must have whole numbers as steps"):
        lab.drawing(wave, waves=lab.steps(0.5, 2))


def test_several_frames_at_once():
    session = lab.drawing(steps).start()
    session.advance(2)
    assert (session.frame().epoch, session.finished) == (2, False)
    session.advance(2)
    assert (session.frame().epoch, session.finished) == (3, True)


@pytest.mark.parametrize(("function", "epochs"), [(wave, 0), (steps, 0), (steps, 2), (steps, 9)])
def test_the_code_of_a_drawing_makes_its_frame(function, epochs):
    session = lab.drawing(function).start()
    session.advance(epochs)
    names = {}
    exec(session.code(), names)
    assert pack(names["frame"]) == pack(session.frame())


def endless(x=1.0):
    while True:
        x /= 2
        yield frames.Frame([frames.Bars(["x"], [x])])


def test_an_animation_without_an_end_is_given_one():
    session = lab.drawing(endless).start()
    session.advance(10 * MAX_FRAMES)
    assert session.finished
    assert session.frame().plots[0].heights == [0.5**MAX_FRAMES]


@pytest.mark.parametrize("function", [steps, endless])
def test_the_code_to_the_end_needs_no_run(function):
    start = lab.drawing(function).start()
    whole = lab.drawing(function).start()
    whole.advance(MAX_FRAMES)
    names = {}
    exec(start.code(to_the_end=True), names)
    assert pack(names["frame"]) == pack(whole.frame())


FACTOR = 2


def imports(x=1):
    import matplotlib.pyplot as plt

    return plt.figure()


def imports_from_the_standard_library(x=0):
    import math

    return frames.Frame([frames.Bars(["x"], [math.exp(x)])])


def test_the_standard_library_is_everywhere():
    frame = lab.drawing(imports_from_the_standard_library).start().frame()
    assert frame.plots[0].heights == [1]


def uses_a_name_of_the_module(x=1):
    return frames.Frame([frames.Bars(["x"], [FACTOR * x])])


def uses_it_on_a_path_not_taken(x=1):
    if x > 100:
        return Plane((0, 1, 0, 1))
    return frames.Frame([frames.Bars(["x"], [x])])


def uses_it_inside(x=1):
    def inner():
        return FACTOR

    return frames.Frame([frames.Bars(["x"], [x if x < 9 else inner()])])


def uses_it_in_a_default(x=FACTOR):
    return frames.Frame([frames.Bars(["x"], [x])])


def returns_a_number(x=1):
    return x


def yields_nothing(x=1):
    yield from ()


def yields_a_number_later(x=1):
    yield Frame([Chart([])])


def has_no_default(x):
    return frames.Frame([frames.Bars(["x"], [x])])


@contextlib.contextmanager
def is_decorated(x=1):
    yield frames.Frame([frames.Bars(["x"], [x])])


def fails(x=1):
    raise RuntimeError("on its own")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (imports, "it uses matplotlib"),
        (uses_a_name_of_the_module, "it uses FACTOR"),
        (uses_it_on_a_path_not_taken, "it uses Plane"),
        (uses_it_inside, "it uses FACTOR"),
        (uses_it_in_a_default, "it uses FACTOR"),
        (yields_a_number_later, "it uses Frame"),
        (returns_a_number, r"must return a frames.Frame, or yield them, got 1"),
        (yields_nothing, "must yield at least one frame"),
        (has_no_default, "has_no_default must have a default for x"),
        (is_decorated, "without decorators, got '@contextlib"),
        (lambda x=1: x, "must be defined by `def`"),
        (print, "must be written in a file"),
    ],
)
def test_a_function_that_cannot_travel_is_refused(function, message):
    with pytest.raises(TypeError, match=message):
        lab.drawing(function)


def fails_above_five(x=1):
    return frames.Frame([frames.Bars(["x"], [x] if x < 5 else [x, x])])


def test_presets_are_tried_when_the_experiment_is_made():
    with pytest.raises(ValueError, match="heights"):
        lab.drawing(fails_above_five, [Preset("Six", "It has no picture.", {"x": 6})], x=(1, 9))
    together = Preset("Early", "None can be kept back.", {
        "data": "drawn", "points": DRAWN, "stopping": "early stopping"})
    with pytest.raises(ValueError, match="stopping must be another rule"):
        lab.training(("data", "stopping", "points"), [together])


def test_a_functions_own_error_is_its_own():
    with pytest.raises(RuntimeError, match="on its own"):
        lab.drawing(fails)


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ({"width": (0, 1)}, "controls must be arguments of wave, one of height, waves"),
        ({"height": {1, 2}}, "height must be .low, high."),
        ({"height": (2.0, 3.0)}, "height must start at a number from 2 to 3, got 1.0"),
        ({"kind": ["up", "down"]}, "kind must start at one of 'up', 'down', got 'sine'"),
        ({"waves": bool}, "waves must start at True or False"),
    ],
)
def test_controls_that_do_not_fit_the_function_are_named(controls, message):
    with pytest.raises((TypeError, ValueError), match=message):
        lab.drawing(wave, **controls)
