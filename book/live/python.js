// The page's side of the worker: one Python for all figures of a page, started at the first touch, or
// when a reader comes near one.

import { decode } from "./frames.js";

const SILENCE = 10_000; // milliseconds without an answer that is due: the worker is gone
const SILENCE_LOADING = 60_000; // longer than the worker waits for a byte
const LOADING = "Loading Python";

/**
 * What a figure is told.
 * @typedef {object} Listener
 * @property {(fraction: number, text: string) => void} progress
 * @property {(frame: object, run: number, finished: boolean, look: number) => void} frame
 * @property {(text: string) => void} code
 * @property {(message: string, run: number) => void} error - a Python exception's last line
 * @property {(message: string) => void} stopped - Python could not be loaded, or is gone
 */

/** Whether the reader asked browsers to save data. */
export function savesData() {
  const { saveData } = navigator.connection ?? {};
  return saveData || matchMedia("(prefers-reduced-data: reduce)").matches;
}

class Python {
  /** @type {Worker | null} The worker; null until it is needed, and after it has stopped. */
  worker = null;

  #begun = false; // whether a worker was ever started
  #ready = false;
  #progress = [0, LOADING]; // of loading: the fraction, and what is said
  #listeners = new Map();
  #openings = new Map(); // what the worker must know of a figure
  #opened = new Set(); // the figures of which it knows
  #waiting = new Set(); // figures to which an answer is due
  #timer = 0; // 0 while no answer is due

  /**
   * @param {string} figure
   * @param {{experiment: string, animation: boolean}} opening - its experiment as JSON; whether
   *   each frame is worth seeing
   * @param {Listener} listener
   */
  listen(figure, opening, listener) {
    this.#listeners.set(figure, listener);
    this.#openings.set(figure, opening);
  }

  /** Whether it would answer at once. */
  get isReady() {
    return Boolean(this.worker) && this.#ready;
  }

  /** Load for a reader who will need it soon, unless data are to be saved. */
  prepare() {
    if (!this.#begun && !savesData()) this.#start();
  }

  /** Send a figure's message. `due`: whether an answer is due now; undefined changes nothing. */
  send(figure, message, due) {
    if (!this.worker) this.#start();
    if (due === true) this.#waiting.add(figure);
    if (due === false) this.#waiting.delete(figure);
    // Whoever goes on asking does not prolong the wait for what is due already.
    if (!this.#timer || !this.#waiting.size) this.#watch();
    if (!this.#opened.has(figure)) {
      this.#opened.add(figure);
      this.worker.postMessage({ type: "open", figure, ...this.#openings.get(figure) });
    }
    this.worker.postMessage({ ...message, figure });
    if (!this.#ready && this.#waiting.has(figure)) {
      this.#listeners.get(figure).progress(...this.#progress);
    }
  }

  #start() {
    this.#begun = true;
    this.#ready = false;
    this.#progress = [0, LOADING];
    this.#opened.clear();
    const worker = new Worker(new URL("worker.js", import.meta.url));
    worker.onmessage = ({ data }) => this.worker === worker && this.#receive(data);
    worker.onmessageerror = () => this.#stop("Python has stopped.");
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stop(this.#ready ? "Python has stopped." : "Python could not be started.");
    };
    this.worker = worker;
  }

  #receive(message) {
    const { type, figure } = message;
    if (type === "progress") {
      const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
      const { loaded, total } = message;
      this.#tellProgress(loaded / total,
        `${LOADING}: ${megabytes(loaded)} of ${megabytes(total)} MB`);
    } else if (type === "starting") {
      this.#tellProgress(1, "Starting Python");
    } else if (type === "ready") {
      this.#ready = true;
    } else if (type === "missing") {
      this.#giveUp(message.message);
    } else if (type === "failed") {
      this.#stop(message.message);
    } else if (type === "crashed") {
      this.#stop("Python has stopped.");
    } else {
      this.#waiting.delete(figure);
      const listener = this.#listeners.get(figure);
      if (type === "frame") {
        listener.frame(
          decode(message.header, message.bytes), message.run, message.finished, message.look);
      } else if (type === "code") {
        listener.code(message.text);
      } else if (type === "error") {
        listener.error(message.message, message.run);
      }
    }
    if (this.worker) this.#watch();
  }

  /** Tell every figure that waits how far it is. */
  #tellProgress(...progress) {
    this.#progress = progress;
    for (const figure of this.#waiting) this.#listeners.get(figure).progress(...progress);
  }

  // A worker that is terminated says nothing, so silence has to do.
  #watch() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#waiting.size) return;
    this.#timer = setTimeout(
      () => this.#stop("Python has stopped."), this.#ready ? SILENCE : SILENCE_LOADING);
  }

  #stop(message) {
    this.worker?.terminate();
    this.worker = null;
    this.#giveUp(message);
  }

  /** Nothing comes of what was asked for. */
  #giveUp(message) {
    this.#waiting.clear();
    this.#watch();
    for (const listener of this.#listeners.values()) listener.stopped(message);
  }
}

/** The page's Python. Tests reach the worker through it: `python.worker.terminate()`. */
export const python = new Python();
