"""Whether two studies found the same."""

import numpy as np


def assert_same(one, other):
    """Tables and curves are equal to the last bit."""
    for a, b in ((one.table, other.table), (one.curves, other.curves)):
        assert list(a) == list(b)
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])
