"""The data sets: what is where, what is promised of all of them, and what bad arguments earn."""

import hashlib
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.datasets import make_circles, make_moons

from nnlib import datasets

PLANAR = {
    "moons": datasets.moons,
    "circles": datasets.circles,
    "xor": datasets.xor,
    "checkerboard": datasets.checkerboard,
    "spirals": datasets.spirals,
    "blobs": datasets.blobs,
    "graph": datasets.graph,
}
CLASSES = {**dict.fromkeys(PLANAR, 2), "blobs": 5}


def as_set(X, y):
    """The rows (x, y, class) in an order of their own, so that two shuffles compare."""
    rows = np.column_stack([np.round(X, 9) + 0.0, y])
    return rows[np.lexsort(rows.T)]


@pytest.fixture(params=PLANAR)
def name(request):
    return request.param


@given(n=st.integers(5, 300), seed=st.integers(0, 2**32))
@pytest.mark.parametrize("name", PLANAR)
def test_shapes_types_and_even_classes(name, n, seed):
    X, y = PLANAR[name](n, random_state=seed)
    assert X.shape == (n, 2)
    assert X.dtype == np.float64
    assert y.shape == (n,)
    assert y.dtype == np.int64
    sizes = np.bincount(y, minlength=CLASSES[name])
    assert len(sizes) == CLASSES[name]
    assert sizes.max() - sizes.min() <= 1


def test_same_seed_same_data(name):
    make = PLANAR[name]
    X, y = make(60, random_state=3)
    X_again, y_again = make(60, random_state=3)
    np.testing.assert_array_equal(X, X_again)
    np.testing.assert_array_equal(y, y_again)
    X_generator, _ = make(60, random_state=np.random.default_rng(3))
    np.testing.assert_array_equal(X, X_generator)
    assert not np.array_equal(X, make(60, random_state=4)[0])


def test_a_generator_moves_on(name):
    generator = np.random.default_rng(0)
    first, _ = PLANAR[name](60, random_state=generator)
    second, _ = PLANAR[name](60, random_state=generator)
    assert not np.array_equal(first, second)


def test_without_a_seed_the_data_are_fresh(name):
    assert not np.array_equal(PLANAR[name](60)[0], PLANAR[name](60)[0])


def test_rows_are_shuffled(name):
    _, y = PLANAR[name](200, random_state=0)
    changes = np.count_nonzero(np.diff(y))
    assert 60 < changes < 190  # sorted classes change 1-4 times, classes in turn 199 times


def test_coordinates_are_of_order_one(name):
    X, _ = PLANAR[name](2000, random_state=0)
    assert X.std(axis=0).min() > 0.3
    assert X.std(axis=0).max() < 1.2
    assert np.abs(X).max() < 4


@pytest.mark.parametrize("name", ["xor", "checkerboard", "spirals", "blobs"])
def test_centred_with_variance_near_one(name):
    X, _ = PLANAR[name](20_000, random_state=0)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(X.var(axis=0), 1, atol=0.25)


@pytest.mark.parametrize("n", [2, 3, 4, 7, 100, 101])
def test_moons_are_those_of_scikit_learn(n):
    expected = make_moons(n, shuffle=False)
    found = datasets.moons(n, spacing="even")
    np.testing.assert_allclose(as_set(*found), as_set(*expected), atol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4, 7, 100, 101])
@pytest.mark.parametrize("factor", [0, 0.5, 0.8])
def test_circles_are_those_of_scikit_learn(n, factor):
    expected = make_circles(n, shuffle=False, factor=factor)
    found = datasets.circles(n, factor=factor, spacing="even")
    np.testing.assert_allclose(as_set(*found), as_set(*expected), atol=1e-9)


# Of the first edition, whose places were always even; to nine digits, as machines differ in the
# last bit of a cosine.
@pytest.mark.parametrize(
    ("make", "arguments", "expected"),
    [
        (datasets.moons, {"n": 200, "noise": 0.2, "random_state": 0, "spacing": "even"},
         "ae76f46a04b3cd8b"),
        (datasets.moons, {"n": 101, "random_state": 7, "spacing": "even"}, "e7a258c3c180f334"),
        (datasets.circles, {"n": 200, "noise": 0.1, "random_state": 0, "spacing": "even"},
         "74c91f74d95c4ad5"),
        (datasets.circles, {"n": 7, "factor": 0.3, "random_state": 2, "spacing": "even"},
         "2e6cb01ecd34838a"),
        (datasets.checkerboard, {"random_state": 0}, "23bf52509120f1b7"),
        (datasets.xor, {"n": 41, "noise": 0.3, "random_state": 1}, "8ed4245722567068"),
        (datasets.spirals, {"noise": 0.05, "random_state": 0}, "0e9f59265aceec37"),
        (datasets.blobs, {"n": 301, "random_state": 0}, "89e3f96492a3dffe"),
    ],
)
def test_even_places_and_balanced_classes_are_those_of_the_first_edition(
    make, arguments, expected
):
    X, y = make(**arguments)
    rows = np.column_stack([np.round(X, 9) + 0.0, y])
    assert hashlib.sha256(rows.tobytes()).hexdigest().startswith(expected)


