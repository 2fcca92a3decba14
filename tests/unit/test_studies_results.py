"""What a study found: its table, its summary and its pictures."""

import sys
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_text import assert_shows
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from small_studies import made_up, moons, study

# The library loads it when it first draws. Were that in a test whose coverage is not watched, its
# definitions would count as never run.
import nnlib.studies.plots  # noqa: F401
from nnlib import plotting
from nnlib.studies import Results
from nnlib.studies.compare import interval_of_median
from nnlib.studies.summary import quantiles


def test_the_summary_gives_medians_spread_and_failures():
    losses = [np.arange(11.0), np.full(11, 3.0)]
    rows = made_up(losses, failed=[[True] * 3 + [False] * 8, [False] * 11]).summary().rows
    assert rows[0]["reg_lambda"] == 0
    assert rows[0]["nets"] == 11
    assert rows[0]["failed"] == 3
    assert (rows[0]["loss_10"], rows[0]["loss"], rows[0]["loss_90"]) == (1, 5, 9)
    assert rows[0]["validation_loss"] == 10
    assert (rows[1]["accuracy_10"], rows[1]["accuracy"]) == pytest.approx((0.7, 0.7))


def test_the_summary_shows_counts_medians_and_spread():
    losses = [np.arange(11.0), np.full(11, 123.456)]
    summary = made_up(losses, failed=[[True] * 3 + [False] * 8, [False] * 11]).summary()
    lines = str(summary).splitlines()
    assert "validation accuracy" in lines[0]
    assert "3 of 11" in lines[1]
    assert "5.00 (1.00 to 9.00)" in lines[1]
    assert "123 (123 to 123)" in lines[2]
    assert lines[3] == "median (10 % to 90 % of the nets)"


def test_a_summary_of_any_number_of_factors_has_the_settings_there_are():
    whole = made_up(np.arange(24.0).reshape(2, 3, 2, 2), vary={
        "data": ("moons", "board"), "learning_rate": (0.1, 0.5, 2.0), "hidden_nodes": (8, 4)})
    part = whole.at(learning_rate=[0.5, 0.1])
    assert part.vary["learning_rate"] == (0.1, 0.5)
    keep = ~(part.rows("data", "board") & part.rows("learning_rate", 0.5))
    results = Results(part.vary, {name: column[keep] for name, column in part.table.items()},
                      {name: curve[keep] for name, curve in part.curves.items()})
    summary = results.summary(["test_loss"])
    assert [tuple(row.values())[:6] for row in summary.rows] == [
        ("moons", 0.1, 8, 2, 0, 1.5), ("moons", 0.1, 4, 2, 0, 7.5), ("moons", 0.5, 8, 2, 0, 13.5),
        ("moons", 0.5, 4, 2, 0, 19.5), ("board", 0.1, 8, 2, 0, 37.5), ("board", 0.1, 4, 2, 0, 43.5)]
    assert str(summary).splitlines()[0].endswith(" test loss")


def test_the_summary_takes_measures_that_there_are():
    with pytest.raises(ValueError, match="measures must be one of 'loss'"):
        made_up([[1.0]]).summary(["stop_reason"])
    with pytest.raises(TypeError, match="measures must be a list or tuple of names"):
        made_up([[1.0]]).summary("loss")


def test_without_validation_data_the_summary_leaves_them_out():
    summary = study(data=lambda seed: moons(seed)[0]).run().summary()
    assert "validation" not in str(summary)
    assert list(summary.rows[0]) == ["reg_lambda", "nets", "failed", "loss", "loss_10", "loss_90",
                                     "accuracy", "accuracy_10", "accuracy_90"]


def test_quantiles_are_numpys_of_the_finite_values():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((13, 40))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[0, 0] = np.inf
    finite = np.where(np.isfinite(values), values, np.nan)
    ours = quantiles(values, (0.1, 0.5, 0.9))
    np.testing.assert_allclose(ours, np.nanquantile(finite, (0.1, 0.5, 0.9), axis=0), rtol=1e-13)
    assert np.isnan(quantiles(np.array([np.nan, np.inf]), (0.5,))).all()


