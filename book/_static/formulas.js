// A chapter has hundreds of formulas. MathJax would set them all before the page answers to anything;
// it is given a few at a time.
if (window.MathJax) {
  const FEW = 8;
  MathJax.startup = {
    async pageReady() {
      const formulas = [...document.querySelectorAll(".math")];
      while (formulas.length) {
        await MathJax.typesetPromise(formulas.splice(0, FEW));
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
  };
}
