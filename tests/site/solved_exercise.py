"""One exercise of a page, with a wrong and a right answer, and what a reader is told of each."""

import nbformat
from answers import answers, in_book, solution_of
from built_site import ROOT

from nnlib.exercises.exercise import Exercise

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

# Check an answer to an exercise of the page; then its status and what the reader is told.
CHECK = """([name, code]) => {
  const exercise = document.querySelector(`#${name} nn-exercise`)
  const field = exercise.querySelector('textarea')
  field.value = code
  field.dispatchEvent(new Event('input', {bubbles: true}))
  exercise.querySelector('.nn-main').click()
}"""
TOLD = """name => {
  const exercise = document.querySelector(`#${name} nn-exercise`)
  return !exercise.hasAttribute('data-runs')
    && [exercise.dataset.status, exercise.querySelector('.nn-outcome').textContent]
}"""


def faults_on_page(path, run, until):
    """What readers are told wrongly of all answers that the book knows to a chapter's exercises."""
    notebook, exercises = in_book(path)
    asked = 0
    for name, exercise in exercises.items():
        if isinstance(exercise, Exercise):
            for what, code, status, message in answers(exercise, solution_of(notebook, exercise)):
                asked += 1
                run(CHECK, [name, code])
                told = until(TOLD, name)
                if told[0] != status or message not in told[1]:
                    yield f"{name}: {what} is {told}, not {status}: {message}"
    assert asked, f"{path.name} has no exercise"
