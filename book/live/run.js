// A figure's run: what is asked of Python, what has come, and what is still on its way.

import { python } from "./python.js";

const ANIMATION_PAUSE = 60; // milliseconds between the frames of a drawing

/**
 * What a figure is told of its run.
 * @typedef {object} Listener
 * @property {() => object} settings - asked for: those of the next start
 * @property {(play: boolean) => void} again - a start that had to wait is due: `start` may be called
 * @property {() => void} changed - `playing`, `finished` or `isUnderWay` may be others
 * @property {() => void} paused
 * @property {(frame: object, settings: object) => void} received - with those it belongs to
 * @property {(frame: object) => void} draw - the newest one, when the browser draws next
 * @property {(text: string) => void} code
 * @property {(fraction: number, text: string) => void} progress - Python is loading
 * @property {() => void} loaded - or will never be
 * @property {(message: string) => void} failed - Python raised an exception
 * @property {(message: string) => void} stopped - Python is gone, or never came
 */

export class Run {
  playing = false;
  finished = false;

  #figure;
  #isDrawing;
  #isPlayable;
  #tell;

  #asked = false; // whether Python was ever asked for anything
  #number = 0; // counts the starts
  #started = null; // the settings of the last one
  #looks = 0; // counts the looks
  #looked = null; // the settings of the last one, until a frame that shows them
  #open = false; // whether Python holds a session of the last start
  #starting = false; // whether its first frame is still to come
  #next = null; // {play} of a start that waits for that frame; the newest settings win
  #undrawn = null;

  /**
   * @param {string} figure - its name
   * @param {string} experiment - as JSON
   * @param {{isDrawing: boolean, isPlayable: boolean}} kind
   * @param {Listener} tell
   */
  constructor(figure, experiment, { isDrawing, isPlayable }, tell) {
    this.#figure = figure;
    this.#isDrawing = isDrawing;
    this.#isPlayable = isPlayable;
    this.#tell = tell;
    python.listen(figure, { experiment, animation: isDrawing }, {
      progress: (fraction, text) => tell.progress(fraction, text),
      frame: (...received) => this.#receive(...received),
      code: (text) => {
        tell.loaded();
        tell.code(text);
      },
      error: (message, number) => this.#fail(message, number),
      stopped: (message) => this.#stop(message),
    });
  }

  /** Whether the last frame is one of the last start. */
  get isOpen() {
    return this.#open;
  }

  get isUnderWay() {
    return this.#open || this.#starting;
  }

  /** Start anew. While another start is under way, this one waits. */
  start(play) {
    this.#open = false;
    this.playing = play && this.#isPlayable;
    this.finished = false;
    const waits = this.#starting;
    this.#starting = true;
    this.#tell.changed();
    if (waits) {
      this.#next = { play };
      return;
    }
    this.#started = this.#tell.settings();
    this.#looked = null;
    this.#number += 1;
    const settings = JSON.stringify(this.#started);
    this.#send({ type: "start", run: this.#number, settings, play: this.playing }, true);
  }

  /** Forget the last start; frames still under way are of another run. */
  cancel() {
    this.#open = false;
    if (this.playing) this.pause();
    this.#number += 1;
    this.#starting = false;
    this.#next = null;
    this.#tell.changed();
    this.#tell.loaded();
  }

  play() {
    if (!this.#open || this.finished) return this.#tell.again(true);
    this.playing = true;
    this.#tell.changed();
    this.#send({ type: "play" }, true);
  }

  pause() {
    this.playing = false;
    if (this.#next) this.#next.play = false;
    this.#send({ type: "pause" }, this.#starting);
    this.#tell.changed();
    this.#tell.paused();
  }

  step() {
    if (this.playing) this.pause();
    if (!this.isUnderWay) this.#tell.again(false);
    if (this.isUnderWay) this.#send({ type: "step" }, true);
  }

  /** Show the run at the present settings, of which only some that change no run are new. */
  look() {
    this.#looks += 1;
    this.#looked = this.#tell.settings();
    this.#send({ type: "look", look: this.#looks, settings: JSON.stringify(this.#looked) }, true);
  }

  /** Keep the run as it is, to compare later ones with it; or keep none. One that starts is kept
   *  as it begins. */
  pin(on) {
    if (this.isUnderWay) this.#send({ type: "pin", on }, true);
  }

  /** Ask for the lines of Python: of what the picture shows, or of a whole run at the settings. */
  askForCode() {
    const settings = JSON.stringify(this.#tell.settings());
    this.#send({ type: "code", settings, ofSession: this.#open }, true);
  }

  #send(message, due) {
    this.#asked = true;
    python.send(this.#figure, message, due);
  }

  // What the worker says

  #receive(frame, number, finished, look) {
    if (number !== this.#number) return;
    this.#tell.loaded();
    if (this.#looked && look === this.#looks) {
      this.#started = this.#looked;
      this.#looked = null;
    }
    this.#tell.received(frame, this.#started);
    if (this.#starting) {
      this.#starting = false;
      this.#open = true;
    }
    const replaced = this.#undrawn;
    this.#undrawn = { frame, number, finished };
    if (!replaced) requestAnimationFrame(() => this.#drawNewest());
    // One that will not be drawn is done with too: Python waits after so many.
    else if (replaced.number === number) this.#send({ type: "drawn", run: number });
    this.#startNext();
  }

  #drawNewest() {
    const { frame, number, finished } = this.#undrawn;
    this.#undrawn = null;
    // While another run starts, the last frame of the one before is better than none.
    if (number !== this.#number && !this.#starting) return;
    if (number === this.#number) {
      this.finished = finished;
      if (finished) this.playing = false;
      if (!this.playing) this.#tell.changed();
      const answer = () => number === this.#number && this.#open
        && this.#send({ type: "drawn", run: number }, this.playing || undefined);
      if (this.#isDrawing && this.playing) setTimeout(answer, ANIMATION_PAUSE);
      else answer();
    }
    this.#tell.draw(frame);
  }

  #startNext() {
    if (!this.#next) return;
    const { play } = this.#next;
    this.#next = null;
    this.#tell.again(play);
  }

  #fail(message, number) {
    if (number !== this.#number) return;
    this.#end();
    this.#tell.failed(message);
    this.#startNext();
  }

  #stop(message) {
    if (!this.#asked) return;
    this.#next = null;
    this.#end();
    this.#tell.stopped(message);
  }

  #end() {
    this.#starting = this.#open = this.playing = false;
    this.#tell.loaded();
    this.#tell.changed();
  }
}
