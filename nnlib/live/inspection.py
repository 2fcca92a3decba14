"""A net looked into: its drawing, with one observation on its way through, and one node explained.

    z_j = w_j · a + b_j                 the sum of a node, from the values a of the layer before
    a_j = f(z_j)                        its value
    d_j = f'(z_j) · (v_j · d)           its error, from the errors d of the layer behind

Here v_j are the weights with which the layer behind takes the value, and the errors of the outputs
are p - t; of numbers, z - t.  Every line of the explanation adds up as it is shown; see
`nnlib.live.arithmetic`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.live.arithmetic import (
    DECIMALS,
    Digits,
    Precision,
    bracketed,
    fewest,
    significant,
    text,
    total,
    weighted_sum,
)
from nnlib.live.controls import NODE
from nnlib.live.frames import Curve, Diagram, Layer
from nnlib.nets import Net
from nnlib.network import softmax
from nnlib.validation import check_text, shown

Array = npt.NDArray[Any]

MOST_NODES = 12  # drawn of a layer
FOLD = 2  # the place of its colour: that of a third class, where there are two
FAR = 700.0  # exp of what is further from 0 leaves the numbers of 64 bits
LEAST = 1e-300  # below, they have fewer digits

# By the name of the activation: its value at z and its slope at a value a, in words and in NumPy.
VALUES = {
    "relu": ("max(0, {})", "np.maximum(0, {})"),
    "leaky_relu": ("max(0.01 · {0}, {0})", "np.maximum(0.01 * {0}, {0})"),
    "tanh": ("tanh({})", "np.tanh({})"),
    "logistic": ("1 / (1 + exp(−({})))", "1 / (1 + np.exp(-({})))"),
    "softplus": ("ln(1 + exp({}))", "np.logaddexp(0, {})"),
    "identity": ("{}", "{}"),
}
SLOPES = {
    "relu": "1 where a > 0, else 0",
    "leaky_relu": "1 where a > 0, else 0.01",
    "tanh": "1 − ({})²",
    "logistic": "{0} − ({0})²",
    "softplus": "1 − exp(−{})",
    "identity": "1",
}
# The same where those would overflow, or lose all digits.
FAR_SOFTPLUS = "{0} + ln(1 + exp(−{0}))"
SMALL_SOFTPLUS = "−expm1(−{})"


def check_key(name: str, value: object) -> str:
    """The key of a node: "1.3" is node 3 of hidden layer 1, "p0" the output of class 0, "" none.

    Raises
    ------
    TypeError, ValueError
        If it is anything else.
    """
    key = check_text(name, value)
    if not NODE.fullmatch(key):
        raise ValueError(f"{name} must be such as '1.3' for node 3 of hidden layer 1, 'p0' for the "
                         f"output of class 0, or '' for none, got {shown(value)}")
    return key


def subscript(number: int) -> str:
    """A whole number as a subscript."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


