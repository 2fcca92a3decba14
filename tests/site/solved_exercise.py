"""One exercise of a page, with a wrong and a right answer, and what a reader is told of each."""

import nbformat
from built_site import ROOT

PAGE = "03_derive_backpropagation.html"
NAME = "ex-03-backward"
NOTEBOOK = nbformat.read(ROOT / "book" / PAGE.replace("html", "ipynb"), as_version=4)
(SOLUTION,) = [cell.source for cell in NOTEBOOK.cells
               if cell.cell_type == "code" and f'exercises.check("{NAME}"' in cell.source]
WRONG = SOLUTION.replace("G / T.shape[1]", "G")

START_SAYS = "Not attempted: the code is still that of the start"
WRONG_SAYS = ("Not yet: without the penalty, your gradient of W_2 is 90 times what it should be: "
              "is 1/n there?")
SOLUTION_SAYS = "Correct."
