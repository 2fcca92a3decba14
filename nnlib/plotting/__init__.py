"""The book's pictures: what a net has learned, and what it looks like inside.

Every function draws on the Axes it is given, or on a new figure's, and returns what it drew on;
none of them shows or saves anything.
"""

try:
    import matplotlib  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("nnlib.plotting needs Matplotlib: pip install '.[plotting]'") from error

from nnlib.plotting.confusion import confusion_matrix
from nnlib.plotting.networks import gradient_flow, network_drawing
from nnlib.plotting.planes import (
    decision_boundary,
    draw_observations,
    draw_regions,
    region_colours,
)
from nnlib.plotting.style import (
    BLACK,
    BLUE,
    BROWN,
    COLOURS,
    GREEN,
    INDIGO,
    MARKERS,
    ORANGE,
    PURPLE,
    SKY_BLUE,
    STYLE,
    VERMILLION,
    YELLOW,
    tick_few_decades,
    use_style,
)

__all__ = [
    "BLACK",
    "BLUE",
    "BROWN",
    "COLOURS",
    "GREEN",
    "INDIGO",
    "MARKERS",
    "ORANGE",
    "PURPLE",
    "SKY_BLUE",
    "STYLE",
    "VERMILLION",
    "YELLOW",
    "confusion_matrix",
    "decision_boundary",
    "draw_observations",
    "draw_regions",
    "gradient_flow",
    "network_drawing",
    "region_colours",
    "tick_few_decades",
    "use_style",
]
