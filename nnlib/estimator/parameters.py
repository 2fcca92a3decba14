"""An estimator's parameters as scikit-learn reads and writes them; it need not be installed."""

from __future__ import annotations

import inspect
import sys
from typing import Any, Self

import numpy as np


class NotFittedError(ValueError, AttributeError):
    """The net was asked for something that only a fitted net has."""


def not_fitted_error(message: str) -> NotFittedError:
    """A NotFittedError that is also scikit-learn's, where scikit-learn is in use."""
    exceptions = sys.modules.get("sklearn.exceptions")
    if exceptions is None:
        return NotFittedError(message)
    # A class made here cannot be found by name when it is unpickled; the function can.
    remade = {"__reduce__": lambda self: (not_fitted_error, self.args)}
    both = type("NotFittedError", (NotFittedError, exceptions.NotFittedError), remade)
    return both(message)  # type: ignore[no-any-return]


class Estimator:
    """What scikit-learn's tools ask of an estimator: a constructor that keeps its arguments."""

    _estimator_type = "classifier"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments, by name.  `deep` is there for scikit-learn's sake."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change constructor arguments; they are checked at the next fit.

        Raises
        ------
        ValueError
            If a name is not a parameter; then nothing is changed.
        """
        known = self.get_params()
        for name in params:
            if name not in known:
                raise ValueError(f"{name} must be a parameter of {type(self).__name__}, one of "
                                 f"{', '.join(known)}")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if not _same(value, defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks an estimator about itself; imports scikit-learn."""
        from sklearn.utils import ClassifierTags, InputTags, RegressorTags, Tags, TargetTags

        classifies = self._estimator_type == "classifier"
        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=True, multi_output=not classifies),
            input_tags=InputTags(),
            classifier_tags=ClassifierTags() if classifies else None,
            regressor_tags=None if classifies else RegressorTags(),
        )

    def get_metadata_routing(self) -> Any:
        """What scikit-learn may hand on to `score`; imports scikit-learn.

        Returns
        -------
        MetadataRequest
            As scikit-learn's tools ask for it where metadata routing is enabled.
        """
        from sklearn.utils.metadata_routing import MetadataRequest, get_routing_for_object

        request = vars(self).get("_metadata_request")
        if request is None:
            request = MetadataRequest(owner=self)
            request.score.add_request(param="sample_weight", alias=None)
        return get_routing_for_object(request)

    def set_score_request(self, *, sample_weight: bool | str | None) -> Self:
        """Whether scikit-learn's tools hand `sample_weight` on to `score`; imports scikit-learn.

        Parameters
        ----------
        sample_weight : bool, str or None
            True hands it on, False does not, None refuses it, and text is the name under which
            the tool gets it.

        Raises
        ------
        ValueError
            If it is something else.
        """
        request = self.get_metadata_routing()
        request.score.add_request(param="sample_weight", alias=sample_weight)
        self._metadata_request = request  # under this name scikit-learn's clone looks for it
        return self


def _same(value: object, default: object) -> bool:
    """Equality for `repr`, where a value may be an array."""
    return value is default or (type(value) is type(default) and bool(np.all(value == default)))
