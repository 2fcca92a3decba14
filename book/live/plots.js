// The plots of a frame, a canvas each, drawn again when their size or the page's theme changes.

import { drawBars } from "./bars.js";
import { drawChart } from "./chart.js";
import { themeOf } from "./colours.js";
import { drawDiagram } from "./diagram.js";
import { make } from "./dom.js";
import { drawPlane } from "./plane.js";

const DRAWN_BY = {
  plane: drawPlane, chart: drawChart, bars: drawBars, diagram: drawDiagram,
};

export class Plots {
  element = make("div", { className: "nn-plots" });

  /** Called after a plane or a diagram was drawn: it, its canvas, what drawing returned, colours. */
  onDrawn = () => {};

  #frame = null;
  #sizes = new ResizeObserver(() => this.draw());
  #themes = new MutationObserver(() => this.draw());

  constructor() {
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** @param {object} frame - decoded */
  show(frame) {
    this.#frame = frame;
    const canvases = [...this.element.children];
    frame.plots.forEach((plot, i) => {
      const canvas = canvases[i] ?? this.#newCanvas();
      canvas.className = `nn-${plot.kind}`;
      if (canvas.getAttribute("role") === "img") {
        canvas.setAttribute("aria-label", describe(plot, frame.text));
      }
    });
    for (const canvas of canvases.slice(frame.plots.length)) {
      this.#sizes.unobserve(canvas);
      canvas.remove();
    }
    this.draw();
  }

  draw() {
    if (!this.#frame) return;
    const theme = themeOf(this.element);
    this.#frame.plots.forEach((plot, i) => {
      const canvas = this.element.children[i];
      if (!canvas.clientWidth) return;
      const drawn = DRAWN_BY[plot.kind](canvas, plot, theme);
      if (drawn) this.onDrawn(plot, canvas, drawn, theme);
    });
  }

  #newCanvas() {
    const canvas = make("canvas", { role: "img", "aria-label": "" });
    this.element.append(canvas);
    this.#sizes.observe(canvas);
    return canvas;
  }
}

function describe(plot, text) {
  const labels = {
    plane: () => `Plane of ${plot.x_label} and ${plot.y_label}`,
    chart: () => (plot.has_axes ?? true
      ? `${plot.y_label} against ${plot.x_label}`
      : plot.curves.flatMap((curve) => curve.texts).join(", ")),
    diagram: () => `Drawing of the net. ${plot.layers.map(describeLayer).join("; ")}`,
    bars: () => plot.names.map((name, i) => `${name}: ${plot.heights[i].toPrecision(3)}`).join(", "),
  };
  return [plot.title, labels[plot.kind](), text].filter(Boolean).join(". ");
}

function describeLayer({ title, names, texts, dead, others }) {
  const nodes = names.map((name, i) => `${name} ${texts[i]}${dead.includes(i) ? " dead" : ""}`);
  return `${title}: ${[...nodes, ...(others ? [`and ${others} more`] : [])].join(", ")}`;
}
