// What the controls have in common to which the reader brings something: their field, and the cross
// with which those draw who have no pointer.

import { make } from "./dom.js";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** The field of a control: what it is, what to do, and what there is to do it with. */
export function makeField(title, help, ...elements) {
  return make("fieldset", { className: "nn-control nn-drawn" },
    make("legend", {}, title), make("p", {}, help), ...elements);
}

export function makeButton(name, act) {
  const button = make("button", { type: "button" }, name);
  button.addEventListener("click", act);
  return button;
}

/** A place that the arrow keys move. */
export class Cross {
  static help = "Arrow keys move the cross, with Shift further";

  #limits;
  #steps;

  /**
   * @param {number[]} place - where it starts
   * @param {number[]} limits - of its coordinates: the lowest and the highest
   * @param {number[]} steps - without Shift and with it, in hundredths or more
   */
  constructor(place, limits, steps) {
    this.place = place;
    this.#limits = limits;
    this.#steps = steps;
  }

  /** Go where a key says; whether it says anything. */
  move({ key, shiftKey }) {
    if (!(key in KEYS)) return false;
    const by = this.#steps[Number(shiftKey)];
    this.place = this.place.map((coordinate, i) =>
      this.clamped(Math.round(100 * (coordinate + by * KEYS[key][i])) / 100));
    return true;
  }

  clamped(coordinate) {
    const [low, high] = this.#limits;
    return Math.min(Math.max(coordinate, low), high);
  }
}
