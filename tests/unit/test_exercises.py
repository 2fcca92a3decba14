"""Exercises that check themselves: what a check says, and what an exercise makes of an answer."""

import json
import linecache
import sys

import numpy as np
import pytest

from nnlib import exercises, sources
from nnlib.exercises import Exercise, NotYet, expect, finite_differences, page, same
from nnlib.exercises.running import MOST, Output, told

RIGHT = np.arange(1.0, 7).reshape(2, 3)
LAST_COLUMN = np.array([0, 0, 1])


@pytest.mark.parametrize(("yours", "says"), [
    (None, "is None and should be an array of shape (2, 3): is a `return` missing?"),
    ("a", "should be an array of shape (2, 3), and is 'a'"),
    ([[1, 2], [3]], "should be an array of shape (2, 3), and is [[1, 2], [3]]"),
    (RIGHT.T, "has shape (3, 2) and should have (2, 3): it is transposed"),
    (RIGHT[:, :-1], "has shape (2, 2) and should have (2, 3): its last column is missing"),
    (RIGHT[:-1], "has shape (1, 3) and should have (2, 3): its last row is missing"),
    (RIGHT[0], "has shape (3,) and should have (2, 3)"),
    (RIGHT * np.nan, "holds nan at [0, 0], where 1 should be"),
    (-RIGHT, "is right but for its sign: it is -1 at [0, 0] and should be 1"),
    (90 * RIGHT, "is 90 times what it should be: is 1/n there?"),
    (RIGHT / 90, "is what it should be, divided by 90 once more: is 1/n there twice?"),
    (2 * RIGHT, "is 2 times what it should be: it is 2 at [0, 0] and should be 1"),
    (0 * RIGHT, "is zero everywhere: it is 0 at [0, 0] and should be 1"),
    (RIGHT + LAST_COLUMN, "is right but for its last column: it is 4 at [0, 2] and should be 3"),
    (RIGHT + 1 - LAST_COLUMN,
     "is right in its last column alone: it is 2 at [0, 0] and should be 1"),
    (RIGHT + (RIGHT == 2), "is wrong in 1 of its 6 entries: it is 3 at [0, 1] and should be 2"),
])
def test_a_difference_is_recognised(yours, says):
    with pytest.raises(NotYet) as caught:
        same("your gradient", yours, RIGHT, n=90)
    assert str(caught.value) == f"your gradient {says}"


@pytest.mark.parametrize(("yours", "says"), [
    (2, "is wrong: it is 2 and should be 3"),
    (-3, "is right but for its sign: it is -3 and should be 3"),
    (0, "is zero: it is 0 and should be 3"),
    ([3, 3], "should be a number, and is [3, 3]"),
    (None, "is None and should be a number: is a `return` missing?"),
])
def test_a_number_is_compared_like_an_array(yours, says):
    with pytest.raises(NotYet) as caught:
        same("J", yours, 3.0)
    assert str(caught.value) == f"J {says}"


def test_a_square_matrix_may_be_transposed_unseen_by_its_shape():
    with pytest.raises(NotYet, match="is transposed: it is 2 at"):
        same("W", [[1, 2], [3, 4]], [[1, 3], [2, 4]])


def test_infinite_entries_are_compared_too():
    same("x", [np.inf, 1], [np.inf, 1])
    with pytest.raises(NotYet, match="wrong in 1 of its 2 entries"):
        same("x", [np.inf, 2], [np.inf, 1])


@pytest.mark.parametrize("yours", [RIGHT, RIGHT.tolist(), RIGHT * (1 + 1e-9)])
def test_what_is_the_same_passes(yours):
    same("your gradient", yours, RIGHT)


def test_the_tolerance_is_a_share_of_the_largest_entry():
    same("x", [1.0, 100.05], [1.0, 100.0], tolerance=1e-3)
    with pytest.raises(NotYet):
        same("x", [1.0, 100.2], [1.0, 100.0], tolerance=1e-3)
    with pytest.raises(ValueError, match="tolerance must be"):
        same("x", 1, 1, tolerance=0)


def test_expect_says_its_message():
    expect(True, "not said")
    with pytest.raises(NotYet, match="two of three"):
        expect([], "two of three")


