"""Exercises that check themselves, in Jupyter and on the pages of the book."""

from nnlib.exercises.checking import check as check
from nnlib.exercises.comparing import NotYet as NotYet
from nnlib.exercises.comparing import expect as expect
from nnlib.exercises.comparing import finite_differences as finite_differences
from nnlib.exercises.comparing import same as same
from nnlib.exercises.exercise import Exercise as Exercise
from nnlib.exercises.exercise import Outcome as Outcome
from nnlib.exercises.question import choice as choice
from nnlib.exercises.question import number as number
from nnlib.exercises.question import order as order
from nnlib.exercises.variants import Variant as Variant
from nnlib.exercises.variants import variant as variant
from nnlib.exercises.variants import with_variants as with_variants
