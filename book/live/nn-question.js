// <nn-question>: a question of nnlib.exercises, answered at once and without Python. What it says of
// an answer is what `Question.judge` says.

import { make } from "./dom.js";
import { follow, read, write } from "./kept.js";

const LETTERS = "abcdefgh";

/** {correct, says} of an answer, by the kind of the question. */
const JUDGE = {
  choice({ shown }, answer) {
    const [, why, correct] = shown[LETTERS.indexOf(answer)];
    return { correct, says: why };
  },
  number({ right, why, wrong, allowed }, answer) {
    const value = Number(answer.replace("−", "-").replace(",", "."));
    if (!answer.trim() || !Number.isFinite(value)) {
      return { correct: false, says: "write a number, such as 0.25 or 1e-3" };
    }
    const near = (other) => Math.abs(value - other) <= allowed;
    if (near(right)) return { correct: true, says: why };
    const likely = wrong.find(([other]) => near(other));
    return { correct: false, says: likely?.[1] ?? `it is too ${value > right ? "large" : "small"}` };
  },
  order({ shown, why }, answer) {
    const place = [...answer].findIndex((letter, i) => shown[LETTERS.indexOf(letter)][1] !== i);
    if (place < 0) return { correct: true, says: why };
    const before = place ? `; the ${place} before it are right` : "";
    return { correct: false, says: `step ${place + 1} is another one${before}` };
  },
};

class NNQuestion extends HTMLElement {
  #question;
  #show; // put an answer on the page
  #said = make("p", { className: "nn-outcome", role: "status" });
  #note = make("p", { className: "nn-note", role: "status", hidden: true });

  connectedCallback() {
    if (this.#question) return;
    this.#question = JSON.parse(this.dataset.question);
    const { name, kind } = this.#question;
    const parts = { choice: () => this.#choice(), number: () => this.#number(),
      order: () => this.#order() }[kind]();
    this.replaceChildren(make("fieldset", {}, make("legend", {}, "Your answer"), ...parts),
      this.#said, this.#note);
    const restore = ({ code, status }) => {
      if (!code) return;
      this.#show(code);
      this.dataset.status = status ?? "";
      this.#said.textContent = status === "correct" ? "You have answered this question." : "";
    };
    restore(read(name));
    follow(name, restore);
  }

  #judge(answer) {
    const { name, kind } = this.#question;
    const { correct, says } = JUDGE[kind](this.#question, answer);
    const status = correct ? "correct" : "not yet";
    this.dataset.status = status;
    this.#said.textContent = `${correct ? "Correct" : "Not yet"}: ${says}`;
    this.#note.hidden = write(name, { code: answer, status });
    this.#note.textContent = "This browser keeps nothing for this site, or has no room left.";
  }

  #choice() {
    const { name, shown } = this.#question;
    const radios = shown.map((_, place) =>
      make("input", { type: "radio", name, value: LETTERS[place] }));
    for (const radio of radios) radio.addEventListener("change", () => this.#judge(radio.value));
    this.#show = (answer) => radios.forEach((radio) => { radio.checked = radio.value === answer; });
    return radios.map((radio, place) => make("label", {}, radio, shown[place][0]));
  }

  #number() {
    const field = make("input", { type: "text", inputMode: "decimal", autocomplete: "off",
      "aria-label": "A number" });
    const check = () => this.#judge(field.value);
    field.addEventListener("keydown", ({ key }) => key === "Enter" && check());
    const button = make("button", { type: "button", className: "nn-main" }, "Check");
    button.addEventListener("click", check);
    this.#show = (answer) => { field.value = answer; };
    return [field, button];
  }

  #order() {
    const { shown } = this.#question;
    const list = make("ol");
    const items = shown.map(([text], place) => {
      const item = make("li", {}, text);
      item.dataset.letter = LETTERS[place];
      for (const [label, by] of [["Up", -1], ["Down", 1]]) {
        const button = make("button", { type: "button", "aria-label": `${label}: ${text}` }, label);
        button.addEventListener("click", () => this.#move(item, by, button));
        item.append(button);
      }
      return item;
    });
    list.append(...items);
    const button = make("button", { type: "button", className: "nn-main" }, "Check");
    button.addEventListener("click", () =>
      this.#judge([...list.children].map(({ dataset }) => dataset.letter).join("")));
    this.#show = (answer) => {
      for (const letter of answer) {
        list.append(...items.filter(({ dataset }) => dataset.letter === letter));
      }
    };
    return [list, button];
  }

  #move(item, by, button) {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    button.focus();
    const place = [...item.parentElement.children].indexOf(item) + 1;
    this.#said.textContent = `Now step ${place}.`;
    this.dataset.status = "";
  }
}

customElements.define("nn-question", NNQuestion);