def test_finite_differences_leave_the_weights_alone():
    weights = [np.array([[1.0, 2.0]]), np.array([3.0])]
    slopes = finite_differences(lambda W: (W[0] ** 2).sum() * W[1][0], weights)
    np.testing.assert_allclose(slopes[0], [[6, 12]], rtol=1e-9)
    np.testing.assert_allclose(slopes[1], [5], rtol=1e-9)
    assert [W.tolist() for W in weights] == [[[1, 2]], [3]]


# An exercise


def scale(x):
    return factor * x    # noqa: F821


def check_triple(triple):
    exercises.same("triple(2)", triple(2), scale(2))
    return "Three times two is six."


@pytest.fixture
def exercise():
    return Exercise("ex-triple", check_triple, "\ndef triple(x):\n    # Your lines.\n    pass\n\n",
                    given=["factor = 3", scale], hints=["Multiply."])


@pytest.mark.parametrize(("code", "status", "message"), [
    ("", "not attempted", "the code is still that of the start"),
    ("def triple(x):\n    # Your lines.\n    pass", "not attempted", "the code is still"),
    ("def triple(x): pass", "not yet", "triple(2) is None"),
    ("def triple(x): return x + x", "not yet", "triple(2) is wrong: it is 4 and should be 6"),
    ("def triple(x): return scale(x)", "correct", "Three times two is six."),
    ("double = 2", "not yet", "triple is not defined"),
    ("triple = 3", "not yet", "triple should be a function of (x), and is 3"),
    ("def triple(): return 6", "not yet", "triple should be a function of (x), and yours is one of "
     "(): too many positional arguments"),
    ("def triple(x, y): return x * y", "not yet", "yours is one of (x, y): missing a required"),
    ("triple = int", "not yet", "triple(2) is wrong: it is 2 and should be 6"),
    ("def triple(*x, **y): return 3 * x[0]", "correct", ""),
    ("def triple(x)\n    pass", "not yet", "Line 1:\n    def triple(x)\nSyntaxError: expected ':'"),
    ("def triple(x):\n    return x / 0", "not yet",
     "Line 2, in triple:\n    return x / 0\nZeroDivisionError: division by zero"),
    ("1 / 0", "not yet", "Line 1:\n    1 / 0\nZeroDivisionError: division by zero"),
    ("def triple(x): exercises.expect(False, 'my own words')", "not yet", "my own words"),
])
def test_an_answer_has_an_outcome(exercise, code, status, message):
    outcome = exercise.attempt(code)
    assert (outcome.status, message in outcome.message) == (status, True), outcome
    assert outcome.output == ""


def test_what_is_given_is_there_anew_for_each_answer_and_for_the_check(exercise):
    assert exercise.attempt("factor = scale = None\ndef triple(x): return 3 * x"
                            ).status == "correct"
    assert exercise.attempt("def triple(x): return factor * x").status == "correct"


@pytest.mark.parametrize("name", ["np", "exercises", "expect", "same", "check", "NotYet", "scale",
                                  "factor", "check_triple", "float", "isinstance", "abs"])
def test_a_name_that_the_check_uses_too_is_the_answers_own(exercise, name):
    """Whoever takes it by accident changes no verdict."""
    taken = f"def {name}(*values, **named): return True\n"
    wrong, right = "def triple(x): return x + x\n", "def triple(x): return 3 * x\n"
    for code, status in ((wrong, "not yet"), (right, "correct")):
        for answer in (taken + code, code + taken, f"{code}del {name}" if name in ("np", "scale")
                       else code + f"{name} = None"):
            assert exercise.attempt(answer).status == status, answer


def test_what_is_given_may_fail(exercise):
    broken = Exercise("ex-broken", "def check(x): pass", "x = 0", given="1 / 0")
    assert repr(broken.attempt("x = 1")) == (
        "Could not be checked: what is given cannot be run: Line 3:\n    1 / 0\n"
        "ZeroDivisionError: division by zero")


def test_what_is_printed_is_kept_and_shown_at_once(exercise, capsys):
    shown = []
    outcome = exercise.attempt(
        "import sys\nprint('one')\ndef triple(x):\n    print('two', file=sys.stderr)\n"
        "    return 3 * x", shown.append)
    assert outcome.output == "".join(shown) == "one\ntwo\n"
    assert capsys.readouterr() == ("", "")