def places(make, seed):
    """How far along its arc each of 1000 points of each class lies, as a share of the arc."""
    X, y = make(2000, random_state=seed, spacing="drawn")
    if make is datasets.circles:
        return [np.arctan2(*X[y == label].T) / (2 * np.pi) % 1 for label in (0, 1)]
    upper, lower = X[y == 0], [1, 0.5] - X[y == 1]
    return [np.arctan2(moon[:, 1], moon[:, 0]) / np.pi for moon in (upper, lower)]


@pytest.mark.parametrize("make", [datasets.moons, datasets.circles])
def test_drawn_places_are_uniform_along_each_arc_and_independent(make):
    drawn = [share for seed in range(20) for share in places(make, seed)]
    # Were they uniform, the p-values would be too; of even places, all are near 1.
    p = [stats.kstest(share, "uniform").pvalue for share in drawn]
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(*drawn[:2])[0, 1]) < 0.1


@pytest.mark.parametrize("make", [datasets.moons, datasets.circles])
def test_another_seed_moves_the_points_unless_they_are_even(make):
    seeds = [0, 1]
    drawn = [as_set(*make(100, random_state=seed, spacing="drawn")) for seed in seeds]
    even = [as_set(*make(100, random_state=seed, spacing="even")) for seed in seeds]
    assert not np.isclose(*drawn).all(axis=1).any()
    np.testing.assert_array_equal(*even)


@pytest.mark.parametrize("name", PLANAR)
def test_drawn_class_sizes_are_binomial(name):
    n, k = 6, CLASSES[name]
    labels = [PLANAR[name](n, random_state=seed, class_sizes="drawn")[1] for seed in range(2000)]
    binomial = stats.binom(n, 1 / k)
    expected = 2000 * np.append(binomial.pmf([0, 1, 2, 3]), binomial.sf(3))
    for label in range(k):
        sizes = [np.count_nonzero(y == label) for y in labels]
        found = np.bincount(np.minimum(sizes, 4), minlength=5)  # four and more in one
        assert stats.chisquare(found, expected).pvalue > 0.001


@pytest.mark.parametrize("spacing", ["drawn", "even"])
@pytest.mark.parametrize("make", [datasets.moons, datasets.circles])
def test_a_class_without_observations_leaves_the_other_its_number_and_place(make, spacing):
    sets = [make(2, random_state=seed, spacing=spacing, class_sizes="drawn") for seed in range(40)]
    assert {tuple(sorted(y)) for _, y in sets} == {(0, 0), (0, 1), (1, 1)}
    for X, y in sets:
        assert X.shape == (2, 2)
        if make is datasets.circles:
            np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 0, 1, 0.5))
        else:
            np.testing.assert_allclose(np.hypot(*(X - y[:, None] * [1, 0.5]).T), 1)


@pytest.mark.parametrize("make", [datasets.moons, datasets.circles])
def test_noise_is_the_standard_deviation(make):
    clean, _ = make(20_000, random_state=0)
    noisy, _ = make(20_000, noise=0.3, random_state=0)  # drawn whatever the size: same rows
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.3, rtol=0.03)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0, atol=0.01)


@pytest.mark.parametrize(
    "make", [datasets.xor, datasets.checkerboard, datasets.spirals, datasets.graph])
def test_noise_leaves_the_rest_of_the_draws_alone(make):
    clean, y = make(20_000, random_state=0)
    noisy, y_noisy = make(20_000, noise=0.3, random_state=0)
    np.testing.assert_array_equal(y, y_noisy)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.3, rtol=0.03)


def test_xor_is_the_exclusive_or_of_the_signs():
    X, y = datasets.xor(500, random_state=0)
    np.testing.assert_array_equal(y, (X[:, 0] > 0) ^ (X[:, 1] > 0))
    assert np.abs(X).max() <= np.sqrt(3)


@pytest.mark.parametrize("cells", [2, 3, 4, 7])
def test_checkerboard_fields_alternate_and_are_all_used(cells):
    X, y = datasets.checkerboard(3000, cells=cells, random_state=0)
    column, row = np.floor((X + np.sqrt(3)) * cells / (2 * np.sqrt(3))).astype(int).T
    np.testing.assert_array_equal(y, (column + row) % 2)
    assert len(set(zip(column, row, strict=True))) == cells**2
    assert column.max() == row.max() == cells - 1


