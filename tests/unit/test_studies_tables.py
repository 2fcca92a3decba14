"""Tables as text and as HTML."""

import re

import pytest

from nnlib.studies import Table

ROWS = [{"learning_rate": 0.1, "<b>": "0.5 (0.1 to 0.9)", "n": "3 of 20", "loss": 0.9},
        {"learning_rate": 10.0, "<b>": "$1$", "n": "0 of 20", "loss": 0.12345}]


def test_text_is_aligned_and_html_holds_the_same():
    table = Table(ROWS, "a caption")
    lines = str(table).splitlines()
    assert lines == [
        "learning rate               <b>        n   loss",
        "          0.1  0.5 (0.1 to 0.9)  3 of 20  0.900",
        "           10               $1$  0 of 20  0.123",
        "a caption",
    ]
    assert repr(table) == str(table)
    page = table._repr_html_()
    cells = re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", page)
    assert cells == ["learning rate", "&lt;b&gt;", "n", "loss",
                     "0.1", "0.5 (0.1&nbsp;to&nbsp;0.9)", "3&nbsp;of&nbsp;20", "0.900",
                     "10", "$1$", "0&nbsp;of&nbsp;20", "0.123"]
    assert page.count("<tr>") == 3
    # Wide tables scroll in their own box; a page's MathJax leaves them alone.
    assert page.startswith('<div tabindex="0" style="overflow-x: auto">')
    assert '<table class="tex2jax_ignore mathjax_ignore"' in page


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.25, 0.5, 3], ["0.25", "0.5", "3"]),
        ([0.2503, 0.5, 3], ["0.250", "0.500", "3"]),
        ([0.2503, float("nan"), True, None], ["0.250", "nan", "True", "None"]),
        ([1234.5, 1e-7, -0.5, 1e6], ["1234", "1.00e-07", "-0.500", "1.00e+06"]),
        ([-0.0, 99.96], ["0.00", "100"]),
    ],
)
def test_the_numbers_of_a_column_look_alike(values, texts):
    table = Table([{"x": value} for value in values])
    assert [cell for (cell,) in table.cells[1:]] == texts


def test_a_table_of_nothing_is_empty():
    assert str(Table([])) == ""


@pytest.mark.parametrize("rows", [3, ["a"], [{"a": 1}, {"b": 1}], [{"a": 1}, {"a": 1, "b": 1}]])
def test_rows_that_do_not_fit_are_refused(rows):
    with pytest.raises((TypeError, ValueError), match="rows must"):
        Table(rows)
    with pytest.raises(TypeError, match="caption must be text"):
        Table([], 3)
