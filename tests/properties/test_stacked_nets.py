"""A net trained in a stack with others is the net trained alone."""

import warnings

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_nets import cases, criteria, each_of, seeds

from nnlib import datasets
from nnlib.stopping import GradientNorm
from nnlib.studies.stacks import HISTORY, Call, Job, train

EXPLOSIVE = 1e30
TOLERANCE = {"float64": 1e-8, "float32": 1e-2}


def blobs(seed, size):
    """Training and validation data; nets whose numbers of observations differ train apart."""
    return tuple(datasets.blobs(n, centers=3, random_state=seed + i)
                 for i, n in enumerate((size, 20)))


one_of_a_stack = st.fixed_dictionaries({
    "random_state": st.integers(0, 1000),
    "learning_rate": st.sampled_from([0.003, 0.01, 0.03, EXPLOSIVE]),
    "reg_lambda": st.floats(0, 2),
    "initial_scale": st.none() | st.floats(0.1, 2),
})


@each_of(100)  # stacks of up to four nets
@given(
    cases(dtypes=("float64", "float32")), criteria | st.builds(GradientNorm, st.floats(0.5, 2)),
    st.lists(st.tuples(one_of_a_stack, st.sampled_from([12, 17]), seeds.map(lambda s: s % 1000)),
             min_size=1, max_size=4),
)
def test_a_net_in_a_stack_is_the_net_alone(case, stopping, members):
    nets = [case.net(**own, stopping=stopping, max_epochs=15) for own, _, _ in members]
    calls = [Call(blobs, seed, {"size": size}) for _, size, seed in members]
    _, outcome = train(0, Job(nets, calls, list(range(len(nets))), np.arange(16)))
    for place, net in enumerate(nets):
        training, validation = calls[place].make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            net.fit(*training, validation_data=validation)
        if net.learning_rate == EXPLOSIVE:
            # Rounding alone decides what such a step leads to; its neighbours must not notice.
            assert np.isfinite(outcome["loss"][place])
            continue
        tolerance = TOLERANCE[net.dtype]
        for name in HISTORY:
            alone = getattr(net.history_, name)
            own = outcome[f"{name}_curve"][place]
            np.testing.assert_allclose(own[: len(alone)], alone, rtol=tolerance, atol=tolerance)
            assert np.isnan(own[len(alone) :]).all()
        assert outcome["n_epochs"][place] == net.n_epochs_
        assert outcome["best_epoch"][place] == net.best_epoch_
        assert outcome["stop_reason"][place] == net.stop_reason_
        np.testing.assert_allclose(outcome["loss"][place], net.loss_, rtol=tolerance)
        # Taken from the weights in the stack, which must not move once the net has stopped.
        np.testing.assert_allclose(outcome["cross_entropy"][place], net.cross_entropy(*training),
                                   rtol=tolerance, atol=tolerance)
        assert not outcome["diverged"][place]
