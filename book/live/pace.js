// How long a run will take, from how long it has taken.

const SOON = 10; // seconds: what ends within them needs no telling
const BASIS = 2000; // milliseconds to go by, at least

export class Pace {
  #since = null; // where and when we began to watch

  /** The run begins, or goes on after a pause. */
  reset() {
    this.#since = null;
  }

  /**
   * What to say of the time that is left; empty if there is little, or not enough to go by.
   * @param {{epoch: number | null, last_epoch: number | null}} frame - a rule may end the run sooner
   */
  left({ epoch, last_epoch }) {
    if (last_epoch === null) return "";
    const now = performance.now();
    this.#since ??= { epoch, now };
    const [epochs, passed] = [epoch - this.#since.epoch, now - this.#since.now];
    if (passed < BASIS || !epochs) return "";
    const seconds = ((last_epoch - epoch) * passed) / epochs / 1000;
    if (seconds < SOON) return "";
    return seconds < 90 ? ` · up to ${10 * Math.ceil(seconds / 10)} s to go`
      : ` · up to ${Math.ceil(seconds / 60)} min to go`;
  }
}