class Inspection:
    """A net with a softmax at its end, and its data, at this moment.

    Parameters
    ----------
    net : fitted net
    X : ndarray, shape (n, 2)
    y : ndarray of int, shape (n,)
        Class numbers.
    observation : int
        Which of them runs through the net; beyond the last, the last.
    node : str
        The key of the node to explain, as `check_key` takes it; one that the net does not have is
        none.
    """

    def __init__(self, net: Net, X: Array, y: Array, observation: int, node: str) -> None:
        self.net, self.X, self.y = net, X, y
        self.i = min(observation, len(X) - 1)
        self.W = net.layers_
        network, outputs = net.network_, net.loss_function.outputs
        self._activation = network.activation
        #: Of every layer, inputs first: the values of the observation.
        self.values = [X[self.i], *(A[:, 0] for A in
                                    network.activations(X[self.i:self.i + 1], outputs))]
        #: Of every layer behind the inputs: its sums.
        self.sums = [
            W[:, :-1] @ a + W[:, -1] for W, a in zip(self.W, self.values[:-1], strict=True)]
        self._hidden = network.activations(X)[:-1]
        self.chosen = self._place(node)
        self.drawn = [self._most_important(layer) for layer in range(len(self.values))]
        self.errors = self._errors()

    # The drawing

    def diagram(self, pictures: Sequence[Array]) -> Diagram:
        """The drawing.

        Parameters
        ----------
        pictures : sequence of ndarray, shapes (h_l, rows, columns)
            The values of each hidden layer over the plane of the inputs.
        """
        last, chosen = len(self.values) - 1, self.chosen
        decimals: list[Precision] = [DECIMALS] * (last + 1)
        weight_texts: tuple[str, ...] = ()
        if chosen is not None:
            layer, j = chosen
            # What stands at the lines and the nodes that they come from is what is in the formula.
            of_sum = self._sum(layer, j)[1]
            decimals[layer - 1] = of_sum
            row = self.W[layer - 1][j]
            weight_texts = tuple(text(weight, of_sum) for weight in
                                 (*row[self.drawn[layer - 1]], row[-1]))
        layers = []
        for layer, nodes in enumerate(self.drawn):
            hidden = 0 < layer < last
            layers.append(Layer(
                title=self._title(layer),
                keys=[self._key(layer, j) if layer else "" for j in nodes],
                names=[self._name(layer, j) for j in nodes],
                texts=[self._text_of(layer, j, decimals[layer]) for j in nodes],
                weights=self._weights(layer, nodes) if layer else None,
                pictures=pictures[layer - 1][nodes] if hidden else None,
                dead=[place for place, j in enumerate(nodes) if hidden and self._is_dead(layer, j)],
                others=len(self.values[layer]) - len(nodes),
            ))
        return Diagram(layers, self._key(*chosen) if chosen else "", weight_texts)

    def _weights(self, layer: int, nodes: Array) -> Array:
        """Those of some nodes, for the nodes drawn of the layer before; the bias last."""
        W = self.W[layer - 1][nodes]
        return np.hstack([W[:, self.drawn[layer - 1]], W[:, -1:]])

    def fold(
        self, plane: Sequence[Array], extent: tuple[float, float, float, float]
    ) -> list[Curve]:
        """The line of the plane where the sum of the chosen hidden node is 0.

        Parameters
        ----------
        plane : sequence of ndarray, shapes (h_l, rows, columns)
            The values over the plane of the inputs, of these themselves (2, rows, columns) and of
            each hidden layer.
        extent : tuple of float
        """
        if self.chosen is None or self._is_output(self.chosen[0]):
            return []
        layer, j = self.chosen
        *w, b = self.W[layer - 1][j]
        x, y = level_line(np.tensordot(w, plane[layer - 1], axes=1) + b, extent)
        return [Curve(x, y, label=f"z = 0 at {self._name(layer, j)}", colour=FOLD)]

    # The explanation

    def details(self) -> list[tuple[str, str]]:
        """What is to be read: of the observation, and of the chosen node."""
        place = ", ".join(map(text, self.X[self.i]))
        says, *more = self._answer()
        lines = [(f"observation {self.i}", f"x = ({place}), {says} {self._loss()}"), *more]
        if self.chosen is None:
            return [*lines, ("node", "Choose one, and its numbers stand here.")]
        layer, j = self.chosen
        explained = self._output if self._is_output(layer) else self._hidden_node
        return [*lines, *explained(layer, j), ("gradient of J", self._gradient(layer, j)),
                ("NumPy", self.code())]

    def code(self) -> str:
        """One line of NumPy for the value of the chosen node, where there are `net` and `X`."""
        if self.chosen is None:
            return ""
        layer, j = self.chosen
        observation = f"X[{self.i}:{self.i + 1}]"
        if self._is_output(layer):
            output = f"net.{self._predicts(observation, j)}"
            if self._share(j) != DECIMALS:
                return f'f"{{{output}:.{DECIMALS - 1}e}}"'
            return f"{output}.round({DECIMALS})"
        before = f"X[{self.i}]"
        if layer > 1:
            before = f"net.activations({observation})[{layer - 2}][:, 0]"
        total = f"net.layers_[{layer - 1}][{j}] @ [*{before}, 1]"
        return f"({VALUES[self._activation.name][1].format(total)}).round({DECIMALS})"

    def _answer(self) -> tuple[Any, ...]:
        """What is right here and what the net says, and lines about it."""
        y, answer = self.y[self.i], int(self.values[-1].argmax())
        of_two = len(self.values[-1]) == 2
        return (f"class {y}. The net says class {answer}.",
                ("softmax", "; ".join(self._softmax(c) for c in ((0, 1) if of_two else (answer,)))))

    def _predicts(self, observation: str, j: int) -> str:
        """The call of the net that gives an output."""
        return f"predict_proba({observation})[0, {j}]"

    def _loss(self) -> str:
        y, p = int(self.y[self.i]), self.values[-1][int(self.y[self.i])]
        name = f"p{subscript(y)}"
        if self._is_lost(p):
            decimals, equals = self._logits
            z = [text(each, decimals) for each in self.sums[-1]]
            m = z[int(self.sums[-1].argmax())]
            exps = " + ".join(f"exp({each} − {bracketed(m)})" for each in z)
            return (f"Loss −ln {name} = m + ln Σ exp(z − m) − z{subscript(y)} = {m} + ln({exps}) − "
                    f"{bracketed(z[y])} {equals} {text(self._loss_of(self.sums[-1]))}, where m is "
                    "the largest z.")
        decimals, equals = fewest(lambda p: -_log(p[0]), p)
        return f"Loss −ln {name} = −ln {text(p, decimals)} {equals} {text(-_log(p))}."

    def _is_lost(self, p: float) -> bool:
        """Whether a probability is too small to be shown."""
        return p < LEAST

    def _text_of(self, layer: int, j: int, decimals: Precision = DECIMALS) -> str:
        """The value of a node; a probability is shown with all the digits that it needs."""
        return text(self.values[layer][j], self._share(j) if self._is_output(layer) else decimals)

    def _share(self, c: int) -> Precision:
        """How to show the probability of a class: three digits where decimals would show 0."""
        p = float(self.values[-1][c])
        return Digits(DECIMALS) if LEAST <= p < 10.0**-DECIMALS / 2 else DECIMALS

    def _loss_of(self, z: Array) -> float:
        """Of the logits; what is shown, from left to right."""
        m = z.max()
        return float(m + np.log(np.cumsum(np.exp(z - m))[-1]) - z[int(self.y[self.i])])

    def _sum(self, layer: int, j: int) -> tuple[str, Precision, Precision]:
        """The sum of a node, written out; how numbers are shown in it, and the result."""
        z = self.sums[layer - 1]
        if self._is_output(layer):
            shown_z = self._decimals_of_sums()
        else:
            shown_z, _ = fewest(lambda z: self._f(z)[0], z[j])
        row = self.W[layer - 1][j]
        w, a, rest, note = self._terms(row[:-1], self.values[layer - 1], layer - 1)
        added = [*rest, float(row[-1])]
        decimals, equals = fewest(total, w, a, added, decimals=shown_z)
        spelt = weighted_sum(w, a, added, decimals)
        return f"z = {spelt} {equals} {text(z[j], shown_z)}{note(decimals)}", decimals, shown_z

    def _terms(
        self, weights: Array, values: Array, layer: int
    ) -> tuple[Array, Array, list[float], Callable[[Precision], str]]:
        """Of a sum over the nodes of a layer: weights and values of those that are drawn, what the
        others add, and a note on what is not written out.
        """
        drawn = self.drawn[layer]
        others = np.delete(np.arange(len(values)), drawn)
        rest = [float(weights[others] @ values[others])] if len(others) else []

        def note(decimals: Precision) -> str:
            notes = [f"{text(number, decimals)} from the {len(others)} nodes that are not drawn"
                     for number in rest]
            if not values[drawn].all():
                notes.append("without what is times 0")
            return f" ({'; '.join(notes)})" if notes else ""

        return weights[drawn], values[drawn], rest, note

    def _hidden_node(self, layer: int, j: int) -> list[tuple[str, str]]:
        spelt, _, shown_z = self._sum(layer, j)
        z, a = self.sums[layer - 1][j], self.values[layer][j]
        softplus = self._activation.name == "softplus"
        rule = FAR_SOFTPLUS if softplus and z > FAR else VALUES[self._activation.name][0]
        value = rule.format(text(z, shown_z))
        slope = self._slope(np.array([a]))[0]
        shown_slope = significant(slope)
        of_a, equals = fewest(lambda a: self._slope(a)[0], a, decimals=shown_slope)
        rule, note = SLOPES[self._activation.name], ""
        if softplus and isinstance(shown_slope, Digits):
            rule, note = SMALL_SOFTPLUS, ", where expm1(x) is exp(x) − 1"
        of_z = f"{text(slope, shown_slope)} ({rule})"
        if "{" in rule:
            of_z = f"{rule.format(text(a, of_a))} {equals} {text(slope, shown_slope)}{note}"
        passes = self._slope(self._hidden[layer - 1][j])
        silent, n = np.count_nonzero(passes == 0), len(self.X)
        dead = "nothing passes: it is dead" if self._is_dead(layer, j) else "it is not dead"
        fold = "where z = 0, drawn in the plane"
        if layer == 1:
            first, *more = self.W[0][j]
            decimals = significant(float(np.abs(self.W[0][j]).max()))
            second, bias = (f"{'−' if each < 0 else '+'} {text(abs(each), decimals)}"
                            for each in more)
            fold = (f"where z = {text(first, decimals)} x₁ {second} x₂ {bias} = 0, drawn in the "
                    "plane")
        else:
            fold += ": it bends where it meets folds of the layer before"
        return [
            (self._node_title(layer, j), spelt),
            ("value", f"a = {value} = {text(a)}"),
            ("slope", f"f′(z) = {of_z}"),
            ("error here", self._error(layer, j, slope)),
            (f"over the {n} points", f"slope 0 at {silent} of them: {dead}"),
            ("fold", fold),
        ]

    def _error(self, layer: int, j: int, slope: float) -> str:
        v, d, rest, note = self._terms(self.W[layer][:, j], self.errors[layer], layer + 1)

        def error(slope: Array, v: Array, d: Array, rest: Array) -> float:
            return float(slope[0] * total(v, d, rest))

        shown = error(np.array([slope]), v, d, np.array(rest))
        of_error = significant(shown)
        decimals, equals = fewest(error, slope, v, d, rest, decimals=of_error)
        return (f"d = {text(slope, decimals)} · ({weighted_sum(v, d, rest, decimals)}) {equals} "
                f"{text(shown, of_error)}{note(decimals)}: the slope times the errors behind, by "
                "their weights")

    def _output(self, layer: int, j: int) -> list[tuple[str, str]]:
        spelt, *_ = self._sum(layer, j)
        target, error = int(self.y[self.i] == j), self.errors[-1][j]
        shown = significant(error)
        decimals, equals = fewest(lambda p: p[0] - target, self.values[-1][j], decimals=shown)
        return [
            (self._node_title(layer, j), spelt.replace("z", f"z{subscript(j)}", 1)),
            *([] if len(self.values[-1]) == 2 else [("probability", self._softmax(j))]),
            ("error here", f"d = p{subscript(j)} − t{subscript(j)} = "
                           f"{text(self.values[-1][j], decimals)} − {target} {equals} "
                           f"{text(error, shown)}, where t is 1 for the right class, else 0"),
        ]

    def _decimals_of_sums(self) -> Precision:
        """Those of the outputs."""
        return self._logits[0]

    @cached_property
    def _logits(self) -> tuple[Precision, str]:
        """With how many digits the logits give all that is said of them, and whether they do."""
        def said(z: Array) -> list[float]:
            loss = [self._loss_of(z)] if self._is_lost(p) else []
            return [*map(float, _softmax(z)), *loss]

        p = self.values[-1][int(self.y[self.i])]
        shares = [self._share(c) for c in range(len(self.sums[-1]))]
        return fewest(said, self.sums[-1],
                      decimals=shares + [DECIMALS] * int(self._is_lost(p)))

    def _softmax(self, c: int) -> str:
        decimals, equals = self._logits
        z = [text(each, decimals) for each in self.sums[-1]]
        largest = float(self.sums[-1].max())
        less = note = ""
        if abs(largest) > FAR:  # exp of the logits themselves would be ∞, or 0 for all
            less = f" − {bracketed(text(largest, decimals))}"
            note = ", where the largest z is taken from each, which changes no share"
        exps = [f"exp({each}{less})" for each in z]
        p = self._text_of(len(self.W), c)
        return f"p{subscript(c)} = {exps[c]} / ({' + '.join(exps)}) {equals} {p}{note}"

    def _gradient(self, layer: int, j: int) -> str:
        """Of J over all the data, by the weights of a node."""
        try:
            row = self.net.gradients(self.X, self.y)[layer - 1][j]
        except ValueError:
            return "not finite"
        drawn = self.drawn[layer - 1]
        decimals = significant(float(np.abs(row).max()))
        numbers = ", ".join(text(row[place], decimals) for place in drawn)
        others = ", the others not shown" if len(drawn) < len(row) - 1 else ""
        return (f"by the weights {numbers}{others}; by the bias {text(row[-1], decimals)}. Over "
                f"all {len(self.X)} points: net.gradients(X, y)[{layer - 1}][{j}]")

    # What it rests on

    def _is_output(self, layer: int) -> bool:
        return layer == len(self.values) - 1

    def _place(self, node: str) -> tuple[int, int] | None:
        """Layer and number, from 0, of a node that the net has."""
        last = len(self.values) - 1
        if not node:
            return None
        layer, j = (last, int(node[1:])) if node.startswith("p") else (
            int(node.split(".")[0]), int(node.split(".")[1]) - 1)
        is_output = node.startswith("p")
        exists = layer < last + is_output and j < len(self.values[layer])
        return (layer, j) if exists else None

    def _most_important(self, layer: int) -> Array:
        """The nodes to draw: those with the largest outgoing weights, and the chosen one."""
        count = len(self.values[layer])
        if count <= MOST_NODES or self._is_output(layer):
            return np.arange(count)[:MOST_NODES]
        size = np.linalg.norm(self.W[layer][:, :-1], axis=0)
        if self.chosen is not None and self.chosen[0] == layer:
            size[self.chosen[1]] = math.inf
        return np.sort(np.argsort(-size, kind="stable")[:MOST_NODES])

    def _errors(self) -> list[Array]:
        """Of every layer behind the inputs: the derivatives of the loss here by its sums."""
        errors = [self.values[-1] - self._target()]
        for layer in range(len(self.W) - 1, 0, -1):
            back = self.W[layer][:, :-1].T @ errors[0]
            errors.insert(0, back * self._slope(self.values[layer]))
        return errors

    def _target(self) -> Array:
        """What the outputs should be."""
        return np.asarray(np.arange(len(self.values[-1])) == self.y[self.i], float)

    def _f(self, z: Array) -> Array:
        return _in_place(self._activation.value, z)

    def _slope(self, a: Array) -> Array:
        return _in_place(self._activation.slope, a)

    def _is_dead(self, layer: int, j: int) -> bool:
        """Whether it puts out the same for all observations, with slope 0."""
        a = self._hidden[layer - 1][j]
        return bool((a == a[0]).all() and not self._slope(a).any())

    def _key(self, layer: int, j: int) -> str:
        return f"p{j}" if self._is_output(layer) else f"{layer}.{j + 1}"

    def _name(self, layer: int, j: int) -> str:
        if self._is_output(layer):
            return self._output_name(j)
        return f"{'a' if layer else 'x'}{subscript(j + 1)}"

    def _title(self, layer: int) -> str:
        if layer == 0:
            return "inputs"
        if self._is_output(layer):
            return self._outputs_title
        return "hidden layer" if len(self.W) == 2 else f"hidden layer {layer}"

    def _node_title(self, layer: int, j: int) -> str:
        if self._is_output(layer):
            return self._output_title(j)
        return f"node {j + 1} of {self._title(layer)}"

    _outputs_title = "probabilities"

    def _output_name(self, j: int) -> str:
        return f"p{subscript(j)}"

    def _output_title(self, j: int) -> str:
        return f"class {j}"