POLYGON = ([-1, 0, 0.5], [-5.0, 1.0, 0.25])


@pytest.mark.parametrize("function", [*datasets.FUNCTIONS, POLYGON, ([0], [2])])
def test_points_lie_on_their_side_of_a_graph_and_fill_it(function):
    X, y = datasets.graph(4000, function, random_state=0)
    heights = datasets.FUNCTIONS[function](X[:, 0]) if isinstance(function, str) else np.interp(
        X[:, 0], *function)
    heights = np.clip(heights, -3**0.5, 3**0.5)
    assert (X[y == 0, 1] <= heights[y == 0]).all()
    assert (X[y == 1, 1] >= heights[y == 1]).all()
    assert np.abs(X).max() <= 3**0.5
    for label, edge in ((0, -3**0.5), (1, 3**0.5)):
        own = y == label
        room = np.abs(edge - heights[own]) > 1e-9
        share = ((X[own, 1] - heights[own])[room] / (edge - heights[own])[room])
        assert not len(share) or stats.kstest(share, "uniform").pvalue > 0.001
        assert stats.kstest(X[own, 0] / 12**0.5 + 0.5, "uniform").pvalue > 0.001


@pytest.mark.parametrize("function", datasets.SURFACES)
def test_points_fill_the_square_below_a_surface_of_height_one(function):
    X, y = datasets.surface(20_000, function, random_state=0)
    for column in X.T:
        assert stats.kstest(column / 12**0.5 + 0.5, "uniform").pvalue > 0.001
    assert 0.9 < np.abs(y).max() <= 1
    assert y.min() < 0 < y.max()
    noisy_X, noisy = datasets.surface(20_000, function, noise=0.3, random_state=0)
    np.testing.assert_array_equal(noisy_X, X)
    assert (noisy - y).std() == pytest.approx(0.3, rel=0.03)
    assert abs((noisy - y).mean()) < 0.01
    assert not np.array_equal(datasets.surface(9, function)[0], datasets.surface(9, function)[0])


def test_surfaces_are_what_they_are_called():
    X, y = datasets.surface(500, "slope", random_state=1)
    assert np.linalg.matrix_rank(np.column_stack([X, y]), tol=1e-9) == 2
    X, y = datasets.surface(500, "saddle", random_state=1)
    np.testing.assert_array_equal(y > 0, (X > 0).all(axis=1) | (X < 0).all(axis=1))
    X, y = datasets.surface(5000, "hills", random_state=1)
    np.testing.assert_allclose(X[[y.argmax(), y.argmin()]], [[0.8, 0.6], [-0.8, -0.6]], atol=0.15)
    X, y = datasets.surface(5000, "ripple", random_state=1)
    order = np.argsort(np.hypot(*X.T))
    assert np.abs(np.diff(y[order])).max() < 0.05
    assert np.count_nonzero(np.diff(np.sign(y[order]))) >= 2


@pytest.mark.parametrize(("arms", "turns"), [(2, 1.5), (3, 1), (4, 0.25), (2, 2.5)])
def test_spirals_lie_on_their_arms(arms, turns):
    X, y = datasets.spirals(600, arms=arms, turns=turns, random_state=0)
    assert set(y) == set(range(arms))
    radius = np.hypot(*X.T)
    start, end = 0.2, 2.35
    assert radius.min() >= start
    assert radius.max() <= end
    wound = 2 * np.pi * (turns * (radius - start) / (end - start) + y / arms)
    difference = np.exp(1j * (np.arctan2(X[:, 1], X[:, 0]) - wound))
    np.testing.assert_allclose(difference, 1, atol=1e-9)


@pytest.mark.parametrize("centers", [2, 3, 5, 9])
def test_blobs_have_their_centres_and_spread(centers):
    X, y = datasets.blobs(5000 * centers, centers=centers, spread=0.2, random_state=0)
    for label in range(centers):
        own = X[y == label]
        angle = np.pi / 2 + 2 * np.pi * label / centers
        centre = np.sqrt(2) * np.array([np.cos(angle), np.sin(angle)])
        np.testing.assert_allclose(own.mean(axis=0), centre, atol=0.015)
        np.testing.assert_allclose(own.std(axis=0), 0.2, rtol=0.05)


def test_five_blobs_overlap_as_much_as_intended():
    X, y = datasets.blobs(40_000, random_state=0)
    angle = np.pi / 2 + 2 * np.pi * np.arange(5) / 5
    centres = np.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])
    nearest = np.linalg.norm(X[:, None] - centres, axis=-1).argmin(axis=1)
    assert 0.925 < np.mean(nearest == y) < 0.945  # no classifier does better than the nearest


