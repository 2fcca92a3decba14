// Loaded by every page with a live figure or an exercise. Everything else is in modules, which browsers load from
// a web server only: this is a plain script so that it can say so on a page opened as a file.
(() => {
  const { src, dataset } = document.currentScript;

  const WHAT = { "nn-lab": "figure", "nn-exercise": "exercise", "nn-question": "question",
    "nn-progress": "table" };

  function explain(reason) {
    for (const [tag, what] of Object.entries(WHAT)) {
      for (const element of document.querySelectorAll(tag)) {
        const note = document.createElement("p");
        note.className = "nn-note";
        note.textContent = reason.replace("WHAT", what);
        element.append(note);
      }
    }
  }

  if (location.protocol === "file:") {
    explain("This WHAT runs Python in the page. Browsers allow that on pages that come from a web "
      + "server (http), and not on files.");
  } else if ("withoutPython" in dataset) {
    explain("The files that run Python here were not part of this copy of the site.");
  } else {
    for (const tag of Object.keys(WHAT)) {
      if (!document.querySelector(tag)) continue;
      import(new URL(`${tag}.js`, src).href).catch((error) => {
        explain(`The controls of this WHAT could not be loaded: ${error.message}`);
      });
    }
  }
})();
