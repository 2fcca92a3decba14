"""Draw the picture on the welcome page: one net's decision boundary at four moments of training.

    python tools/draw_welcome.py [folder]      (by default book/_static)

The picture comes out the same every time.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from draw_brand import INK, STATIC, paint

from nnlib import ThreeLayerNet, datasets

EPOCHS = (5, 30, 300, 3000)
DPI = 100


def main(folder: Path = STATIC) -> None:
    X, y = datasets.moons(200, noise=0.13, random_state=4)
    net = ThreeLayerNet(
        hidden_nodes=16, activation="tanh", learning_rate=0.5, reduction="mean",
        warm_start=True, random_state=1,
    ).initialize(X, y)
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, "backend": "agg",
                                "font.family": "STIXGeneral"}):
        figure, axes = plt.subplots(1, 4, figsize=(16, 4.4), dpi=DPI, facecolor=INK,
                                    gridspec_kw={"wspace": 0.03})
        figure.subplots_adjust(left=0.012, right=0.988, bottom=0.03, top=0.87)
        for epochs, ax in zip(EPOCHS, axes, strict=True):
            net.set_params(max_epochs=epochs - net.n_epochs_).fit(X, y)
            paint(ax, net, X, y)
            ax.set_title(f"after {epochs} epochs", color="white", size=24, loc="left", pad=9)
        figure.savefig(folder / "learning.png", facecolor=INK, metadata={"Software": None})
        plt.close(figure)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
