"""Strokes of a reader: as digits that look like the data, and as functions."""

import json

import numpy as np
import pytest
from drawn_digits import assert_read, drawings, net_of_scans
from hypothesis import example, given
from hypothesis import strategies as st

import nnlib
from nnlib import datasets, frames, lab, strokes
from nnlib.live.page import Figure

ZERO = [[(0.5 + 0.3 * float(np.cos(angle)), 0.5 + 0.4 * float(np.sin(angle)))
         for angle in np.linspace(0, 2 * np.pi, 60)]]


# Digits


def show_pixels(strokes=()):
    return frames.Frame([frames.Bars([str(i) for i in range(64)], nnlib.strokes.pixels(strokes))])


def test_digits_that_a_reader_draws_are_read():
    """On the way of a reader's strokes, from the text that a page sends to the frame it gets."""
    figure = Figure(lab.drawing(show_pixels, strokes=lab.PAD).to_json())
    read = []
    for digit, drawn in drawings():
        figure.start(json.dumps({"strokes": drawn}))
        header, body = figure.frame()
        place = json.loads(header)["plots"][0]["heights"]
        pixels = np.frombuffer(body, "<f4", 64, place["offset"]).astype(float)
        read.append((digit, net_of_scans().predict(pixels[None])[0]))
    assert_read(read)


def test_drawn_digits_have_the_ink_of_the_data():
    X, _ = datasets.digits()
    drawn = np.array([strokes.pixels(each) for _, each in drawings()])
    assert drawn.shape[1:] == X.shape[1:]
    np.testing.assert_array_equal(16 * drawn, np.round(16 * drawn))
    assert drawn.sum(axis=1).mean() == pytest.approx(X.sum(axis=1).mean(), rel=0.05)
    # In height they fill the picture, in width they do not.
    rows, columns = drawn.reshape(-1, 8, 8).sum(axis=2), drawn.reshape(-1, 8, 8).sum(axis=1)
    assert (rows > 0).all()
    assert columns[:, [0, 7]].sum() == 0
    assert X.reshape(-1, 8, 8).sum(axis=2).min() > 0


def test_pixels_count_the_ink_of_blocks():
    black = strokes.bitmap(ZERO)
    assert black.shape == (32, 32)
    assert black.dtype == bool
    counted = [[black[4 * i:4 * i + 4, 4 * j:4 * j + 4].sum() for j in range(8)] for i in range(8)]
    np.testing.assert_array_equal(16 * strokes.pixels(ZERO), np.ravel(counted))


def test_the_first_row_is_the_top_one():
    corner = strokes.pixels([[(0.2, 0.9), (0.2, 0.1), (0.7, 0.1)]]).reshape(8, 8)
    assert corner[0].sum() < corner[7].sum()
    assert corner[:, 5].sum() < corner[:, 2].sum()


@given(st.floats(0.1, 1), st.floats(0.1, 1), st.floats(0, 0.9), st.floats(0, 0.9))
def test_place_and_size_leave_no_trace(width, height, left, low):
    """As long as the digit is upright and as high as wide, or higher."""
    size = min(width, height, 1 - left, 1 - low)
    moved = [[(left + size * x, low + size * y) for x, y in stroke] for stroke in ZERO]
    assert np.abs(strokes.pixels(moved) - strokes.pixels(ZERO)).max() <= 1 / 8


@pytest.mark.parametrize("slant", [-0.3, 0.3, 0.6])
def test_slant_leaves_hardly_a_trace(slant):
    """Without the shear, the mean difference of two pixels would be 0.13 or more."""
    slanted = [[(x + slant * (y - 0.5), y) for x, y in stroke] for stroke in ZERO]
    assert np.abs(strokes.pixels(slanted) - strokes.pixels(ZERO)).mean() < 0.04


@pytest.mark.parametrize("drawn", [
    [[(0.5, 0.5)]], [[(0.5, 0.5)] * 3], [[(0.1, 0.5), (0.9, 0.5)]], [[(0.5, 0.1), (0.5, 0.9)]],
    [[(0.0, 0.0), (1.0, 1.0)]], [[(0.2, 0.2)], [(0.8, 0.8)]],
], ids=["dot", "long dot", "dash", "upright", "diagonal", "two dots"])
def test_what_is_no_digit_has_a_picture_too(drawn):
    assert 50 < strokes.bitmap(drawn).sum() < 700


def test_an_empty_pad_is_paper():
    assert not strokes.pixels([]).any()


# Functions


X = np.linspace(0, 1, 11)


@pytest.mark.parametrize(("drawn", "expected"), [
    ([[(0.0, 0.0), (1.0, 1.0)]], X),
    ([[(1.0, 1.0), (0.0, 0.0)]], X),
    ([[(0.0, 0.2), (0.25, 0.2)], [(0.75, 0.8), (1.0, 0.8)]],
     np.interp(X, [0, 0.25, 0.75, 1], [0.2, 0.2, 0.8, 0.8])),
    ([[(0.0, 0.2), (1.0, 0.2)], [(0.35, 0.9), (0.65, 0.9)]],
     np.where(np.abs(X - 0.5) < 0.16, 0.9, 0.2)),
    ([[(0.0, 0.2), (0.65, 0.2), (0.65, 0.7), (0.0, 0.7)], [(0.8, 0.7), (1.0, 0.7)]],
     np.full(11, 0.7)),
    ([[(0.45, 0.1), (0.5, 0.1), (0.5, 0.9)]],
     np.where(X == 0.5, 0.9, np.nan)),
    ([[(0.2, 0.3)], [(0.4, 0.5)]], np.where((X > 0.19) & (X < 0.41), X + 0.1, np.nan)),
    ([], np.full(11, np.nan)),
], ids=["rising", "drawn backwards", "gap", "mended", "back over itself", "upright", "dots",
        "nothing"])
def test_strokes_as_a_function(drawn, expected):
    np.testing.assert_allclose(strokes.heights(drawn, X), expected, atol=1e-12)


@example([[(0.0, 0.0), (2e-311, 1.0)]])
@given(st.lists(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5),
                min_size=1, max_size=4))
def test_a_function_goes_from_the_first_to_the_last_point(drawn):
    """It ends where the pen did, and is nowhere higher or lower than the strokes."""
    points = [point for stroke in drawn for point in stroke]
    first, last = min(points)[0], max(points)[0]
    x = np.array([first, (first + last) / 2, last, drawn[-1][-1][0]])
    y = strokes.heights(drawn, x)
    assert np.isfinite(y).all()
    assert min(y) >= min(height for _, height in points) - 1e-12
    assert max(y) <= max(height for _, height in points) + 1e-12
    assert y[-1] == pytest.approx(drawn[-1][-1][1])
    outside = np.array([first - 1e-9, last + 1e-9])
    assert np.isnan(strokes.heights(drawn, outside)).all()
