// <nn-progress>: how many exercises of each chapter are solved, by what this browser has kept; to
// carry to another browser as a file, or to erase.

import { make } from "./dom.js";
import { CHAPTERS } from "./exercises.js";
import { erase, readAll, write } from "./kept.js";

const FORM = "nnlib exercises 1";
const LARGEST = 5e6; // bytes of a file

class NNProgress extends HTMLElement {
  #table = make("tbody");
  #said = make("p", { className: "nn-outcome", role: "status" });
  #erasing = false; // whether Erase was pressed once

  connectedCallback() {
    if (this.#table.parentElement) return;
    const file = make("input", { type: "file", accept: ".json", hidden: true });
    file.addEventListener("change", () => this.#import(file));
    const button = (text, act) => {
      const element = make("button", { type: "button" }, text);
      element.addEventListener("click", act);
      return element;
    };
    this.replaceChildren(
      make("table", {},
        make("caption", {}, "Exercises solved in this browser"),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Chapter"),
          make("th", { scope: "col" }, "Solved"))),
        this.#table),
      make("div", { className: "nn-row" },
        button("Save as a file", () => this.#export()),
        button("Take in a file", () => file.click()), file,
        button("Erase", () => this.#erase())),
      this.#said);
    this.#say("What you type in exercises is kept in this browser, and nowhere else.");
    this.#show();
    addEventListener("storage", () => this.#show());
    addEventListener("pageshow", () => this.#show()); // back from a chapter
  }

  #say(text) {
    this.#said.textContent = text;
  }

  #show() {
    const kept = readAll();
    const count = (names) => {
      const solved = names.filter((name) => kept[name]?.status === "correct").length;
      return [make("progress", { max: names.length, value: solved, "aria-hidden": "true" }),
        ` ${solved} of ${names.length}`];
    };
    const row = (heading, names) => make("tr", {}, make("th", { scope: "row" }, heading),
      make("td", {}, ...count(names)));
    this.#table.replaceChildren(
      ...CHAPTERS.map(({ page, title, names }) => row(make("a", { href: page }, title), names)),
      row("The whole book", CHAPTERS.flatMap(({ names }) => names)));
  }

  #export() {
    const text = JSON.stringify({ form: FORM, answers: readAll() }, null, 1);
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    make("a", { href: address, download: "nnlib-exercises.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    this.#say("Your answers are saved as nnlib-exercises.json.");
  }

  async #import(field) {
    const [file] = field.files;
    field.value = ""; // so that the same file can be chosen again
    if (!file) return;
    let answers;
    try {
      if (file.size > LARGEST) throw new Error("too large");
      const read = JSON.parse(await file.text());
      if (read.form !== FORM) throw new Error("another form");
      answers = Object.entries(read.answers).filter(([name, kept]) =>
        /^ex(-[a-z0-9]+)+$/.test(name) && typeof kept?.code === "string");
    } catch {
      this.#say("This is not a file that was saved here: nothing was taken in.");
      return;
    }
    const lost = answers.filter(([name, { code, status }]) =>
      !write(name, { code, status: typeof status === "string" ? status : "" })).length;
    this.#say(lost ? `${lost} of ${answers.length} answers could not be kept: this browser keeps `
      + "nothing for this site, or has no room left."
      : `${answers.length} answers were taken in; they stand in the place of those that were here.`);
    this.#show();
  }

  #erase() {
    const count = Object.keys(readAll()).length;
    if (count && !this.#erasing) {
      this.#say(`Press Erase once more to erase ${count} answers for good.`);
      this.#erasing = true;
      return;
    }
    erase();
    this.#erasing = false;
    this.#say("No answers are kept here.");
    this.#show();
  }
}

customElements.define("nn-progress", NNProgress);
