"""Exercises that check themselves, on the page: one reader, one start of Python where possible."""

import json
import re
from urllib.parse import quote

import pytest
from built_site import ANSWERED, ROOT
from live_figures import FIGURES, Visit
from readers import DESKTOP, Reader
from solved_exercise import (
    NAME,
    PAGE,
    SOLUTION,
    SOLUTION_SAYS,
    START_SAYS,
    WRONG,
    WRONG_SAYS,
    faults_on_page,
)

LIMIT = 10_000    # milliseconds


class Desk:
    """A reader at one exercise."""

    def __init__(self, page, name=NAME):
        self.page, self.element = page, page.locator(f"#{name} nn-exercise")
        self.field = self.element.get_by_role("textbox", name="Your answer")
        self.outcome = self.element.locator(".nn-outcome")
        self.output = self.element.locator(".nn-output")

    def button(self, name):
        return self.element.get_by_role("button", name=name, exact=True)

    def press(self, name):
        self.button(name).click()
        self.settle()
        return self.outcome.inner_text()

    def settle(self):
        self.button("Check").and_(self.page.locator(":enabled")).wait_for()

    def run(self, code):
        self.field.fill(code)
        return self.press("Run")


@pytest.mark.seldom
@pytest.mark.parametrize("page", ANSWERED)
def test_every_answer_that_the_book_knows_gets_its_message(page, server, new_reader):
    reader = new_reader()
    reader.go(f"{server}/{quote(page)}")
    notebook = (ROOT / "book" / page).with_suffix(".ipynb")
    assert [*faults_on_page(
        notebook, reader.page.evaluate,
        lambda told, name: reader.page.wait_for_function(told, arg=name).json_value())] == []
    assert reader.faults == []


@pytest.fixture(scope="module")
def reader(browser, server, site):
    if not (site / "pyodide").is_dir():
        pytest.skip("the site was built without Python for the browser")
    reader = Reader(browser, viewport=DESKTOP)
    reader.page.clock.install()
    reader.go(f"{server}/{PAGE}")
    yield reader
    reader.close()


@pytest.fixture
def desk(reader):
    yield Desk(reader.page)
    assert reader.faults == []


def test_nothing_of_python_is_loaded_before_the_first_touch(reader, desk):
    assert desk.button("Check").is_enabled()
    loaded = reader.page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert not [address for address in loaded if "pyodide" in address]


def test_the_solution_is_folded_until_it_is_asked_for_twice(desk):
    solution = desk.page.locator("#sol-03-backward")
    code = solution.get_by_text("my_backward").first
    assert not code.is_visible()
    desk.button("Solution").click()
    assert "not checked an answer yet" in desk.outcome.inner_text()
    assert not code.is_visible()
    desk.button("Solution").click()
    code.wait_for()
    assert solution.evaluate("e => e === document.activeElement")


def test_an_exercise_is_solved(desk):
    assert desk.press("Check") == START_SAYS
    desk.field.fill(WRONG)
    assert desk.press("Check") == WRONG_SAYS
    desk.field.fill(SOLUTION)
    desk.field.press("Control+Enter")
    desk.settle()
    assert desk.outcome.inner_text() == SOLUTION_SAYS
    assert desk.outcome.get_attribute("role") == "status"


def test_hints_come_one_at_a_time(desk):
    exercise = json.loads(desk.element.get_attribute("data-exercise"))
    for count in range(1, len(exercise["hints"]) + 1):
        desk.element.get_by_role("button", name=re.compile("^(Hint|Next hint)$")).click()
        assert desk.element.get_by_role("listitem").all_inner_texts() == exercise["hints"][:count]
    assert desk.button("Next hint").is_disabled()


