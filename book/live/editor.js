// An editor of Python: a plain text field, and its text once more in colours behind it. So undo,
// spelling, speech and every keyboard work as in any field, and there is nothing to load.

import { make } from "./dom.js";

const INDENT = "    ";
const TOKEN = new RegExp([
  String.raw`(?<comment>#[^\n]*)`,
  String.raw`(?<string>[rbfRBF]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))`,
  String.raw`(?<keyword>\b(?:and|as|assert|break|class|continue|def|del|elif|else|except|False|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|try|while|with|yield)\b)`,
  String.raw`(?<number>\b\d[\w.]*)`,
].join("|"), "g");

/** The text in pieces, those with a meaning in a `span` of its class. */
function coloured(code) {
  const pieces = [];
  let end = 0;
  for (const { 0: text, index, groups } of code.matchAll(TOKEN)) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    pieces.push(code.slice(end, index), make("span", { className: `nn-${kind}` }, text));
    end = index + text.length;
  }
  return [...pieces, code.slice(end), "\n"];
}

export class Editor {
  #field;
  #shown = make("pre", { "aria-hidden": "true" });
  #leaves = false; // Escape was pressed: the next Tab leaves

  /**
   * @param {string} id - unique on the page
   * @param {{changed: () => void, enter: () => void}} tell - that the text is another; that Ctrl and
   *   Enter were pressed
   */
  constructor(id, { changed, enter }) {
    this.#field = make("textarea", { id, spellcheck: false, autocapitalize: "off",
      autocomplete: "off", wrap: "off", "autocorrect": "off", "aria-describedby": `${id}-keys` });
    this.element = make(
      "div", { className: "nn-editor", translate: false }, this.#shown, this.#field);
    this.#field.addEventListener("input", () => {
      this.#colour();
      changed();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        enter();
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        this.#newLine();
      } else if (event.key === "Tab" && !this.#leaves) {
        event.preventDefault();
        this.#indent(event.shiftKey);
      }
      if (event.key !== "Shift") this.#leaves = event.key === "Escape";
    });
    this.#field.addEventListener("blur", () => { this.#leaves = false; });
  }

  get text() {
    return this.#field.value;
  }

  set text(text) {
    this.#field.value = text;
    this.#colour();
  }

  /** Put another text in the place of all; the reader's undo brings the old one back. */
  replace(text) {
    this.#field.focus();
    this.#field.select();
    this.#insert(text);
  }

  #colour() {
    this.#shown.replaceChildren(...coloured(this.#field.value));
  }

  /** As if typed. */
  #insert(text) {
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      const { selectionStart, selectionEnd } = this.#field;
      this.#field.setRangeText(text, selectionStart, selectionEnd, "end");
      this.#field.dispatchEvent(new Event("input"));
    }
  }

  #newLine() {
    const { value, selectionStart } = this.#field;
    const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
    const deeper = /:\s*(#.*)?$/.test(line) ? INDENT : "";
    this.#insert(`\n${line.match(/^\s*/)[0]}${deeper}`);
  }

  /** One level deeper, or less deep: the lines of a selection, or from where the cursor is. */
  #indent(less) {
    const field = this.#field;
    const { value, selectionStart: start, selectionEnd: end } = field;
    if (!less && start === end) {
      const column = start - value.lastIndexOf("\n", start - 1) - 1;
      this.#insert(INDENT.slice(column % INDENT.length));
      return;
    }
    const first = value.lastIndexOf("\n", start - 1) + 1;
    const lines = value.slice(first, end).split("\n");
    const moved = lines.map((line) => (less ? line.replace(/^ {1,4}/, "") : line && INDENT + line));
    field.setSelectionRange(first, end);
    const text = moved.join("\n");
    if (text === lines.join("\n")) {
      field.setSelectionRange(start, end);
      return;
    }
    this.#insert(text);
    const shift = moved[0].length - lines[0].length;
    const place = Math.max(first, start + shift);
    field.setSelectionRange(...(start === end ? [place, place] : [first, first + text.length]));
  }
}
