// Load Python into a worker: Pyodide with NumPy and nnlib. A classic script, because Pyodide loads
// itself with importScripts. Out go progress and starting, while it loads.

// A worker that was made of text has no address of its own, and says where these scripts are.
const PYODIDE = new URL("../pyodide/", self.scripts ?? self.location.href).href;
// Bytes of the core, NumPy and nnlib, for the progress bar; another number would only misplace it.
const EXPECTED = 16.9e6;
const LOCK = "pyodide-lock.json"; // names the files of the packages
const SCRIPTS = ["pyodide.js", "pyodide.asm.js"]; // importScripts has only the browser's own cache
const PACKAGES = ["numpy", "nnlib"];

const download = new Download(PYODIDE, (loaded) =>
  self.postMessage({ type: "progress", loaded, total: Math.max(loaded, EXPECTED) }));
const cache = new FileCache(PYODIDE);
let kept = []; // names and sha256 of the files that are kept for the next visit

/** Fetch all that Python needs before it starts: a worker that imports scripts can tell nothing. */
async function fetchPython() {
  await download.fetch([LOCK]);
  const { core = {}, packages } = JSON.parse(new TextDecoder().decode(download.bytes(LOCK)));
  kept = [
    ...Object.entries(core).filter(([name]) => !SCRIPTS.includes(name)),
    ...PACKAGES.map((name) => [packages[name].file_name, packages[name].sha256])];
  await Promise.all(kept.map(async ([name, sha256]) => {
    const bytes = await cache.find(sha256);
    if (bytes) download.take(name, bytes);
  }));
  await download.fetch([...SCRIPTS, ...kept.map(([name]) => name)]);
}

/**
 * @param {string} module - of nnlib, to import
 * @param {object} [options] - of Pyodide
 */
async function startPython(module, options = {}) {
  if (typeof WebAssembly !== "object") {
    throw new Error("This browser does not run WebAssembly, or was told not to; Python here needs it.");
  }
  self.postMessage({ type: "starting" });
  download.giveOut();
  importScripts(PYODIDE + SCRIPTS[0]); // from the browser's cache
  const pyodide = await Promise.race([
    loadPyodide({ indexURL: PYODIDE, packages: PACKAGES, ...options }), compilationFails()]);
  // A package that cannot be had is no error to Pyodide.
  if (!PACKAGES.every((name) => name in pyodide.loadedPackages)) {
    throw new Error("Python came without NumPy or nnlib: some of its files could not be read.");
  }
  cache.keep(kept.map(([name, sha256]) => [sha256, download.bytes(name)]));
  return { pyodide, page: pyodide.pyimport(module) };
}

/** Rejects if Python's code cannot be compiled, of which Pyodide says nothing. */
function compilationFails() {
  const compile = WebAssembly.instantiateStreaming;
  return new Promise((_, reject) => {
    WebAssembly.instantiateStreaming = async (...given) => {
      try {
        return await compile.apply(WebAssembly, given);
      } catch (error) {
        reject(new Error(`Python could not be started: ${error.message}`));
        throw error;
      }
    };
  });
}

/** What Python's exception says; without its traceback, which is ours and not the reader's. */
function lastLine(error) {
  if (error.pyodide_fatal_error) self.postMessage({ type: "crashed" });
  return error.message.trim().split("\n").at(-1);
}
