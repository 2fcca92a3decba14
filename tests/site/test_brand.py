"""The drawn pictures in the repository are those that our own code draws."""

import re
from pathlib import Path

import draw_brand
import numpy as np
import pytest
from matplotlib.image import imread

STATIC = Path(__file__).parents[2] / "book" / "_static"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("brand")
    draw_brand.main(folder)
    return folder


@pytest.mark.parametrize("name", ["favicon.svg", "logo.svg"])
def test_the_mark_is_up_to_date(drawn, name):
    """Equal but for the last digit of a coordinate, which may differ between machines."""
    number = re.compile(r"-?\d+\.\d+")
    ours, fresh = ((folder / name).read_text(encoding="utf-8") for folder in (STATIC, drawn))
    assert number.sub("0", ours) == number.sub("0", fresh)
    coordinates = [np.array(number.findall(text), float) for text in (ours, fresh)]
    np.testing.assert_allclose(*coordinates, atol=0.2)


def test_the_social_card_is_up_to_date(drawn):
    ours, fresh = (imread(folder / "social-card.png") for folder in (STATIC, drawn))
    assert ours.shape[:2] == fresh.shape[:2] == draw_brand.CARD_SIZE[::-1]
    assert np.abs(ours - fresh).mean() < 0.002
