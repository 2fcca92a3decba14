"""What a learner calls in a notebook, to have an answer checked."""

from __future__ import annotations

from nnlib.exercises import variants
from nnlib.exercises.exercise import Outcome, known
from nnlib.validation import check_count


def check(name: str, *values: object, variant: int | None = None, **named: object) -> Outcome:
    """Check an answer to an exercise, or a question, of this notebook.

    Parameters
    ----------
    name : str
        Of the exercise, as the text below it says.
    *values, **named : object
        What the exercise asks for, such as a function, by place or by name.
    variant : int, optional
        The seed of a variant; its exercise may be one of another notebook.

    Returns
    -------
    Outcome
        A notebook shows it as text.

    Raises
    ------
    ValueError
        If no such exercise is known yet, or it has no variants, or the seed is not from 0 to
        2³² - 1.
    TypeError
        If the values are not those that the exercise asks for, or the seed is no whole number.
    FileNotFoundError
        If a variant is asked for, and this folder is not that of a book, nor the one above.
    """
    outcome: Outcome
    if variant is None:
        outcome = known(name).judge(*values, **named)
    else:
        seed = check_count("variant", variant, at_least=0, at_most=variants.MOST_SEED)
        outcome = variants.variant(name, seed).exercise.judge(*values, **named)
    return outcome