def test_the_table_is_tidy():
    results = study(vary={"hidden_nodes": [3, 4], "activation": ["relu", "tanh"]}).run()
    assert results.table["hidden_nodes"].dtype.kind == "i"
    assert results.table["activation"].dtype.kind == "U"
    assert all(len(column) == 12 for column in results.table.values())
    assert results.table["hidden_nodes"].tolist() == [3] * 6 + [4] * 6
    assert results.table["activation"].tolist() == 2 * (["relu"] * 3 + ["tanh"] * 3)
    assert results.table["failed"].dtype == bool
    assert repr(results) == "<Results of 12 nets: 2 hidden_nodes × 2 activation × 3 seeds>"


def test_a_part_of_a_grid_is_a_study_of_the_other_parameter():
    losses = np.arange(24.0).reshape(2, 3, 4)
    grid = made_up(losses, vary={"n": (10, 20), "reg_lambda": (0, 1, 2)})
    part = grid.at(n=20)
    assert part.vary == {"reg_lambda": (0, 1, 2)}
    np.testing.assert_array_equal(part.table["loss"], losses[1].ravel())
    assert part.curves["loss"].shape == (12, 3)
    assert len(grid.at(n=20, reg_lambda=1)) == 4
    with pytest.raises(ValueError, match="n must be one of the values of the study, 10, 20, or a "
                                         "list of them, got 3"):
        grid.at(n=3)
    with pytest.raises(ValueError, match="width must be a factor that was varied"):
        grid.at(width=3)


def test_several_values_of_a_factor_still_vary():
    grid = made_up(np.arange(24.0).reshape(2, 3, 4), vary={"n": (10, 20), "reg_lambda": (0, 1, 2)})
    part = grid.at(reg_lambda=[2, 0], n=[20])
    assert part.vary == {"reg_lambda": (0, 2)}
    assert part.table["loss"].tolist() == [*range(12, 16), *range(20, 24)]
    assert part.factors == ["n", "reg_lambda"]
    for none in ([], [0, 3]):
        with pytest.raises(ValueError, match=r"reg_lambda must be one of .* or a list of them"):
            grid.at(reg_lambda=none)
    # A list may itself be a value.
    lists = made_up([[1.0], [2.0]], vary={"layers": (0, 1)})
    lists.vary["layers"] = ([3, 4], [5])
    lists.table["layers"] = np.array([[3, 4], [5]], object)
    assert lists.at(layers=[5]).table["loss"].tolist() == [2]


def test_a_table_goes_out_as_csv_and_to_pandas(tmp_path, monkeypatch):
    results = study(vary={"activation": ["relu", "tanh"]}, seeds=[4]).run()
    header, first, second = results.to_csv().splitlines()
    assert header.split(",") == list(results.table)
    assert first.startswith(f"relu,4,{float(results.table['loss'][0])!r},")
    assert second.endswith(f",{results.table['stop_reason'][1]}")
    assert results.to_csv(tmp_path / "table.csv") is None
    assert (tmp_path / "table.csv").read_bytes().decode() == results.to_csv()
    with pytest.raises(TypeError, match="path must be text or a path"):
        results.to_csv(3)

    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda table: table))
    assert results.to_frame() is results.table
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="needs pandas: install it, or use to_csv"):
        results.to_frame()


# The best of each


def test_each_contender_is_taken_at_its_own_best():
    losses = [[[5, 5, 5], [1, 2, 9]],  # relu: the median of 0.5 is lower
              [[3, 3, 4], [3, 9, 9]]]  # tanh: that of 0.1
    results = made_up(losses, vary={"activation": ("relu", "tanh"), "learning_rate": (0.1, 0.5)})
    best = results.best("learning_rate")
    assert best.vary == {"activation": ("relu", "tanh")}
    assert best.table["loss"].tolist() == [1, 2, 9, 3, 3, 4]
    assert best.table["learning_rate"].tolist() == [0.5] * 3 + [0.1] * 3
    assert [(row["activation"], row["learning_rate"], row["loss"])
            for row in best.summary().rows] == [("relu", 0.5, 2), ("tanh", 0.1, 3)]
    assert str(best.summary()).split()[:3] == ["activation", "learning", "rate"]
    # What was chosen is told of a single contender too, what was held is not.
    assert best.at(activation="tanh").summary().rows[0]["learning_rate"] == 0.1
    assert "learning_rate" not in results.at(learning_rate=0.1).summary().rows[0]
    # Accuracies fall where losses rise.
    assert best.table["loss"].tolist() == (
        results.best("learning_rate", by="accuracy").table["loss"].tolist())
    both = results.best(["activation", "learning_rate"])
    assert both.vary == {"activation": ("relu",), "learning_rate": (0.5,)}
    assert both.table["loss"].tolist() == [1, 2, 9]


