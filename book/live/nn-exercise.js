// <nn-exercise>: an exercise of nnlib.exercises with an editor. The page brings what is given and the
// starter as code; Python, in a worker, comes at the first Run or Check.

import { make } from "./dom.js";
import { Editor } from "./editor.js";
import { follow, read, write } from "./kept.js";
import { workbench } from "./workbench.js";

const KEYS = "Tab indents; press Escape, then Tab, to leave the editor. Ctrl+Enter checks.";
const NOT_KEPT = "This browser keeps nothing for this site, or has no room left: what you type here "
  + "is lost when you leave the page.";
const SAYS = { correct: "Correct", "not yet": "Not yet", "not attempted": "Not attempted",
  "could not be checked": "Could not be checked" };

class NNExercise extends HTMLElement {
  #exercise;
  #editor;
  #buttons = {};
  #outcome = make("p", { className: "nn-outcome", role: "status" });
  #bar = make("progress", { max: 1, hidden: true, "aria-label": "Loading Python" });
  #output = make("pre", { className: "nn-output", tabIndex: 0, role: "region",
    "aria-label": "Output", translate: false, hidden: true });
  #pictures = make("div", { className: "nn-drawn-pictures", hidden: true });
  #hints = make("ol", { className: "nn-hints", "aria-live": "polite", hidden: true });
  #note = make("p", { className: "nn-note", role: "status", hidden: true });
  #asksForSolution = false; // whether the solution was asked for once, without an attempt
  #kept;

  connectedCallback() {
    if (this.#exercise) return;
    this.#exercise = JSON.parse(this.dataset.exercise);
    const { name, starter } = this.#exercise;
    this.#kept = { code: starter, status: "", ...read(name) };
    this.#build();
    this.#show(this.#kept);
    follow(name, (kept) => {
      if (!kept.code) return this.#forget();
      // Another tab goes on where this one stood; what differs here already is left alone.
      if (this.#editor.text !== this.#kept.code) return;
      this.#kept = kept;
      this.#show(kept);
    });
  }

  #build() {
    const { name, hints } = this.#exercise;
    const id = `${name}-answer`;
    this.#editor = new Editor(id, { changed: () => this.#keep(), enter: () => this.#ask("check") });
    const button = (text, act, properties = {}) => {
      const element = make("button", { type: "button", ...properties }, text);
      element.addEventListener("click", act);
      return element;
    };
    this.#buttons = {
      check: button("Check", () => this.#ask("check"), { className: "nn-main" }),
      run: button("Run", () => this.#ask("run")),
      stop: button("Stop", () => workbench.stop(), { hidden: true }),
      hint: button("Hint", () => this.#hint(), { hidden: !hints.length }),
      solution: button("Solution", () => this.#solve(), { hidden: !this.#solution }),
      reset: button("Reset", () => this.#reset()),
    };
    const given = this.querySelector("details");
    given?.querySelector("pre").setAttribute("translate", "no");
    this.replaceChildren(
      ...(given ? [given] : []),
      make("label", { for: id }, "Your answer"),
      this.#editor.element,
      make("p", { className: "nn-keys", id: `${id}-keys` }, KEYS),
      make("div", { className: "nn-row" }, ...Object.values(this.#buttons)),
      this.#outcome, this.#bar, this.#output, this.#pictures, this.#hints, this.#note,
    );
  }

  /** What is kept, on the page. */
  #show({ code, status }) {
    this.#editor.text = code;
    this.dataset.status = status;
    this.#say(status === "correct" ? "You have solved this exercise."
      : "Check says what is wrong. The first time loads Python.");
  }

  /** All was erased in another tab: what came of this answer too, though its text may go on. */
  #forget() {
    this.#kept.status = this.dataset.status = "";
    this.#say("What was kept has been erased. What stands here is kept again once you change it.");
  }

  #say(text) {
    this.#outcome.textContent = text;
  }

  #keep(status = this.#kept.status) {
    this.#kept = { code: this.#editor.text, status };
    const isKept = write(this.#exercise.name, this.#kept);
    if (!isKept && this.#note.hidden) this.#note.textContent = NOT_KEPT;
    this.#note.hidden = isKept;
  }

  // Check and Run

  #ask(act) {
    if (this.hasAttribute("data-runs")) return;
    this.#busy(true);
    this.#output.replaceChildren();
    this.#output.hidden = true;
    this.#pictures.replaceChildren();
    this.#pictures.hidden = true;
    this.dataset.status = "";
    this.#say("Loading Python");
    const { text: code } = this.#editor;
    workbench.ask({ act, exercise: this.dataset.exercise, code }, {
      progress: (fraction, text) => {
        this.#bar.hidden = false;
        this.#bar.value = fraction;
        if (this.#outcome.textContent !== text.split(":")[0]) this.#say(text.split(":")[0]);
      },
      started: () => {
        this.#bar.hidden = true;
        this.#say("Running");
      },
      output: (text) => this.#print(text),
      done: ({ status, message, output }, pictures) => {
        if (output) this.#print(output.slice(this.#output.textContent.length));
        this.#draw(pictures);
        this.#end(act, status, message);
      },
      stopped: (message) => this.#end(act, "stopped", message),
    });
  }

  #print(text) {
    this.#output.append(text);
    this.#output.hidden = false;
  }

  #draw(pictures) {
    this.#pictures.hidden = !pictures.length;
    for (const [number, bytes] of pictures.entries()) {
      const address = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
      const picture = make("img", { src: address, alt: `Picture ${number + 1} of your code` });
      picture.addEventListener("load", () => URL.revokeObjectURL(address));
      this.#pictures.append(picture);
    }
  }

  #end(act, status, message) {
    this.#bar.hidden = true;
    this.#busy(false);
    if (status === "stopped") {
      this.#say(message);
    } else if (act === "run") {
      this.#say(status === "correct" ? "It ran without an error." : message);
    } else {
      this.#say(message ? `${SAYS[status]}: ${message}` : `${SAYS[status]}.`);
      this.dataset.status = status;
      // What was right once stays right.
      if (this.#kept.status !== "correct" && status !== "not attempted") this.#keep(status);
    }
  }

  #busy(runs) {
    this.toggleAttribute("data-runs", runs);
    const { check, run, stop } = this.#buttons;
    const hadFocus = this.contains(document.activeElement)
      && document.activeElement.matches("button");
    check.disabled = run.disabled = runs;
    stop.hidden = !runs;
    if (hadFocus) (runs ? stop : check).focus({ preventScroll: true }); // or it is lost
  }

  // Hints, solution, reset

  #hint() {
    const { hints } = this.#exercise;
    const shown = this.#hints.childElementCount;
    this.#hints.hidden = false;
    this.#hints.append(make("li", {}, hints[shown]));
    if (shown + 1 === hints.length) {
      this.#buttons.check.focus({ preventScroll: true });
      this.#buttons.hint.disabled = true;
    }
    this.#buttons.hint.textContent = "Next hint";
  }

  /** The folded solution of the page, if it has one. */
  get #solution() {
    return document.getElementById(this.#exercise.name.replace(/^ex-/, "sol-"));
  }

  #solve() {
    if (!this.#kept.status && !this.#asksForSolution) {
      this.#asksForSolution = true;
      this.#say("You have not checked an answer yet. Press Solution once more to see it all the same.");
      return;
    }
    const solution = this.#solution;
    if (solution.classList.contains("toggle-hidden")) {
      solution.querySelector("button.toggle-button")?.click();
    }
    solution.tabIndex = -1;
    solution.focus();
    solution.scrollIntoView();
  }

  #reset() {
    this.#editor.replace(this.#exercise.starter);
    this.#keep("");
    this.dataset.status = "";
    this.#say("Back to the start. Ctrl+Z in the editor brings your answer back.");
  }
}

customElements.define("nn-exercise", NNExercise);