def test_code_can_be_run_without_a_check(exercise):
    assert exercise.run("print(scale(2))") == exercises.Outcome("correct", "", "6\n")
    assert exercise.run("print(1)\n1 / 0") == exercises.Outcome(
        "not yet", "Line 2:\n    1 / 0\nZeroDivisionError: division by zero", "1\n")
    with pytest.raises(KeyboardInterrupt):
        exercise.run("raise KeyboardInterrupt")


def test_what_code_sets_of_numpy_ends_with_it(exercise):
    before = np.geterr(), np.get_printoptions()
    settings = "np.seterr(all='raise')\nnp.set_printoptions(precision=1)\n"
    assert exercise.run(settings).status == "correct"
    assert exercise.attempt(settings + "def triple(x): return 3 * x").status == "correct"
    assert exercise.run(settings + "1 / 0").status == "not yet"
    assert (np.geterr(), np.get_printoptions()) == before


def test_what_floods_is_cut():
    output = Output()
    assert output.writable()
    print("x" * (MOST - 1), file=output)
    print("more", file=output)
    assert output.text == "x" * (MOST - 1) + "\n\n... and 5 more characters"


def test_of_a_long_way_to_an_error_the_end_is_told(exercise):
    outcome = exercise.attempt("def triple(x):\n    return triple(x)")
    assert outcome.message.count("in triple") == 4
    assert outcome.message.endswith("RecursionError: maximum recursion depth exceeded")
    assert len(told(ValueError("x" * 5000), ())) < 1100


def test_what_stands_behind_a_star_is_given():
    made = Exercise("ex-near", "def check(x, *, goal):\n    exercises.same('x', x, goal)", "x = 0",
                    given="goal = 7")
    assert made.names == ["x"]
    assert made.attempt("x = 6").message == "x is wrong: it is 6 and should be 7"
    assert made.attempt("x = 7\ngoal = 6").status == "correct"


# What can be called, and made


def check_counter(Counter, start):
    counter = Counter(start, step=2)
    exercises.same("the second number", [counter.next(), counter.next()][1], start + 2)


@pytest.fixture
def counting():
    return Exercise("ex-count", check_counter, """
class Counter:
    def __init__(self, first, step):
        pass

    def next(self):
        pass


start = 3
""")


COUNTER = """
class Counter:
    def __init__(self, first, step):
        self.number, self.step = first - step, step
    def next(self):
        self.number += self.step
        return self.number
start = 5
"""


@pytest.mark.parametrize(("old", "new", "status", "message"), [
    ("", "", "correct", ""),
    ("class Counter:", "Counter = 5\nclass Other:", "not yet",
     "Counter should be a class made with (first, step), and is 5"),
    ("(self, first, step)", "(self, first)", "not yet", "Counter should be a class made with "
     "(first, step), and yours is made with (first): got an unexpected keyword argument 'step'"),
    ("(self, first, step)", "(self, first, steps)", "not yet",
     "yours is made with (first, steps): missing a required argument: 'steps'"),
    ("self.number, self.step = first - step, step", "1 / 0", "not yet",
     "Line 4, in __init__:\n    1 / 0\nZeroDivisionError"),
    ("class Counter:", "import abc\nclass Counter(abc.ABC):\n    @abc.abstractmethod\n"
     "    def more(self): pass", "not yet",
     "the check calls Counter, and this fails: TypeError: Can't instantiate abstract class"),
    ("def next", "def following", "not yet", "an object of your class Counter has no next"),
    ("    def __init__(self, first, step):", "    def __init__(self, first, step):\n"
     "        return 5", "not yet", "the check calls Counter, and this fails: TypeError"),
])
def test_a_class_that_cannot_be_used_is_not_yet_the_answer(counting, old, new, status, message):
    assert old in COUNTER
    outcome = counting.attempt(COUNTER.replace(old, new, 1))
    assert (outcome.status, message in outcome.message) == (status, True), outcome