def test_nets_that_diverged_are_the_worst_and_equals_are_taken_in_order():
    results = made_up([[1.0, 1, 1], [5, 5, 5], [5, 5, 5]])
    results.table["diverged"][:2] = True
    results.table["validation_loss"][3] = np.nan
    assert set(results.best("reg_lambda").table["reg_lambda"]) == {2}
    results.table["validation_loss"][3] = 5
    assert set(results.best("reg_lambda").table["reg_lambda"]) == {1}
    results.table["validation_accuracy"][:] = [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.2, 0.2, np.nan]
    assert set(results.best("reg_lambda", "validation_accuracy").table["reg_lambda"]) == {2}


def test_nothing_is_chosen_on_test_data_or_on_nothing():
    results = made_up([[1.0], [2.0]])
    with pytest.raises(ValueError, match=r"by must be .*: what is chosen on test data cannot be"):
        results.best("reg_lambda", by="test_loss")
    with pytest.raises(ValueError, match="by must be one of 'loss'"):
        results.best("reg_lambda", by="stop_reason")
    results.table["validation_loss"][:] = np.nan
    with pytest.raises(ValueError, match=r"by must be .* NaN for every net"):
        results.best("reg_lambda")
    grid = made_up(np.ones((2, 2, 1)), vary={"data": ("moons", "board"), "reg_lambda": (0, 1)})
    grid.table["validation_loss"][2:] = np.nan
    with pytest.raises(ValueError, match="NaN for every net with data = board"):
        grid.best("reg_lambda")
    grid.table["diverged"][2:] = True  # all are as bad, and that is known
    assert grid.best("reg_lambda").table["reg_lambda"].tolist() == [0, 0]
    for wrong in ("width", [], ["reg_lambda", "width"]):
        with pytest.raises(ValueError, match="factor must be one of 'reg_lambda'"):
            results.best(wrong, by="loss")


# Plots


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_curves_are_medians_with_bands():
    results = made_up([np.arange(11.0) + 1, np.arange(11.0) + 5])
    ax = results.plot()
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert [line.get_ydata().tolist() for line in solid] == [[8, 7, 6], [12, 11, 10]]
    assert [line.get_ydata().tolist() for line in dashed] == [[14, 13, 12], [22, 21, 20]]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[band[:, 0] == 2][:, 1].min() == 2
    assert band[band[:, 0] == 2][:, 1].max() == 10
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss (nats per observation)")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[-2:] == ["training, with penalty", "validation"]
    assert len(labels) == 4


def test_a_stopped_net_counts_on_in_the_curves():
    results = made_up([[1.0, 2.0, 9.0]])
    results.table["n_epochs"][2] = 1
    results.curves["loss"][2] = [30, 20, np.nan]
    (line, _) = results.plot().lines
    assert line.get_ydata().tolist() == [4, 3, 2]
    results.table["n_epochs"][:2] = 0
    results.curves["loss"][:2, 1:] = np.nan
    (line, _) = results.plot().lines
    assert line.get_ydata().tolist() == [4, 2, 2]
    results.curves["gradient_norm"][2] = [30, 20, np.nan]
    (line,) = results.plot(column="gradient_norm").lines
    assert line.get_ydata()[-1] == 4


@pytest.mark.parametrize("kind", ["curves", "dots"])
def test_a_value_without_a_net_is_left_out(kind):
    """After an interrupt, say."""
    whole = made_up([[1.0, 2.0], [300.0, 400.0], [5.0, 6.0]])
    keep = ~whole.rows("reg_lambda", 1)
    results = Results(whole.vary, {name: column[keep] for name, column in whole.table.items()},
                      {name: curve[keep] for name, curve in whole.curves.items()})
    ax = results.plot(kind, "loss")
    shown = np.concatenate([
        *(line.get_ydata() for line in ax.lines),
        *(c.get_offsets()[:, 1] for c in ax.collections if isinstance(c, PathCollection)),
    ])
    assert len(shown)
    assert shown.max() < 300


