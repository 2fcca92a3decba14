// Loaded by every page with a live figure, an exercise or a question. Everything else is in modules,
// which browsers load from a web server only: this is a plain script so that it can say so on a page
// opened as a file.
(() => {
  const { src, dataset } = document.currentScript;
  const RUNS = { "nn-lab": "figure runs Python", "nn-exercise": "exercise runs Python",
    "nn-question": "question runs a script", "nn-progress": "table runs a script" };

  function explain(tag, reason) {
    for (const element of document.querySelectorAll(tag)) {
      for (const room of element.querySelectorAll(".nn-room")) room.remove();
      const note = document.createElement("p");
      note.className = "nn-note";
      note.textContent = reason;
      element.append(note);
    }
  }

  for (const [tag, runs] of Object.entries(RUNS)) {
    if (!document.querySelector(tag)) continue;
    if (location.protocol === "file:") {
      explain(tag, `This ${runs} in the page. Browsers allow that on pages that come from a web `
        + "server (http), and not on files.");
    } else if ("withoutPython" in dataset && runs.endsWith("Python")) {
      explain(tag, "The files that run Python here were not part of this copy of the site.");
    } else {
      import(new URL(`${tag}.js`, src).href).catch((error) => {
        explain(tag, `The controls of this ${runs.split(" ")[0]} could not be loaded: `
          + error.message);
      });
    }
  }
})();
