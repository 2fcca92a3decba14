// <nn-lab>: an experiment of nnlib.lab with its controls. The page brings a picture of the result at
// the settings where the controls start; Python, in a worker, comes at the reader's first touch.

import { Board } from "./board.js";
import { makeControl } from "./controls.js";
import { icon, make } from "./dom.js";
import { figureInHash, readHash, toHash } from "./hash.js";
import { Plots } from "./plots.js";
import { python } from "./python.js";
import { PLOTS } from "./shared.js";

const ANNOUNCE_EVERY = 5000; // milliseconds, while a net trains
const HASH_DELAY = 250; // browsers allow few changes of the address a second
const ANIMATION_PAUSE = 60; // milliseconds between the frames of a drawing
const LOADS = "The first time loads Python.";

const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");

class NNLab extends HTMLElement {
  /** The frame last received, decoded, with the `settings` that it belongs to; null before. */
  frame = null;

  #experiment;
  #defaults;
  #settings;
  #controls = new Map();
  #board = null;
  #plots = new Plots();
  #parts = {};

  #asked = false; // whether Python was ever asked for anything
  #run = 0; // counts the starts
  #started = null; // the settings of the last one
  #open = false; // whether Python holds a session of the last start
  #starting = false; // whether its first frame is still to come
  #next = null; // {play} of a start that waits for that frame; the newest settings win
  #playing = false;
  #finished = false;
  #undrawn = null;
  #announced = 0;
  #hashTimer = 0;

