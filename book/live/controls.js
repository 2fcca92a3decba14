// The controls of an experiment: a row each, with its name and its value.

import { icon, make } from "./dom.js";
import { labelOf, show } from "./settings.js";

/**
 * The row of one control.
 * @param {object} control - as in `Experiment.to_json`
 * @param {string} id - for its input, unique on the page
 * @param {(value: any) => void} onInput - called at every move
 * @returns {{element: HTMLElement, set: (value: any) => void, rest: (reason: string) => void,
 *   offer?: (diagram: object) => void}} `rest`: it does nothing now, for this reason, if there is one
 */
export function makeControl(control, id, onInput) {
  const made = { slider, steps, log, choice, flag, observation: slider, node }[control.kind](
    control, id, onInput);
  const field = made.element.querySelector("input, select");
  const rest = (reason) => {
    field.disabled = Boolean(reason);
    made.element.title = field.title = reason; // for a pointer, and for those who hear the page
    made.element.classList.toggle("nn-idle", Boolean(reason));
  };
  return { ...made, rest };
}

function slider(control, id, onInput) {
  const { low: min, high: max, step } = control;
  return range(control, id, { min, max, step }, Number, (value) => value, onInput);
}

/** A slider with buttons that go one back and one on; at an end they stay, and so does the focus. */
function steps(control, id, onInput) {
  const { element, set } = slider(control, id, onInput);
  const input = element.querySelector("input");
  const button = (name, title, by) => {
    const made = make("button", { type: "button", title }, icon(name.toLowerCase()), name);
    made.addEventListener("click", () => {
      const value = Number(input.value) + by;
      if (value < control.low || value > control.high) return;
      set(value);
      onInput(value);
    });
    return made;
  };
  const [back, on] = [button("Back", "One step back", -control.step),
    button("Step", "One step on", control.step)];
  input.before(back, on);
  return {
    element,
    set(value) {
      set(value);
      back.setAttribute("aria-disabled", String(value <= control.low));
      on.setAttribute("aria-disabled", String(value >= control.high));
    },
  };
}

/** A slider whose positions are decades; its values have two digits, 0.5 and not 0.501187. */
function log(control, id, onInput) {
  const [min, max] = [Math.log10(control.low), Math.log10(control.high)];
  const valueAt = (position) => {
    const value = Number((10 ** position).toPrecision(2));
    return Math.min(Math.max(value, control.low), control.high);
  };
  return range(control, id, { min, max, step: control.step }, valueAt, Math.log10, onInput);
}

function range(control, id, limits, valueAt, positionOf, onInput) {
  const input = make("input", { id, type: "range", ...limits });
  // Its value is said with the slider: once is enough.
  const output = make("output", { for: id, "aria-hidden": "true" });
  let current; // value
  let touch = null; // of a finger that is down: the value that it found, and how often it moved
  const tell = (value) => {
    current = value;
    output.textContent = show(value);
    input.setAttribute("aria-valuetext", output.textContent);
    const position = (input.value - limits.min) / (limits.max - limits.min);
    input.style.setProperty("--nn-filled", `${100 * position}%`);
  };
  const set = (value) => {
    input.value = positionOf(value);
    tell(value);
  };
  const change = () => {
    tell(valueAt(Number(input.value)));
    onInput(current);
  };
  input.addEventListener("input", () => {
    // A finger on the track is a tap or a drag, or only scrolls the page: the next event says which.
    if (touch && touch.moves++ === 0) return;
    change();
  });
  input.addEventListener("pointerdown", ({ pointerType }) => {
    touch = pointerType === "touch" ? { found: current, moves: 0 } : null;
  });
  input.addEventListener("pointerup", () => {
    const { moves } = touch ?? {};
    touch = null;
    if (moves === 1) change();
  });
  input.addEventListener("pointercancel", () => {
    const { found, moves } = touch ?? {};
    touch = null;
    if (!moves) return;
    set(found);
    if (moves > 1) onInput(found);
  });
  return { element: row(control, id, input, output), set };
}

function choice(control, id, onInput) {
  const options = control.options.map((option) => make("option", {}, String(option)));
  const input = make("select", { id }, ...options);
  input.addEventListener("change", () => onInput(control.options[input.selectedIndex]));
  return {
    element: row(control, id, input),
    set: (value) => { input.selectedIndex = control.options.indexOf(value); },
  };
}

function flag(control, id, onInput) {
  const input = make("input", { id, type: "checkbox" });
  input.addEventListener("change", () => onInput(input.checked));
  return {
    element: row(control, id, input),
    set: (value) => { input.checked = value; },
  };
}

/** A choice among the nodes that are drawn; `offer` says which they are. */
function node(control, id, onInput) {
  const input = make("select", { id });
  let chosen = control.value;
  let offered = [];
  const fill = () => {
    const extra = !chosen || offered.some(([key]) => key === chosen) ? [] : [[chosen, chosen]];
    const options = [["", "none"], ...offered, ...extra];
    const isNew = options.length !== input.length
      || options.some(([key, name], i) => key !== input[i].value || name !== input[i].text);
    if (isNew) input.replaceChildren(...options.map(([value, name]) => make("option", { value }, name)));
    input.value = chosen;
  };
  input.addEventListener("change", () => onInput(input.value));
  fill();
  return {
    element: row(control, id, input),
    set(value) {
      chosen = value;
      fill();
    },
    offer({ layers }) {
      offered = layers.flatMap(({ title, keys, names }) => keys.map(
        (key, i) => [key, `${title}, ${names[i]}`])).filter(([key]) => key);
      fill();
    },
  };
}

function row(control, id, ...inputs) {
  const label = make("label", { for: id }, labelOf(control));
  return make("div", { className: `nn-control nn-${control.kind}` }, label, ...inputs);
}
