// The book's colours, as in nnlib.plotting, on a white page and on a dark one.

// In the dark theme the darkest ones are lighter, so that every class stands out.
const LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A4A21",
  "#332288", "#F0E442", "#000000"];
const DARK = ["#3D9BD9", "#F07A2B", "#1FB98E", "#DB93BA", "#E69F00", "#8CD0F5", "#B58863",
  "#9A8CF0", "#F0E442", "#E6EAED"];

// How strongly a region is coloured at an even split, and at certainty.
const [FAINTEST, STRONGEST] = [0.12, 0.5];

/**
 * The colours to draw with, in the theme that the page has now.
 * @param {Element} element - whose style sheet gives --nn-ink and the others
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--nn-${name}`).trim();
  const dark = document.documentElement.dataset.theme === "dark";
  const palette = dark ? DARK : LIGHT;
  const [paper, ink] = [colour("paper"), colour("ink")];
  return {
    paper,
    ink,
    muted: colour("muted"),
    grid: colour("grid"),
    boundary: dark ? "#e6eaed" : "#333333",
    font: style.fontFamily,
    ofClass: (number) => palette[number % palette.length],
    ofCurve: (number) => (number === null ? ink : palette[number % palette.length]),
    edgeOf: (number) => (!dark && number % palette.length === 8 ? "#4d4d4d" : paper),
  };
}

/** [red, green, blue] of "#rrggbb". */
function channels(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}

/**
 * The colour of a region: that of its class, paler the less sure the net is.
 * @returns {(winner: number, share: number) => number[]} share from 0, an even split, to 255
 */
export function regionColours(theme) {
  const paper = channels(theme.paper);
  const classes = Array.from({ length: LIGHT.length }, (_, c) => channels(theme.ofClass(c)));
  return (winner, share) => {
    const strength = FAINTEST + (STRONGEST - FAINTEST) * (share / 255);
    return mixed(paper, classes[winner % classes.length], strength);
  };
}

/** Blue below 0, red above, the colour of the paper at 0; `limit` has the full colour. */
export function valueColours(theme, limit) {
  const [paper, blue, red] = [theme.paper, theme.ofClass(0), theme.ofClass(1)].map(channels);
  return (value) => {
    if (Number.isNaN(value)) return [128, 128, 128];
    return mixed(paper, value < 0 ? blue : red, Math.min(Math.abs(value) / limit, 1));
  };
}

function mixed(from, to, share) {
  return from.map((channel, i) => channel + share * (to[i] - channel));
}
