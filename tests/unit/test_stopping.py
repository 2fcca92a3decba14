"""Every criterion on loss curves whose right answer is plain to see."""

import math

import numpy as np
import pytest

from nnlib.stopping import (
    AnyOf,
    Criterion,
    EarlyStopping,
    Epoch,
    GradientNorm,
    Patience,
    RelativeImprovement,
    from_settings,
    to_settings,
)


def stop_epoch(criterion, losses, first=0, **columns):
    """The epoch at which a watcher first gives a reason, or None."""
    watch = criterion.watch()
    for i, loss in enumerate(losses):
        row = Epoch(first + i, loss, 0.5, **{"gradient_norm": 1.0}
                    | {name: values[i] for name, values in columns.items()})
        reason = watch(row)
        if reason:
            assert isinstance(reason, str)
            return row.epoch
    return None


def test_relative_improvement_looks_every_so_often():
    halving = [2.0**-i for i in range(40)]
    assert stop_epoch(RelativeImprovement(tol=0.5, every=1), halving) is None
    assert stop_epoch(RelativeImprovement(tol=0.51, every=1), halving) == 1
    assert stop_epoch(RelativeImprovement(tol=0.9, every=3), halving) == 3
    assert stop_epoch(RelativeImprovement(tol=0.8, every=3), halving) is None


def test_relative_improvement_stops_on_a_plateau_a_blip_and_nan():
    rule = RelativeImprovement(tol=0.01, every=5)
    assert stop_epoch(rule, [1.0] * 20) == 5
    falling_with_blip = [1.0 - 0.01 * i for i in range(20)]
    falling_with_blip[10] = 2.0
    assert stop_epoch(rule, falling_with_blip) == 10
    assert stop_epoch(rule, [1.0] + [math.nan] * 20) == 5


def test_relative_improvement_counts_from_where_a_warm_start_begins():
    assert stop_epoch(RelativeImprovement(every=5), [1.0] * 20, first=103) == 108


@pytest.mark.parametrize("first", [math.nan, math.inf])
def test_what_improves_is_seen_after_a_start_that_is_not_finite(first):
    curve = [first, *(1 / i for i in range(1, 9)), *[1.0] * 5]
    assert stop_epoch(EarlyStopping(3), [1.0] * 14, validation_loss=curve) == 11
    assert stop_epoch(Patience(tol=0, epochs=3), curve) == 11


def test_patience_waits_from_the_best():
    curve = [1.0, 0.5, 0.6, 0.7, 0.55, 0.52, 0.51, 0.505]
    assert stop_epoch(Patience(tol=0, epochs=4), curve) == 5
    assert stop_epoch(Patience(tol=0, epochs=7), curve) is None


def test_the_tolerance_of_patience_is_a_fraction_of_the_best_loss():
    """Not a difference: on a large loss and on a small one the same fall counts alike."""
    for scale in (1e-3, 1.0, 1e3):
        falling = [scale * (1 - 0.0005 * i) for i in range(12)]
        assert stop_epoch(Patience(tol=1e-3, epochs=1), falling) == 1
        assert stop_epoch(Patience(tol=1e-4, epochs=1), falling) is None


def test_a_gradient_as_long_as_the_tolerance_goes_on():
    assert stop_epoch(GradientNorm(0.5), [1.0] * 3, gradient_norm=[1.0, 0.5, 0.4]) == 2


def test_patience_ignores_improvements_below_its_tolerance():
    creeping = [1.0 - 1e-6 * i for i in range(50)]
    assert stop_epoch(Patience(tol=1e-3, epochs=10), creeping) == 10
    assert stop_epoch(Patience(tol=0, epochs=10), creeping) is None


def test_gradient_norm_stops_below_its_tolerance():
    norms = [1.0, 0.1, 0.01, 0.001]
    assert stop_epoch(GradientNorm(tol=0.05), [1.0] * 4, gradient_norm=norms) == 2
    assert stop_epoch(GradientNorm(tol=1e-4), [1.0] * 4, gradient_norm=norms) is None