@pytest.mark.parametrize(("code", "says", "printed"), [
    ("print('<b>bold</b>')\nraise ValueError('<img src=x onerror=alert(1)>')",
     "Line 2:\n    raise ValueError('<img src=x onerror=alert(1)>')\n"
     "ValueError: <img src=x onerror=alert(1)>", "<b>bold</b>"),
    ("print('x' * 10**8)", "It ran without an error.", "... and 99990001 more characters"),
    ("for _ in range(10**5): print('flood')", "It ran without an error.",
     "... and 590000 more characters"),
    ("input('Name? ')", "EOFError", "Name? "),
    ("bytearray(3 * 10**9)", "OverflowError", ""),
    ("[np.empty(2**26) for _ in range(99)]", "MemoryError", ""),
    ("import js\nprint(dir(js))\njs.fetch", "AttributeError: fetch", ""),
    ("from pyodide.code import run_js\nrun_js('self')", "ImportError", ""),
    ("import pyodide_js\npyodide_js.constructor.constructor('return 1')()", "EvalError", ""),
])
def test_whatever_code_does_the_page_shows_text(code, says, printed, desk):
    assert says in desk.run(code)
    assert printed in desk.output.text_content()
    assert desk.element.locator(".nn-outcome *, .nn-output *").count() == 0
    assert len(desk.output.text_content()) < 10_100


@pytest.mark.seldom
def test_a_loop_that_does_not_end_is_ended_and_takes_no_figure_with_it(reader, desk):
    figure = next(each for each in FIGURES if each.page == PAGE and each.has("value"))
    at = Visit(reader, figure)
    at.set(figure.control("value"), 0.5)
    at.until_it_shows(value=0.5)
    desk.field.fill("print('begun')\nwhile True: print()")
    desk.button("Run").click()
    desk.output.get_by_text("begun").wait_for()
    at.set(figure.control("value"), 1.0)
    at.until_it_shows(value=1.0)
    desk.button("Stop").click()
    desk.settle()
    assert desk.outcome.inner_text() == "Stopped. Python starts anew."
    assert len(desk.output.text_content()) <= 10_000
    # And by itself, with the same Python that started meanwhile.
    desk.button("Run").click()
    desk.output.get_by_text("begun").wait_for()
    reader.page.clock.fast_forward(LIMIT)
    desk.settle()
    assert desk.outcome.inner_text().startswith("Stopped after 10 seconds: is there a loop")
    desk.field.fill("print('again')")
    desk.button("Run").click()
    desk.output.get_by_text("again").wait_for()
    at.set(figure.control("value"), -1.0)
    at.until_it_shows(value=-1.0)


def test_the_keyboard_leaves_the_editor_by_escape(desk):
    desk.field.fill("")
    desk.field.press_sequentially("def f(x):\nif x:\n1")
    assert desk.field.input_value() == "def f(x):\n    if x:\n        1"
    desk.field.press("Shift+Tab")
    assert desk.field.input_value() == "def f(x):\n    if x:\n    1"
    desk.field.press("Tab")
    assert desk.field.evaluate("e => e === document.activeElement")
    desk.field.press("Escape")
    desk.field.press("Tab")
    assert desk.button("Check").evaluate("e => e === document.activeElement")
    assert "Escape, then Tab" in desk.element.inner_text()


def test_what_was_typed_survives_and_reset_can_be_undone(server, new_reader):
    reader = new_reader()
    reader.go(f"{server}/{PAGE}")
    desk = Desk(reader.page)
    start = desk.field.input_value()
    desk.field.fill("mine = 1")
    other = Desk(reader.context.new_page())
    other.page.goto(f"{server}/{PAGE}")
    assert other.field.input_value() == "mine = 1"
    other.field.fill("mine = 2")
    reader.page.wait_for_function(
        "() => document.querySelector('#ex-03-backward textarea').value === 'mine = 2'")
    reader.page.reload()
    assert desk.field.input_value() == "mine = 2"
    desk.button("Reset").click()
    assert desk.field.input_value() == start
    desk.field.press("Control+Z")
    assert desk.field.input_value() == "mine = 2"
    note = desk.element.locator(".nn-note")
    assert not note.is_visible()
    reader.page.evaluate("""() => { Storage.prototype.setItem =
        () => { throw new DOMException('full', 'QuotaExceededError') } }""")
    desk.field.fill("mine = 3")
    assert "is lost when you leave the page" in note.inner_text()
    assert reader.faults == []


@pytest.mark.seldom
def test_storage_that_is_forbidden_is_told(server, new_reader):
    reader = new_reader()
    reader.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })")
    reader.go(f"{server}/{PAGE}")
    desk = Desk(reader.page)
    desk.field.fill("mine = 1")
    assert "is lost when you leave the page" in desk.element.locator(".nn-note").inner_text()
    # The theme does not expect that; and none of our requests failed.
    assert {fault.split(":")[0] for fault in reader.faults} <= {"page error", "console"}


