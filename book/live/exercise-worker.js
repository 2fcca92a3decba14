// Runs a learner's code, apart from the figures: an endless loop ends with this worker, and nothing
// else. In comes {job, act, exercise, code}; out go progress, ready, failed, started (a job), output,
// done.
//
// The page makes it of text, so that the page's security policy holds here: no host but this one, and
// no code out of strings. Python finds nothing in `js`: neither requests nor messages to the page.

const send = self.postMessage.bind(self);
// What the event loop of Pyodide asks for.
const FOR_PYTHON = { setTimeout, clearTimeout, Object, Array, Promise, Error };

let pyodide, page;

async function prepare(code) {
  if (!/\bmatplotlib\b/.test(code) || "matplotlib" in pyodide.loadedPackages) return;
  await pyodide.loadPackage("matplotlib", { messageCallback() {} });
  // Here, so that it neither counts as the learner's time nor speaks of its fonts.
  pyodide.runPython("import logging; logging.getLogger('matplotlib').setLevel(logging.ERROR); "
    + "import matplotlib.pyplot");
}

async function answer({ job, act, exercise, code }) {
  await prepare(code);
  send({ type: "started", job });
  const outcome = page.answer(exercise, code, act, (text) => send({ type: "output", job, text }));
  const drawn = page.pictures();
  const pictures = drawn.toJs();
  drawn.destroy();
  send({ type: "done", job, outcome: JSON.parse(outcome), pictures });
}

const loaded = fetchPython().then(() => startPython("nnlib.exercises.page", {
  jsglobals: FOR_PYTHON,
  env: { MPLBACKEND: "agg" },
  stdin: () => null, // there is nobody to ask: an end of file
  stdout() {},
  stderr() {},
})).then(
  (python) => {
    ({ pyodide, page } = python);
    // Python then looks here for interrupts, every few steps. None comes, but WebKit ends a worker
    // in JavaScript alone: a loop in Python would go on after it was stopped, for ever.
    pyodide.setInterruptBuffer(new Uint8Array(1));
    send({ type: "ready" });
    return true;
  },
  (error) => {
    send({ type: "failed", message: lastLine(error) });
    return false;
  },
);

let last = loaded;
onmessage = ({ data }) => {
  last = last.then(async (works) => {
    if (!works) return false;
    try {
      await answer(data);
    } catch (error) {
      send({ type: "crashed", message: lastLine(error) });
    }
    return true;
  });
};
