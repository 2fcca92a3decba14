// On paper a page is light, and all of it is open. The button that prints is here too: the theme
// would do it in the tag, which the pages' security policy forbids.
(() => {
  const { dataset } = document.documentElement;
  let undo = [];

  addEventListener("beforeprint", () => {
    const { theme } = dataset;
    dataset.theme = "light"; // canvases follow
    undo = [() => { dataset.theme = theme; }];
    for (const details of document.querySelectorAll("details:not([open], .toggle-details)")) {
      details.open = true;
      undo.push(() => { details.open = false; });
    }
  });
  addEventListener("afterprint", () => undo.splice(0).forEach((each) => each()));

  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll(".btn-download-pdf-button"))
      button.addEventListener("click", () => print());
  });
})();