def test_progress_is_shown_saved_taken_in_and_erased(server, new_reader, tmp_path):
    reader = new_reader(accept_downloads=True)
    page = reader.page
    reader.go(f"{server}/{PAGE}")
    page.evaluate("""() => localStorage.setItem('nnlib-exercise:ex-03-backward',
        JSON.stringify({ code: 'mine', status: 'correct' }))""")
    reader.go(f"{server}/index.html")
    table = page.locator("nn-progress")
    row = table.get_by_role("row", name=re.compile("Derive backpropagation"))
    assert re.search(r"\b1 of \d+$", row.inner_text())
    with page.expect_download() as download:
        table.get_by_role("button", name="Save as a file").click()
    download.value.save_as(tmp_path / "kept.json")
    table.get_by_role("button", name="Erase").click()
    assert "once more to erase 1 answers" in table.inner_text()
    table.get_by_role("button", name="Erase").click()
    assert re.search(r"\b0 of \d+$", row.inner_text())
    (tmp_path / "other.json").write_text('{"form": "another"}')
    for name, says in (("other.json", "nothing was taken in"),
                       ("kept.json", "1 answers were taken")):
        table.locator("input[type=file]").set_input_files(tmp_path / name)
        table.get_by_text(says).wait_for()
    assert re.search(r"\b1 of \d+$", row.inner_text())
    assert reader.faults == []


@pytest.mark.seldom
def test_what_was_erased_does_not_come_back_from_another_tab(server, new_reader):
    reader = new_reader()
    reader.go(f"{server}/{PAGE}")
    desk = Desk(reader.page)
    reader.page.evaluate("""() => localStorage.setItem('nnlib-exercise:ex-03-backward',
        JSON.stringify({ code: 'mine', status: 'correct' }))""")
    reader.page.reload()
    assert "You have solved" in desk.outcome.inner_text()
    home = reader.context.new_page()
    home.goto(f"{server}/index.html")
    for _ in range(2):
        home.locator("nn-progress").get_by_role("button", name="Erase").click()
    desk.outcome.get_by_text("has been erased").wait_for()
    assert desk.field.input_value() == "mine"
    desk.field.press("End")
    desk.field.press_sequentially(" = 1")
    kept = reader.page.evaluate("JSON.parse(localStorage['nnlib-exercise:ex-03-backward'])")
    assert kept == {"code": "mine = 1", "status": ""}
    assert reader.faults == []


def test_every_answer_to_a_question_is_told_what_nnlib_says(reader):
    questions = reader.page.locator("nn-question")
    assert questions.count() > 0
    for element in questions.all():
        asked = json.loads(element.get_attribute("data-question"))
        said, check = element.locator(".nn-outcome"), element.get_by_role("button", name="Check")
        if asked["kind"] == "choice":
            for text, why, right in asked["shown"]:
                element.get_by_label(text, exact=True).check()
                assert said.inner_text() == f"{'Correct' if right else 'Not yet'}: {why}"
        elif asked["kind"] == "number":
            for value, why in [(asked["right"], asked["why"]), *asked["wrong"],
                               (1e9, "it is too large"), (-1e9, "it is too small")]:
                element.get_by_role("textbox").fill(str(value))
                check.click()
                right = "Correct" if value == asked["right"] else "Not yet"
                assert said.inner_text() == f"{right}: {why}"
        else:
            steps = [text for text, _ in sorted(asked["shown"], key=lambda each: each[1])]
            check.click()
            assert re.match(r"Not yet: step \d is another one", said.inner_text())
            for place, text in enumerate(steps):
                while not element.get_by_role("listitem").nth(place).inner_text().startswith(text):
                    element.get_by_role("button", name=f"Up: {text}", exact=True).click()
            check.click()
            assert said.inner_text() == f"Correct: {asked['why']}"
    assert reader.faults == []


def test_without_javascript_the_starter_stands_as_code(server, without_javascript):
    without_javascript.page.goto(f"{server}/{quote(PAGE)}")
    exercise = without_javascript.page.locator(f"#{NAME} nn-exercise")
    assert "def my_backward(W, A_0, T, reg_lambda):" in exercise.inner_text()
    assert f'exercises.check("{NAME}", my_backward)' in exercise.inner_text()
    assert exercise.locator("button").count() == 0
