"""Many nets over values and seeds: every claim rests on many nets, not on one."""

from nnlib.studies.results import Results
from nnlib.studies.study import Study
from nnlib.studies.summary import Summary

__all__ = ["Results", "Study", "Summary"]
