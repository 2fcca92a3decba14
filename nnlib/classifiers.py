"""The networks a reader uses: scikit-learn's conventions over gradient descent.

Observations are rows here, (n, d); inside, in `nnlib.network`, they are columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.estimator.encoding import MAX_CLASSES, ClassEncoding, Codes, Labels
from nnlib.estimator.parameters import NotFittedError
from nnlib.losses import SOFTMAX_CROSS_ENTROPY
from nnlib.nets import Net, can_be_saved, refuse_overflow
from nnlib.network import Network
from nnlib.optimizers import Optimizer, Schedule
from nnlib.stopping import Criterion
from nnlib.validation import FloatArray, check_count, check_weights

__all__ = ["FourLayerNet", "MultilayerPerceptron", "NotFittedError", "ThreeLayerNet"]


@can_be_saved
class MultilayerPerceptron(Net):
    """A classifier with any number of hidden layers, trained by gradient descent.

    The output layer is a softmax over the classes, the loss is cross-entropy with an L2 penalty:
    J = (sum of cross-entropies + reg_lambda / 2 · sum of squared weights) / n.  Biases are not
    penalised.

    Parameters
    ----------
    hidden_nodes : int or sequence of int
        Nodes in each hidden layer; an empty sequence gives softmax regression.
    activation : {"relu", "tanh", "logistic", "identity", "leaky_relu", "softplus"}
        Of every hidden layer.
    learning_rate : float
        Multiplies the gradient; above 0.  Like `reg_lambda` and `initial_scale`, at most what
        `dtype` holds.
    reg_lambda : float
        The L2 penalty, on the summed objective n·J; at least 0.
    reduction : {"sum", "mean"}
        Whether a step follows the gradient of n·J or that of J.  A rate r with "sum" is the same
        algorithm as a rate r·n with "mean".
    n_classes : int, optional
        Number of output classes; at least 2.  None takes the classes that `y` holds.  A number
        above that needs labels that are whole numbers from 0 to n_classes - 1.
    stopping : Criterion, optional
        When to stop before `max_epochs`; see `nnlib.stopping`.
    max_epochs : int
        How often to go through the observations at the most: a step each time, or one a batch.
    warm_start : bool
        Continue from the current weights instead of drawing new ones.
    dtype : {"float64", "float32"}
        Of weights and arithmetic.
    random_state : None, int or numpy Generator
        Where the initial weights come from.
    progress : bool
        Show a progress bar while training (needs tqdm).
    initial_scale : float, optional
        Initial weights are drawn from N(0, initial_scale² / fan_in); above 0.  None takes the
        activation's own scale.
    batch_size : int, optional
        Observations in a mini-batch, each of which makes a step; at least 1.  Their order is drawn
        anew each epoch, from `random_state`.  None takes all observations at once.
    optimizer : Optimizer, optional
        What makes steps of gradients; see `nnlib.optimizers`.  None is plain gradient descent.
    schedule : Schedule, optional
        What the learning rate is multiplied with, by the number of the step; see
        `nnlib.optimizers`.

    Attributes
    ----------
    classes_ : ndarray, shape (k,)
        The class labels, in the order of the outputs.
    feature_names_in_ : ndarray of str, shape (d,)
        The names of the inputs; only there if the net was fitted on a data frame whose columns
        have names that are text.
    n_epochs_ : int
        Epochs, over all warm starts.  What an optimizer remembers, a warm start does not keep.
    best_epoch_ : int
        The epoch whose weights the net holds: `n_epochs_`, unless the best were restored.
    loss_ : float
        J on the training data at these weights.
    stop_reason_ : str
        Why training ended.
    history_ : History
        Loss, accuracy and gradient norm of every epoch.

    Examples
    --------
    >>> from nnlib import MultilayerPerceptron, datasets
    >>> X, y = datasets.moons(200, noise=0.1, random_state=0)
    >>> net = MultilayerPerceptron((16,), learning_rate=0.5, reduction="mean",
    ...                            random_state=0)
    >>> net.fit(X, y).score(X, y) > 0.99
    True
    """

    encoding_: ClassEncoding
    loss_function = SOFTMAX_CROSS_ENTROPY

    def __init__(
        self,
        hidden_nodes: int | Sequence[int] = 32,
        activation: str = "relu",
        learning_rate: float = 0.01,
        reg_lambda: float = 0.01,
        reduction: str = "sum",
        n_classes: int | None = None,
        stopping: Criterion | None = None,
        max_epochs: int = 5000,
        warm_start: bool = False,
        dtype: str = "float64",
        random_state: int | np.random.Generator | None = None,
        progress: bool = False,
        initial_scale: float | None = None,
        batch_size: int | None = None,
        optimizer: Optimizer | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__(hidden_nodes, activation, learning_rate, reg_lambda, reduction, stopping,
                         max_epochs, warm_start, dtype, random_state, progress, initial_scale,
                         batch_size, optimizer, schedule)
        self.n_classes = n_classes

    def check_parameters(self) -> None:
        """Check the constructor's arguments, as a fit does first.

        Raises
        ------
        TypeError, ValueError
            If a parameter is not what it must be; the message names it.
        """
        super().check_parameters()
        if self.n_classes is not None:
            check_count("n_classes", self.n_classes, at_least=2, at_most=MAX_CLASSES)

    def _learn(self, X: Any, y: Any) -> tuple[ClassEncoding, FloatArray, Codes]:
        return ClassEncoding.learn(X, y, self.n_classes, self.dtype, owner=type(self).__name__)

    def _check_same_shape(self, network: Network) -> None:
        super()._check_same_shape(network)
        if self.n_classes is not None and self.n_classes != network.sizes[-1]:
            raise ValueError(f"n_classes must stay {network.sizes[-1]} in a warm start, "
                             f"got {self.n_classes!r}")

    @property
    def classes_(self) -> Labels:
        """The class labels, (k,), in the order of the outputs."""
        self._fitted()
        return self.encoding_.classes

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probability of each class, (n, k), columns in the order of `classes_`.

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
        return np.ascontiguousarray(self.activations(X)[-1].T)

    def predict(self, X: npt.ArrayLike) -> Labels:
        """The most probable class of each observation, (n,).

        Parameters
        ----------
        X : array_like, shape (n, d)
        """
        most_probable = self.activations(X)[-1].argmax(axis=0)
        labels: Labels = self.classes_[most_probable]
        return labels

    def score(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Accuracy: the fraction of observations classified correctly, 0 to 1.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        sample_weight : array_like, shape (n,), optional
            How much each observation counts; at least 0, and not 0 for all.
        """
        predicted = self.predict(X)
        correct = predicted == self.encoding_.same_kind(y, len(predicted))
        if sample_weight is None:
            return float(np.mean(correct))
        weights = check_weights("sample_weight", sample_weight, n=len(correct))
        return float(np.average(correct, weights=weights))

    def cross_entropy(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Mean cross-entropy on the given data, without the penalty, in nats.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        objective = self.objective(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            cross_entropy, _ = objective.evaluate()
        refuse_overflow(objective.network, cross_entropy)
        return float(cross_entropy)


@can_be_saved
class ThreeLayerNet(MultilayerPerceptron):
    """Inputs, one hidden layer, outputs.

    Parameters
    ----------
    hidden_nodes : int
        Nodes in the hidden layer.
    **parameters
        As for `MultilayerPerceptron`.
    """

    def _hidden_sizes(self) -> tuple[int, ...]:
        return (check_count("hidden_nodes", self.hidden_nodes),)


@can_be_saved
class FourLayerNet(MultilayerPerceptron):
    """Inputs, two hidden layers, outputs.

    Parameters
    ----------
    hidden_nodes : int or pair of int
        Nodes in the hidden layers: one number for both, or one for each.
    **parameters
        As for `MultilayerPerceptron`.
    """

    def _hidden_sizes(self) -> tuple[int, ...]:
        sizes = super()._hidden_sizes()
        if np.ndim(self.hidden_nodes) == 0:
            return sizes * 2
        if len(sizes) != 2:
            raise ValueError("hidden_nodes must be one whole number or a pair of them, "
                             f"got {self.hidden_nodes!r}")
        return sizes
