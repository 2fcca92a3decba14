// <nn-lab>: an experiment of nnlib.lab with its controls. The page brings a picture of the result at
// the settings where the controls start; Python, in a worker, comes when the reader comes near.

import { Chooser } from "./chooser.js";
import { textOf } from "./details.js";
import { make } from "./dom.js";
import { figureInHash, readHash, toHash } from "./hash.js";
import { Pace } from "./pace.js";
import { Panel } from "./panel.js";
import { Plots } from "./plots.js";
import { python, savesData } from "./python.js";
import { Recording } from "./recording.js";
import { Run } from "./run.js";
import { OWN, VIEWS } from "./settings.js";
import { PLOTS } from "./shared.js";

const ANNOUNCE_EVERY = 5000; // milliseconds, while a net trains
const HASH_DELAY = 250; // browsers allow few changes of the address a second

const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");

class NNLab extends HTMLElement {
  /** The frame last received, decoded, with the `settings` that it belongs to; null before. */
  frame = null;

  #experiment;
  #kind;
  #defaults;
  #steps; // those of controls that go from step to step
  #settings;
  #plots;
  #panel;
  #run;
  #pace = new Pace();
  #recording;
  #hashTimer = 0;
  #captionNote = make("p", { className: "nn-caption-note", role: "status", hidden: true },
    "The settings are not those of the caption: it describes the picture at the first ones, to which "
      + "Defaults leads back.");
  #looks = false; // whether a frame is due that shows the run as the reader has chosen

  connectedCallback() {
    if (this.#experiment) return;
    const caption = this.closest("figure")?.querySelector("figcaption");
    const number = caption?.querySelector(".caption-number")?.textContent.replace(/^\D+/, "") ?? "";
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", `Live figure ${number}`.trim());
    caption?.prepend(this.#captionNote);
    this.#experiment = JSON.parse(this.dataset.experiment);
    const { controls, source } = this.#experiment;
    const isDrawing = Boolean(source);
    // There is something to play where a net trains, or a generator yields frames.
    this.#kind = { isDrawing, isPlayable: !isDrawing || /\byield\b/.test(source) };
    const starts = (controls) => Object.fromEntries(
      controls.map(({ name, value }) => [name, value]));
    this.#defaults = starts(controls);
    this.#steps = starts(controls.filter(({ kind }) => kind === "steps"));
    this.#build();
    this.#adopt({ ...this.#defaults });
    this.#readHash({ scroll: true });
    // A finger on a figure may be about to scroll; a mouse or the keyboard's focus mean it.
    this.addEventListener("pointerenter", ({ pointerType }) =>
      pointerType === "mouse" && python.prepare());
    this.addEventListener("focusin", () => python.prepare());
    this.#fetchRecordingOnceSeen();
    addEventListener("hashchange", () => this.#readHash({ scroll: false }));
    // The height came from the picture at another width.
    addEventListener("resize", () => this.style.removeProperty("--nn-height"));
  }

  #build() {
    const plots = this.#plots = new Plots();
    const panel = this.#panel = new Panel(
      this.id, this.#experiment, this.#kind, [plots.element, this.querySelector("img")], {
        play: () => (this.#run.playing ? this.#run.pause() : this.#run.play()),
        step: () => this.#run.step(),
        reset: () => this.#start(false),
        pin: (on) => this.#run.pin(on),
        set: (name, value) => this.#set(name, value),
        preset: ({ settings }) => this.#change({ ...this.#around(settings), ...settings }),
        defaults: () => this.#change({ ...this.#defaults }),
        code: () => this.#askForCode(),
        link: () => new URL(this.#hash, location.href).href,
      });
    this.replaceChildren(...panel.elements); // and what kept room for them goes
    if (panel.board) panel.board.redraw = () => plots.draw();
    const chooser = new Chooser(this.#experiment.controls, (name, value) => this.#set(name, value));
    plots.onDrawn = (plot, ...drawn) => {
      if (plot.kind === "plane") panel.board?.attach(...drawn);
      chooser.attach(plot, ...drawn);
    };
    this.#recording = new Recording(this.id);
    this.#run = new Run(this.id, this.dataset.experiment, this.#kind, {
      settings: () => this.#settings,
      again: (play) => this.#start(play),
      changed: () => this.#showPlayer(),
      paused: () => {
        this.#recording.stop();
        this.#askForCode();
        panel.announce(panel.text.textContent);
      },
      received: (frame, settings) => { this.frame = { ...frame, settings }; },
      draw: (frame) => {
        this.#recording.halt();
        if (this.#run.playing && this.#recording.isAheadOf(frame)) return;
        this.#recording.leave();
        this.#draw(frame);
      },
      code: (text) => { panel.code.textContent = text; },
      progress: (fraction, text) => panel.showProgress(fraction, this.#label + text),
      loaded: () => panel.endProgress(),
      failed: (message) => this.#giveUp(message),
      stopped: (message) => this.#giveUp(message, this.#goer("Start again")),
    });
  }

  // Settings

  /** What the reader drew or pasted: only Defaults, or a preset of such, may take it away. */
  get #ownWork() {
    return Object.fromEntries(this.#experiment.controls
      .filter(({ kind }) => OWN.includes(kind))
      .map(({ name }) => [name, this.#settings[name]]));
  }

  /** What a preset is put into: one that only goes to a step changes nothing else. */
  #around(settings) {
    const names = Object.keys(settings);
    return names.length && names.every((name) => name in this.#steps) ? this.#settings
      : { ...this.#defaults, ...this.#ownWork };
  }

  get #hash() {
    return toHash(this.id, this.#experiment.controls, this.#settings);
  }

  #adopt(settings) {
    this.#settings = settings;
    this.#panel.set(settings);
    // A caption is about all steps.
    this.#captionNote.hidden = `#lab=${this.id}`
      === toHash(this.id, this.#experiment.controls, { ...settings, ...this.#steps });
  }

  /** A control moved. Where it changes only what is shown of a run, the run goes on. */
  #set(name, value) {
    const settings = { ...this.#settings, [name]: value };
    const { kind } = this.#experiment.controls.find((control) => control.name === name);
    if (!VIEWS.includes(kind) || !this.#run.isOpen) return this.#change(settings);
    this.#take(settings);
    this.#looks = true;
    this.#run.look();
  }

  /** New settings, from the reader: they start at once. */
  #change(settings) {
    this.#panel.why.hidden = true;
    this.#take(settings);
    this.#start(true);
  }

  #take(settings) {
    this.#panel.linkNote.hidden = true;
    this.#holdControls(() => this.#adopt(settings));
    clearTimeout(this.#hashTimer);
    this.#hashTimer = setTimeout(
      () => history.replaceState(history.state, "", this.#hash), HASH_DELAY);
  }

  /** A link may name this figure. It sets the controls; running is left to the reader. */
  #readHash({ scroll }) {
    const figure = figureInHash();
    if (figure === null) return;
    const { linkNote } = this.#panel;
    if (figure !== this.id) {
      const isLost = !document.querySelector(`nn-lab[id="${CSS.escape(figure)}"]`);
      linkNote.hidden = !isLost || document.querySelector("nn-lab") !== this;
      linkNote.textContent = "The link names a figure that this page does not have.";
      return;
    }
    clearTimeout(this.#hashTimer); // the link is newer
    const { settings: given, faults } = readHash(
      this.#experiment.controls, this.#settings);
    const settings = { ...this.#defaults, ...given };
    const isNew = JSON.stringify(settings) !== JSON.stringify(this.#settings);
    this.#adopt(settings);
    linkNote.textContent = `Part of the link was not understood: ${faults.slice(0, 3).join("; ")}.`;
    linkNote.hidden = !faults.length;
    if (scroll || isNew) this.scrollIntoView(); // its first line: it tells what the link did
    if (!isNew) return; // the reader came back to the figure as it was
    if (this.#run.isUnderWay) {
      this.#start(true);
    } else {
      const says = "The controls are set as in the link; the picture is not yet. ";
      const how = this.#kind.isPlayable ? "Press Play to see it." : this.#goer("Show it");
      this.#panel.text.replaceChildren(says, how);
    }
  }

  // Running

  /** Start anew at the present settings. */
  #start(play) {
    this.#panel.note.hidden = true;
    if (this.#panel.board && this.#settings.data === "drawn" && !this.#hasTwoClasses) {
      this.#run.cancel();
      this.#recording.leave();
      this.#draw(this.#panel.board.frame(this.#experiment.fixed.plots ?? PLOTS));
      this.#panel.text.textContent =
        "Draw points of two classes or more: a net then learns them.";
      return;
    }
    this.#pace.reset();
    this.#run.start(play);
    if (play && !python.isReady && !lessMotion.matches) this.#playRecorded();
    else this.#recording.stop();
  }

  /** The number of the recorded run at the present settings; -1 if there is none. */
  get #recordedRun() {
    const recorded = [{}, ...this.#experiment.presets.map(({ settings }) => settings)];
    const now = JSON.stringify(this.#settings);
    return recorded.findIndex(
      (settings) => JSON.stringify({ ...this.#defaults, ...settings }) === now);
  }

  /** The run that Play will show first is a small file: with it here, Play answers at once. */
  #fetchRecordingOnceSeen() {
    if (!this.#kind.isPlayable || savesData() || lessMotion.matches) return;
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      const number = this.#recordedRun;
      if (number >= 0 && !python.isReady) this.#recording.fetch(number);
    });
    sight.observe(this);
  }

  /** While Python is on its way: the same run, if it is one of those that were recorded. */
  #playRecorded() {
    const number = this.#recordedRun;
    if (number < 0) return this.#recording.stop();
    this.#recording.play(number, (frame) => this.#draw(frame));
  }

  /** Nothing live comes of this run. */
  #giveUp(message, ...more) {
    this.#recording.stop();
    this.#panel.tell(message, this.#label, ...more);
  }

  /** What is said of a picture that was recorded, as long as it is seen. */
  get #label() {
    return this.#recording.isSeen ? "What you see was recorded. " : "";
  }

  /** A net needs two classes; until the reader has drawn them, there are only points to see. */
  get #hasTwoClasses() {
    return new Set(this.#settings.points.map((point) => point[2])).size > 1;
  }

  /** A button that starts at the present settings, and goes. */
  #goer(name) {
    const button = make("button", { type: "button" }, name);
    button.addEventListener("click", () => {
      this.querySelector(".nn-player:not([hidden]) button, .nn-controls :is(select, input, .nn-pad)")
        .focus({ preventScroll: true }); // the picture is what the reader wants to see
      this.#start(true);
    });
    return button;
  }

  /** The lines that bring a net to the state that the picture shows, if they are looked at. */
  #askForCode() {
    if (this.#panel.isCodeOpen) this.#run.askForCode();
  }

  // What there is to see

  #showPlayer() {
    if (!this.#run.playing) this.#pace.reset();
    this.#panel.showPlayer(this.#run.playing, this.#run.finished, this.#run.isUnderWay);
    this.toggleAttribute("data-playing", this.#run.playing);
  }

  #draw(frame) {
    const { text } = this.#panel;
    const { playing, isOpen } = this.#run;
    if (!playing && isOpen) this.#askForCode();
    text.textContent = frame.text + (playing && isOpen ? this.#pace.left(frame) : "");
    this.#panel.warn(frame.warning);
    this.#panel.showPin(isOpen, frame.details);
    if (playing && lessMotion.matches) {
      text.textContent += " (the picture follows at the end: this system asks for less motion)";
    } else {
      this.#holdControls(() => {
        this.#takeThePlaceOfThePicture(frame);
        this.#plots.show(frame);
        this.#panel.showDetails(frame);
      });
    }
    if (!playing || performance.now() - this.#panel.announced > ANNOUNCE_EVERY) {
      this.#panel.announce(this.#looks && !playing
        ? frame.details.map((texts) => texts.map(textOf).join(": ")).join("; ") : frame.text);
      if (this.classList.contains("nn-live")) this.#plots.describe(!playing);
    }
    this.#looks = false;
  }

  /** Change the picture; what the reader sees below it stays where it is on the screen. */
  #holdControls(change) {
    const below = this.querySelector(".nn-player:not([hidden]), .nn-controls");
    const edge = () => below.getBoundingClientRect().top;
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
}

customElements.define("nn-lab", NNLab);
