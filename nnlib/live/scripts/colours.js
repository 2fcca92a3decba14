// The book's colours, on a white page and on a dark one.

import { BOUNDARY, FAINT, PALETTE, REGION } from "./shared.js";

/**
 * The colours to draw with, in the theme that the page has now.
 * @param {Element} element - whose style sheet gives --nn-theme, --nn-ink and the others
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--nn-${name}`).trim();
  const dark = colour("theme") === "dark";
  const side = dark ? "dark" : "light";
  const palette = PALETTE[side];
  const [paper, ink] = [colour("paper"), colour("ink")];
  return {
    paper,
    ink,
    muted: colour("muted"),
    grid: colour("grid"),
    boundary: BOUNDARY[side],
    font: style.fontFamily,
    ofClass: (number) => palette[number % palette.length],
    ofCurve: (number) => (number === null ? ink : palette[number % palette.length]),
    edgeOf: (number) => (!dark && number % palette.length === FAINT ? "#4d4d4d" : paper),
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
  const { faintest, strongest } = REGION;
  const paper = channels(theme.paper);
  const classes = PALETTE.light.map((_, c) => channels(theme.ofClass(c)));
  const known = []; // a frame has thousands of pixels, of few colours
  return (winner, share) => known[256 * winner + share] ??= mixed(
    paper, classes[winner % classes.length], faintest + (strongest - faintest) * (share / 255));
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