def test_a_dataclass_tells_what_it_is_made_with():
    made = Exercise("ex-pair", "def check(Pair):\n    exercises.same('b', Pair(1, 2).b, 2)",
                    "@dataclass\nclass Pair:\n    a: int\n    b: int\n",
                    given="from dataclasses import dataclass")
    assert made.attempt("@dataclass\nclass Pair:\n    a: int").message.startswith(
        "Pair should be a class made with (a, b), and yours is made with (a): too many")
    assert made.attempt("class Pair:\n    a: int\n    b: int").message.startswith(
        "Pair should be a class made with (a, b), and yours is made with ()")
    assert made.attempt("def Pair(a, b): return a").message.startswith(
        "the check calls Pair, and this fails: AttributeError: 'int' object has no attribute 'b'")


def test_how_often_a_star_stands_for_is_not_known():
    made = Exercise("ex-all", "def check(f):\n    exercises.same('f', f(*[1, 2], **{}), 3)",
                    "def f(*x):\n    pass")
    assert made.attempt("def f(a, b): return a + b").status == "correct"
    assert made.attempt("def f(a): return a").message.startswith(
        "the check calls f, and this fails: TypeError: f() takes 1 positional argument but 2 were")
    known = Exercise("ex-all", "def check(f):\n    exercises.same('f', f(*[1, 2]), 3)",
                     "def f(a, b):\n    pass")
    assert known.attempt("def f(a): return a").message.startswith(
        "f should be a function of (a, b), and yours is one of (a)")


def test_a_value_that_the_check_cannot_read_is_named():
    made = Exercise("ex-rows", "def check(rows, more):\n    W = np.array(\n        rows, float)\n"
                    "    exercises.same('W', W, [[1, 2]])", "rows = [[0, 0]]\nmore = 0")
    assert made.attempt("rows, more = [[1, 2]], 1").status == "correct"
    outcome = made.attempt("rows, more = [[1, 2], [3]], 1")
    assert outcome.status == "not yet"
    assert outcome.message.startswith("the check cannot work with your rows: ValueError: setting")


def test_an_error_of_the_check_itself_is_no_fault_of_the_answer():
    made = Exercise("ex-bad", "def check(f):\n    f(1)\n    1 / 0", "def f(x):\n    pass")
    assert repr(made.attempt("def f(x): return x")) == (
        "Could not be checked: the check cannot work with what it got: "
        "ZeroDivisionError: division by zero")


class Box:
    "A number in a box."

    def __init__(self, number):
        self.number = number


def test_a_class_of_the_notebook_travels_as_its_source():
    made = Exercise("ex-box", "def check(box):\n    exercises.same('box', box.number, 3)",
                    "box = 0", given=[Box, "three = Box(3)"])
    assert made.given.startswith('class Box:\n    "A number in a box."')
    assert made.attempt("box = three").status == "correct"
    assert made.attempt("box = Box(4)").status == "not yet"
    alone = Exercise("ex-box", "def check(x): pass", "x = 0", given=Box)
    assert alone.given == made.given.split("\n\nthree")[0] + "\n"


def test_a_class_is_found_with_its_decorators():
    code = ("from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\n\n"
            "    def twice(self):\n        return 2 * self.x\n\n\nclass Other:\n"
            "    def method(self): pass\n")
    linecache.cache["<points>"] = (len(code), None, code.splitlines(keepends=True), "<points>")
    names = {}
    exec(compile(code, "<points>", "exec"), names)
    _, _, point = code.split("\n\n\n")[0].partition("\n")
    assert sources.source_of_class(names["Point"]) == point + "\n"
    with pytest.raises(TypeError, match="class must be written in a file or a notebook's cell"):
        sources.source_of_class(type("Nowhere", (), {}))


def test_the_class_of_the_start_is_no_attempt(counting):
    code = counting.starter.split("\n\n\nstart")[0] + "\n"
    linecache.cache["<cell>"] = (len(code), None, code.splitlines(keepends=True), "<cell>")
    names = {}
    exec(compile(code, "<cell>", "exec"), names)
    alone = Exercise("ex-alone", "def check(Counter):\n    Counter(1, 2)", code)
    assert alone.judge(names["Counter"]).status == "not attempted"
    assert counting.judge(names["Counter"], 3).message.startswith("the second number is None")


# In Jupyter


def triple(x):
    return 3 * x


def quadruple(x):
    return 4 * x


