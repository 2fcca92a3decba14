// The control of kind "table": data of the reader's own, pasted as text or taken from a file. Python
// reads them, and says what is wrong with them.

import { make } from "./dom.js";
import { makeButton, makeField } from "./drawing.js";
import { fitsIntoLink } from "./settings.js";
import { TABLE } from "./shared.js";

const HELP = "Two columns of numbers and a class, one observation a line, with commas, semicolons or "
  + "tabs between them; a first line may name the columns. Paste them here, or choose a file, or drop "
  + `one. At most ${TABLE.rows} observations of ${TABLE.classes} classes. Both columns are `
  + "standardised. Nothing leaves your machine.";
const IN_LINK = "A link to this figure carries these data.";
const NOT_IN_LINK = "These data are too long for a link: they stay in this page, and are gone when you "
  + "leave it.";

export class DataTable {
  #onInput;
  #say;
  #known = null; // the text that the settings have: another control leaves what is typed
  #text;
  #kept = make("p");
  #fault = make("p", { className: "nn-note", hidden: true });

  /**
   * @param {object} control
   * @param {string} id - unique on the page
   * @param {(text: string) => void} onInput
   * @param {(text: string) => void} say - to those who hear the page
   */
  constructor(control, id, onInput, say) {
    this.#onInput = onInput;
    this.#say = say;
    this.#text = make("textarea", {
      id, rows: 6, spellcheck: false, autocomplete: "off", wrap: "off", "aria-label": "Pasted data" });
    const file = make("input", { type: "file", accept: ".csv,.tsv,.txt,text/*" });
    file.addEventListener("change", async () => {
      await this.#take(file.files[0]);
      file.value = ""; // so that the same file can be chosen again, changed meanwhile
    });
    this.element = makeField("Your own data", HELP, this.#text, this.#fault,
      make("div", { className: "nn-row" },
        makeButton("Train on these", () => this.#use(this.#text.value)),
        make("label", {}, "or on a file ", file)),
      this.#kept);
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return; // text goes where it is dropped
      event.preventDefault();
      this.#take(event.dataTransfer.files[0]);
    });
  }

  set(text) {
    if (text === this.#known) return;
    this.#known = this.#text.value = text;
    this.#kept.textContent = fitsIntoLink(text) ? IN_LINK : NOT_IN_LINK;
    this.#hideFault();
  }

  /** Out of sight while other data are chosen. */
  rest(reason) {
    this.element.hidden = Boolean(reason);
  }

  /** Say what is wrong with the data, next to them. */
  tell(message) {
    this.#fault.textContent = message;
    this.#fault.hidden = false;
    this.#text.setAttribute("aria-invalid", "true");
    this.#say(message);
  }

  async #take(file) {
    if (!file) return;
    // A character takes up to four bytes.
    if (file.size > 4 * TABLE.most) return this.#refuse(file.name, `${file.size} bytes`);
    this.#text.value = await file.text();
    if (this.#use(this.#text.value, file.name)) this.#say(`Data of ${file.name}.`);
  }

  /** Whether the text is short enough: then it is handed on. */
  #use(text, name = "This") {
    if (text.length > TABLE.most) {
      this.#refuse(name, `${text.length} characters`);
      return false;
    }
    this.#hideFault(); // also where the settings have this text: `set` leaves it then
    this.#onInput(text);
    return true;
  }

  #refuse(name, length) {
    this.tell(`${name} is too long: ${length}, where at most ${TABLE.most} characters fit.`);
  }

  #hideFault() {
    this.#fault.hidden = true;
    this.#text.removeAttribute("aria-invalid");
  }
}