class NumberInspection(Inspection):
    """The same of a net that predicts one number: its output is the last sum itself.

    Parameters
    ----------
    net, X, observation, node
        As for `Inspection`; the key of the output is "p0".
    y : ndarray, shape (n,)
        Numbers.
    """

    _outputs_title = "output"

    def _answer(self) -> tuple[Any, ...]:
        t, z = map(text, self._pair())
        return (f"target t = {t}. The net says z = {z}.",)

    def _loss(self) -> str:
        def loss(z: Array, t: Array) -> float:
            return float((z[0] - t[0]) ** 2 / 2)

        t, z = self._pair()
        shown = significant(loss(np.array([z]), np.array([t])))
        decimals, equals = fewest(loss, z, t, decimals=shown)
        spelt = f"({text(z, decimals)} − {bracketed(text(t, decimals))})² / 2"
        return (f"Loss (z − t)² / 2 = {spelt} {equals} "
                f"{text(loss(np.array([z]), np.array([t])), shown)}.")

    def _output(self, layer: int, j: int) -> list[tuple[str, str]]:
        t, z = self._pair()
        shown = significant(z - t)
        decimals, equals = fewest(lambda z, t: float(z[0] - t[0]), z, t, decimals=shown)
        return [
            (self._node_title(layer, j), self._sum(layer, j)[0]),
            ("error here", f"d = z − t = {text(z, decimals)} − {bracketed(text(t, decimals))} "
                           f"{equals} {text(z - t, shown)}, where t is the target"),
        ]

    def _predicts(self, observation: str, j: int) -> str:
        return f"predict({observation})[0]"

    def _decimals_of_sums(self) -> Precision:
        return DECIMALS

    def _share(self, c: int) -> Precision:
        return DECIMALS

    def _target(self) -> Array:
        return self.y[self.i:self.i + 1]

    def _pair(self) -> tuple[float, float]:
        """What is right here, and what the net says."""
        return float(self.y[self.i]), float(self.values[-1][0])

    def _output_name(self, j: int) -> str:
        return "z"

    def _output_title(self, j: int) -> str:
        return "output"