def test_a_function_of_the_notebook_is_checked(exercise):
    assert repr(exercises.check("ex-triple", triple)) == "Correct: Three times two is six."
    assert exercises.check("ex-triple", triple=triple).status == "correct"
    assert repr(exercises.check("ex-triple", quadruple)
                ) == "Not yet: triple(2) is wrong: it is 8 and should be 6"
    assert repr(exercises.check("ex-triple", lambda x: x / 0)).startswith("Not yet: Line ")
    assert exercises.check("ex-triple", 3).status == "not yet"


def test_the_starter_of_the_notebook_is_no_attempt(exercise):
    code = exercise.starter
    linecache.cache["<cell>"] = (len(code), None, code.splitlines(keepends=True), "<cell>")
    names = {}
    exec(compile(code, "<cell>", "exec"), names)
    assert exercises.check("ex-triple", names["triple"]).status == "not attempted"


def test_an_interrupt_is_passed_on(exercise):
    def interrupt(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.check("ex-triple", interrupt)
    with pytest.raises(KeyboardInterrupt):
        exercise.attempt("raise KeyboardInterrupt")


def test_an_unknown_name_says_what_to_run_first(exercise):
    with pytest.raises(ValueError, match="'ex-other': run the cell below"):
        exercises.check("ex-other", triple)
    with pytest.raises(TypeError, match="ex-triple must be given triple: too many"):
        exercises.check("ex-triple", triple, triple)


# On its way to a page


def test_a_page_has_the_same_exercise(exercise):
    again = Exercise(**json.loads(exercise.to_json()))
    assert again.to_json() == exercise.to_json()
    assert again.attempt("def triple(x): return 3 * x").status == "correct"
    assert again.names == ["triple"]
    assert repr(again) == "<exercise 'ex-triple'>"


def test_the_html_holds_text_alone():
    made = Exercise("ex-a", "def check(x): pass", "x = '<b>&'", given="y = '</script>'")
    assert "<b>" not in made._repr_html_()
    assert "</script>" not in made._repr_html_()
    assert "exercises.check(&quot;ex-a&quot;, x)" in made._repr_html_()


def outside(x):
    triple(x)


@pytest.mark.parametrize(("change", "says"), [
    ({"name": "triple"}, "name must be the label of an exercise"),
    ({"check": outside}, "it uses triple"),
    ({"check": "x = 1"}, "check must be one function"),
    ({"check": "def f(): pass"}, "with a parameter for each name"),
    ({"starter": check_triple}, "starter must be code, got"),
    ({"starter": "def f("}, "starter must be code that Python understands"),
    ({"given": 3}, "given must be code, a function, a class or a list of these"),
    ({"given": [3]}, "given must be code, a function or a class"),
    ({"check": "def check(x, *, y): pass"}, "it uses y"),
    ({"hints": "one"}, "hints must be a list of texts"),
    ({"hints": ["a", "b", "c", "d"]}, "hints must be at most 3, got 4"),
    ({"wrong": ["x"]}, r"wrong must be a list of \(code, message\)"),
])
def test_a_wrong_argument_is_named(change, says):
    right = {"name": "ex-a", "check": "def check(x): pass", "starter": "x = 0"}
    with pytest.raises((TypeError, ValueError), match=says):
        Exercise(**{**right, **change})


def test_a_function_without_source_cannot_travel():
    """From 3.13 on, Python takes the text of `python -c` for that of all that is "<string>"."""
    names = {}
    exec(compile("def f(x): pass", "<nowhere>", "exec"), names)
    with pytest.raises(TypeError, match="must be written in a file or a notebook's cell"):
        sources.source_of(names["f"])


# What the worker of a page calls


def test_the_worker_is_given_texts(exercise):
    shown = []
    text = page.answer(exercise.to_json(), "print('hi')\ndef triple(x): return 3 * x", "check",
                       shown.append)
    assert json.loads(text) == {"status": "correct", "message": "Three times two is six.",
                                "output": "hi\n", "correct": True}
    assert shown == ["hi", "\n"]
    assert json.loads(page.answer(exercise.to_json(), "1 / 0", "run", print))["correct"] is False
    text = page.answer(exercise.to_json(), "raise KeyboardInterrupt", "run", print)
    assert json.loads(text)["message"] == "KeyboardInterrupt"
    with pytest.raises(ValueError, match="act must be"):
        page.answer(exercise.to_json(), "", "solve", print)


def test_the_worker_sends_pictures_once(exercise):
    assert exercise.run("import matplotlib.pyplot as plt\nfor _ in range(9): plt.figure()"
                        ).status == "correct"
    drawn = page.pictures()
    assert len(drawn) == page.MOST_PICTURES
    assert all(png.startswith(b"\x89PNG") for png in drawn)
    assert page.pictures() == []


def test_without_matplotlib_there_are_no_pictures(monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    assert page.pictures() == []


# Questions


@pytest.fixture
def choice():
    return exercises.choice("ex-test-sum", ("4", "2 + 2 is 4."),
                            [("5", "That is 2 + 3."), ("22", "Texts are joined, numbers added.")])


@pytest.fixture
def number():
    return exercises.number("ex-test-half", 0.5, "Half of 1.", [(2.0, "Divide, do not multiply.")])


@pytest.fixture
def order():
    return exercises.order("ex-test-steps", ["forward", "error", "backward", "step"], "So it is.")


def test_every_option_of_a_choice_is_explained(choice):
    shown = [option for option, _, _ in choice.content["shown"]]
    assert sorted(shown) == ["22", "4", "5"]
    told = {option: repr(exercises.check("ex-test-sum", letter))
            for option, letter in zip(shown, "abc", strict=True)}
    assert told == {"4": "Correct: 2 + 2 is 4.", "5": "Not yet: That is 2 + 3.",
                    "22": "Not yet: Texts are joined, numbers added."}
    with pytest.raises(ValueError, match="answer must be one of the letters abc, got 'd'"):
        choice.judge("d")


@pytest.mark.parametrize(("answer", "told"), [
    (0.5, "Correct: Half of 1."), (0.504, "Correct: Half of 1."),
    (2, "Not yet: Divide, do not multiply."), (1.999, "Not yet: Divide, do not multiply."),
    (0.6, "Not yet: it is too large"), (0.4, "Not yet: it is too small"),
])
def test_a_number_is_near_the_right_one_or_one_that_is_explained(number, answer, told):
    assert repr(exercises.check("ex-test-half", answer)) == told


def test_steps_are_right_up_to_the_first_that_is_another(order):
    (right, _), (reversed_, _) = order.answers()
    assert repr(order.judge(right)) == "Correct: So it is."
    assert repr(order.judge(reversed_)) == "Not yet: step 1 is another one"
    swapped = right[0] + right[2] + right[1] + right[3]
    assert repr(order.judge(swapped)) == "Not yet: step 2 is another one; the 1 before it are right"
    assert right != "abcd", "they are not shown in their order"
    with pytest.raises(ValueError, match="answer must be the letters abcd in another order"):
        order.judge("abca")


def test_answers_are_judged_as_they_say(choice, number, order):
    for question in (choice, number, order):
        for answer, right in question.answers():
            assert (question.judge(answer).status == "correct") is right
        made = json.loads(question.to_json())
        assert made["name"] == question.name
        assert made["kind"] == question.kind
        assert f"exercises.check(&quot;{question.name}&quot;" in question._repr_html_()
    assert repr(choice) == "<question 'ex-test-sum'>"
    assert "<li>22</li>" in choice._repr_html_()


@pytest.mark.parametrize(("make", "says"), [
    (lambda: exercises.choice("test", ("a", "b"), [("c", "d")]), "name must be the label"),
    (lambda: exercises.choice("ex-t", "ab", [("c", "d")]), "right must be an answer and why"),
    (lambda: exercises.choice("ex-t", ("a", "b"), []), "wrong must be a list of 1 to 8"),
    (lambda: exercises.number("ex-t", "2", ""), "right must be a finite number"),
    (lambda: exercises.number("ex-t", 2, "", [(2.01, "near")]), "told from 2, got 2.01"),
    (lambda: exercises.number("ex-t", 0, "", tolerance=0), "tolerance must be"),
    (lambda: exercises.order("ex-t", ["one"], ""), "steps must be a list of 2 to 8"),
    (lambda: exercises.order("ex-t", ["one", 2], ""), "steps must be text"),
])
def test_a_wrong_argument_of_a_question_is_named(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()
