// Copying a text: by the browser's clipboard, or by the reader's hand where a script may not.

import { make } from "./dom.js";

const THANKS = 1500; // milliseconds

export class Copying {
  #say;

  /**
   * @param {string} id - unique on the page
   * @param {(text: string) => void} say - to those who hear the page
   */
  constructor(id, say) {
    this.#say = say;
    const close = make("button", { type: "button" }, "Close");
    // It stays until the reader is done with it.
    this.element = make("div", { className: "nn-row nn-by-hand", hidden: true },
      make("label", { for: id }), make("textarea", { id, readOnly: true, rows: 2 }), close);
    close.addEventListener("click", () => {
      this.element.previousElementSibling.querySelector("[data-label]").focus(); // or it is lost
      this.element.hidden = true;
    });
  }

  /**
   * A button that copies a text.
   * @param {string} label
   * @param {string} what - the text is, for the reader
   * @param {() => string} text
   */
  button(label, what, text) {
    const button = make("button", { type: "button" }, label);
    button.dataset.label = label;
    button.addEventListener("click", () => this.#copy(button, what, text()));
    return button;
  }

  async #copy(button, what, text) {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = button.dataset.label; }, THANKS);
      this.#say("Copied");
    } catch { // not allowed here: the reader can copy it
      const [label, field] = this.element.children;
      label.textContent = `Copy this ${what}:`;
      field.value = text;
      this.element.hidden = false;
      button.parentElement.after(this.element); // below the buttons, so that none moves
      field.select();
      this.#say("The text is selected: press Ctrl+C, or Command+C, to copy it.");
    }
  }
}
