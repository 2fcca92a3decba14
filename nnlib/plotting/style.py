"""The one look of the book's pictures: colours, markers, axes and their ticks."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from nnlib.validation import check_kind

# Eight colours that readers with any colour vision tell apart (Okabe and Ito 2008), the most
# distinct first, and two more for ten digits.  A class also has a marker of its own.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY_BLUE, BLACK, YELLOW = "#E69F00", "#56B4E9", "#000000", "#F0E442"
BROWN, INDIGO = "#7A4A21", "#332288"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY_BLUE, BROWN, INDIGO, YELLOW, BLACK)
# The same on a dark page, where the darkest are lighter, so that every class stands out.
DARK_COLOURS = ("#3D9BD9", "#F07A2B", "#1FB98E", "#DB93BA", "#E69F00", "#8CD0F5", "#B58863",
                "#9A8CF0", "#F0E442", "#E6EAED")
BOUNDARY, DARK_BOUNDARY = "#333333", "#E6EAED"  # lines where two classes tie
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "p", "h")

STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 120,
    "figure.constrained_layout.use": True,
    # Opaque white: the page may be dark.
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.transparent": False,
    "axes.facecolor": "white",
    "axes.axisbelow": True,
    "axes.edgecolor": "#4D4D4D",
    "axes.grid": True,
    "axes.labelsize": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    # Yellow is too faint for a line.
    "axes.prop_cycle": cycler(color=[c for c in COLOURS if c != YELLOW]),
    "font.size": 10.5,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "mathtext.fontset": "cm",
    "xtick.color": "#4D4D4D",
    "ytick.color": "#4D4D4D",
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
}

NO_WIDTH = "\u200b"  # a space that is not seen


def use_style() -> None:
    """Give every figure from here on the look of the book.

    For a single figure, use ``with matplotlib.rc_context(plotting.STYLE):``.
    """
    plt.style.use(STYLE)


def check_axes(ax: object) -> None:
    """Refuse anything but Axes, or None for those of a new figure."""
    check_kind("ax", ax, (Axes, type(None)), "Matplotlib's Axes or None")


def new_axes(size: tuple[float, float] | None = None) -> Axes:
    """The Axes of a new figure of a size in inches, or of the usual one."""
    return plt.subplots(figsize=size, layout="constrained")[1]


def plain(text: object) -> str:
    """Text from data or a reader, in the form that Matplotlib shows as it was given.

    Given as it is, what stands between two dollars would be set as mathematics, or be an error,
    and what begins with an underscore would be missing from a legend.
    """
    escaped = str(text).replace("$", r"\$")
    return NO_WIDTH + escaped if escaped.startswith("_") else escaped


def tick_few_decades(ax: Axes, low: float, high: float) -> None:
    """Label a logarithmic y-axis from low to high with plain numbers, if they suffice.

    Over less than three decades, 0.02 and 0.05 read better than powers of ten.
    """
    if high < 1e3 * low:
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
