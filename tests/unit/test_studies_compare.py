"""Pairs of nets: their differences, the interval, and what is said of them."""

import numpy as np
import pytest
from small_studies import made_up

from nnlib.studies import Table
from nnlib.studies.compare import interval_of_median

RELU, TANH = {"activation": "relu"}, {"activation": "tanh"}


def contenders(relu, tanh, **factors):
    return made_up([relu, tanh], vary={"activation": ("relu", "tanh"), **factors})


def test_differences_are_taken_in_pairs():
    tanh = np.array([1.0, 5, 2, 8, 3, 9, 4, 7])
    relu = tanh - [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0, -0.8]
    found = contenders(relu, tanh).compare(RELU, TANH, "loss")
    assert found.median == pytest.approx(-0.25)
    assert (found.better, found.worse, found.ties, found.n, found.seeds) == (6, 1, 1, 8, 8)
    # The order of the seeds in the table is of no matter.
    results = contenders(relu, tanh)
    mixed = results._part(np.random.default_rng(0).permutation(16), results.vary, [])
    assert mixed.compare(RELU, TANH, "loss") == found
    # More is better for accuracies, and the difference changes its sign with its order.
    back = results.compare(TANH, RELU, "accuracy")
    assert (back.better, back.worse, back.ties) == (1, 6, 1)
    assert back.median == pytest.approx(-0.025)


def test_a_winner_is_named_only_where_the_interval_leaves_out_zero():
    tanh = np.linspace(1, 2, 20)
    wide = contenders(tanh + np.linspace(-1, 1, 20), tanh).compare(RELU, TANH, "test_loss")
    assert (wide.leaves_out_zero, wide.winner) == (False, None)
    assert "The interval holds zero: neither is shown to be better." in str(wide)
    for measure in ("test_loss", "test_accuracy"):
        results = contenders(tanh + np.linspace(0.01, 0.2, 20), tanh)
        found = results.compare(RELU, TANH, measure)
        assert found.leaves_out_zero
        assert (found.better, found.winner) == (0, "activation = tanh")
        assert results.compare(TANH, RELU, measure).winner == found.winner
        assert "leaves out zero: activation = tanh is better." in str(found)
    assert str(found) == repr(found)
    assert "<p" in found._repr_html_()
    assert "0 of 20" in str(Table([found.row, wide.row]))


def test_the_whole_sentence():
    losses = np.arange(6.0)
    assert contenders(losses, losses + 1).compare(RELU, TANH, "n_epochs").ties == 6
    found = contenders(losses, [0, 2, 3, 4, 5, 6]).compare(RELU, TANH, "validation_loss")
    assert str(found) == (
        "validation loss of activation = relu, minus that of activation = tanh: median -2.00 "
        "(95 % interval -2.00 to 0.00; 6 pairs). activation = relu is better in 5 of 6, with "
        "1 tie. The interval holds zero: neither is shown to be better.")


def test_the_interval_is_that_of_the_sign_test_where_seeds_have_one_pair():
    """Its ends are the 6th and 15th of 20 numbers, which hold the median in 95.9 % of samples."""
    values = np.random.default_rng(3).standard_normal(20)
    assert interval_of_median(values, np.arange(20)) == (np.sort(values)[5], np.sort(values)[14])


def test_the_interval_holds_the_median_as_often_as_it_says():
    """Of exponential numbers, 300 samples: 96 % and two standard errors below 95 %, 92.5 %."""
    rng = np.random.default_rng(0)
    held = [low <= np.log(2) <= high for low, high in (
        interval_of_median(rng.exponential(size=20), np.arange(20)) for _ in range(300))]
    assert 0.925 < np.mean(held) < 0.99


def test_pairs_of_one_seed_are_not_independent():
    by_seed = np.random.default_rng(0).standard_normal(20)
    copies, seeds = np.repeat(by_seed, 9), np.repeat(np.arange(20), 9)
    assert interval_of_median(copies, seeds) == interval_of_median(by_seed, np.arange(20))
    low, high = interval_of_median(copies, np.arange(180))
    assert high - low < 0.7 * np.subtract(*interval_of_median(copies, seeds)[::-1])


