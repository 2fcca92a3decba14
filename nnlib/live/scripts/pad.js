// The control of kind "strokes": the reader draws on a pad, with mouse, finger, pen or keyboard.

import { makeVector, make } from "./dom.js";
import { Cross, makeButton, makeField } from "./drawing.js";
import { labelOf, mayGoOn } from "./settings.js";

const SIZE = 1000; // of the pad, in the units of its picture: a link has thousandths too
const NEAR = 15; // in the same units: points that are nearer to each other say nothing new
const HELP = `${Cross.help}; Enter puts the pen down and lifts it, Delete takes the last stroke away.`;

export class Pad {
  #strokes = [];
  #known = null; // the strokes that the settings have: another control leaves them as they are
  #onInput;
  #say;
  #cross = new Cross([0.5, 0.5], [0, 1], [0.02, 0.1]);
  #pointer = null; // that draws, while it is down
  #isDown = false; // the pen: what it passes belongs to the last stroke
  #isNew = false; // whether there is something drawn that Python does not know
  #surface;

  /**
   * @param {object} control
   * @param {string} id - unique on the page
   * @param {(strokes: number[][][]) => void} onInput - after each stroke
   * @param {(text: string) => void} say - to those who hear the page
   */
  constructor(control, id, onInput, say) {
    this.#onInput = onInput;
    this.#say = say;
    this.#surface = makeVector("svg", {
      id, class: "nn-pad", viewBox: `0 0 ${SIZE} ${SIZE}`, tabindex: 0, role: "application",
      "aria-label": `Pad to draw on. ${HELP}` });
    this.element = makeField(`Draw ${labelOf(control)}`,
      `Draw on the pad with mouse, finger or pen. From the keyboard, go to it with Tab. ${HELP}`,
      this.#surface,
      make("div", { className: "nn-row" }, makeButton("Undo", () => this.#undo()),
        makeButton("Clear", () => this.#change([]))));
    this.#listen();
  }

  set(strokes) {
    if (strokes === this.#known) return; // and what is being drawn goes on
    this.#strokes = this.#known = strokes;
    this.#isDown = this.#isNew = false;
    this.#draw();
  }

  /** Out of sight while it does nothing. */
  rest(reason) {
    this.element.hidden = Boolean(reason);
  }

  #listen() {
    const on = (type, act) => this.#surface.addEventListener(type, act);
    on("pointerdown", (event) => this.#begin(event));
    on("pointermove", (event) => {
      if (event.pointerId !== this.#pointer) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const each of passed.length ? passed : [event]) this.#follow(each);
    });
    for (const type of ["pointerup", "pointercancel"]) {
      on(type, (event) => event.pointerId === this.#pointer && this.#end());
    }
    on("keydown", (event) => this.#key(event));
    on("blur", () => this.#end());
  }

  // By pointer

  #begin(event) {
    if (!event.isPrimary || event.button !== 0) return;
    this.#end(); // what the keyboard has begun
    this.#surface.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#follow(event);
  }

  /** Outside the pad the pen is lifted: nothing there is remembered. */
  #follow({ clientX, clientY }) {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(
      this.#surface.getScreenCTM().inverse());
    const place = [Math.round(x) / SIZE, Math.round(SIZE - y) / SIZE];
    if (place.every((each) => each === this.#cross.clamped(each))) this.#pass(place);
    else this.#isDown = false;
  }

  // By keyboard

  #key(event) {
    if (this.#pointer !== null) return;
    if (this.#cross.move(event)) {
      if (this.#isDown) this.#pass(this.#cross.place);
      this.#say(this.#cross.place.join(", "));
      this.#draw();
    } else if (event.key === "Enter" || event.key === " ") {
      if (this.#isDown) this.#end();
      else this.#pass(this.#cross.place);
      this.#say(this.#isDown ? "The pen is down." : "The pen is lifted.");
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.#undo();
    } else {
      return;
    }
    event.preventDefault();
  }

  // The strokes

  /** Bring the pen to a place: on with its stroke, or with a new one if it was lifted. */
  #pass(place) {
    const last = this.#isDown ? this.#strokes.at(-1) : null;
    if (last && SIZE * Math.hypot(...last.at(-1).map((each, i) => each - place[i])) < NEAR) return;
    if (!mayGoOn(this.#strokes, !last)) return this.#say("There is no room for more.");
    this.#strokes = last
      ? [...this.#strokes.slice(0, -1), [...last, place]] : [...this.#strokes, [place]];
    this.#isDown = this.#isNew = true;
    this.#draw();
  }

  #end() {
    this.#pointer = null;
    this.#isDown = false;
    if (this.#isNew) this.#change(this.#strokes);
  }

  #undo() {
    if (!this.#strokes.length) return this.#say("Nothing is drawn.");
    this.#change(this.#strokes.slice(0, -1));
    this.#say("The last stroke is gone.");
  }

  #change(strokes) {
    this.set(strokes);
    this.#onInput(strokes);
  }

  #draw() {
    const at = ([x, y]) => `${SIZE * x},${SIZE * (1 - y)}`;
    // A line of no length is a dot, if it has an end to be round.
    const lines = this.#strokes.map((stroke) =>
      makeVector("polyline", { points: [stroke[0], ...stroke].map(at).join(" ") }));
    const cross = makeVector("path", {
      class: "nn-cross", d: "M-45 0H45M0-45V45", transform: `translate(${at(this.#cross.place)})` });
    this.#surface.replaceChildren(...lines, cross);
  }
}