def test_numbers_have_colours_in_their_order_and_kinds_have_the_books():
    numbers = made_up([[2.0], [1.0], [3.0]], vary={"reg_lambda": (0.1, 0.0, 0.2)}).plot()
    colours = [to_rgb(line.get_color()) for line in numbers.lines if line.get_linestyle() == "-"]
    assert colours == [to_rgb(mpl.colormaps["viridis"](0.88 * rank)) for rank in (0.5, 0.0, 1.0)]
    kinds = made_up([[2.0], [1.0], [3.0]], vary={"activation": ("relu", "tanh", "softplus")}).plot()
    colours = [line.get_color() for line in kinds.lines if line.get_linestyle() == "-"]
    assert colours == list(plotting.COLOURS[:3])


def test_dots_show_every_net_and_the_median():
    losses = np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 80.0]])
    results = made_up(losses, failed=[[False] * 3, [False, False, True]])
    ax = results.plot("dots", column="loss")
    points = np.concatenate([c.get_offsets() for c in ax.collections
                             if isinstance(c, PathCollection)])
    assert sorted(points[:, 1]) == sorted([*losses.ravel(), *2 * losses.ravel()])
    bars = [c.get_segments()[0][0, 1] for c in ax.collections
            if isinstance(c, LineCollection)]
    assert bars == [2, 4, 4, 8]
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0", "1"]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["training", "validation", "failed"]
    # The second value stands at 1, its training dots to the left of its validation dots.
    left, right = (points[points[:, 1] == loss][0, 0] for loss in (3, 8))
    assert 0.5 < left < 1 < right < 1.5


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([1.0, 0.05], "log"),
        ([1.0, 0.2], "linear"),
        ([1.0, np.inf, 0.2], "linear"),
        ([1.0, np.nan, 0.05], "log"),
        ([1.0, 0.0], "linear"),  # zero has no logarithm
        ([np.nan], "linear"),
    ],
)
def test_losses_that_span_a_wide_range_get_a_logarithmic_axis(losses, scale):
    assert made_up([losses]).plot("dots", "loss").get_yscale() == scale
    assert made_up([losses]).plot("dots", "accuracy").get_yscale() == "linear"


def test_a_plane_shows_medians_and_hatches_failures():
    losses = np.arange(18.0).reshape(2, 3, 3)
    failed = np.zeros((2, 3, 3), bool)
    failed[1, 2, :2] = failed[0, 0, 0] = True
    results = made_up(losses, failed, vary={"n": (10, 20), "reg_lambda": (0, 1, 2)})
    fig, ax = plt.subplots()
    assert results.plot(column="loss", ax=ax) is ax
    drawn = ax.collections[0].get_array()
    np.testing.assert_array_equal(drawn, np.median(losses, axis=-1).T)
    assert [patch.get_xy() for patch in ax.patches] == [(1, 2)]
    assert ax.patches[0].get_hatch()
    assert ax.get_xlabel() == "observations $n$"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0", "1", "2"]
    assert fig.axes[1].get_ylabel() == "median loss (nats per observation)"
    assert ax.collections[0].get_clim() == (1, 13)
    share = results.plot(column="failed").collections[0].get_array()
    np.testing.assert_allclose(share, failed.mean(axis=-1).T)
    assert results.plot().figure.axes[1].get_ylabel() == (
        "median validation accuracy (fraction correct)"
    )


@pytest.mark.parametrize("value", ["$0-$50k", "$\\frac$", "_hidden", ("$a$", 1)])
def test_names_and_values_are_drawn_as_they_are(value):
    vary = {"$p$": [value, "other"], "reg_lambda": [0, 0.1]}
    grid = study(vary=vary, data=lambda seed, **any_: moons(seed), seeds=[0]).run()
    single = grid.at(reg_lambda=0)
    for ax in (grid.plot(), single.plot("dots")):
        ax.figure.canvas.draw()
        assert_shows(ax.get_xticklabels()[0], str(value))
        assert_shows(ax.xaxis.label, "$p$")
    ax = single.plot("curves")
    ax.figure.canvas.draw()
    assert_shows(ax.get_legend().get_texts()[0], f"$p$ = {value}")


def test_real_results_can_be_drawn():
    results = study().run()
    results.plot().figure.canvas.draw()
    results.plot("curves", "accuracy").figure.canvas.draw()
    results.plot("dots", "validation_accuracy").figure.canvas.draw()
    study(vary={"n": [30, 40], "learning_rate": [0.1, 1e80]}).run().plot().figure.canvas.draw()


