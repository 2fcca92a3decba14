"""Draw the favicon, the logo and the social card: what one three-layer net learned about moons.

    python tools/draw_brand.py [folder]      (by default book/_static)

Everything is drawn from one really trained net, and comes out the same every time.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from nnlib import ThreeLayerNet, datasets
from nnlib.plotting import BLUE, VERMILLION

STATIC = Path(__file__).parent.parent / "book" / "_static"
INK, PAPER, MUTED = "#14202b", "#fbfaf7", "#b9c4cd"
CARD_SIZE = (1200, 630)    # pixels: what the previews of shared links expect
MARK = 64                  # the side of favicon and logo, in units of their SVG
GRID = 400


def train() -> tuple[ThreeLayerNet, np.ndarray, np.ndarray]:
    """One net on the moons; tanh gives the boundary smooth curves."""
    X, y = datasets.moons(300, noise=0.13, random_state=4, spacing="even")
    net = ThreeLayerNet(
        hidden_nodes=16, activation="tanh", learning_rate=0.5, reduction="mean",
        max_epochs=3000, random_state=1,
    )
    return net.fit(X, y), X, y


def probability(net: ThreeLayerNet, x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """The probability of the second class on the grid x2 by x1."""
    points = np.column_stack([np.tile(x1, len(x2)), np.repeat(x2, len(x1))])
    return net.predict_proba(points)[:, 1].reshape(len(x2), len(x1))


def boundary(net: ThreeLayerNet, side: float, centre: tuple[float, float]) -> np.ndarray:
    """The decision boundary through a square window, in the units of the mark, from the left."""
    x1 = np.linspace(centre[0] - side / 2, centre[0] + side / 2, GRID)
    x2 = np.linspace(centre[1] - side / 2, centre[1] + side / 2, GRID)
    figure, ax = plt.subplots()
    pieces = ax.contour(x1, x2, probability(net, x1, x2), levels=[0.5]).allsegs[0]
    plt.close(figure)
    line = max(pieces, key=len)
    line = line if line[0, 0] < line[-1, 0] else line[::-1]
    across = (line[:, 0] - x1[0]) / side * MARK
    down = (x2[-1] - line[:, 1]) / side * MARK
    return np.column_stack([across, down])[:: max(1, len(line) // 40)]


def mark(net: ThreeLayerNet) -> str:
    """A rounded square, cut in two by the boundary, with one observation on either side."""
    line = boundary(net, side=2.5, centre=(0.5, 0.25))
    curve = " L".join(f"{x:.1f} {y:.1f}" for x, y in line)
    # The region above runs from the left edge along the boundary to the right edge, and back.
    above = f"M-9 -9 L-9 {line[0, 1]:.1f} L{curve} L73 {line[-1, 1]:.1f} L73 -9 Z"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {MARK} {MARK}" role="img">',
        "<title>A decision boundary between two classes</title>",
        f'<clipPath id="tile"><rect width="{MARK}" height="{MARK}" rx="14"/></clipPath>',
        '<g clip-path="url(#tile)">',
        f'<rect width="{MARK}" height="{MARK}" fill="{VERMILLION}"/>',
        f'<path d="{above}" fill="{BLUE}" stroke="#fff" stroke-width="5" stroke-linejoin="round"/>',
        '<circle cx="19" cy="47" r="5.5" fill="#fff"/>',
        '<circle cx="45" cy="17" r="5.5" fill="#fff"/>',
        "</g>",
        "</svg>",
        "",
    ])


def paint(ax: Axes, net: ThreeLayerNet, X: np.ndarray, y: np.ndarray) -> None:
    """The plane the net has divided: the surer it is, the stronger the colour."""
    low, high = (-1.75, -1.3), (2.75, 1.85)
    x1, x2 = np.linspace(low[0], high[0], GRID), np.linspace(low[1], high[1], GRID)
    P = probability(net, x1, x2)
    blue, vermillion, paper = (np.array(matplotlib.colors.to_rgb(c))
                               for c in (BLUE, VERMILLION, PAPER))
    sure = 0.15 + 0.6 * np.abs(2 * P - 1)[..., None]
    colour = np.where(P[..., None] > 0.5, vermillion, blue)
    ax.imshow(sure * colour + (1 - sure) * paper, origin="lower", aspect="auto",
              extent=(low[0], high[0], low[1], high[1]), interpolation="bilinear")
    ax.contour(x1, x2, P, levels=[0.5], colors="white", linewidths=4)
    for c, (face, shape) in enumerate([(BLUE, "o"), (VERMILLION, "s")]):
        ax.scatter(*X[y == c].T, s=42, color=face, marker=shape, edgecolors="white", linewidths=1.1)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set_axis_off()


def social_card(net: ThreeLayerNet, X: np.ndarray, y: np.ndarray, path: Path) -> None:
    """The title on the left, the net's work on the right, to the edge of the card."""
    dpi = 100
    fonts = {"font.family": "STIXGeneral", "font.size": 12}
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, "backend": "agg", **fonts}):
        figure = plt.figure(figsize=(CARD_SIZE[0] / dpi, CARD_SIZE[1] / dpi), dpi=dpi,
                            facecolor=INK)
        paint(figure.add_axes((0.46, 0, 0.54, 1)), net, X, y)
        for height, line in zip((0.755, 0.635, 0.515), ("Neural Networks", "from Scratch",
                                                        "in NumPy"), strict=True):
            figure.text(0.05, height, line, color="white", size=45, weight="bold")
        for height, line in zip((0.355, 0.290), ("Derive, build, break and tune a",
                                                 "multilayer perceptron"), strict=True):
            figure.text(0.05, height, line, color=MUTED, size=24)
        figure.text(0.05, 0.105, r"$Z = W A \qquad \partial J / \partial W = D A^\mathsf{T}$",
                    color="white", size=24, math_fontfamily="stix")
        figure.savefig(path, facecolor=INK, metadata={"Software": None})
        plt.close(figure)


def main(folder: Path = STATIC) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    net, X, y = train()
    for name in ("favicon.svg", "logo.svg"):
        (folder / name).write_text(mark(net), encoding="utf-8")
    social_card(net, X, y, folder / "social-card.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
