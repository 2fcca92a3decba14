// The control of kind "points": the reader draws observations on the plane, by pointer or keyboard.

import { make } from "./dom.js";
import { Cross, makeButton, makeField } from "./drawing.js";
import { characterOf } from "./markers.js";
import { labelOf, mayAdd } from "./settings.js";
import { PALETTE, POINTS } from "./shared.js";

const { farthest } = POINTS;
const EXTENT = [-farthest, farthest, -farthest, farthest];
const NEAR = 11; // pixels
const FEWEST_CLASSES = 2; // that a net can learn
const HELP = `${Cross.help}; Enter places a point, Delete removes it, a digit chooses the class.`;

export class Board {
  #points = [];
  #onInput;
  #say;
  #cross = new Cross([0, 0], [-farthest, farthest], [0.1, 0.5]);
  #geometry = null;
  #canvas = null;
  #active = false;
  #byKeyboard = false; // who uses the keyboard wants to see the cross

  /**
   * @param {object} control
   * @param {string} id - unique on the page
   * @param {(points: number[][]) => void} onInput
   * @param {(text: string) => void} say - to those who hear the page
   */
  constructor(control, id, onInput, say) {
    this.#onInput = onInput;
    this.#say = say;
    this.picker = Array.from({ length: POINTS.classes }, (_, label) => {
      const input = make("input", { type: "radio", name: id, value: label, checked: label === 0 });
      const colours = `--nn-light: ${PALETTE.light[label]}; --nn-dark: ${PALETTE.dark[label]}`;
      const marker = make("span", { className: "nn-marker", style: colours, "aria-hidden": "true" },
        characterOf(label));
      return make("label", {}, input, marker, ` class ${label}`);
    });
    const clear = makeButton("Clear", () => this.#change([]));
    this.element = makeField(`Draw ${labelOf(control)}`,
      "Click on the plane to add a point of the class chosen here, on a point to remove it. From the "
        + `keyboard, go to the plane with Tab. ${HELP}`,
      make("div", { className: "nn-row" }, ...this.picker, clear));
    this.active = false;
  }

  set(points) {
    this.#points = points;
    // One class more than there are.
    const used = 1 + Math.max(-1, ...points.map((point) => point[2]));
    this.picker.forEach((label, i) => { label.hidden = i >= Math.max(used + 1, FEWEST_CLASSES); });
    if (!points.length || this.picker[this.#label].hidden) this.picker[0].firstChild.checked = true;
  }

  /** Whether the points are the data, so that the plane can be drawn on. */
  set active(active) {
    this.#active = active;
    this.element.hidden = !active;
    if (this.#canvas) this.#prepare(this.#canvas);
  }

  /**
   * What there is to see before a net has learned these points. The other plots are empty, so that
   * the plane stays where it is and as large as it will be.
   * @param {string[]} names - of the plots, as in `nnlib.lab.training`
   */
  frame(names) {
    const points = new Float32Array(this.#points.flatMap(([x, y]) => [x, y]));
    const plane = {
      kind: "plane", extent: EXTENT, curves: [], title: "", x_label: "x₁", y_label: "x₂",
      points: Object.assign(points, { shape: [this.#points.length, 2] }),
      labels: Uint8Array.from(this.#points, (point) => point[2]),
      least: FEWEST_CLASSES, // shown, whether there are points of them or not
    };
    const empty = (name) => ({
      kind: "chart", curves: [], title: "", x_label: "epoch", y_label: name,
      x_range: [0, 1], y_range: [0, 1] });
    const plots = names.map((name) => (name === "plane" ? plane : empty(name)));
    return { plots, text: "", warning: "", epoch: null, details: [] };
  }

  /** Make a drawn plane answer; `Plots.onDrawn`. */
  attach(canvas, geometry, theme) {
    if (this.#canvas !== canvas) {
      canvas.addEventListener("click", (event) => this.#active && this.#click(event));
      canvas.addEventListener("keydown", (event) => this.#active && this.#key(event));
      canvas.addEventListener("blur", () => this.redraw?.());
      canvas.addEventListener("focus", () => {
        this.#byKeyboard = canvas.matches(":focus-visible");
        this.redraw?.();
      });
      this.#canvas = canvas;
      this.#prepare(canvas);
    }
    this.#geometry = geometry;
    if (this.#active && this.#byKeyboard && document.activeElement === canvas) this.#drawCross(theme);
  }

  #prepare(canvas) {
    canvas.classList.toggle("nn-board", this.#active);
    canvas.setAttribute("role", this.#active ? "application" : "img");
    if (this.#active) {
      canvas.tabIndex = 0;
      canvas.setAttribute("aria-label", `Plane to draw on. ${HELP}`);
    } else {
      canvas.removeAttribute("tabindex");
    }
  }

  get #label() {
    return this.picker.findIndex((label) => label.firstChild.checked);
  }

  #click(event) {
    this.#byKeyboard = false;
    const place = [event.offsetX, event.offsetY];
    const [x, y] = this.#geometry.toPlane(...place);
    const isInside = [x, y].every((each) => each === this.#cross.clamped(each));
    if (!this.#remove(place) && isInside) this.#add(x, y);
  }

  #key(event) {
    this.#byKeyboard = true;
    const chosen = this.picker[event.key];
    if (chosen && !chosen.hidden) {
      chosen.firstChild.checked = true;
      this.#say(`Class ${event.key}.`);
    } else if (this.#cross.move(event)) {
      this.#say(this.#cross.place.join(", "));
      this.redraw();
    } else if (event.key === "Enter" || event.key === " ") {
      this.#add(...this.#cross.place);
      this.#say(`Point of class ${this.#label} placed.`);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const removed = this.#remove(this.#geometry.toPixel(...this.#cross.place));
      this.#say(removed ? "Point removed." : "There is no point here.");
    } else {
      return;
    }
    event.preventDefault();
  }

  #add(x, y) {
    if (!mayAdd(this.#points)) return this.#say("There is no room for more points.");
    const hundredths = (coordinate) => Math.round(100 * coordinate) / 100;
    this.#change([...this.#points, [hundredths(x), hundredths(y), this.#label]]);
  }

  /** Remove the point nearest to a pixel, if one is near. */
  #remove(place) {
    const distances = this.#points.map(([x, y]) => {
      const pixel = this.#geometry.toPixel(x, y);
      return Math.hypot(pixel[0] - place[0], pixel[1] - place[1]);
    });
    const nearest = distances.indexOf(Math.min(...distances));
    if (!(distances[nearest] < NEAR)) return false;
    this.#change(this.#points.filter((_, i) => i !== nearest));
    return true;
  }

  #change(points) {
    this.set(points);
    this.#onInput(points);
  }

  #drawCross(theme) {
    const { context, toPixel } = this.#geometry;
    const [x, y] = toPixel(...this.#cross.place);
    for (const [width, colour] of [[4, theme.paper], [2, theme.ink]]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.beginPath();
      context.moveTo(x - 10, y);
      context.lineTo(x + 10, y);
      context.moveTo(x, y - 10);
      context.lineTo(x, y + 10);
      context.stroke();
    }
  }
}
