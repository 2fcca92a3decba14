// The address of a figure's state: `#lab=moons&hidden_nodes=12`. Only settings that differ from
// where the controls start stand in it.

import { isLeftOut, labelOf, read, write } from "./settings.js";

const LONGEST = 8000; // characters; no state needs more
const QUOTED = 24; // characters of a name that we repeat to the reader

/** The name of the figure in the page's address; null if it is an ordinary anchor. */
export function figureInHash(hash = location.hash) {
  if (!hash.startsWith("#lab=")) return null;
  return new URLSearchParams(hash.slice(1, LONGEST)).get("lab");
}

/**
 * The settings in the page's address.
 * @param {object} present - settings of which some may be too long for a link: what it has in their
 *   place stands for them
 * @returns {{settings: object, faults: string[]}} settings that differ, and what made no sense
 */
export function readHash(controls, present, hash = location.hash) {
  const settings = {};
  const faults = [];
  if (hash.length > LONGEST) return { settings, faults: ["it is too long"] };
  for (const [name, text] of new URLSearchParams(hash.slice(1))) {
    if (name === "lab") continue;
    const control = controls.find((candidate) => candidate.name === name);
    if (!control) {
      faults.push(`there is no setting “${shortened(name)}”`);
      continue;
    }
    const isPresent = text === write(control, present[name]);
    const value = isPresent ? present[name] : read(control, text);
    if (value === undefined) {
      faults.push(isLeftOut(control, text) ? `${labelOf(control)} were too long for it`
        : `${labelOf(control)} cannot be “${shortened(text)}”`);
    } else settings[name] = value;
  }
  return { settings, faults };
}

/** The part of an address, from # on, that names this state. */
export function toHash(figure, controls, settings) {
  const parts = new URLSearchParams({ lab: figure });
  for (const control of controls) {
    const text = write(control, settings[control.name]);
    if (text !== write(control, control.value)) parts.set(control.name, text);
  }
  return `#${parts}`;
}

function shortened(text) {
  // Control characters and marks that turn the direction of writing have no place in a note.
  const clean = text.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  return clean.length > QUOTED ? `${clean.slice(0, QUOTED)}…` : clean;
}
