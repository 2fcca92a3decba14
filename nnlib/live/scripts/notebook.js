// The picture of a live figure in a notebook: what anywidget asks of a script. Python sends frames;
// what the reader draws on them or chooses in them goes back. Sliders and buttons are not here.

import { Board } from "./board.js";
import { Chooser } from "./chooser.js";
import { make } from "./dom.js";
import { decode } from "./frames.js";
import { Pad } from "./pad.js";
import { Plots } from "./plots.js";

const WORDS_AFTER = 500; // milliseconds
const DRAWN = { points: Board, strokes: Pad };

/** @param {{model: object, el: HTMLElement}} view - of an `nnlib.live.canvas.Canvas` */
function render({ model, el }) {
  const plots = new Plots();
  const picture = make("div", { className: "nn-picture" }, plots.element);
  const announcer = make("p", { className: "nn-announcer", role: "status" });
  const say = (text) => { announcer.textContent = text; };

  // Another view of the same figure has other elements: their names must differ.
  const id = `nn-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const controls = model.get("controls");
  const drawn = controls.filter(({ kind }) => kind in DRAWN).map((control) => {
    const onInput = (value) => {
      model.set("drawn", { ...model.get("drawn"), [control.name]: value });
      model.save_changes();
    };
    return [control, new DRAWN[control.kind](control, `${id}-${control.name}`, onInput, say)];
  });
  const [, board] = drawn.find(([{ kind }]) => kind === "points") ?? [];
  const [, pad] = drawn.find(([{ kind }]) => kind === "strokes") ?? [];
  const chooser = new Chooser(controls, (name, value) => model.send({ name, value }));
  plots.onDrawn = (plot, ...parts) => {
    if (plot.kind === "plane") board?.attach(...parts);
    chooser.attach(plot, ...parts);
  };
  if (board) board.redraw = () => plots.draw();

  const figure = make("nn-lab", { className: "nn-live nn-notebook", "data-lm-suppress-shortcuts": "" },
    ...(board ? [board.element] : []), picture, ...(pad ? [pad.element] : []), announcer);
  figure.setAttribute("role", "group");
  figure.setAttribute("aria-label", "Live figure");
  // Keys that draw are none of the notebook's commands.
  figure.addEventListener("keydown", (event) => event.stopPropagation());

  /** A net needs two classes; until the reader has drawn them, there are only points to see. */
  const hasTooFewClasses = () => board && model.get("board_is_used")
    && new Set(model.get("drawn").points.map((point) => point[2])).size < 2;

  let isDue = false; // whether the browser draws soon
  let words = 0; // the timer of what is said of the picture, once it stays
  const show = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      const { header, body, number } = model.get("frame");
      const { buffer, byteOffset, byteLength } = body;
      plots.show(hasTooFewClasses() ? board.frame(model.get("plots"))
        : decode(header, buffer.slice(byteOffset, byteOffset + byteLength)));
      clearTimeout(words);
      words = setTimeout(() => plots.describe(), WORDS_AFTER);
      model.set("seen", number);
      model.save_changes();
    });
  };
  const put = () => {
    const values = model.get("drawn");
    for (const [{ name }, control] of drawn) control.set(values[name]);
    if (board) board.active = model.get("board_is_used");
    show();
  };

  el.append(figure);
  put();
  model.on("change:frame", show);
  model.on("change:drawn change:board_is_used", put);
  return () => {
    model.off("change:frame", show);
    model.off("change:drawn change:board_is_used", put);
    clearTimeout(words);
    plots.end();
  };
}

export default { render };
