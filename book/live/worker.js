// The page's Python: Pyodide with NumPy and nnlib, and the sessions of `nnlib.lab` that it runs.
// A classic worker, because Pyodide loads itself with importScripts.
//
// In come {type, figure, ...} with the types start, play, pause, step, drawn and code; out go
// progress, ready, failed (nothing could be loaded), frame, code, error (a Python exception).

const PYODIDE = new URL("../pyodide/", self.location.href).href;
// Bytes of the core, NumPy and nnlib, for the progress bar; another number would only misplace it.
const EXPECTED = 16.9e6;
const BURST = 16; // milliseconds of training between two frames
const FIRST_BURST = 24; // and before the first, so that a slider that moves shows trained nets
const AHEAD = 2; // frames that may be sent before the page has drawn them

/**
 * @typedef {object} Figure
 * @property {any} session - nnlib's; null if it could not be started
 * @property {number} run - the page's number of this start, sent back with every frame
 * @property {boolean} animation - whether each frame is worth seeing: one step at a time then
 * @property {boolean} playing
 * @property {number} undrawn - frames sent and not yet drawn
 */
/** @type {Map<string, Figure>} */
const figures = new Map();
let openSession, codeOfRun, pack; // Python functions

// Loading

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

async function loadPython() {
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
  const pyodide = await loadPyodide({ indexURL: PYODIDE, packages: ["numpy", "nnlib"] });
  // A package that cannot be had is no error to Pyodide.
  if (!("nnlib" in pyodide.loadedPackages && "numpy" in pyodide.loadedPackages)) {
    throw new Error("Python came without NumPy or nnlib: some of its files could not be loaded.");
  }
  postMessage({ type: "starting" });
  pyodide.runPython(`
import json
from nnlib import frames, lab

def open_session(experiment, settings):
    return lab.Experiment.from_json(experiment).start(**json.loads(settings))

def code_of_run(experiment, settings):
    return open_session(experiment, settings).code(to_the_end=True)

def pack(session):
    return frames.pack(session.frame())
`);
  [openSession, codeOfRun, pack] =
    ["open_session", "code_of_run", "pack"].map((name) => pyodide.globals.get(name));
  postMessage({ type: "ready" });
}

// Frames

function sendFrame(name) {
  const figure = figures.get(name);
  const packed = pack(figure.session);
  const [header, body] = packed;
  const view = body.getBuffer("u8");
  const bytes = view.data.slice().buffer;
  view.release();
  body.destroy();
  packed.destroy();
  figure.undrawn += 1;
  const { finished } = figure.session;
  if (finished) figure.playing = false;
  postMessage(
    { type: "frame", figure: name, run: figure.run, header, bytes, finished }, [bytes]);
}

/** Train for about so many milliseconds: 1 epoch, 2, 4, ... until half of them have passed. */
function advance(session, milliseconds) {
  const end = performance.now() + milliseconds / 2;
  for (let epochs = 1; !session.finished; epochs *= 2) {
    session.advance(epochs);
    if (performance.now() >= end) break;
  }
}

// Between bursts the worker returns to its event loop, where the page's messages are waiting. A
// message to oneself is the quickest way back; a timer would wait for 4 ms.
const { port1: wake, port2: bell } = new MessageChannel();
let rung = false;

function ring() {
  if (rung) return;
  rung = true;
  bell.postMessage(null);
}

wake.onmessage = () => {
  rung = false;
  for (const [name, figure] of figures) {
    if (!figure.playing || figure.undrawn >= AHEAD) continue;
    guarded(name, () => {
      if (figure.animation) figure.session.advance(1);
      else advance(figure.session, BURST);
      sendFrame(name);
    });
    if (figure.playing) ring();
  }
};

/** Do something in Python; an exception is an answer too. */
function guarded(name, action) {
  try {
    action();
  } catch (error) {
    const figure = figures.get(name);
    figure.playing = false;
    const message = lastLine(error);
    postMessage({ type: "error", figure: name, run: figure.run, message });
  }
}

/** What Python's exception says; without its traceback, which is ours and not the reader's. */
function lastLine(error) {
  if (error.pyodide_fatal_error) postMessage({ type: "crashed" });
  return error.message.trim().split("\n").at(-1);
}

// Messages

const answers = {
  start({ figure: name, run, experiment, settings, play, animation }) {
    figures.get(name)?.session?.destroy();
    const figure = { session: null, run, animation, playing: false, undrawn: 0 };
    figures.set(name, figure);
    guarded(name, () => {
      figure.session = openSession(experiment, settings);
      figure.playing = play;
      if (play && !animation) advance(figure.session, FIRST_BURST);
      sendFrame(name);
    });
  },
  play({ figure }) {
    figures.get(figure).playing = true;
  },
  pause({ figure }) {
    figures.get(figure).playing = false;
  },
  step({ figure: name }) {
    if (!figures.get(name)?.session) return; // its start has failed, and said why
    guarded(name, () => {
      figures.get(name).session.advance(1);
      sendFrame(name);
    });
  },
  drawn({ figure: name, run }) {
    const figure = figures.get(name);
    if (figure?.run === run) figure.undrawn -= 1;
  },
  code({ figure, experiment, settings, ofSession }) {
    let text;
    try {
      text = ofSession ? figures.get(figure).session.code() : codeOfRun(experiment, settings);
    } catch (error) {
      text = `# ${lastLine(error)}`;
    }
    postMessage({ type: "code", figure, text });
  },
};

const loaded = loadPython().then(
  () => true,
  (error) => postMessage({ type: "failed", message: lastLine(error) }),
);

onmessage = async ({ data }) => {
  if (!(await loaded)) return;
  answers[data.type](data);
  ring();
};
