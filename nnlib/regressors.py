"""The network that predicts numbers: the same network and loop, with another loss.

Observations are rows here, (n, d); inside, in `nnlib.network`, they are columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.estimator.encoding import NumberEncoding
from nnlib.losses import SQUARED_ERROR
from nnlib.nets import Net, can_be_saved, refuse_overflow
from nnlib.validation import FloatArray, check_weights


@can_be_saved
class MultilayerRegressor(Net):
    """Predicts numbers, with any number of hidden layers, trained by gradient descent.

    The outputs are the last layer's sums as they are, the loss is half the squared error, summed
    over the outputs, with an L2 penalty: J = (sum of losses + reg_lambda / 2 · sum of squared
    weights) / n.

    Parameters
    ----------
    hidden_nodes : int or sequence of int
        Nodes in each hidden layer; an empty sequence gives linear regression.
    **parameters
        As for `MultilayerPerceptron`, but `n_classes`.

    Attributes
    ----------
    history_ : History
        Of every epoch; accuracies are NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from nnlib import MultilayerRegressor
    >>> X = np.linspace(-3, 3, 100)[:, None]
    >>> net = MultilayerRegressor(16, "tanh", learning_rate=0.1, reduction="mean", random_state=0)
    >>> net.fit(X, np.sin(X[:, 0])).score(X, np.sin(X[:, 0])) > 0.99
    True
    """

    encoding_: NumberEncoding
    loss_function = SQUARED_ERROR
    _estimator_type = "regressor"

    def _learn(self, X: Any, y: Any) -> tuple[NumberEncoding, FloatArray, FloatArray]:
        return NumberEncoding.learn(X, y, self.dtype, owner=type(self).__name__)

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """The numbers of each observation, (n,) or (n, k) as in the fit.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Raises
        ------
        NotFittedError
            Before a fit.
        TypeError, ValueError
            If X is not a finite (n, d) table of numbers.
        """
        outputs = self.activations(X)[-1]
        return outputs[0] if self.encoding_.n_numbers is None else np.ascontiguousarray(outputs.T)

    def score(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """R²: 1 minus the squared error as a fraction of that of guessing the mean; at most 1.

        Of several outputs, the mean of each one's.  An output whose targets are all equal counts
        as 1 if all are met, otherwise as 0.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,) or (n, k)
        sample_weight : array_like, shape (n,), optional
            How much each observation counts; at least 0, and not 0 for all.
        """
        targets, squares = self._squared_errors(X, y)
        weights = np.ones(len(targets)) if sample_weight is None else check_weights(
            "sample_weight", sample_weight, n=len(targets))
        spread = (targets - np.average(targets, axis=0, weights=weights)) ** 2.0
        error = np.atleast_1d(np.average(squares, axis=0, weights=weights))
        guessing = np.atleast_1d(np.average(spread, axis=0, weights=weights))
        # Rounding can leave the mean of equal targets beside them; tiny squares can vanish.
        constant = (np.atleast_1d(np.ptp(targets[weights > 0], axis=0)) == 0) | (guessing == 0)
        explained = 1 - error / np.where(constant, 1, guessing)
        return float(np.mean(np.where(constant, error == 0, explained)))

    def mean_squared_error(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """The mean of the squared errors, over observations and outputs, without the penalty.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,) or (n, k)
        """
        return float(np.mean(self._squared_errors(X, y)[1]))

    def _squared_errors(self, X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The targets, and the squared errors of the predictions, in the shape of the targets."""
        predicted = self.predict(X)
        targets = self.encoding_.same_shape(y, len(predicted)).astype(np.float64)
        with np.errstate(over="ignore"):
            squares = (targets - predicted) ** 2.0
        refuse_overflow(self.network_, squares)
        return targets, squares
