// The values of an experiment's controls: what is allowed, and how they are written in a link.

import { POINTS } from "./shared.js";

/** Whether a control can stand at this value: `Control.accepts`, before there is any Python. */
export function accepts(control, value) {
  if (control.kind === "choice") return control.options.includes(value);
  if (control.kind === "flag") return typeof value === "boolean";
  if (control.kind === "points") {
    return Array.isArray(value) && value.length <= POINTS.most && value.every(([x, y, label]) =>
      Math.abs(x) <= POINTS.farthest && Math.abs(y) <= POINTS.farthest && label < POINTS.classes);
  }
  return Number.isFinite(value) && value >= control.low && value <= control.high
    && (!control.whole || Number.isInteger(value));
}

/** What the reader calls it. */
export function labelOf(control) {
  return control.label || control.name.replaceAll("_", " ");
}

/** A number as the reader sees it, without digits that say nothing: 0.15, −0.5, 25. */
export function show(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

// In a link

/** A value as text for a link. */
export function write(control, value) {
  return control.kind === "points" ? writePoints(value) : String(value);
}

/** The value that `write` wrote; undefined if the text is none that this control can stand at. */
export function read(control, text) {
  const value = {
    choice: () => control.options.find((option) => String(option) === text),
    flag: () => ({ true: true, false: false })[text],
    points: () => readPoints(text),
  }[control.kind]?.() ?? (/^[-+.\de]{1,24}$/i.test(text) ? Number(text) : undefined);
  return accepts(control, value) ? value : undefined;
}

// A point is five characters: both coordinates in hundredths, counted from -6.48 and written with
// two digits to the base 36, and the class.
const BASE = 36;
const OFFSET = (BASE * BASE) / 2;

function writePoints(points) {
  const hundredths = (coordinate) =>
    (Math.round(100 * coordinate) + OFFSET).toString(BASE).padStart(2, "0");
  return points.map(([x, y, label]) => hundredths(x) + hundredths(y) + label).join("");
}

function readPoints(text) {
  if (!/^([\da-z]{4}\d)*$/.test(text) || text.length > 5 * POINTS.most) return undefined;
  const coordinate = (digits) => (parseInt(digits, BASE) - OFFSET) / 100;
  return (text.match(/.{5}/g) ?? []).map(
    (point) => [coordinate(point.slice(0, 2)), coordinate(point.slice(2, 4)), Number(point[4])]);
}

export function mayAdd(points) {
  return points.length < POINTS.most;
}
