// Files that the browser keeps for the next visit, each under the sha256 of what is in it: so none is
// taken for that of another edition of the book, and what has not changed is not fetched again. Where
// a browser keeps nothing, as on most pages without https, nothing is found. For workers, and so no
// module.

class FileCache {
  #folder;

  /** @param {string} folder - its address; each has a cache of its own */
  constructor(folder) {
    this.#folder = folder;
  }

  /** The bytes of a file, or undefined. */
  async find(sha256) {
    try {
      const found = await (await this.#open()).match(this.#addressOf(sha256));
      return found && new Uint8Array(await found.arrayBuffer());
    } catch {
      return undefined;
    }
  }

  /**
   * Keep these files and no others, if they are what they should be, and there is room.
   * @param {[string, Uint8Array][]} files - the sha256 of each, and its bytes
   */
  async keep(files) {
    try {
      const cache = await this.#open();
      const addresses = files.map(([sha256]) => this.#addressOf(sha256));
      for (const { url } of await cache.keys()) {
        if (!addresses.includes(url)) await cache.delete(url);
      }
      for (const [i, [sha256, bytes]] of files.entries()) {
        if (await cache.match(addresses[i]) || await hashOf(bytes) !== sha256) continue;
        await cache.put(addresses[i], new Response(bytes));
      }
    } catch {
      // The next visit fetches them.
    }
  }

  #open() {
    return caches.open(`Python of ${this.#folder}`);
  }

  #addressOf(sha256) {
    return `${this.#folder}?sha256=${sha256}`;
  }
}

async function hashOf(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
