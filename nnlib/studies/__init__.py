"""Many nets over values and seeds: every claim rests on many nets, not on one."""

from nnlib.studies.results import Results, Summary
from nnlib.studies.study import Study

__all__ = ["Results", "Study", "Summary"]
