// The panel of a figure: its texts, buttons and controls, and what the reader can do with them.

import { Board } from "./board.js";
import { makeControl } from "./controls.js";
import { Copying } from "./copying.js";
import { nodesOf } from "./details.js";
import { icon, make } from "./dom.js";
import { Pad } from "./pad.js";
import { reasonToBeIdle } from "./settings.js";
import { PINNED } from "./shared.js";
import { DataTable } from "./table.js";

const LOADS = "The first time loads Python.";
const SAY_EVERY = 10_000; // milliseconds, while Python loads, to those who hear the page

/**
 * What the reader does.
 * @typedef {object} Acts
 * @property {() => void} play - or pause
 * @property {() => void} step
 * @property {() => void} reset
 * @property {(on: boolean) => void} pin - keep the run that is shown, or no longer
 * @property {(name: string, value: any) => void} set - a control
 * @property {(preset: object) => void} preset
 * @property {() => void} defaults
 * @property {() => void} code - opened or closed
 * @property {() => string} link - asked for: the address of this state
 */

export class Panel {
  /** The controls of the kinds "points" and "table", if there are such. */
  board = null;
  table = null;

  #data = []; // elements of the controls that bring the data of a net that trains

  /** When it last said something, in the page's milliseconds. */
  announced = 0;

  text = make("p", { className: "nn-text" });
  note = make("p", { className: "nn-note", role: "status", hidden: true });
  linkNote = make("p", { className: "nn-note", role: "status", hidden: true });
  why = make("p", { className: "nn-why", role: "status", hidden: true });
  code = make("code", { translate: false });
  details = make("div", { className: "nn-details", hidden: true }, make("dl"));

