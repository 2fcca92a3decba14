"""What the worker of a page calls: texts in, frames out."""

from __future__ import annotations

import json
from typing import Any

from nnlib.live.lab import Experiment, Session
from nnlib.live.packing import pack
from nnlib.live.pinning import Pinned
from nnlib.validation import check_text, shown


class Figure:
    """A live figure of a page: its experiment, read once, and the session that runs.

    Parameters
    ----------
    experiment : str
        What `Experiment.to_json` wrote.

    Raises
    ------
    TypeError, ValueError
        If it is something else.
    """

    def __init__(self, experiment: str) -> None:
        self._experiment = Experiment.from_json(experiment)
        self._session: Session | None = None
        self._settings: dict[str, Any] = {}
        self._pinned: Pinned | None = None

    def start(self, settings: str) -> None:
        """Begin a session, in the place of the one before.

        Parameters
        ----------
        settings : str
            Values of controls, by their names, as a JSON object; the others stand where they
            start.

        Raises
        ------
        TypeError, ValueError
            If the settings are not what they must be; then there is no session.
        """
        self._session = None
        self._settings = self._experiment.settings(**_read(settings))
        self._session = self._experiment.start(**self._settings)

    def advance(self, epochs: int = 1) -> None:
        """Go on by as many epochs, or to the end if that comes first."""
        self._started().advance(epochs)

    def look(self, settings: str) -> None:
        """Show the session as these settings say; see `start`.  Those of the run change nothing."""
        given = self._experiment.settings(**_read(settings))
        self._started().look(**{name: given[name] for name in self._experiment.views})

    def pin(self) -> None:
        """Keep the session as it stands: later frames show it beside theirs."""
        frame = self._started().frame()
        self._pinned = Pinned(self._experiment, self._settings, frame)

    def unpin(self) -> None:
        """Keep it no longer."""
        self._pinned = None

    @property
    def finished(self) -> bool:
        """Whether the session has come to its end."""
        return self._started().finished

    def frame(self) -> tuple[str, bytes]:
        """What there is to see now, as `nnlib.live.packing.pack` packs it."""
        frame = self._started().frame()
        return pack(self._pinned.beside(frame, self._settings) if self._pinned else frame)

    def code(self) -> str:
        """The lines of Python that bring a notebook to what there is to see now."""
        return self._started().code()

    def code_of_run(self, settings: str) -> str:
        """The lines of a whole run at these settings; see `start`.  The session goes on."""
        return self._experiment.start(**_read(settings)).code(to_the_end=True)

    def _started(self) -> Session:
        if self._session is None:
            raise RuntimeError("start must be called first, and not have failed")
        return self._session


def _read(settings: str) -> dict[str, Any]:
    check_text("settings", settings)
    try:
        values = json.loads(settings)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"settings must be a JSON object, got {shown(settings)}") from error
    if not isinstance(values, dict):
        raise ValueError(f"settings must be a JSON object, got {shown(settings)}")
    return values
