// The page's Python: Pyodide with NumPy and nnlib, and the figures of `nnlib.live.page` that it runs.
// A classic worker, because Pyodide loads itself with importScripts.
//
// In come {type, figure, ...} with the types open, start, look, pin, play, pause, step, drawn and
// code; out go progress, missing (a file did not come; the next message asks for it again), starting,
// ready, failed (it did not start), frame, code, error (a Python exception).

importScripts("cache.js", "download.js", "load.js");

const BURST = 16; // milliseconds of training between two frames, at least
const FIRST_BURST = 24; // and before the first, so that a slider that moves shows trained nets
const AHEAD = 2; // frames that may be sent before the page has drawn them

/**
 * @typedef {object} Figure
 * @property {string} experiment - as the page has it
 * @property {any} python - nnlib's `Figure`; null until it is needed
 * @property {boolean} started - whether there is a session; a start may fail
 * @property {number} run - the page's number of this start, sent back with every frame
 * @property {number} look - and that of the last look
 * @property {boolean} animation - whether each frame is worth seeing: one step at a time then
 * @property {boolean} playing
 * @property {number} undrawn - frames sent and not yet drawn
 * @property {number} burst - milliseconds of training until the next: as long as a frame takes, so that
 *   pictures take no more than half of the time
 */
/** @type {Map<string, Figure>} */
const figures = new Map();
let page; // the Python module

// Frames

function sendFrame(name) {
  const figure = figures.get(name);
  const begin = performance.now();
  const packed = figure.python.frame();
  const [header, body] = packed;
  const view = body.getBuffer("u8");
  const bytes = view.data.slice().buffer;
  view.release();
  body.destroy();
  packed.destroy();
  figure.undrawn += 1;
  figure.burst = Math.max(BURST, performance.now() - begin);
  const { finished } = figure.python;
  if (finished) figure.playing = false;
  postMessage(
    { type: "frame", figure: name, run: figure.run, look: figure.look, header, bytes, finished },
    [bytes]);
}

/** Train for about so many milliseconds: 1 epoch, 2, 4, ... until half of them have passed. */
function advance(python, milliseconds) {
  const end = performance.now() + milliseconds / 2;
  for (let epochs = 1; !python.finished; epochs *= 2) {
    python.advance(epochs);
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
      if (figure.animation) figure.python.advance(1);
      else advance(figure.python, figure.burst);
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

// Messages

/** The figure in Python. Its experiment is read once, when there is first something to do. */
function opened(figure) {
  figure.python ??= page.Figure(figure.experiment);
  return figure.python;
}

const answers = {
  open({ figure, experiment, animation }) {
    figures.set(figure, { experiment, python: null, started: false, run: 0, look: 0, animation,
      playing: false, undrawn: 0, burst: BURST });
  },
  start({ figure: name, run, settings, play }) {
    const figure = figures.get(name);
    Object.assign(figure, { started: false, run, playing: false, undrawn: 0 });
    guarded(name, () => {
      opened(figure).start(settings);
      figure.started = true;
      figure.playing = play;
      if (play && !figure.animation) advance(figure.python, FIRST_BURST);
      sendFrame(name);
    });
  },
  look({ figure: name, look, settings }) {
    const figure = figures.get(name);
    if (!figure.started) return; // its start has failed, and said why
    figure.look = look;
    guarded(name, () => {
      figure.python.look(settings);
      if (!figure.playing) sendFrame(name);
    });
  },
  pin({ figure: name, on }) {
    const figure = figures.get(name);
    if (!figure.started) return; // its start has failed, and said why
    guarded(name, () => {
      if (on) figure.python.pin();
      else figure.python.unpin();
      if (!figure.playing) sendFrame(name);
    });
  },
  play({ figure }) {
    figures.get(figure).playing = true;
  },
  pause({ figure }) {
    figures.get(figure).playing = false;
  },
  step({ figure: name }) {
    const figure = figures.get(name);
    if (!figure.started) return; // its start has failed, and said why
    guarded(name, () => {
      figure.python.advance(1);
      sendFrame(name);
    });
  },
  drawn({ figure: name, run }) {
    const figure = figures.get(name);
    if (figure.run === run) figure.undrawn -= 1;
  },
  code({ figure, settings, ofSession }) {
    let text;
    try {
      const python = opened(figures.get(figure));
      text = ofSession ? python.code() : python.code_of_run(settings);
    } catch (error) {
      text = `# ${lastLine(error)}`;
    }
    postMessage({ type: "code", figure, text });
  },
};

let loading = null;

/** Whether Python is here. What could not be fetched is asked for again the next time. */
function loaded() {
  loading ??= fetchPython().then(() => startPython("nnlib.live.page").then(
    (python) => {
      ({ page } = python);
      postMessage({ type: "ready" });
      return true;
    },
    (error) => postMessage({ type: "failed", message: lastLine(error) }),
  ), (error) => {
    loading = null;
    postMessage({ type: "missing", message: error.message });
  });
  return loading;
}

loaded();

onmessage = async ({ data }) => {
  if (data.type === "open") return answers.open(data);
  if (!(await loaded())) return;
  answers[data.type](data);
  ring();
};