  #id;
  #acts;
  #isDrawing;
  #fixed;
  #controls = new Map();
  #announcer = make("p", { className: "nn-announcer", role: "status" });
  #warning = make("p", { className: "nn-warning", role: "alert", hidden: true });
  #bar = make("progress", { max: 1, "aria-label": "Loading Python" });
  #loading = make("p", { className: "nn-loading" }, "", this.#bar);
  #status = make("div", { className: "nn-status" }, this.text, this.#loading);
  #codeRegion;
  #copying;
  #play;
  #step;
  #pin;
  #pinNote = make("span", { className: "nn-label", hidden: true },
    "The link carries the settings, and not the pinned run.");

  /**
   * @param {string} id - of the figure
   * @param {{controls: object[], fixed: object, presets: object[]}} experiment
   * @param {{isDrawing: boolean, isPlayable: boolean}} kind
   * @param {Element[]} pictures - to stand in its middle
   * @param {Acts} acts
   */
  constructor(id, { controls, fixed, presets }, { isDrawing, isPlayable }, pictures, acts) {
    this.#id = id;
    this.#acts = acts;
    this.#isDrawing = isDrawing;
    this.#fixed = fixed;
    this.#copying = new Copying(`${id}-by-hand`, (text) => this.announce(text));
    const ways = [
      ...(isPlayable ? ["press Play"] : []),
      ...(controls.some(({ kind }) => kind === "steps") ? ["press Step"] : []),
      ...(isDrawing && controls.some(({ kind }) => kind === "strokes") ? ["draw on the pad"] : []),
      ...(controls.some(({ kind }) => kind !== "strokes") ? ["move a control"] : [])].join(" or ");
    const how = ways.slice(0, 1).toUpperCase() + ways.slice(1);
    const what = isDrawing ? ", and the picture follows." : ": the net trains in this page.";
    this.text.textContent = `${how}${what} ${LOADS}`;
    this.picture = make("div", { className: "nn-picture" }, ...pictures);
    // What comes and goes stands below the controls, so that none moves away from under a pointer.
    const player = this.#makePlayer(isPlayable);
    const grid = this.#makeControls(controls);
    // Who draws on the plane needs the classes beside it, and who brings data sees what they are.
    this.elements = [this.#status, ...this.#data, this.picture, player, grid, this.details, this.#warning,
      this.note, this.linkNote, ...this.#makePresets(presets), ...this.#makeFooter(),
      this.#announcer];
  }

  // What it shows

  /** Put every control where the settings are. */
  set(settings) {
    this.#copying.element.hidden = true; // its text is of other settings
    for (const [name, control] of this.#controls) {
      control.set(settings[name]);
      if (this.#isDrawing) continue;
      control.rest?.(reasonToBeIdle(name, { ...this.#fixed, ...settings }));
    }
    if (this.board) this.board.active = (settings.data ?? "drawn") === "drawn";
  }

  /** What there is to read of a frame below the controls, and the nodes that can be chosen. */
  showDetails({ details, plots }) {
    const list = this.details.firstChild;
    this.details.hidden = !details.length;
    while (list.childElementCount > 2 * details.length) list.lastChild.remove();
    details.forEach((texts, i) => texts.forEach((text, part) => {
      const element = list.children[2 * i + part] ?? list.appendChild(make(part ? "dd" : "dt"));
      const made = make(element.localName, {}, ...nodesOf(text));
      if (!element.isEqualNode(made)) element.replaceChildren(...made.childNodes);
    }));
    const diagram = plots.find(({ kind }) => kind === "diagram");
    if (diagram) for (const control of this.#controls.values()) control.offer?.(diagram);
  }

  showPlayer(playing, finished, isUnderWay) {
    this.#play.replaceChildren(icon(playing ? "pause" : "play"), playing ? "Pause" : "Play");
    // Or the focus is lost.
    if (finished && document.activeElement === this.#step) this.#play.focus();
    this.#step.disabled = finished;
    if (!isUnderWay) this.#pin.disabled = true;
  }

  /** Whether there is a run to pin, from its first frame on, and whether one is. */
  showPin(isOpen, details) {
    const isPinned = details.some(([name]) => name === PINNED);
    if (isOpen) this.#pin.disabled = false;
    this.#pin.setAttribute("aria-pressed", String(isPinned));
    this.#pinNote.hidden = !isPinned;
  }

  showProgress(fraction, text) {
    this.#bar.value = fraction;
    if (this.#loading.firstChild.data !== text) this.#loading.firstChild.data = text;
    if (!this.#status.classList.contains("nn-loads")
      || performance.now() - this.announced > SAY_EVERY) this.announce(text);
    this.#status.classList.add("nn-loads");
  }

  endProgress() {
    this.#status.classList.remove("nn-loads");
  }

  warn(text) {
    if (this.#warning.textContent !== text) this.#warning.textContent = text;
    this.#warning.hidden = !text;
  }

  /** Tell what went wrong: of pasted data, next to them. */
  tell(message, ...more) {
    const [, ofTable] = message.match(/^\w+: (table must .*)/) ?? [];
    if (this.table && ofTable) return this.table.tell(ofTable);
    this.note.replaceChildren(message, " ", ...more);
    this.note.hidden = false;
  }

  /** Say something to those who hear the page. */
  announce(text) {
    this.announced = performance.now();
    this.#announcer.textContent = text;
  }

  get isCodeOpen() {
    return !this.#codeRegion.hidden;
  }

  // Building

  #makePlayer(isPlayable) {
    const button = (name, text, action) => {
      const element = make("button", { type: "button" }, icon(name), text);
      element.addEventListener("click", action);
      return element;
    };
    this.#play = button("play", "Play", () => this.#acts.play());
    this.#play.classList.add("nn-main");
    this.#step = button("step", "Step", () => this.#acts.step());
    const reset = button("reset", "Reset", () => this.#acts.reset());
    this.#step.title = this.#isDrawing ? "One frame on" : "Train for one epoch";
    reset.title = "Back to the start, with these settings";
    this.#pin = make("button", { type: "button", disabled: true, "aria-pressed": "false" }, "Pin");
    this.#pin.title = "Keep this run, to compare others with it";
    this.#pin.hidden = this.#isDrawing;
    this.#pin.addEventListener("click", () =>
      this.#acts.pin(this.#pin.getAttribute("aria-pressed") === "false"));
    return make("div", { className: "nn-row nn-player", hidden: !isPlayable },
      this.#play, this.#step, reset, this.#pin);
  }

  #makeControls(controls) {
    const grid = make("div", { className: "nn-controls" });
    for (const control of controls) {
      const onInput = (value) => this.#acts.set(control.name, value);
      const id = `${this.#id}-${control.name}`;
      const Own = { points: Board, strokes: Pad, table: DataTable }[control.kind];
      const made = Own ? new Own(control, id, onInput, (text) => this.announce(text))
        : makeControl(control, id, onInput);
      if (control.kind === "points") this.board = made;
      if (control.kind === "table") this.table = made;
      this.#controls.set(control.name, made);
      if (Own && !this.#isDrawing) this.#data.push(made.element);
      else grid.append(made.element);
    }
    return grid;
  }

  #makePresets(presets) {
    if (!presets.length) return [];
    const buttons = presets.map((preset) => {
      const button = make("button", { type: "button" }, preset.name);
      button.addEventListener("click", () => {
        this.#acts.preset(preset);
        this.why.textContent = preset.why;
        this.why.hidden = false;
      });
      return button;
    });
    const label = make("span", { className: "nn-label" }, "Try");
    return [make("div", { className: "nn-row nn-presets", role: "group", "aria-label": "Presets" },
      label, ...buttons), this.why];
  }

  #makeFooter() {
    const region = make("div", { className: "nn-code", id: `${this.#id}-code`, hidden: true },
      make("pre", { tabIndex: 0, role: "region", "aria-label": "Python code" }, this.code),
      this.#copying.button("Copy the code", "code", () => this.code.textContent));
    this.#codeRegion = region;
    const show = make("button",
      { type: "button", "aria-expanded": "false", "aria-controls": region.id }, "Show the code");
    show.addEventListener("click", () => {
      region.hidden = !region.hidden;
      show.setAttribute("aria-expanded", String(!region.hidden));
      show.textContent = region.hidden ? "Show the code" : "Hide the code";
      this.#acts.code();
    });
    const link = this.#copying.button("Copy link", "address", () => this.#acts.link());
    const defaults = make("button", { type: "button" }, "Defaults");
    defaults.addEventListener("click", () => this.#acts.defaults());
    return [make("div", { className: "nn-row nn-footer" }, show, link, defaults, this.#pinNote),
      this.#copying.element, region];
  }
}
