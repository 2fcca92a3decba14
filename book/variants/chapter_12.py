"""Variants of the exercises of chapter 12."""

import numpy as np

from nnlib import exercises
from nnlib.stopping import EarlyStopping, Epoch, Patience, RelativeImprovement

RULES = "from nnlib.stopping import EarlyStopping, Epoch, Patience, RelativeImprovement"


def check_by_hand(relative, patience, early, *, losses, tol, EarlyStopping, Epoch, Patience,
                  RelativeImprovement):
    for name, answer, criterion in (("relative", relative, RelativeImprovement(tol, every=2)),
                                    ("patience", patience, Patience(tol, epochs=2)),
                                    ("early", early, EarlyStopping(patience=2))):
        watcher, right = criterion.watch(), None
        for epoch, loss in enumerate(losses):
            if watcher(Epoch(epoch, loss, 0.0, 0.0, loss)):
                right = (epoch, loss)
                break
        if answer is None:
            exercises.expect(right is None, f"{name} does stop, before epoch {len(losses)}")
            continue
        exercises.expect(isinstance(answer, (tuple, list)) and len(answer) == 2,
                         f"{name} should be an epoch and its loss, or None, and is {answer!r}")
        exercises.expect(right is not None, f"{name} does not stop at epoch {answer[0]}: it goes "
                         f"on to the end")
        exercises.expect(answer[0] == right[0], f"{name} "
                         + ("is over before" if answer[0] > right[0] else "goes on at")
                         + f" epoch {answer[0]}")
        exercises.same(f"the loss at which {name} ends,", answer[1], right[1])


def end(criterion, losses):
    """The epoch at which a rule ends, and its loss; None if it goes on."""
    watcher = criterion.watch()
    return next(((epoch, loss) for epoch, loss in enumerate(losses)
                 if watcher(Epoch(epoch, loss, 0.0, 0.0, loss))), None)


def by_hand(rng):
    """Other losses, another tolerance."""
    while True:
        tol = rng.choice([0.05, 0.1, 0.15, 0.2]).item()
        factors = rng.choice([0.75, 0.85, 0.92, 0.97, 1.04, 1.1], 7)
        losses = (rng.integers(90, 160) / 100 * np.cumprod([1, *factors])).round(2).tolist()
        ends = [end(rule, losses) for rule in (RelativeImprovement(tol, every=2),
                                               Patience(tol, epochs=2), EarlyStopping(patience=2))]
        # Near a tolerance, rounding would decide.
        clear = min(abs(b / a - 1 + tol) for a in losses for b in losses) > 0.004
        if clear and len(set(losses)) == 8 and len({each for each in ends if each}) > 1:
            break
    listed = ", ".join(f"{loss:g}" for loss in losses[:-1]) + f" and {losses[-1]:g}"
    return {
        "text": f"""
The losses of eight epochs, 0 to 7, are {listed}. At which epochs do
`RelativeImprovement({tol:g}, every=2)` and `Patience({tol:g}, epochs=2)` stop? And
`EarlyStopping(patience=2)`, if these are validation losses? Patience waits for a loss that lies the
fraction {tol:g} below the best one that counted. Work it out on paper. An answer is the epoch at
which the rule stops and the loss there, such as `(3, 0.7)`; a rule that does not stop is `None`.
""",
        "data": {"losses": losses, "tol": tol},
        "given": RULES,
        "check": check_by_hand,
        "starter": """
relative = (0, 0.0)
patience = (0, 0.0)
early = (0, 0.0)
""",
        "solution": f"relative = {ends[0]}\npatience = {ends[1]}\nearly = {ends[2]}\n",
    }


def check_stop_and_keep(stop_and_keep, *, least):
    cases = [([0.9, 0.5, 0.5 - 0.999 * least, 0.7], 2), ([0.9, 0.5, 0.5 - 1.001 * least, 0.7], 2),
             ([0.9, 0.5, 0.5 - 1.1 * least, 0.5 - 2.3 * least, 0.7, 0.7], 2),
             ([0.9, 0.5, 0.5 - 0.6 * least, 0.5 - 1.2 * least, 0.7], 2),
             ([0.9, 0.8, 0.85], 1), ([0.9, np.nan, np.nan, 0.5], 2), ([0.9, 0.4, 0.7, 0.1], 3)]
    for losses, patience in cases:
        best, kept, last = np.inf, 0, len(losses) - 1
        for epoch, loss in enumerate(losses):
            if loss < best - least:
                best, kept = loss, epoch
            elif epoch - kept >= patience:
                last = epoch
                break
        found = stop_and_keep(list(losses), patience)
        exercises.expect(isinstance(found, tuple) and len(found) == 2,
                         f"stop_and_keep should return two epochs, and returns {found!r}")
        for what, yours, right in (("ends at", found[0], last), ("keeps", found[1], kept)):
            exercises.expect(yours == right, f"losses {np.round(losses, 6).tolist()}, patience "
                             f"{patience}: your rule {what} epoch {yours}, and should at {right}")


def stop_and_keep(rng):
    """Early stopping with a least improvement."""
    least = rng.integers(101, 900).item() / 10_000
    return {
        "text": f"""
Write `stop_and_keep(losses, patience)`: given the validation loss of epochs 0, 1, 2, ... it returns
the epoch at which early stopping ends, and the epoch whose weights it keeps. A loss is an
improvement only if it lies more than {least:g} below the last one that was. Where no epoch is late
enough, it ends at the last. A loss that is `nan` is no improvement.
""",
        "data": {"least": least},
        "check": check_stop_and_keep,
        "starter": """
def stop_and_keep(losses, patience):
    '''The epoch at which it ends, and the one that it keeps.'''
    # Your lines.
""",
        "solution": f"""
def stop_and_keep(losses, patience):
    best, kept = np.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best - {least:g}:
            best, kept = loss, epoch
        elif epoch - kept >= patience:
            return epoch, kept
    return len(losses) - 1, kept
""",
    }


VARIANTS = {"ex-12-by-hand": by_hand, "ex-12-blank": stop_and_keep}
