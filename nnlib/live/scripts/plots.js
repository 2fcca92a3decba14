// The plots of a frame, a canvas each, drawn again when their size or the page's theme changes.

import { rangeOf } from "./axes.js";
import { drawBars } from "./bars.js";
import { drawChart } from "./chart.js";
import { themeOf } from "./colours.js";
import { drawDiagram } from "./diagram.js";
import { make } from "./dom.js";
import { drawPlane } from "./plane.js";

const DRAWN_BY = {
  plane: drawPlane, chart: drawChart, bars: drawBars, diagram: drawDiagram,
};

// What tells of a dark theme; nn-lab.css knows whose they are.
const THEMES = ["data-theme", "theme", "class", "data-jp-theme-light", "data-vscode-theme-kind"];

export class Plots {
  element = make("div", { className: "nn-plots" });

  /** Called after a plane or a diagram was drawn: it, its canvas, what drawing returned, colours. */
  onDrawn = () => {};

  #frame = null;
  #sizes = new ResizeObserver(() => this.draw());
  // A moment later: JupyterLab hides all while it changes.
  #themes = new MutationObserver(() => requestAnimationFrame(() => this.draw()));

  constructor() {
    for (const element of [document.documentElement, document.body]) {
      this.#themes.observe(element, { attributeFilter: THEMES });
    }
  }

  /** @param {object} frame - decoded */
  show(frame) {
    this.#frame = frame;
    const canvases = [...this.element.children];
    frame.plots.forEach((plot, i) => {
      const canvas = canvases[i] ?? this.#newCanvas();
      // One that is a board, too, stays one.
      if (!canvas.classList.contains(`nn-${plot.kind}`)) canvas.className = `nn-${plot.kind}`;
      canvas.classList.toggle("nn-drawing", plot.has_axes === false);
    });
    for (const canvas of canvases.slice(frame.plots.length)) {
      this.#sizes.unobserve(canvas);
      canvas.remove();
    }
    this.draw();
  }

  /**
   * Put into words what is shown, for those who hear the page.
   * @param {boolean} isAtRest - or a run goes on, and the weights of a net have changed in a moment
   */
  describe(isAtRest = true) {
    this.#frame.plots.forEach((plot, i) => {
      const canvas = this.element.children[i];
      if (canvas.getAttribute("role") === "img") {
        canvas.setAttribute("aria-label", describe(plot, isAtRest));
      }
    });
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

  /** Draw no more: the element is gone for good. */
  end() {
    this.#sizes.disconnect();
    this.#themes.disconnect();
  }

  #newCanvas() {
    const canvas = make("canvas", { role: "img", "aria-label": "" });
    this.element.append(canvas);
    this.#sizes.observe(canvas);
    return canvas;
  }
}

const rounded = (value, count) => String(Number(value.toPrecision(count))).replace("-", "−");
const digits = (value) => rounded(value, 3);

function describe(plot, isAtRest) {
  const labels = {
    plane: () => [`Plane of ${plot.x_label} and ${plot.y_label}`, ...describePlane(plot)].join(". "),
    chart: () => (plot.has_axes ?? true
      ? `${plot.y_label} against ${plot.x_label}. ${describeCurves(plot.curves)}`
      : plot.curves.flatMap((curve) => curve.texts).join(", ")),
    diagram: () => describeNet(plot, isAtRest),
    bars: () => plot.names.map((name, i) => `${name}: ${digits(plot.heights[i])}`).join(", "),
  };
  return [plot.title, labels[plot.kind]()].filter(Boolean).join(". ");
}

function describePlane({ points, labels, classes, winner, values, targets }) {
  const nameOf = (label) => (classes?.length ? `${label}, ${classes[label]}` : label);
  const shares = (classes, say) => [...new Set(classes)].sort((a, b) => a - b).map((label) =>
    say(label, classes.filter((each) => each === label).length)).join(", ");
  return [
    ...(points ? [labels ? `Points: ${shares(labels, (label, count) => `${count} of class ${nameOf(label)}`)}`
      : `${points.shape[0]} points`] : []),
    ...(winner ? [`The net gives ${shares(winner, (label, count) =>
      `${Math.round((100 * count) / winner.length)} % to class ${label}`)}`] : []),
    ...(targets ? [`Their targets from ${rangeOf([targets]).map(digits).join(" to ")}`] : []),
    ...(values ? [`Values from ${rangeOf([values]).map(digits).join(" to ")}`] : []),
  ];
}

/** Where each curve that has a name begins and ends. */
function describeCurves(curves) {
  return curves.filter(({ label }) => label).map(({ label, x, y }) => {
    const [first, last] = [0, -1].map((end) => [...x.keys()].filter((i) =>
      Number.isFinite(x[i]) && Number.isFinite(y[i])).at(end));
    if (first === undefined) return `${label}: nothing to show`;
    const at = (i) => `${digits(y[i])} at ${digits(x[i])}`;
    return first === last ? `${label}: ${at(first)}` : `${label}: from ${at(first)} to ${at(last)}`;
  }).join("; ");
}

function describeNet({ layers, chosen }, hasLines) {
  const leads = layers.find(({ keys }) => chosen && keys.includes(chosen));
  return ["Drawing of the net",
    ...(leads ? [`Chosen: ${leads.names[leads.keys.indexOf(chosen)]} of ${leads.title}`] : []),
    ...layers.map((layer, i) => describeLayer(layer, hasLines && layers[i - 1])),
  ].join(". ");
}

function describeLayer({ title, names, texts, weights, dead, others }, before) {
  const nodes = names.map((name, j) => [
    `${name} ${texts[j]}`,
    ...(dead.includes(j) ? ["dead"] : []),
    ...(before ? [describeLines(before, weights, j)] : []),
  ].join(", "));
  return `${title}: ${[...nodes, ...(others ? [`and ${others} more`] : [])].join("; ")}`;
}

/** The strongest of the lines drawn to a node, and its bias, with two digits: there may be many. */
function describeLines({ names, others }, weights, j) {
  const row = weights.slice(j * (names.length + 1), (j + 1) * (names.length + 1));
  const sizes = [...row.slice(0, -1)].map((weight) => Math.abs(weight) || 0);
  const first = sizes.indexOf(Math.max(...sizes));
  return `strongest ${others ? "drawn " : ""}from ${names[first]}: ${rounded(row[first], 2)}, `
    + `bias ${rounded(row.at(-1), 2)}`;
}
