// Runs that were recorded when the site was built: something to see while Python is on its way.

import { decode } from "./frames.js";

const PAUSE = 80; // milliseconds between two frames

export class Recording {
  /** Whether what the figure shows was recorded; until a live frame takes its place. */
  isSeen = false;

  #figure;
  #shown = null; // the last frame of the run under way that was shown
  #runs = new Map(); // promises of frames, by the number of the run
  #turn = 0; // counts what was begun: only the last goes on

  /** @param {string} figure - its name */
  constructor(figure) {
    this.#figure = figure;
  }

  /**
   * Fetch a run. A file that did not come is asked for again the next time.
   * @param {number} number - 0 for the settings where the figure starts, then its presets
   * @returns {Promise<object[]>} its frames; none without its file
   */
  fetch(number) {
    if (!this.#runs.has(number)) {
      this.#runs.set(number, read(this.#figure, number).catch(() => {
        this.#runs.delete(number);
        return [];
      }));
    }
    return this.#runs.get(number);
  }

  /**
   * Show a run; without its file, nothing.
   * @param {number} number - as for `fetch`
   * @param {(frame: object) => void} draw
   */
  async play(number, draw) {
    this.stop();
    const turn = this.#turn;
    const frames = await this.fetch(number);
    for (const frame of frames) {
      if (turn !== this.#turn) return;
      this.#shown = frame;
      this.isSeen = true;
      draw(frame);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** Live frames are here: what was recorded goes no further. */
  halt() {
    this.#turn += 1;
  }

  /** Nor is it waited for any more. */
  stop() {
    this.halt();
    this.#shown = null;
  }

  /** Something else is shown. */
  leave() {
    this.stop();
    this.isSeen = false;
  }

  /** Whether a live frame shows less of the run than what is recorded did. */
  isAheadOf(frame) {
    return this.#shown !== null && frame.epoch < this.#shown.epoch;
  }
}

/** The frames of a file that `nnlib.live.recording` made. */
async function read(figure, number) {
  const file = await fetch(new URL(`../recorded/${figure}-${number}.bin`, import.meta.url));
  if (!file.ok) throw new Error(`the server answered ${file.status}`);
  const plain = file.body.pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(plain).arrayBuffer();
  const size = new DataView(bytes).getUint32(0, true);
  const headers = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size)));
  let end = 4 + size;
  return headers.map(([header, length]) => decode(header, bytes.slice(end, end += length)));
}