def level_line(
    values: Array, extent: tuple[float, float, float, float]
) -> tuple[Array, Array]:
    """The line where values on a grid are 0: pieces across each cell, with gaps between them.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        The first row is the bottom one.
    extent : tuple of float
        (left, right, bottom, top), the centres of the outermost pixels.

    Returns
    -------
    x, y : ndarray, shape (3 m,)
        Both ends of each of m pieces, and NaN.
    """
    left, right, bottom, top = extent
    rows, columns = values.shape
    below = values < 0
    # Around a cell, from its lower left corner; most cells have corners of one sign only.
    around = [below[:-1, :-1], below[:-1, 1:], below[1:, 1:], below[1:, :-1]]
    changes = np.array([a != b for a, b in zip(around, around[1:] + around[:1], strict=True)])
    row, column = np.nonzero(changes.any(axis=0))
    on = changes[:, row, column]  # (4, cells)
    r, c = row + np.array([[0], [0], [1], [1]]), column + np.array([[0], [1], [1], [0]])
    start = values[r, c]
    end = np.roll(start, -1, axis=0)
    with np.errstate(all="ignore"):
        share = np.where(on, start / (start - end), 0)[..., None]
    corner = np.stack([c, r], axis=-1)  # (4, cells, 2)
    place = corner + share * (np.roll(corner, -1, axis=0) - corner)
    # A cell has two crossings, or four, which are two pieces.
    order = np.argsort(~on, axis=0, kind="stable")[..., None]
    place, four = np.take_along_axis(place, order, axis=0), on.all(axis=0)
    pieces = np.concatenate([place[:2], place[2:, four]], axis=1)  # (2, m, 2)
    ends = np.concatenate([pieces, np.full_like(pieces[:1], np.nan)])  # (3, m, 2)
    x, y = np.moveaxis(ends, 0, 1).reshape(-1, 2).T
    return left + x * (right - left) / (columns - 1), bottom + y * (top - bottom) / (rows - 1)


def _in_place(function: Callable[[Array], object], array: Array) -> Array:
    copy = np.array(array, float)
    function(copy)
    return copy


def _softmax(z: Array) -> Array:
    return softmax(z[:, None].copy())[:, 0]


def _log(p: float) -> float:
    return math.log(p) if p > 0 else -math.inf
