// The page's side of the exercises' worker: one Python for all exercises of a page, another than
// the figures'. It is started by the first job, and anew after one that had to be ended.

const LIMIT = 10; // seconds that a learner's code may take
const SILENCE = 60_000; // milliseconds without a word while a job waits: the worker is gone

/**
 * What an exercise is told of its job.
 * @typedef {object} Listener
 * @property {(fraction: number, text: string) => void} progress - Python is loading
 * @property {() => void} started - the code runs now
 * @property {(text: string) => void} output
 * @property {(outcome: object, pictures: Uint8Array[]) => void} done
 * @property {(message: string) => void} stopped
 */

class Workbench {
  /** @type {Worker | null} The worker. Tests end it. */
  worker = null;

  #ready = false;
  #jobs = new Map(); // listeners, by the number of the job
  #number = 0;
  #timer = 0;

  /**
   * @param {{act: string, exercise: string, code: string}} what
   * @param {Listener} listener
   */
  ask(what, listener) {
    if (!this.worker) this.#start();
    const job = this.#number += 1;
    this.#jobs.set(job, listener);
    this.#await();
    this.worker.postMessage({ job, ...what });
  }

  /** End what runs, and let Python start anew meanwhile. */
  stop(message = "Stopped.") {
    if (!this.#ready) {
      this.#end(message);
      return;
    }
    this.#end(`${message} Python starts anew.`);
    this.#start();
  }

  #start() {
    this.#ready = false;
    const scripts = new URL(".", import.meta.url).href;
    const names = ["cache.js", "download.js", "load.js", "exercise-worker.js"]
      .map((name) => scripts + name);
    const text = `self.scripts = ${JSON.stringify(scripts)};
      importScripts(...${JSON.stringify(names)});`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const worker = new Worker(address);
    worker.onmessage = ({ data }) => this.worker === worker && this.#receive(data);
    worker.onmessageerror = () => this.#end("Python has stopped.");
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(this.#ready ? "Python has stopped." : "Python could not be started.");
    };
    this.worker = worker;
  }

  #receive({ type, job, ...message }) {
    const listener = this.#jobs.get(job);
    if (type === "progress" || type === "starting") {
      this.#await();
      const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
      const { loaded = 1, total = 1 } = message;
      const text = type === "starting" ? "Starting Python"
        : `Loading Python: ${megabytes(loaded)} of ${megabytes(total)} MB`;
      for (const each of this.#jobs.values()) each.progress(loaded / total, text);
    } else if (type === "ready") {
      this.#ready = true;
      this.#await();
    } else if (type === "failed") {
      this.#end(message.message);
    } else if (type === "crashed") {
      this.stop("Python has stopped.");
    } else if (type === "started") {
      listener.started();
      this.#watch(LIMIT * 1000,
        `Stopped after ${LIMIT} seconds: is there a loop that does not end?`);
    } else if (type === "output") {
      listener.output(message.text);
    } else if (type === "done") {
      this.#jobs.delete(job);
      this.#await();
      listener.done(message.outcome, message.pictures);
    }
  }

  /** While a job waits, hear from the worker now and then: one that was ended says nothing. */
  #await() {
    clearTimeout(this.#timer);
    if (this.#jobs.size) {
      this.#watch(SILENCE, this.#ready ? "Python has stopped." : "Python could not be started.");
    }
  }

  #watch(milliseconds, message) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(message), milliseconds);
  }

  #end(message) {
    clearTimeout(this.#timer);
    this.worker?.terminate();
    this.worker = null;
    const listeners = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const listener of listeners) listener.stopped(message);
  }
}

export const workbench = new Workbench();
