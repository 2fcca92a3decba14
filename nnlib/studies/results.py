"""What a study found: its table and its curves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlib.studies.summary import Summary, quantiles, value_text
from nnlib.validation import check_choice, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]


class Results:
    """What a study found: a tidy table with one row a net, and the curves of every epoch.

    Attributes
    ----------
    vary : dict of str to tuple
        The parameters that were varied, and their values in order.
    table : dict of str to ndarray, shape (nets,)
        The columns: each varied parameter by its name, then

        ``seed``
            Of the net, and of its data where they are drawn.
        ``loss``, ``cross_entropy``, ``accuracy``
            On the training data, at the weights the net holds: J, J without its penalty, and the
            fraction correct.
        ``validation_loss``, ``validation_accuracy``
            Mean cross-entropy and fraction correct on the validation data, which are looked at
            while a net trains; NaN without any.
        ``n_epochs``, ``best_epoch``, ``stop_reason``
            As the net's attributes of those names.
        ``diverged``
            Whether training met a loss that is not finite.
        ``failed``
            Whether the net learned next to nothing of its training data: the rule is that of
            `nnlib.studies.stacks.has_failed`.
    curves : dict of str to ndarray, shape (nets, epochs + 1)
        ``loss``, ``accuracy``, ``gradient_norm``, ``validation_loss``, ``validation_accuracy``.
        Column e is the state after e steps, and NaN after the net has stopped.
    """

    def __init__(
        self,
        vary: Mapping[str, tuple[Any, ...]],
        table: Mapping[str, Array],
        curves: Mapping[str, Array],
    ) -> None:
        self.vary, self.table, self.curves = dict(vary), dict(table), dict(curves)

    def __len__(self) -> int:
        return len(self.table["seed"])

    def __repr__(self) -> str:
        values = " × ".join(f"{len(values)} {name}" for name, values in self.vary.items())
        return f"<Results of {len(self)} nets: {values} × {len(set(self.table['seed']))} seeds>"

    def at(self, **values: Any) -> Results:
        """The part of the results where varied parameters have the given values.

        Raises
        ------
        ValueError
            If a name was not varied, or did not take that value.
        """
        rows = np.ones(len(self), bool)
        vary = dict(self.vary)
        for name, value in values.items():
            if name not in self.vary:
                raise ValueError(f"{name} must be a parameter that was varied, one of "
                                 f"{', '.join(self.vary)}")
            if not _is_among(value, self.vary[name]):
                raise ValueError(f"{name} must be one of the values of the study, "
                                 f"{', '.join(map(value_text, self.vary[name]))}, "
                                 f"got {shown(value)}")
            rows &= self.rows(name, value)
            vary[name] = (value,)
        # A grid with one of its parameters held is a study of the other.
        still_varied = {name: kept for name, kept in vary.items() if name not in values} or vary
        return Results(
            still_varied,
            {name: column[rows] for name, column in self.table.items()},
            {name: curve[rows] for name, curve in self.curves.items()},
        )

    def rows(self, name: str, value: Any) -> npt.NDArray[np.bool_]:
        """Which nets had this value of a varied parameter, (nets,)."""
        return np.array([own == value for own in self.table[name].tolist()], bool)

    @property
    def has_validation(self) -> bool:
        """Whether any net was shown validation data."""
        return bool(np.isfinite(self.curves["validation_accuracy"]).any())

    def summary(self) -> Summary:
        """For each value: nets, share that failed, and medians with their 10-90 % spread."""
        measured = ["loss", "accuracy"]
        if self.has_validation:
            measured = ["loss", "validation_loss", "accuracy", "validation_accuracy"]
        lines = []
        for values in itertools.product(*self.vary.values()):
            rows = np.ones(len(self), bool)
            for name, value in zip(self.vary, values, strict=True):
                rows &= self.rows(name, value)
            if rows.any():
                line = dict(zip(self.vary, values, strict=True))
                line["nets"] = int(rows.sum())
                line["failed"] = float(self.table["failed"][rows].mean())
                for name in measured:
                    low, median, high = quantiles(self.table[name][rows], (0.1, 0.5, 0.9))
                    line |= {name: float(median), f"{name}_10": float(low),
                             f"{name}_90": float(high)}
                lines.append(line)
        return Summary(tuple(self.vary), tuple(measured), lines)

    def plot(
        self, kind: str | None = None, column: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw the results.

        Parameters
        ----------
        kind : {"curves", "dots", "plane"}, optional
            ``"curves"``: against epochs, the median of each value and a band from 10 to 90 %;
            training solid, validation dashed.  ``"dots"``: one dot a net beside those of its value,
            and a bar at the median; training filled, validation hollow.  ``"plane"``: for a grid, a
            heat map of the medians, hatched where at least half of the nets failed.  None takes
            the plane for a grid, else the curves.
        column : str, optional
            What to draw: ``"loss"`` (the default of curves), ``"accuracy"`` or
            ``"gradient_norm"`` as curves, any column of numbers in the table as dots
            (``"cross_entropy"``) or a plane (``"validation_accuracy"``).  Curves and dots put the
            validation counterpart beside a training column.
        ax : Axes, optional
            Where to draw; None makes a new figure.

        Returns
        -------
        Axes

        Raises
        ------
        ValueError
            If no net has finished, if a plane is asked of one parameter or curves or dots of a
            grid (`at` takes one value of it), or if `column` is none that this kind can draw.
        """
        from nnlib.studies import plots

        if len(self) == 0:
            raise ValueError("results must hold at least one net to be drawn, got none")
        grid = len(self.vary) == 2
        if kind is None:
            kind = "plane" if grid else "curves"
        check_choice("kind", kind, ("curves", "dots", "plane"))
        if grid != (kind == "plane"):
            raise ValueError(f"kind must be 'plane' for a grid of two parameters and 'curves' or "
                             f"'dots' for one, got {kind!r} for {', '.join(self.vary)}: "
                             f"results.at({next(iter(self.vary))}=...) takes one value of a grid")
        draw = {"curves": plots.curves, "dots": plots.dots, "plane": plots.plane}[kind]
        return draw(self, column, ax)


def _is_among(value: Any, values: tuple[Any, ...]) -> bool:
    """Whether a value is one of those; an array, compared entry by entry, is none."""
    try:
        return not isinstance(value, np.ndarray) and value in values
    except ValueError:
        return False