def test_early_stopping_watches_the_validation_loss_only():
    falling, validation = [1 / (i + 1) for i in range(9)], [5, 4, 3, 3.1, 3.2, 3.3, 2, 1, 0]
    rule = EarlyStopping(patience=3)
    assert stop_epoch(rule, falling, validation_loss=validation) == 5
    assert stop_epoch(EarlyStopping(patience=4), falling, validation_loss=validation) is None


def test_early_stopping_gives_up_on_a_validation_loss_that_is_never_finite():
    assert stop_epoch(EarlyStopping(3), [1.0] * 9, validation_loss=[math.inf] * 9) == 3


def test_early_stopping_waits_its_patience_in_a_warm_start():
    for value in (math.nan, math.inf, 1.0):
        assert stop_epoch(EarlyStopping(3), [1.0] * 9, first=20, validation_loss=[value] * 9) == 23


def test_a_combination_stops_with_its_first_part_and_flattens():
    both = Patience(tol=0, epochs=6) | GradientNorm(0.5) | EarlyStopping(patience=50)
    assert isinstance(both, AnyOf)
    assert len(both.criteria) == 3
    assert both.on_validation
    assert not (Patience() | GradientNorm()).on_validation
    assert stop_epoch(both, [1.0] * 9, gradient_norm=[1, 1, 1, 0.4, 1, 1, 1, 1, 1]) == 3
    assert stop_epoch(both, [1.0] * 9) == 6


def test_one_criterion_serves_many_fits():
    rule = Patience(tol=0, epochs=2)
    assert [stop_epoch(rule, [1.0] * 9) for _ in range(3)] == [2, 2, 2]


@pytest.mark.parametrize(
    "criterion",
    [
        None,
        RelativeImprovement(0.02, 500),
        GradientNorm(1e-5),
        Patience(1e-4, 10) | EarlyStopping(7) | GradientNorm(0.1),
    ],
)
def test_settings_describe_a_criterion_completely(criterion):
    assert from_settings(to_settings(criterion)) == criterion


def test_repr_is_the_expression_that_makes_it():
    criterion = Patience(tol=0.001, epochs=2000) | GradientNorm(tol=0.01)
    assert repr(criterion) == "Patience(tol=0.001, epochs=2000) | GradientNorm(tol=0.01)"
    assert eval(repr(criterion)) == criterion


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: RelativeImprovement(tol=-0.1), "tol"),
        (lambda: RelativeImprovement(every=0), "every"),
        (lambda: RelativeImprovement(every=1.5), "every"),
        (lambda: Patience(tol=math.nan), "tol"),
        (lambda: Patience(epochs="many"), "epochs"),
        (lambda: GradientNorm(tol=0), "tol"),
        (lambda: EarlyStopping(patience=True), "patience"),
        (lambda: AnyOf(()), "criteria"),
        (lambda: AnyOf((Patience(), "soon")), "criteria"),
    ],
)
def test_bad_settings_are_named(make, name):
    with pytest.raises((TypeError, ValueError), match=name):
        make()


def test_only_criteria_combine():
    with pytest.raises(TypeError):
        Patience() | 3


def test_a_criterion_without_a_watcher_cannot_be_made():
    with pytest.raises(TypeError, match="watch"):
        Criterion()


def test_short_numbers_of_numpy_count_as_far_as_others():
    rule = RelativeImprovement(np.float16(1e-3), every=np.int8(100))
    assert rule == RelativeImprovement(float(np.float16(1e-3)), every=100)
    assert stop_epoch(rule, [1.0 - 0.001 * i for i in range(400)]) is None
    assert type(Patience(epochs=np.int8(9)).epochs) is int
    assert type(EarlyStopping(np.int8(9)).patience) is int
