"""Data that a reader pastes: what is read, and that what is wrong is named with its line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.live import pasted
from nnlib.live.data import data_set


@pytest.mark.parametrize(
    ("text", "X", "labels", "columns"),
    [
        ("1,2,a\n3,4.5,b", [[1, 2], [3, 4.5]], ["a", "b"], ("", "")),
        ("height, mass ,kind\n1,-2e3,a\n3,4,b\n", [[1, -2000], [3, 4]], ["a", "b"],
         ("height", "mass")),
        ("1;2,5;a b\n3;4;c", [[1, 2.5], [3, 4]], ["a b", "c"], ("", "")),
        ("1\t2\t10\n3\t4\t9\n", [[1, 2], [3, 4]], [10, 9], ("", "")),
        ('\ufeffx,y,z\r\n\r\n1, 2, "a, ""b"""\r\n,,\r\n3,4,<b>&amp;\r\n', [[1, 2], [3, 4]],
         ['a, "b"', "<b>&amp;"], ("x", "y")),
        ("1,2,1\n3,4,1.0", [[1, 2], [3, 4]], ["1", "1.0"], ("", "")),
        ("1,2,1\n3,4,01", [[1, 2], [3, 4]], ["1", "01"], ("", "")),
        ("1,2,-3\n3,4,+3", [[1, 2], [3, 4]], ["-3", "+3"], ("", "")),
        ("1,2,0\n3,4,-0", [[1, 2], [3, 4]], ["0", "-0"], ("", "")),
        ("1,2,0\n3,4,-30", [[1, 2], [3, 4]], [0, -30], ("", "")),
    ],
)
def test_what_a_table_holds(text, X, labels, columns):
    table = pasted.read(text)
    np.testing.assert_array_equal(table.X, X)
    assert (table.labels, table.columns) == (labels, columns)


def test_classes_have_numbers_in_the_order_of_their_names():
    assert pasted.read("1,2,10\n3,4,9\n5,6,10").y.tolist() == [1, 0, 1]
    table = pasted.read("1,2,dog\n3,4,cat\n5,6,10")
    assert (table.classes, table.y.tolist()) == (("10", "cat", "dog"), [2, 1, 0])


@pytest.mark.parametrize("same", ["7", "0.1", "1e100", "-1e-300"])
def test_columns_are_standardised_and_one_that_is_the_same_everywhere_is_zero(same):
    table = pasted.read(f"1,{same},a\n3,{same},b\n8,{same},b")
    np.testing.assert_allclose(table.standardised.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(table.standardised.std(axis=0), [1, 0], atol=1e-15)
    assert not table.standardised[:, 1].any()
    names = {"np": np}
    exec("\n".join(table.code), names)
    np.testing.assert_array_equal(names["X"], table.standardised)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a line for each observation, got none"),
        ("a,b,c\n", "a line for each observation, got none"),
        ("1,2,a\n3,4", r"line 2 has 2, \['3', '4'\]"),
        ("x,y\n1,2", r"line 1 has 2, \['x', 'y'\]"),
        ("1,2,a\n\n3,4,b,5", "line 3 has 4"),
        ("1,2,a\n3,cat,b", "line 2 has 'cat' in the place of a number"),
        ("1,x,a\n3,4,b", "line 1 has 'x' in the place of a number"),
        ("1,2,a\n1_000,4,b", "line 2 has '1_000' in the place of a number"),
        ("1,2,a\n3,,b", "line 2 has '' in the place of a number"),
        ("1;2.5;a\n3;1.000,5;b", "line 2 has '1.000,5' in the place of a number"),
        ("1,2,a\n3,nan,b", "finite numbers, not beyond 1e.100: line 2 has 'nan'"),
        ("1,2,a\n3,-1e101,b", "line 2 has '-1e101'"),
        ("1,2,a\n3,4, ", "a class in every line, there is none in line 2"),
        ("1,2,a\n3,4,a", "from 2 to 10 classes, got 1"),
        ("1,2,a\n3,4,a\0", "from 2 to 10 classes, got 1"),
        ('1,2,a\n3,4,"b', "quotes in pairs, around whole cells: see line 2"),
        ("".join(f"1,2,c{i}\n" for i in range(11)), "from 2 to 10 classes, got 11"),
        pytest.param("1,2,a\n3,4,b\n" * 501, "at most 1000 observations, got 1002", id="lines"),
        pytest.param("x" * 100_001, "at most 100000 characters, got 100001", id="characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, message):
    with pytest.raises(ValueError, match=f"table must have .*{message}"):
        pasted.read(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
       | st.text("01;,\t\n\"a.e-", max_size=40))
def test_any_text_is_read_or_refused_by_name(text):
    fault = ""
    try:
        table = pasted.read(text)
        assert len(table.X) == len(table.y) == len(table.labels)
        assert np.isfinite(table.standardised).all()
    except ValueError as error:
        fault = str(error)
    assert not fault or fault.startswith("table must have ")
    assert "\n" not in fault


def test_as_a_data_set():
    data = data_set("pasted", table=pasted.IRISES)
    assert data.axes == ("petal length, standardised", "petal width, standardised")
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert data.validation is None
    names = {"np": np}
    exec("\n".join(data.code), names)
    np.testing.assert_array_equal(names["X"], data.X)
    np.testing.assert_array_equal(np.unique(names["y"], return_inverse=True)[1], data.y)
    without = data_set("pasted", table=f"1,2,a\n3,4,{'b' * 50}")
    assert without.axes == ("x₁, standardised", "x₂, standardised")
    assert without.classes == ("a", "b" * 23 + "…")
