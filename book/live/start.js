// Loaded by every page with a live figure. Everything else is in modules, which browsers load from
// a web server only: this is a plain script so that it can say so on a page opened as a file.
(() => {
  const { src, dataset } = document.currentScript;

  function explain(reason) {
    for (const figure of document.querySelectorAll("nn-lab")) {
      const note = document.createElement("p");
      note.className = "nn-note";
      note.textContent = reason;
      figure.append(note);
    }
  }

  if (location.protocol === "file:") {
    explain("This figure runs Python in the page. Browsers allow that on pages that come from a web "
      + "server (http), and not on files.");
  } else if ("withoutPython" in dataset) {
    explain("The files that run Python here were not part of this copy of the site.");
  } else {
    import(new URL("nn-lab.js", src).href).catch((error) => {
      explain(`The controls of this figure could not be loaded: ${error.message}`);
    });
  }
})();
