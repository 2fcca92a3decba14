// The files of which the page's Python is made. Every byte that comes is told, nothing is fetched
// twice, and what is no such file is named at once. For workers, and so no module.

const STALLED = 45_000; // milliseconds without a byte after which the line counts as broken
const BEGINNINGS = { wasm: "\0asm", zip: "PK", whl: "PK", json: "{" };
const TYPES = { wasm: "application/wasm", json: "application/json" };

const ending = (name) => name.slice(name.lastIndexOf(".") + 1);
const fetchPlainly = self.fetch;

class Download {
  #folder;
  #tell;
  #parts = new Map(); // name -> the pieces that have come of it
  #whole = new Map(); // name -> what they make
  #loaded = 0;
  #timer = 0;
  #line;

  /**
   * @param {string} folder - its address
   * @param {(loaded: number) => void} tell - how many bytes have come, of all files
   */
  constructor(folder, tell) {
    this.#folder = folder;
    this.#tell = tell;
  }

  /** Fetch files. After a failure, what had come until then is not fetched again. */
  async fetch(names) {
    this.#line = new AbortController();
    this.#watch();
    try {
      await Promise.all(names.map((name) => this.#whole.has(name) || this.#get(name)));
    } finally {
      this.#line.abort(); // after a failure, what else is on its way
      clearTimeout(this.#timer);
    }
  }

  /** A file that need not be fetched: its bytes are here. */
  take(name, bytes) {
    if (this.#whole.has(name)) return;
    this.#whole.set(name, bytes);
    this.#loaded += bytes.length;
    this.#tell(this.#loaded);
  }

  /** The bytes of a file that has come. */
  bytes(name) {
    return this.#whole.get(name);
  }

  /** From now on, who fetches one of these files is given what has come, as what it is. */
  giveOut() {
    self.fetch = (resource, options) => {
      const { href } = new URL(resource.url ?? resource, this.#folder);
      const name = href.replace(this.#folder, "");
      if (!this.#whole.has(name)) return fetchPlainly(resource, options);
      const headers = { "Content-Type": TYPES[ending(name)] ?? "application/octet-stream" };
      return Promise.resolve(new Response(this.bytes(name), { headers }));
    };
  }

  async #get(name) {
    const parts = this.#parts.get(name) ?? [];
    this.#parts.set(name, parts);
    const response = await this.#receive(name, parts);
    this.#parts.delete(name);
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    const begins = String.fromCharCode(...bytes.subarray(0, 4));
    if (/^\s*</.test(begins) || !begins.startsWith(BEGINNINGS[ending(name)] ?? "")) {
      this.#loaded -= bytes.length;
      throw new Error(`In place of ${name} the server sent something else `
        + `(${response.headers.get("Content-Type")}).`);
    }
    this.#whole.set(name, bytes);
  }

  /** Fetch what is missing of a file. */
  async #receive(name, parts) {
    const from = parts.reduce((sum, { length }) => sum + length, 0);
    try {
      const response = await fetchPlainly(this.#folder + name, {
        signal: this.#line.signal, headers: from ? { Range: `bytes=${from}-` } : {} });
      if (response.status !== 206) { // it begins at the beginning
        parts.length = 0;
        this.#loaded -= from;
      }
      if (!response.ok) {
        throw new Error(response.status === 404
          ? `${name} was not part of this copy of the site.`
          : `${name} could not be had: the server answered ${response.status}.`);
      }
      const reader = response.body.getReader();
      for (let piece; !(piece = await reader.read()).done;) {
        parts.push(piece.value);
        this.#loaded += piece.value.length;
        this.#watch();
        this.#tell(this.#loaded);
      }
      return response;
    } catch (error) {
      if (error.name !== "TypeError" && error.name !== "AbortError") throw error;
      throw new Error(`${name} did not come: the line to the server is broken. `
        + "What has come is kept.");
    }
  }

  #watch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#line.abort(), STALLED);
  }
}
