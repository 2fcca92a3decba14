"""What a study found: its table and its curves."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlib.studies.compare import MEASURES, Comparison, check_known, compare, cost
from nnlib.studies.summary import Summary, quantiles
from nnlib.studies.tables import value_text
from nnlib.validation import check_choice, check_items, check_kind, check_path, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]


class Results:
    """What a study found: a tidy table with one row a net, and curves over the epochs.

    Attributes
    ----------
    vary : dict of str to tuple
        The factors that were varied, any number, and their values in order.  Not every combination
        of them need be in the table.
    table : dict of str to ndarray, shape (nets,)
        The columns: each factor by its name, then

        ``seed``
            Of the net, and of its data where they are drawn.
        ``loss``, ``cross_entropy``, ``accuracy``
            On the training data, at the weights the net holds: J, J without its penalty, and the
            fraction correct.
        ``validation_loss``, ``validation_accuracy``
            Mean cross-entropy and fraction correct on the validation data, which are looked at
            while a net trains; NaN without any.
        ``test_loss``, ``test_accuracy``
            The same on test data, which nothing is chosen by; NaN without any.
        ``n_epochs``, ``best_epoch``, ``stop_reason``
            As the net's attributes of those names.
        ``diverged``
            Whether training met a loss that is not finite.
        ``failed``
            Whether the net learned next to nothing of its training data: the rule is that of
            `nnlib.training.has_failed`.
    curves : dict of str to ndarray, shape (nets, len(epochs))
        ``loss``, ``accuracy``, ``gradient_norm``, ``validation_loss``, ``validation_accuracy``,
        ``test_loss``, ``test_accuracy``.  Column i is the state after ``epochs[i]`` steps, and NaN
        after the net has stopped.  Measures of the study besides.
    epochs : ndarray of int
        Which epochs the curves hold, increasing, from 0; None stands for every epoch.
    provenance : dict, optional
        Of stored evidence: versions, machine, date and seconds.
    chosen : tuple of str
        Factors of which `best` has chosen a value; it stands in the table.
    """

    def __init__(
        self,
        vary: Mapping[str, tuple[Any, ...]],
        table: Mapping[str, Array],
        curves: Mapping[str, Array],
        epochs: npt.NDArray[np.int_] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        self.vary, self.table, self.curves = dict(vary), dict(table), dict(curves)
        self.epochs = np.arange(self.curves["loss"].shape[1]) if epochs is None else epochs
        self.provenance = None if provenance is None else dict(provenance)
        self.chosen: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.table["seed"])

    def __repr__(self) -> str:
        values = " × ".join(f"{len(values)} {name}" for name, values in self.vary.items())
        made = ""
        if self.provenance is not None:
            made = (f"; stored {self.provenance['date']}, {self.provenance['seconds'] / 60:.1f} "
                    f"minutes of one core")
        return (f"<Results of {len(self)} nets: {values} × {len(set(self.table['seed']))} seeds"
                f"{made}>")

    @property
    def factors(self) -> list[str]:
        """The names of all settings in the table, those that `at` or `best` holds included."""
        names = list(self.table)
        return names[: names.index("seed")]

    def at(self, **values: Any) -> Results:
        """The part of the results where factors have the given values.

        Parameters
        ----------
        **values
            One value of a factor, which no longer varies then; or a list of them.

        Raises
        ------
        ValueError
            If a name was not varied, or did not take that value.
        """
        rows = np.ones(len(self), bool)
        vary = dict(self.vary)
        for name, value in values.items():
            if name not in self.vary:
                raise ValueError(f"{name} must be a factor that was varied, one of "
                                 f"{', '.join(self.vary)}")
            one = not isinstance(value, list) or _is_among(value, self.vary[name])
            wanted = [value] if one else value
            if not wanted or not all(_is_among(each, self.vary[name]) for each in wanted):
                raise ValueError(f"{name} must be one of the values of the study, "
                                 f"{', '.join(map(value_text, self.vary[name]))}, or a list of "
                                 f"them, got {shown(value)}")
            rows &= np.any([self.rows(name, each) for each in wanted], axis=0)
            vary[name] = tuple(each for each in self.vary[name] if each in wanted)
        held = [name for name in values if len(vary[name]) == 1]
        return self._part(np.flatnonzero(rows), vary, held)

    def best(self, factor: str | Sequence[str], by: str = "validation_loss") -> Results:
        """Each contender at its own best: of every other setting, the nets of the best value.

        For each combination of the other factors, that value of `factor` is chosen whose nets have
        the best median of `by`; of equal ones the value with fewer nets that diverged, then the
        first.  Which it was stands in the column `factor` of the table, and in the `summary`.

        Parameters
        ----------
        factor : str or sequence of str
            What to choose; of several, the best combination.
        by : str
            A column of the table, of training or validation data.  Larger is better for accuracies,
            smaller for everything else; a net that diverged, or has NaN there, counts as the
            worst.

        Returns
        -------
        Results
            Of the chosen nets, where the other factors vary.

        Raises
        ------
        ValueError
            If a factor was not varied, or if `by` is a column of test data (what is chosen by them
            cannot be tested by them), is none that can be better, or is NaN for all contenders.
        """
        chosen = [factor] if isinstance(factor, str) else factor
        check_items("factor", chosen, str, "names of factors")
        for name in chosen or [""]:
            check_choice("factor", name, self.vary)
        check_choice("by", by, self._measures)
        if by.startswith("test_"):
            raise ValueError(f"by must be a column of training or validation data, got {by!r}: "
                             f"what is chosen on test data cannot be tested on them")
        costs = cost(self.table, by)
        others = [name for name in self.vary if name not in chosen]
        # The factors chosen come last: of equal contenders, the first in the study's order.
        contenders: dict[tuple[int, ...], list[npt.NDArray[np.intp]]] = {}
        for position, rows in self.groups([*others, *chosen]):
            contenders.setdefault(position[: len(others)], []).append(rows)
        for rivals in contenders.values():
            setting = ", ".join(f"{name} = {value_text(self.table[name].tolist()[rivals[0][0]])}"
                                for name in others)
            check_known("by", by, self.table, np.concatenate(rivals),
                        f" with {setting}" if setting else "")
        winners = [min(rivals, key=lambda rows: (np.median(costs[rows]),
                                                 np.isinf(costs[rows]).mean()))
                   for rivals in contenders.values()]
        kept = np.sort(np.concatenate([np.empty(0, np.intp), *winners]))
        vary = {name: tuple(value for value in values if name not in chosen
                            or self.rows(name, value)[kept].any())
                for name, values in self.vary.items()}
        part = self._part(kept, vary, chosen)
        part.chosen += tuple(chosen)
        return part

    def compare(
        self, a: Mapping[str, Any] | Results, b: Mapping[str, Any] | Results, measure: str
    ) -> Comparison:
        """Compare two contenders in pairs of nets with equal seeds and other settings.

        Parameters
        ----------
        a, b : mapping of str to value, or Results
            What each holds, as `at` takes it, ``{"activation": "relu"}``; or results themselves.
            A factor that neither holds varies in both alike, and adds pairs.
        measure : str
            A column of the table, for which smaller is better, or larger for accuracies.  A net
            that diverged, or has NaN there, is worse than any other; two of them tie.

        Returns
        -------
        Comparison
            Median of the differences a - b, its 95 % interval from a bootstrap over the seeds
            (`nnlib.studies.compare.interval_of_median`), and counts; shows as sentences.

        Raises
        ------
        TypeError, ValueError
            If a contender or the measure is none; if a factor varies in one contender alone; if
            they have no seed in common, or NaN for every net.

        Examples
        --------
        >>> from nnlib import ThreeLayerNet, datasets
        >>> from nnlib.studies import Study
        >>> results = Study(
        ...     ThreeLayerNet(4, reduction="mean", max_epochs=100, learning_rate=0.5),
        ...     vary={"activation": ["relu", "logistic"]},
        ...     data=lambda seed: datasets.moons(100, noise=0.2, random_state=seed),
        ...     seeds=range(8), progress=False,
        ... ).run()
        >>> found = results.compare({"activation": "relu"}, {"activation": "logistic"}, "loss")
        >>> found.leaves_out_zero, f"better in {found.better} of {found.n}"
        (True, 'better in 8 of 8')
        """
        parts = []
        for name, contender in (("a", a), ("b", b)):
            check_kind(name, contender, (Mapping, Results),
                       "a mapping of factors to values, or Results")
            if isinstance(contender, Mapping):
                for factor in contender:
                    check_choice(name, factor, self.vary)
            parts.append(contender if isinstance(contender, Results) else self.at(**contender))
        return compare(parts[0], parts[1], check_choice("measure", measure, self._measures))

    def rows(self, name: str, value: Any) -> npt.NDArray[np.bool_]:
        """Which nets had this value of a varied parameter, (nets,)."""
        return np.array([own == value for own in self.table[name].tolist()], bool)

    @property
    def has_validation(self) -> bool:
        """Whether any net was shown validation data."""
        return bool(np.isfinite(self.curves["validation_accuracy"]).any())

    def summary(self, measures: Sequence[str] | None = None) -> Summary:
        """For each setting: how many nets failed, and medians with their 10-90 % spread.

        Spread says how far nets lie apart, not how sure the median is: `compare` has intervals.

        Parameters
        ----------
        measures : sequence of str, optional
            Columns of numbers; None takes loss and accuracy, on training and validation data.

        Returns
        -------
        Summary
            A row for each combination of the factors' values that has nets.  Factors that `best`
            chose have a column that says what was chosen.

        Raises
        ------
        TypeError, ValueError
            If a measure is no such column.
        """
        if measures is None:
            usual = ("loss", "validation_loss", "test_loss",
                     "accuracy", "validation_accuracy", "test_accuracy")
            measures = [name for name in usual if name in ("loss", "accuracy")
                        or np.isfinite(self.table.get(name, np.nan)).any()]
        check_items("measures", measures, str, "names of columns")
        for name in measures:
            check_choice("measures", name, self._measures)
        chosen = [name for name in self.chosen if name not in self.vary]
        lines = []
        for _, rows in self.groups(list(self.vary)):
            line = {name: self.table[name].tolist()[rows[0]] for name in (*self.vary, *chosen)}
            line |= {"nets": len(rows), "failed": int(self.table["failed"][rows].sum())}
            for name in measures:
                low, median, high = quantiles(self.table[name][rows], (0.1, 0.5, 0.9))
                line |= {name: float(median), f"{name}_10": float(low), f"{name}_90": float(high)}
            lines.append(line)
        return Summary((*self.vary, *chosen), tuple(measures), lines)

    def groups(self, names: Sequence[str]) -> list[tuple[tuple[int, ...], npt.NDArray[np.intp]]]:
        """Combinations of factors' values, by their positions in `vary`, and the rows of each."""
        rows: dict[tuple[int, ...], list[int]] = {}
        positions = [[self.vary[name].index(own) for own in self.table[name].tolist()]
                     for name in names]
        for row in range(len(self)):
            rows.setdefault(tuple(column[row] for column in positions), []).append(row)
        return [(key, np.array(rows[key], np.intp)) for key in sorted(rows)]

    def to_frame(self) -> Any:
        """The table as a pandas DataFrame.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_frame() needs pandas: install it, or use to_csv()") from error
        return pandas.DataFrame(self.table)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """The table as text with commas, its columns' names on the first line.

        Parameters
        ----------
        path : str or path, optional
            A file to write; None returns the text.

        Raises
        ------
        TypeError, ValueError
            If `path` is no path.
        OSError
            If the file cannot be written.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.table)
        writer.writerows(zip(*(column.tolist() for column in self.table.values()), strict=True))
        if path is None:
            return text.getvalue()
        check_path("path", path).write_text(text.getvalue(), encoding="utf-8", newline="")
        return None

    @property
    def _measures(self) -> list[str]:
        return [name for name in MEASURES if name in self.table]

    def _part(
        self, rows: npt.NDArray[np.intp], vary: Mapping[str, tuple[Any, ...]], held: Sequence[str]
    ) -> Results:
        """Some of the nets, in which some factors no longer vary, or none if all are held."""
        part = Results(
            {name: values for name, values in vary.items() if name not in held} or vary,
            {name: column[rows] for name, column in self.table.items()},
            {name: curve[rows] for name, curve in self.curves.items()},
            self.epochs,
            self.provenance,
        )
        part.chosen = self.chosen
        return part

    def plot(
        self, kind: str | None = None, column: str | None = None, ax: Axes | None = None, *,
        x: str | None = None,
    ) -> Axes:
        """Draw the results.

        Parameters
        ----------
        kind : {"curves", "dots", "plane"}, optional
            ``"curves"``: against epochs, the median of each value and a band from 10 to 90 %;
            training solid, validation dashed.  ``"dots"``: one dot a net beside those of its value,
            a bar at the median, and a line along its 95 % interval where there are 6 seeds; of one
            factor, training filled and validation hollow; of two, the second has the colours.
            ``"plane"``: of two factors, a heat map of the medians, hatched where at least half of
            the nets failed.  None takes the plane of two factors, the curves of one.
        column : str, optional
            What to draw: any of `curves` as curves (``"loss"`` unless said), any column of numbers
            in the table as dots (``"cross_entropy"``) or a plane (``"validation_accuracy"``).
            Curves, and dots of one factor, put the validation counterpart beside a training column.
        ax : Axes, optional
            Where to draw; None makes a new figure.
        x : str, optional
            The factor along x in dots and planes; None is the first.

        Returns
        -------
        Axes

        Raises
        ------
        ValueError
            If no net has finished, if there are more factors than this kind can draw (`at` and
            `best` hold the others), or if `column` or `x` is none that it can draw.
        """
        from nnlib.studies import plots

        if len(self) == 0:
            raise ValueError("results must hold at least one net to be drawn, got none")
        if kind is None:
            kind = "curves" if len(self.vary) == 1 else "plane"
        check_choice("kind", kind, ("curves", "dots", "plane"))
        drawn = {"curves": (1,), "dots": (1, 2), "plane": (2,)}[kind]
        if len(self.vary) not in drawn:
            hold = ", ".join(f"{name}=..." for name in list(self.vary)[drawn[-1]:])
            raise ValueError(f"kind must suit the factors that vary, {', '.join(self.vary)}: "
                             f"{kind!r} draws {' or '.join(map(str, drawn))}, got {len(self.vary)}"
                             + (f"; results.at({hold}) holds the others" if hold else ""))
        first = check_choice("x", next(iter(self.vary)) if x is None else x, self.vary)
        ordered = self._part(np.arange(len(self)), {first: self.vary[first], **self.vary}, [])
        draw = {"curves": plots.curves, "dots": plots.dots, "plane": plots.plane}[kind]
        return draw(ordered, column, ax)


def _is_among(value: Any, values: tuple[Any, ...]) -> bool:
    """Whether a value is one of those; an array, compared entry by entry, is none."""
    try:
        return not isinstance(value, np.ndarray) and value in values
    except ValueError:
        return False
