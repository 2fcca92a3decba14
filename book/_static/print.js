// The button that prints a page. The theme would do it in the tag, which the pages' security
// policy forbids.
addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".btn-download-pdf-button"))
    button.addEventListener("click", () => print());
});