def test_other_factors_add_pairs_and_not_seeds():
    tanh = np.arange(24.0).reshape(3, 8) + 1
    results = contenders(tanh - 0.5, tanh, data=("moons", "board", "digits"))
    found = results.compare(RELU, TANH, "loss")
    assert (found.n, found.seeds, found.better) == (24, 8, 24)
    assert "(95 % interval -0.500 to -0.500; 24 pairs of 8 seeds)" in str(found)


def test_a_factor_that_only_one_contender_holds_is_an_error():
    tanh = np.arange(12.0).reshape(2, 6)
    results = contenders(tanh, tanh, learning_rate=(0.1, 0.5))
    with pytest.raises(ValueError, match=r"b must hold learning_rate .* 0\.1, 0\.5.*best"):
        results.compare({**RELU, "learning_rate": 0.1}, TANH, "loss")
    found = results.compare({**RELU, "learning_rate": 0.5}, {**TANH, "learning_rate": 0.1}, "loss")
    assert (found.a, found.b) == ("activation = relu, learning rate = 0.5",
                                  "activation = tanh, learning rate = 0.1")
    best = results.best("learning_rate")
    assert best.compare(RELU, TANH, "loss").ties == 6
    # Results of their own are taken as well.
    other = best.compare(best.at(**RELU), best.at(**TANH), "loss")
    assert other == best.compare(RELU, TANH, "loss")


def test_nets_that_diverged_are_worse_than_any_and_tie_with_each_other():
    results = contenders(np.arange(8.0), np.arange(8.0) + 1)
    results.table["diverged"][[0, 1, 8]] = True  # relu of seeds 0 and 1, tanh of seed 0
    results.table["loss"][15] = np.nan  # tanh of seed 7
    found = results.compare(RELU, TANH, "loss")
    assert (found.better, found.worse, found.ties) == (6, 1, 1)
    assert found.median == -1
    assert results.compare(RELU, TANH, "accuracy").worse == 1
    # Between the two infinities nothing is in the middle.
    results.table["diverged"][:] = [True] * 4 + [False] * 4 + [False] * 4 + [True] * 4
    even = results.compare(RELU, TANH, "loss")
    assert (even.median, even.leaves_out_zero) == (0, False)


def test_nets_without_a_counterpart_are_counted():
    results = contenders(np.arange(8.0), np.arange(8.0) + 1)
    part = results._part(np.arange(3, 16), results.vary, [])
    found = part.compare(RELU, TANH, "loss")
    assert (found.n, found.unpaired) == (5, 3)
    assert "Without a counterpart: 3 nets." in str(found)
    assert (found.low, found.high, found.leaves_out_zero) == (-np.inf, np.inf, False)
    assert "Fewer than 6 seeds give no interval, and no winner." in str(found)


@pytest.mark.parametrize(
    ("a", "b", "measure", "message"),
    [
        ("relu", TANH, "loss", "a must be a mapping of factors to values, or Results"),
        (RELU, 3, "loss", "b must be a mapping"),
        ({"width": 3}, TANH, "loss", "a must be one of 'activation'"),
        (RELU, {3: 3}, "loss", "b must be one of 'activation'"),
        (RELU, {"activation": "logistic"}, "loss", "activation must be one of the values"),
        (RELU, TANH, "stop_reason", "measure must be one of 'loss'"),
        (RELU, TANH, "cross_entropy", "measure must be a column of numbers, .* NaN for every net"),
        (made_up([[1.0]]), made_up([[1.0] * 2])._part([1], {}, []), "loss", "nets to pair"),
    ],
)
def test_what_cannot_be_compared_is_refused(a, b, measure, message):
    results = contenders([1.0, 2.0], [3.0, 4.0])
    results.table["cross_entropy"][:] = np.nan
    with pytest.raises((TypeError, ValueError), match=message):
        results.compare(a, b, measure)
