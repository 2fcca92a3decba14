"""Many nets over values and seeds: every claim rests on many nets, not on one."""

from nnlib.studies.compare import Comparison
from nnlib.studies.results import Results
from nnlib.studies.study import Study
from nnlib.studies.summary import Summary
from nnlib.studies.tables import Table

__all__ = ["Comparison", "Results", "Study", "Summary", "Table"]
