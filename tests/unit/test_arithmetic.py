"""Numbers are shown so that they add up."""

import numpy as np
import pytest

from nnlib.live.arithmetic import (
    ALL,
    LADDER,
    Digits,
    as_read,
    fewest,
    significant,
    text,
    total,
    weighted_sum,
)


def test_numbers_have_as_many_decimals_as_it_takes():
    assert [text(each) for each in (-0.0001, -1.5, 2e7, np.inf, np.nan)] == [
        "0.000", "−1.500", "2.000·10⁷", "∞", "nan"]
    # 0.0008 is shown as 0.001, and 0.000 + 0.000 is not that.
    assert fewest(lambda x: x.sum(), [0.0004, 0.0004]) == (4, "=")
    assert fewest(lambda x: x.sum(), [0.25, 0.5]) == (3, "=")
    # A tie, whatever is shown.
    assert fewest(lambda x: x.sum(), [0.0002, 0.0003]) == (Digits(ALL), "≈")
    assert (weighted_sum([-1, 2, 3], [0.5, -1, 0], [-0.25], 2)
            == "−1.00 · 0.50 + 2.00 · (−1.00) − 0.25")
    assert weighted_sum([1], [0], [], 3) == "0"


def test_numbers_have_digits_where_decimals_lose_them():
    numbers = (0, 1.2345e-94, -4.87e-10, 0.000123456, -0.99996, 273.122, 123456.7, -2.5e6,
               9.999e-5)
    assert [text(each, Digits(3)) for each in numbers] == [
        "0", "1.23·10⁻⁹⁴", "−4.87·10⁻¹⁰", "0.000123", "−1.00", "273", "123457", "−2.50·10⁶",
        "0.000100"]
    product = fewest(np.prod, [4.87e-10, -16.45], decimals=significant(4.87e-10 * -16.45))
    assert product == (Digits(4), "=")
    of_two = fewest(lambda x: x * [1, 1e-9], 1.00012, decimals=[3, Digits(5)])
    assert of_two == (4, "=")  # as every result of several needs


@pytest.mark.parametrize("seed", range(20))
def test_any_sum_adds_up_from_left_to_right(seed):
    """Terms of all sizes, which nearly cancel."""
    rng = np.random.default_rng(seed)
    w, a = rng.standard_normal((2, 6)) * 10.0 ** rng.integers(-12, 6, (2, 6))
    added = [-w @ a]
    exact = total(w, a, added)
    for decimals in (3, significant(exact)):
        more, equals = fewest(total, w, a, added, decimals=decimals)
        spelt = weighted_sum(w, a, added, more).replace("·10⁻", "e-").replace("−", "-")
        for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True):
            spelt = spelt.replace(raised, digit)
        by_hand = eval(spelt.replace("·10", "e").replace("·", "*"))
        assert (text(by_hand, decimals), equals) == (text(exact, decimals), "=")


@pytest.mark.parametrize("precision", [LADDER[-1], 12])
@pytest.mark.parametrize("number", [0.0, -1.25, 4e-9, 123456.789, -7e22, np.inf, np.nan])
def test_a_reader_takes_the_number_that_is_shown(number, precision):
    exact = precision == LADDER[-1]
    np.testing.assert_allclose(as_read(text(number, precision)), number,
                               rtol=0 if exact else 1e-9, atol=0 if exact else 5e-13)


def test_small_numbers_show_three_digits():
    assert [significant(each) for each in (0, 5, 0.1, 0.0123, -4e-5, 1e-30, np.nan)] == [
        3, 3, 3, 4, Digits(3), Digits(3), 3]
