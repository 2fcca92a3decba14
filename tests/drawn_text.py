"""What a reader of a picture sees of a text."""

import pytest


def assert_shows(artist, text):
    """A drawn artist takes the place of this text when nothing in it is mathematics."""
    plain = artist.figure.text(0, 0, text, parse_math=False,
                               rotation=artist.get_rotation(),
                               fontproperties=artist.get_fontproperties())
    assert artist.get_window_extent().size == pytest.approx(plain.get_window_extent().size)