  connectedCallback() {
    if (this.#experiment) return;
    this.#experiment = JSON.parse(this.dataset.experiment);
    const { controls } = this.#experiment;
    this.#defaults = Object.fromEntries(controls.map(({ name, value }) => [name, value]));
    this.#settings = { ...this.#defaults };
    this.#build();
    this.#show(this.#settings);
    const opening = { experiment: this.dataset.experiment, animation: this.#isDrawing };
    python.listen(this.id, opening, {
      progress: (fraction, text) => this.#progress(fraction, text),
      frame: (frame, run, finished) => this.#receive(frame, run, finished),
      code: (text) => this.#receiveCode(text),
      error: (message, run) => this.#fail(message, run),
      stopped: (message) => this.#stop(message),
    });
    this.#readHash({ scroll: true });
    addEventListener("hashchange", () => this.#readHash({ scroll: false }));
    // The height came from the picture at another width.
    addEventListener("resize", () => this.style.removeProperty("--nn-height"));
  }

  get #isDrawing() {
    return Boolean(this.#experiment.source);
  }

  /** Whether there is anything to play: a net trains, a generator yields frames. */
  get #isPlayable() {
    return !this.#isDrawing || /\byield\b/.test(this.#experiment.source);
  }

  // Building

  #build() {
    const parts = this.#parts;
    const picture = this.querySelector("img");
    const how = this.#isPlayable ? "Press Play or move a control" : "Move a control";
    const what = this.#isDrawing ? ", and the picture follows." : ": the net trains in this page.";
    parts.text = make("p", { className: "nn-text" }, `${how}${what} ${LOADS}`);
    parts.picture = make("div", { className: "nn-picture" }, this.#plots.element, picture);
    parts.announcer = make("p", { className: "nn-announcer", role: "status" });
    parts.warning = make("p", { className: "nn-warning", role: "alert", hidden: true });
    parts.note = make("p", { className: "nn-note", role: "status", hidden: true });
    parts.linkNote = make("p", { className: "nn-note", role: "status", hidden: true });
    parts.bar = make("progress", { max: 1, "aria-label": "Loading Python" });
    parts.loading = make("p", { className: "nn-loading" }, "", parts.bar);
    parts.status = make("div", { className: "nn-status" }, parts.text, parts.loading);
    // What comes and goes stands below the controls, so that none moves away from under a pointer.
    this.append(parts.status, parts.picture, this.#makePlayer(), this.#makeControls(),
      parts.warning, parts.note, parts.linkNote, ...this.#makePresets(), ...this.#makeFooter(),
      parts.announcer);
    this.#plots.onPlane = (...plane) => this.#board?.attach(...plane);
  }

  #makePlayer() {
    const button = (name, text, action) => {
      const element = make("button", { type: "button" }, icon(name), text);
      element.addEventListener("click", action);
      return element;
    };
    const parts = this.#parts;
    parts.play = button("play", "Play", () => (this.#playing ? this.#pause() : this.#play()));
    parts.play.classList.add("nn-main");
    parts.step = button("step", "Step", () => this.#step());
    parts.reset = button("reset", "Reset", () => this.#restart(false));
    parts.step.title = this.#isDrawing ? "One frame on" : "Train for one epoch";
    parts.reset.title = "Back to the start, with these settings";
    const player = make("div", { className: "nn-row nn-player" }, parts.play, parts.step, parts.reset);
    player.hidden = !this.#isPlayable;
    return player;
  }

  #makeControls() {
    const grid = make("div", { className: "nn-controls" });
    for (const control of this.#experiment.controls) {
      const onInput = (value) => this.#change({ ...this.#settings, [control.name]: value });
      const id = `${this.id}-${control.name}`;
      if (control.kind === "points") {
        this.#board = new Board(control, id, onInput, (text) => this.#announce(text));
        this.#board.redraw = () => this.#plots.draw();
        this.#controls.set(control.name, this.#board);
      } else {
        this.#controls.set(control.name, makeControl(control, id, onInput));
      }
      grid.append(this.#controls.get(control.name).element);
    }
    return grid;
  }

  #makePresets() {
    const { presets } = this.#experiment;
    if (!presets.length) return [];
    const why = make("p", { className: "nn-why", role: "status", hidden: true });
    this.#parts.why = why;
    const buttons = presets.map((preset) => {
      const button = make("button", { type: "button" }, preset.name);
      button.addEventListener("click", () => {
        this.#change({ ...this.#defaults, ...this.#drawnPoints, ...preset.settings });
        why.textContent = preset.why;
        why.hidden = false;
      });
      return button;
    });
    const label = make("span", { className: "nn-label" }, "Try");
    return [make("div", { className: "nn-row nn-presets", role: "group", "aria-label": "Presets" },
      label, ...buttons), why];
  }

  #makeFooter() {
    const parts = this.#parts;
    parts.code = make("code");
    const panel = make("div", { className: "nn-code", id: `${this.id}-code`, hidden: true });
    const copyCode = make("button", { type: "button" }, "Copy the code");
    copyCode.addEventListener("click", () => this.#copy(copyCode, "code", parts.code.textContent));
    copyCode.dataset.label = copyCode.textContent;
    panel.append(make("pre", { tabIndex: 0, role: "region", "aria-label": "Python code" },
      parts.code), copyCode);
    parts.panel = panel;
    const show = make("button",
      { type: "button", "aria-expanded": "false", "aria-controls": panel.id }, "Show the code");
    show.addEventListener("click", () => {
      panel.hidden = !panel.hidden;
      show.setAttribute("aria-expanded", String(!panel.hidden));
      show.textContent = panel.hidden ? "Show the code" : "Hide the code";
      this.#askForCode();
    });
    const link = make("button", { type: "button" }, "Copy link");
    link.dataset.label = link.textContent;
    link.addEventListener("click", () => {
      const hash = toHash(this.id, this.#experiment.controls, this.#settings);
      this.#copy(link, "address", new URL(hash, location.href).href);
    });
    const defaults = make("button", { type: "button" }, "Defaults");
    defaults.addEventListener("click", () => this.#change({ ...this.#defaults }));
    parts.byHand = this.#makeByHand();
    return [make("div", { className: "nn-row nn-footer" }, show, link, defaults), parts.byHand, panel];
  }

  /** @param {string} what - the text is, for the reader */
  async #copy(button, what, text) {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = button.dataset.label; }, 1500);
      this.#announce("Copied");
    } catch { // not allowed here: the reader can copy it
      const { byHand } = this.#parts;
      const [label, field] = byHand.children;
      label.textContent = `Copy this ${what}:`;
      field.value = text;
      byHand.hidden = false;
      button.parentElement.after(byHand); // below the buttons, so that none moves
      field.select();
      this.#announce("The text is selected: press Ctrl+C, or Command+C, to copy it.");
    }
  }

  /** What to copy where a script may not. It stays until the reader is done with it. */
  #makeByHand() {
    const id = `${this.id}-by-hand`;
    const close = make("button", { type: "button" }, "Close");
    const byHand = make("div", { className: "nn-row nn-by-hand", hidden: true },
      make("label", { for: id }), make("textarea", { id, readOnly: true, rows: 2 }), close);
    close.addEventListener("click", () => {
      byHand.previousElementSibling.querySelector("[data-label]").focus(); // or it is lost
      byHand.hidden = true;
    });
    return byHand;
  }

  // Settings

  /** The setting that the reader made by hand: only Defaults may take it away. */
  get #drawnPoints() {
    return Object.fromEntries(this.#experiment.controls.filter(({ kind }) => kind === "points")
      .map(({ name }) => [name, this.#settings[name]]));
  }

  /** New settings, from the reader: they start at once. */
  #change(settings) {
    const { why, linkNote } = this.#parts;
    if (why) why.hidden = true;
    linkNote.hidden = true;
    this.#settings = settings;
    this.#show(settings);
    clearTimeout(this.#hashTimer);
    this.#hashTimer = setTimeout(() => history.replaceState(
      history.state, "", toHash(this.id, this.#experiment.controls, settings)), HASH_DELAY);
    this.#restart(true);
  }

  /** Put every control where the settings are. */
  #show(settings) {
    this.#parts.byHand.hidden = true; // its text is of other settings
    for (const [name, control] of this.#controls) control.set(settings[name]);
    if (this.#board) this.#board.active = (settings.data ?? "drawn") === "drawn";
  }

  /** A link may name this figure. It sets the controls; running is left to the reader. */
  #readHash({ scroll }) {
    const figure = figureInHash();
    if (figure === null) return;
    const { linkNote } = this.#parts;
    if (figure !== this.id) {
      const isLost = !document.querySelector(`nn-lab[id="${CSS.escape(figure)}"]`);
      linkNote.hidden = !isLost || document.querySelector("nn-lab") !== this;
      linkNote.textContent = "The link names a figure that this page does not have.";
      return;
    }
    clearTimeout(this.#hashTimer); // the link is newer
    const { settings: given, faults } = readHash(this.#experiment.controls);
    const settings = { ...this.#defaults, ...given };
    const isNew = JSON.stringify(settings) !== JSON.stringify(this.#settings);
    this.#settings = settings;
    this.#show(settings);
    linkNote.textContent = `Part of the link was not understood: ${faults.slice(0, 3).join("; ")}.`;
    linkNote.hidden = !faults.length;
    if (scroll || isNew) this.scrollIntoView(); // its first line: it tells what the link did
    if (!isNew) return; // the reader came back to the figure as it was
    if (this.#open || this.#starting) {
      this.#restart(true);
    } else {
      const says = "The controls are set as in the link; the picture is not yet. ";
      const how = this.#isPlayable ? "Press Play to see it." : this.#goer("Show it");
      this.#parts.text.replaceChildren(says, how);
    }
  }

  // Running

  #send(message, due) {
    this.#asked = true;
    python.send(this.id, message, due);
  }

  /** A button that starts at the present settings, and goes. */
  #goer(name) {
    const button = make("button", { type: "button" }, name);
    button.addEventListener("click", () => {
      this.querySelector(".nn-player:not([hidden]) button, .nn-controls :is(select, input)")
        .focus({ preventScroll: true }); // the picture is what the reader wants to see
      this.#restart(true);
    });
    return button;
  }

  /** Start anew at the present settings. While another start is under way, this one waits. */
  #restart(play) {
    const { note } = this.#parts;
    note.hidden = true;
    this.#open = false;
    if (this.#board && this.#settings.data === "drawn" && !this.#hasTwoClasses()) return;
    this.#playing = play && this.#isPlayable;
    this.#finished = false;
    this.#showPlayer();
    if (this.#starting) {
      this.#next = { play };
      return;
    }
    this.#starting = true;
    this.#started = this.#settings;
    this.#run += 1;
    this.#send({
      type: "start",
      run: this.#run,
      settings: JSON.stringify(this.#settings),
      play: this.#playing,
    }, true);
  }

  /** A net needs two classes; until the reader has drawn them, show the points. */
  #hasTwoClasses() {
    if (new Set(this.#settings.points.map((point) => point[2])).size > 1) return true;
    if (this.#playing) this.#pause();
    this.#run += 1; // frames still under way are of another run
    this.#starting = false;
    this.#next = null;
    this.#draw(this.#board.frame(this.#experiment.fixed.plots ?? PLOTS));
    this.#parts.text.textContent = "Draw points of two classes or more: a net then learns them.";
    return false;
  }

  #play() {
    if (!this.#open || this.#finished) return this.#restart(true);
    this.#playing = true;
    this.#showPlayer();
    this.#send({ type: "play" }, true);
  }

  #pause() {
    this.#playing = false;
    if (this.#next) this.#next.play = false;
    this.#send({ type: "pause" }, this.#starting);
    this.#showPlayer();
    this.#askForCode();
    this.#announce(this.#parts.text.textContent);
  }

  #step() {
    if (this.#playing) this.#pause();
    if (!this.#open && !this.#starting) this.#restart(false);
    if (this.#open || this.#starting) this.#send({ type: "step" }, true);
  }

  /** The lines that bring a net to the state that the picture shows, if they are looked at. */
  #askForCode() {
    if (this.#parts.panel.hidden) return;
    const settings = JSON.stringify(this.#settings);
    this.#send({ type: "code", settings, ofSession: this.#open }, true);
  }

  #showPlayer() {
    const { play, step } = this.#parts;
    play.replaceChildren(
      icon(this.#playing ? "pause" : "play"), this.#playing ? "Pause" : "Play");
    if (this.#finished && document.activeElement === step) play.focus(); // or the focus is lost
    step.disabled = this.#finished;
    this.toggleAttribute("data-playing", this.#playing);
  }

  // What the worker says

  #progress(fraction, text) {
    const { status, loading, bar } = this.#parts;
    bar.value = fraction;
    if (loading.firstChild.data !== text) loading.firstChild.data = text;
    status.classList.add("nn-loads");
  }

  #endOfLoading() {
    this.#parts.status.classList.remove("nn-loads");
  }

  #receive(frame, run, finished) {
    if (run !== this.#run) return;
    this.#endOfLoading();
    this.frame = { ...frame, settings: this.#started };
    if (this.#starting) {
      this.#starting = false;
      this.#open = true;
    }
    const replaced = this.#undrawn;
    this.#undrawn = { frame, run, finished };
    if (!replaced) requestAnimationFrame(() => this.#drawNewest());
    // One that will not be drawn is done with too: Python waits after so many.
    else if (replaced.run === run) this.#send({ type: "drawn", run });
    if (this.#next) {
      const { play } = this.#next;
      this.#next = null;
      this.#restart(play);
    }
  }

  #receiveCode(text) {
    this.#endOfLoading();
    this.#parts.code.textContent = text;
  }

  #drawNewest() {
    const { frame, run, finished } = this.#undrawn;
    this.#undrawn = null;
    // While another run starts, the last frame of the one before is better than none.
    if (run !== this.#run && !this.#starting) return;
    if (run === this.#run) {
      this.#finished = finished;
      if (finished) this.#playing = false;
      if (!this.#playing) {
        this.#showPlayer();
        if (this.#open) this.#askForCode();
      }
      const answer = () => run === this.#run && this.#open
        && this.#send({ type: "drawn", run }, this.#playing || undefined);
      if (this.#isDrawing && this.#playing) setTimeout(answer, ANIMATION_PAUSE);
      else answer();
    }
    this.#draw(frame);
  }

  #draw(frame) {
    const { text, warning } = this.#parts;
    text.textContent = frame.text;
    if (warning.textContent !== frame.warning) warning.textContent = frame.warning;
    warning.hidden = !frame.warning;
    if (this.#playing && lessMotion.matches) {
      text.textContent += " (the picture follows at the end: this system asks for less motion)";
    } else {
      this.#holdControls(() => {
        this.#takeThePlaceOfThePicture(frame);
        this.#plots.show(frame);
      });
    }
    if (!this.#playing || performance.now() - this.#announced > ANNOUNCE_EVERY) {
      this.#announce(frame.text);
    }
  }

  /** Change the picture; what the reader sees below it stays where it is on the screen. */
  #holdControls(change) {
    const edge = () => this.#parts.picture.getBoundingClientRect().bottom;
    const before = edge();
    change();
    if (before < innerHeight) scrollBy({ top: edge() - before, behavior: "instant" });
  }

  /** So that the page below does not jump, plots side by side are as high as the picture was. */
  #takeThePlaceOfThePicture(frame) {
    if (this.classList.contains("nn-live")) return;
    const picture = this.querySelector("img");
    const { clientHeight } = picture;
    if (clientHeight && frame.plots.length <= 2) {
      this.style.setProperty("--nn-height", `${clientHeight}px`);
    }
    picture.hidden = true;
    this.classList.add("nn-live");
  }

  #announce(text) {
    this.#announced = performance.now();
    this.#parts.announcer.textContent = text;
  }

  /** Python raised an exception. */
  #fail(message, run) {
    if (run !== this.#run) return;
    this.#starting = this.#open = this.#playing = false;
    this.#endOfLoading();
    this.#showPlayer();
    this.#tell(message);
    if (this.#next) {
      const { play } = this.#next;
      this.#next = null;
      this.#restart(play);
    }
  }

  /** Python is gone, or never came. */
  #stop(message) {
    if (!this.#asked) return;
    this.#starting = this.#open = this.#playing = false;
    this.#next = null;
    this.#endOfLoading();
    this.#showPlayer();
    this.#tell(message, this.#goer("Start again"));
  }

  #tell(message, ...more) {
    const { note } = this.#parts;
    note.replaceChildren(message, " ", ...more);
    note.hidden = false;
  }
}

customElements.define("nn-lab", NNLab);
