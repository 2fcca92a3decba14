"""Numbers are shown so that they add up."""

import numpy as np
import pytest

from nnlib.live.arithmetic import as_read, fewest, significant, text, weighted_sum


def test_numbers_have_as_many_decimals_as_it_takes():
    assert [text(each) for each in (-0.0001, -1.5, 2e7, np.inf, np.nan)] == [
        "0.000", "−1.500", "2.000e+07", "∞", "nan"]
    # 0.0008 is shown as 0.001, and 0.000 + 0.000 is not that.
    assert fewest(lambda x: x.sum(), [0.0004, 0.0004]) == (4, "=")
    assert fewest(lambda x: x.sum(), [0.25, 0.5]) == (3, "=")
    assert fewest(lambda x: x.sum(), [0.0002, 0.0003]) == (12, "≈")  # a tie, whatever is shown
    assert (weighted_sum([-1, 2, 3], [0.5, -1, 0], [-0.25], 2)
            == "−1.00 · 0.50 + 2.00 · (−1.00) − 0.25")
    assert weighted_sum([1], [0], [], 3) == "0"


@pytest.mark.parametrize("number", [0.0, -1.25, 4e-9, 123456.789, -7e22, np.inf, np.nan])
def test_a_reader_takes_the_number_that_is_shown(number):
    np.testing.assert_allclose(as_read(text(number, 12)), number, rtol=1e-9, atol=5e-13)


def test_small_numbers_show_three_digits():
    assert [significant(each) for each in (0, 5, 0.1, 0.0123, -4e-5, 1e-30, np.nan)] == [
        3, 3, 3, 4, 7, 12, 3]
