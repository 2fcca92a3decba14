// Choosing by pointer what the drawing of a net shows: a click on the plane takes the nearest
// observation, one on a node that node, and on the chosen node none. The same can be set by controls.

export class Chooser {
  #shown = new WeakMap(); // canvas -> its plot, and what its drawing returned
  #controls;
  #onChoice;

  /**
   * @param {object[]} controls - of the experiment
   * @param {(name: string, value: any) => void} onChoice
   */
  constructor(controls, onChoice) {
    this.#controls = Object.fromEntries(controls.map(({ kind, name }) => [kind, name]));
    this.#onChoice = onChoice;
  }

  /** Make what was drawn answer to clicks; `Plots.onDrawn`. */
  attach(plot, canvas, drawn) {
    const kind = { plane: "observation", diagram: "node" }[plot.kind];
    if (!(kind in this.#controls)) return;
    if (!this.#shown.has(canvas)) {
      if (plot.kind === "diagram") canvas.style.cursor = "pointer";
      canvas.addEventListener("click", ({ offsetX, offsetY }) => this.#choose(canvas, offsetX, offsetY));
    }
    this.#shown.set(canvas, { plot, drawn });
  }

  #choose(canvas, x, y) {
    const { plot, drawn } = this.#shown.get(canvas);
    if (plot.kind === "diagram") {
      const key = drawn.keyAt(x, y);
      if (key) this.#onChoice(this.#controls.node, key === plot.chosen ? "" : key);
    } else if (!canvas.classList.contains("nn-board")) {
      const distance = (i) => {
        const [left, top] = drawn.toPixel(plot.points[2 * i], plot.points[2 * i + 1]);
        return Math.hypot(left - x, top - y);
      };
      const distances = Array.from({ length: plot.points.shape[0] }, (_, i) => distance(i));
      const nearest = distances.indexOf(Math.min(...distances));
      if (nearest >= 0) this.#onChoice(this.#controls.observation, nearest);
    }
  }
}
