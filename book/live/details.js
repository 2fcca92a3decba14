// What there is to read of a frame below its pictures: texts, some of whose parts stand out. As
// `nnlib.live.packing` sends it, a text is a string, or a list of strings and [string, colour].

import { make } from "./dom.js";
import { PALETTE } from "./shared.js";

const parts = (said) => (typeof said === "string" ? [said] : said);

/** The text alone. */
export function textOf(said) {
  return parts(said).map((part) => (typeof part === "string" ? part : part[0])).join("");
}

/** The text as an element holds it. */
export function nodesOf(said) {
  return parts(said).map((part) => {
    if (typeof part === "string") return part;
    const [text, colour] = part;
    const [light, dark] = [PALETTE.light, PALETTE.dark].map((side) => side[colour % side.length]);
    return make("mark", { className: "nn-mark", style: `--nn-light: ${light}; --nn-dark: ${dark}` },
      text);
  });
}
