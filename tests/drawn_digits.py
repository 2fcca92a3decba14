"""Digits as readers draw them: strokes of a pen, made by a script and from no scanned digit.

Each digit has skeletons, the ways in which people write it.  A drawing is one of them, slanted,
turned, stretched, somewhere on the pad, with curves that miss a little, a hand that trembles, and
points as far apart as the hand was fast.
"""

from functools import cache

import numpy as np
from sklearn.model_selection import train_test_split

from nnlib import MultilayerPerceptron, datasets, optimizers

SEED = 20_261
EACH = 10    # drawings of each digit


def line(*points):
    return np.array(points, float)


def arc(x, y, width, height, start, end):
    """Of an ellipse round (x, y): from an angle to another in degrees, 0 to the right, 90 up."""
    angles = np.radians(np.linspace(start, end, 25))
    return np.column_stack([x + width * np.cos(angles), y + height * np.sin(angles)])


def joined(*parts):
    return np.concatenate(parts)


# In a box of about 0.6 by 1; y points up.
SKELETONS = {
    0: [[arc(0.3, 0.5, 0.3, 0.5, 90, 460)],
        [arc(0.3, 0.5, 0.24, 0.5, 60, 430)]],
    1: [[line((0.3, 1), (0.3, 0))],
        [line((0.1, 0.75), (0.32, 1), (0.32, 0))],
        [line((0.1, 0.75), (0.32, 1), (0.32, 0)), line((0.1, 0), (0.54, 0))]],
    2: [[joined(arc(0.3, 0.73, 0.28, 0.27, 160, -30), line((0, 0), (0.6, 0)))],
        [joined(arc(0.28, 0.75, 0.27, 0.25, 150, -45), line((0.05, 0.05)),
                arc(0.12, 0.08, 0.09, 0.08, 200, 20), line((0.4, 0.02), (0.6, 0.06)))]],
    3: [[joined(arc(0.25, 0.76, 0.27, 0.24, 140, -90), arc(0.25, 0.26, 0.32, 0.26, 90, -140))],
        [joined(line((0.02, 1), (0.5, 1), (0.22, 0.6)), arc(0.24, 0.3, 0.31, 0.3, 90, -140))]],
    4: [[line((0.36, 1), (0, 0.38), (0.62, 0.38)), line((0.44, 0.66), (0.44, 0))],
        [line((0.06, 1), (0.03, 0.48), (0.6, 0.48)), line((0.48, 0.98), (0.45, 0))],
        [line((0.45, 0), (0.45, 1), (0, 0.35), (0.6, 0.35))]],
    5: [[joined(line((0.54, 1), (0.1, 1), (0.06, 0.56)), arc(0.26, 0.31, 0.31, 0.31, 125, -145))],
        [joined(line((0.1, 1), (0.06, 0.55)), arc(0.26, 0.3, 0.31, 0.3, 120, -145)),
         line((0.1, 1), (0.56, 0.98))]],
    6: [[joined(line((0.46, 1), (0.2, 0.75)), arc(0.3, 0.3, 0.29, 0.3, 160, 520))],
        [joined(arc(0.48, 0.5, 0.46, 0.5, 100, 190), arc(0.29, 0.26, 0.28, 0.26, 190, 540))]],
    7: [[line((0, 1), (0.56, 1), (0.2, 0))],
        [line((0, 0.96), (0.56, 1), (0.24, 0)), line((0.1, 0.5), (0.56, 0.52))],
        [line((0.02, 0.82), (0.02, 1), (0.56, 1), (0.2, 0))]],
    8: [[joined(arc(0.3, 0.76, 0.24, 0.24, 40, 270), arc(0.3, 0.26, 0.28, 0.26, 90, -270),
                arc(0.3, 0.76, 0.24, 0.24, -90, 45))],
        [arc(0.3, 0.76, 0.23, 0.24, 90, 455), arc(0.3, 0.27, 0.28, 0.27, 90, 455)]],
    9: [[joined(arc(0.3, 0.72, 0.27, 0.28, 20, 375), line((0.56, 0.7), (0.5, 0)))],
        [joined(arc(0.28, 0.73, 0.27, 0.27, 10, 370), arc(0.18, 0.5, 0.38, 0.5, 25, -80))]],
}


def drawing(digit, rng):
    """Strokes of one drawing, each a list of (x, y) in 0 .. 1."""
    skeletons = SKELETONS[digit]
    skeleton = skeletons[rng.integers(len(skeletons))]
    height = rng.uniform(0.3, 0.85)
    lean, turn = np.tan(np.radians(rng.normal(8, 8))), np.radians(rng.normal(0, 5))
    shape = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array(
        [[rng.uniform(0.75, 1.25), lean], [0, 1]]) * height
    waves = rng.normal(0, 0.02 * height, (2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    speed, tremble = rng.uniform(0.02, 0.06), rng.uniform(0, 0.008)
    strokes = [along(points @ shape.T, speed * height, rng) for points in skeleton]
    strokes = [points + sum(a * np.sin((i + 1) * 4 / height * points[:, ::-1] + b)
                            for i, (a, b) in enumerate(zip(*waves, strict=True)))
               + rng.normal(0, tremble, points.shape) * height for points in strokes]
    together = np.concatenate(strokes)
    low, high = together.min(axis=0), together.max(axis=0)
    scale = min(1.0, 0.98 / max(high - low))
    place = rng.uniform(0.01, 0.99 - scale * (high - low))
    return [[(float(x), float(y)) for x, y in (points - low) * scale + place]
            for points in strokes]


def along(points, step, rng):
    """Points that a hand passes along a line, in steps of about this length."""
    passed = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    steps = step * rng.uniform(0.4, 1.6, 2 + int(2 * passed[-1] / step))
    places = np.concatenate([[0], np.cumsum(steps)])
    places = np.append(places[places < passed[-1]], passed[-1])
    return np.column_stack([np.interp(places, passed, each) for each in points.T])


def drawings():
    """(digit, strokes): as many of each digit, always the same."""
    rng = np.random.default_rng(SEED)
    return [(digit, drawing(digit, rng)) for digit in range(10) for _ in range(EACH)]


@cache
def net_of_scans():
    """A net that has learned scanned digits, and has never seen a drawn one."""
    X, y = datasets.digits()
    X_train, _, y_train, _ = train_test_split(X, y, test_size=360, random_state=15000, stratify=y)
    net = MultilayerPerceptron(64, activation="relu", learning_rate=0.01, batch_size=32,
                               optimizer=optimizers.Adam(), reduction="mean", reg_lambda=1.0,
                               max_epochs=40, random_state=15000)
    return net.fit(X_train, y_train)


def assert_read(read):
    """Nine of ten digits are right, and half of each: `read` has (drawn, said) pairs."""
    right = dict.fromkeys(range(10), 0)
    for digit, said in read:
        right[digit] += bool(digit == said)
    assert len(read) == 10 * EACH
    assert sum(right.values()) >= 0.9 * len(read), right
    assert min(right.values()) >= EACH / 2, right