def test_digits():
    X, y = datasets.digits()
    assert X.shape == (1797, 64)
    assert X.dtype == np.float64
    assert y.shape == (1797,)
    assert y.dtype == np.int64
    assert (X.min(), X.max()) == (0, 1)
    assert set(y) == set(range(10))


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match="pip install scikit-learn"):
        datasets.digits()


@pytest.mark.parametrize(
    ("make", "arguments", "error", "says"),
    [
        (datasets.moons, {"n": 1}, ValueError, "n must be .* 2 and .* got 1"),
        (datasets.moons, {"n": 10.0}, TypeError, "n must be .* got 10.0"),
        (datasets.moons, {"n": True}, TypeError, "n must be .* got True"),
        (datasets.moons, {"noise": -0.1}, ValueError, "noise must be .* got -0.1"),
        (datasets.moons, {"noise": None}, TypeError, "noise must be .* got None"),
        (datasets.moons, {"noise": float("nan")}, ValueError, "noise must be .* got nan"),
        (datasets.moons, {"random_state": "0"}, TypeError, "random_state must be .* got '0'"),
        (datasets.moons, {"random_state": -1}, ValueError, "random_state must be .* got -1"),
        (datasets.graph, {"function": "root"}, ValueError, "function must be one of 'line', "),
        (datasets.surface, {"function": "wave"}, ValueError, "function must be one of 'slope', "),
        (datasets.surface, {"n": 1}, ValueError, "n must be .* 2 and .* got 1"),
        (datasets.graph, {"function": ([0, 1], [0])}, ValueError, "function must .* as many"),
        (datasets.graph, {"function": ([0, 0], [0, 1])}, ValueError, "function .* that rise"),
        (datasets.graph, {"function": ([-1e308, 1e308], [0, 1])}, ValueError, "finite distances"),
        (datasets.graph, {"function": ([0, 1], [-1e308, 1e308])}, ValueError, "finite distances"),
        (datasets.graph, {"function": ([], [])}, ValueError, "function must be one of line, "),
        (datasets.graph, {"function": ([0], [float("nan")])}, ValueError, "function .* all finite"),
        (datasets.graph, {"function": ("a", "b")}, TypeError, "function must be numbers"),
        (datasets.circles, {"factor": 1}, ValueError, "factor must be .* below 1, got 1"),
        (datasets.circles, {"factor": -0.5}, ValueError, "factor must be .* got -0.5"),
        (datasets.moons, {"spacing": "random"}, ValueError,
         "spacing must be one of 'drawn', 'even', got 'random'"),
        (datasets.circles, {"spacing": None}, TypeError, "spacing must be .* got None"),
        (datasets.blobs, {"class_sizes": "even"}, ValueError,
         "class_sizes must be one of 'balanced', 'drawn', got 'even'"),
        (datasets.xor, {"class_sizes": 2}, TypeError, "class_sizes must be .* got 2"),
        (datasets.xor, {"n": 0}, ValueError, "n must be .* got 0"),
        (datasets.xor, {"noise": "much"}, TypeError, "noise must be .* got 'much'"),
        (datasets.checkerboard, {"cells": 1}, ValueError, "cells must be .* 2 and .* got 1"),
        (datasets.checkerboard, {"cells": 2.5}, TypeError, "cells must be .* got 2.5"),
        (datasets.spirals, {"arms": 1}, ValueError, "arms must be .* 2 and .* got 1"),
        (datasets.spirals, {"n": 2, "arms": 3}, ValueError, "n must be .* 3, got 2"),
        (datasets.spirals, {"turns": 0}, ValueError, "turns must be .* above 0 and .* got 0"),
        (datasets.blobs, {"centers": 1}, ValueError, "centers must be .* 2 and .* got 1"),
        (datasets.blobs, {"n": 4}, ValueError, "n must be .* 5, got 4"),
        (datasets.blobs, {"spread": -1}, ValueError, "spread must be .* got -1"),
    ],
)
def test_bad_arguments_are_named(make, arguments, error, says):
    with pytest.raises(error, match=says):
        make(**arguments)


def test_bounds_leave_a_tenth_on_each_side_and_one_where_there_is_no_range():
    X = [[0.0, 5.0], [2.0, 5.0], [1.0, 5.0]]
    assert datasets.bounds(X) == pytest.approx((-0.2, 2.2, 4.0, 6.0))
    with pytest.raises(ValueError, match=r"X must have 2 inputs .* got shape \(1, 3\)"):
        datasets.bounds([[1, 2, 3]])