@pytest.mark.parametrize(
    ("kind", "column", "message"),
    [
        ("bars", None, "kind must be one of"),
        ("plane", None, "kind must suit the factors that vary, reg_lambda: 'plane' draws 2"),
        ("curves", "n_epochs", "column must be one of"),
        ("dots", "stop_reason", "column must be one of"),
    ],
)
def test_plots_refuse_what_they_cannot_draw(kind, column, message):
    with pytest.raises(ValueError, match=message):
        made_up([[1.0, 2.0]]).plot(kind, column)


def test_too_many_factors_are_told_which_to_hold():
    grid = made_up(np.ones((2, 2, 2)), vary={"n": (1, 2), "reg_lambda": (0, 1)})
    with pytest.raises(ValueError, match=r"kind must suit .* n, reg_lambda.*reg_lambda=\.\.\.\)"):
        grid.plot("curves")
    grid.at(n=1).plot("curves")
    cube = made_up(np.ones((2, 1, 3, 2)), vary={"n": (1, 2), "k": (2,), "reg_lambda": (0, 1, 2)})
    for kind in (None, "dots", "plane"):
        with pytest.raises(ValueError, match=r"results\.at\(reg_lambda=\.\.\.\) holds the others"):
            cube.plot(kind)
    with pytest.raises(ValueError, match="x must be one of 'n', 'reg_lambda'"):
        grid.plot("dots", x="k")


def test_dots_of_two_factors_have_the_colours_of_the_second():
    losses = np.arange(1.0, 25).reshape(2, 2, 6)
    results = made_up(losses, vary={"learning_rate": (0.1, 0.5), "activation": ("relu", "tanh")})
    ax = results.plot("dots", "loss")
    points = {to_rgb(c.get_edgecolor()[0]): [] for c in ax.collections
              if isinstance(c, PathCollection) and len(c.get_offsets())}
    for c in ax.collections:
        if isinstance(c, PathCollection) and len(c.get_offsets()):
            points[to_rgb(c.get_edgecolor()[0])] += c.get_offsets()[:, 1].tolist()
    assert points == {to_rgb(plotting.COLOURS[0]): losses[:, 0].ravel().tolist(),
                      to_rgb(plotting.COLOURS[1]): losses[:, 1].ravel().tolist()}
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["activation = relu", "activation = tanh", "median, 95 % interval"]
    assert ax.get_xlabel() == "learning rate"
    turned = results.plot("dots", "loss", x="activation")
    assert [text.get_text() for text in turned.get_xticklabels()] == ["relu", "tanh"]
    # A value that no net had takes no place.
    part = results._part(np.arange(12), results.vary, [])
    assert [text.get_text() for text in part.plot("dots").get_xticklabels()] == ["0.1"]


def test_dots_show_the_interval_of_the_median():
    losses = np.random.default_rng(0).random((1, 20))
    ax = made_up(losses).plot("dots", "test_loss")
    bar, interval = (c.get_segments()[0] for c in ax.collections if isinstance(c, LineCollection))
    assert bar[:, 1] == pytest.approx(3 * np.median(losses))
    assert interval[:, 1].tolist() == [*interval_of_median(3 * losses[0], np.arange(20))]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["nets", "median, 95 % interval"]


def test_curves_stand_at_their_epochs():
    results = made_up([[1.0, 2.0, 9.0]])
    results.epochs = np.array([0, 1, 100])
    results.table["n_epochs"][:] = [100, 60, 1]
    # A net that has stopped counts on: with the loss it holds, with the last gradient it has.
    for name, last in (("loss", 2), ("gradient_norm", 3)):
        results.curves[name][1, 2] = results.curves[name][2, 2] = np.nan
        line = results.plot("curves", name).lines[0]
        assert line.get_xdata().tolist() == [0, 1, 100]
        assert line.get_ydata()[-1] == last


def test_best_refuses_a_column_of_no_numbers_though_a_net_diverged():
    results = study(data=lambda seed: moons(seed)[0],
                    vary={"learning_rate": [1e200, 0.1], "reg_lambda": [0, 1]}).run()
    assert results.table["diverged"].any()
    with pytest.raises(ValueError, match="NaN for every net"):
        results.best("learning_rate")
    assert results.best("learning_rate", by="loss").table["learning_rate"].tolist() == [0.1] * 6


def test_whole_numbers_are_kept_however_large():
    large = study(data=lambda seed, tag: moons(seed), vary={"tag": [2**70, 2]}).run()
    assert large.table["tag"].tolist() == [2**70] * 3 + [2] * 3
    assert len(large.summary().rows) == 2
