// JupyterLite runs on pages that come from a web server only: on a page opened as a file, the button
// that leads there says so, in place of a blank page.
if (location.protocol === "file:") {
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll(".btn-run-in-browser")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        alert("Notebooks run in the browser on pages that come from a web server (http), and not on "
          + "files. Where the book was built, `make book` serves it.");
      });
    }
  });
}
