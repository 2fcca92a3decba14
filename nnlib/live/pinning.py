"""A run that is kept, to compare other runs of the same experiment with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from nnlib.diagnostics import spans_a_decade
from nnlib.live.controls import OWN, VIEWS, Control
from nnlib.live.data import PASTED
from nnlib.live.frames import Chart, Curve, Frame, Plane, Plot
from nnlib.live.inspection import level_line
from nnlib.live.lab import Experiment
from nnlib.live.training import LOSS, NUMBER_LOSS

Array = npt.NDArray[Any]

NAME = "pinned run"


@dataclass(frozen=True)
class Pinned:
    """A run as it stood when it was pinned.

    Attributes
    ----------
    experiment : Experiment
    settings : dict
        Of every control, at this run.
    frame : Frame
        What there was to see.
    """

    experiment: Experiment
    settings: dict[str, Any]
    frame: Frame

    def beside(self, frame: Frame, settings: dict[str, Any]) -> Frame:
        """A frame of another run, with the losses and the boundary of this one in it.

        Parameters
        ----------
        frame : Frame
        settings : dict
            Of every control, at the other run.

        Returns
        -------
        Frame
            Losses are fainter lines, if they are of the same kind; the boundary is dashed, if there
            is one and the data are of the same plane; what the settings were stands first among the
            details.
        """
        here, there = ({**self.experiment.fixed, **each} for each in (self.settings, settings))
        same_plane = all(here.get(name) == there.get(name) for name in (
            ["data", "table"] if there.get("data") == PASTED else ["data"]))
        plots = [self._beside_plot(plot, same_plane) for plot in frame.plots]
        said = f"{self.frame.text}. {self._words(settings)}"
        return replace(frame, plots=plots, details=[(NAME, said), *frame.details])

    def _beside_plot(self, plot: Plot, same_plane: bool) -> Plot:
        for kept in self.frame.plots:
            if isinstance(plot, Plane) and isinstance(kept, Plane) and same_plane \
                    and kept.probabilities is not None:  # of numbers there is no boundary
                return replace(plot, curves=[*plot.curves, boundary(kept)])
            if _is_of_losses(plot) and _is_of_losses(kept) and plot.y_label == kept.y_label:
                return _losses_beside(kept, plot)
        return plot

    def _words(self, settings: dict[str, Any]) -> str:
        idle_here, idle_there = (self.experiment.idle(**each) for each in (self.settings, settings))
        others = [
            _difference(control, self.settings[control.name],
                        None if control.name in idle_there else settings[control.name])
            for control in self.experiment.controls
            if control.kind not in VIEWS and control.name not in idle_here
            and (control.kind not in OWN if control.name in idle_there
                 else self.settings[control.name] != settings[control.name])
        ]
        return f"Its settings: {'; '.join(others)}." if others else "Its settings are the same."


def _difference(control: Control, value: Any, now: Any) -> str:
    """In words; `now` is None where it does nothing."""
    label = control.label or control.name.replace("_", " ")
    if control.kind in OWN:
        return f"other {label}"
    here, there = (f"{each:g}" if isinstance(each, float) else str(each) for each in (value, now))
    return f"{label} {here}" + ("" if now is None else f", not {there}")


def _is_of_losses(plot: Plot) -> TypeGuard[Chart]:
    return isinstance(plot, Chart) and plot.y_label in (LOSS, NUMBER_LOSS)


def _losses_beside(kept: Chart, chart: Chart) -> Chart:
    lines = [curve for curve in kept.curves if curve.style != "points"]
    faint = [replace(curve, faint=True, label="" if number else "pinned")
             for number, curve in enumerate(lines)]
    losses = np.concatenate([np.asarray(each.curves[0].y) for each in (kept, chart)])
    ends = (each.x_range[1] for each in (kept, chart) if each.x_range)
    return replace(chart, curves=[*faint, *chart.curves], x_range=(0, max(ends)),
                   y_log=spans_a_decade(losses))


def boundary(plane: Plane) -> Curve:
    """The lines where two classes tie, dashed.

    Parameters
    ----------
    plane : Plane
        With probabilities.
    """
    P = np.asarray(plane.probabilities)
    lines: list[Array] = []
    for c in range(len(P) - 1):
        rivals = P[c + 1:].max(axis=0)
        # Where a class before these two is likelier than both, the line is not theirs.
        hidden = P[:c].max(axis=0, initial=0) > np.maximum(P[c], rivals)
        x, y = level_line(np.where(hidden, np.nan, P[c] - rivals), plane.extent)
        lines += [line for each in joined(np.column_stack([x, y]).reshape(-1, 3, 2)[:, :2])
                  for line in (each, np.full((1, 2), np.nan))]
    x, y = np.concatenate([*lines, np.empty((0, 2))]).T
    return Curve(x, y, "pinned", "dashed")


def joined(pieces: Array) -> list[Array]:
    """Lines, (length, 2) each, of pieces whose ends meet: a dash has room on them.

    Parameters
    ----------
    pieces : ndarray, shape (m, 2, 2)
        Both ends of each; what is not finite is left out.
    """
    pieces = pieces[np.isfinite(pieces).all(axis=(1, 2))]
    if not len(pieces):
        return []
    scale = np.ptp(pieces, axis=(0, 1)).max() * 1e-9
    # Two cells compute the place where they meet to other last digits.
    places = [tuple(map(tuple, np.rint(piece / scale).astype(int).tolist())) for piece in pieces]
    at: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for number, ends in enumerate(places):
        for end in ends:
            at[end].add(number)
    left = {number for number, (start, end) in enumerate(places) if start != end}

    def follow(place: tuple[int, ...]) -> list[Array]:
        way = []
        while further := at[place] & left:
            number = min(further)
            left.remove(number)
            end = int(places[number][0] == place)
            way.append(pieces[number][end])
            place = places[number][end]
        return way

    lines = []
    # First from where lines end, then from anywhere on what goes round.
    for number in sorted(left, key=lambda each: (min(len(at[end]) for end in places[each]), each)):
        if number not in left:
            continue
        start = int(len(at[places[number][0]]) > len(at[places[number][1]]))
        lines.append(np.array([pieces[number][start], *follow(places[number][start])]))
    return lines

