// Load Python into a worker: Pyodide with NumPy and nnlib. A classic script, because Pyodide loads
// itself with importScripts. Out go progress and starting, while it loads.

// A worker that was made of text has no address of its own, and says where these scripts are.
const PYODIDE = new URL("../pyodide/", self.scripts ?? self.location.href).href;
// Bytes of the core, NumPy and nnlib, for the progress bar; another number would only misplace it.
const EXPECTED = 16.9e6;

/** Let every byte that is fetched move the progress bar. */
function countBytes() {
  const plainFetch = self.fetch;
  let loaded = 0;
  self.fetch = async (...request) => {
    const response = await plainFetch(...request);
    if (!response.ok || !response.body) return response;
    const counted = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.length;
        postMessage({ type: "progress", loaded, total: Math.max(loaded, EXPECTED) });
        controller.enqueue(chunk);
      },
    }));
    const { status, headers } = response;
    return new Response(counted, { status, headers });
  };
}

/**
 * @param {string} module - of nnlib, to import
 * @param {object} [options] - of Pyodide
 */
async function loadPython(module, options = {}) {
  const script = PYODIDE + "pyodide.js";
  try {
    importScripts(script);
  } catch (error) {
    const answer = await fetch(script, { method: "HEAD" }).catch(() => null);
    throw new Error(answer?.status === 404
      ? "The files that run Python here were not part of this copy of the site."
      : `Python could not be loaded: ${error.message}`);
  }
  countBytes();
  const pyodide = await loadPyodide(
    { indexURL: PYODIDE, packages: ["numpy", "nnlib"], ...options });
  // A package that cannot be had is no error to Pyodide.
  if (!("nnlib" in pyodide.loadedPackages && "numpy" in pyodide.loadedPackages)) {
    throw new Error("Python came without NumPy or nnlib: some of its files could not be loaded.");
  }
  postMessage({ type: "starting" });
  return { pyodide, page: pyodide.pyimport(module) };
}

/** What Python's exception says; without its traceback, which is ours and not the reader's. */
function lastLine(error) {
  if (error.pyodide_fatal_error) postMessage({ type: "crashed" });
  return error.message.trim().split("\n").at(-1);
}
