// The values of an experiment's controls: what is allowed, and how they are written in a link.

import { IDLE, NODE, POINTS, STROKES, TABLE } from "./shared.js";

/** Settings of these kinds change what is shown of a run, and not the run. */
export const VIEWS = ["observation", "node"];

/** Settings of these kinds are the reader's own work: only Defaults takes it away. */
export const OWN = ["points", "strokes", "table"];

const KEY_OF_NODE = new RegExp(`^(?:${NODE})$`);

/** Whether a control can stand at this value: `Control.accepts`, before there is any Python. */
export function accepts(control, value) {
  if (control.kind === "choice") return control.options.includes(value);
  if (control.kind === "flag") return typeof value === "boolean";
  if (control.kind === "node") return typeof value === "string" && KEY_OF_NODE.test(value);
  if (control.kind === "points") {
    return Array.isArray(value) && value.length <= POINTS.most && value.every(([x, y, label]) =>
      Math.abs(x) <= POINTS.farthest && Math.abs(y) <= POINTS.farthest && label < POINTS.classes);
  }
  if (control.kind === "strokes") {
    return Array.isArray(value) && value.length <= STROKES.most && value.every(({ length }) => length)
      && value.flat().length <= STROKES.points
      && value.flat(2).every((coordinate) => coordinate >= 0 && coordinate <= 1);
  }
  if (control.kind === "table") return typeof value === "string" && value.length <= TABLE.most;
  return Number.isFinite(value) && value >= control.low && value <= control.high
    && (!control.whole || Number.isInteger(value));
}

/** Why a control of a net that trains does nothing at these settings; empty if it does something. */
export function reasonToBeIdle(name, settings) {
  const [decider, reasons] = IDLE[name] ?? [];
  return reasons?.[String(settings[decider])] ?? "";
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

const LONGEST_TABLE = 4000; // characters in a link
const TOO_LONG = "too-long-for-a-link"; // stands in the place of a table that is

/** A value as text for a link. */
export function write(control, value) {
  return ({ points: writePoints, strokes: writeStrokes, table: writeTable }[control.kind] ?? String)(
    value);
}

export function fitsIntoLink(table) {
  return new URLSearchParams({ table }).toString().length <= LONGEST_TABLE;
}

/** Whether a link says of this control no more than that its value was too long. */
export function isLeftOut(control, text) {
  return control.kind === "table" && text === TOO_LONG;
}

/** The value that `write` wrote; undefined if the text is none that this control can stand at. */
export function read(control, text) {
  const value = {
    choice: () => control.options.find((option) => String(option) === text),
    flag: () => ({ true: true, false: false })[text],
    node: () => text,
    points: () => readPoints(text),
    strokes: () => readStrokes(text),
    table: () => (isLeftOut(control, text) ? undefined : text),
  }[control.kind]?.() ?? (/^[-+.\de]{1,24}$/i.test(text) ? Number(text) : undefined);
  return accepts(control, value) ? value : undefined;
}

// A coordinate is two digits to the base 36: of points, in hundredths counted from -6.48, and after
// the two of a point stands its class; of strokes, in thousandths, with a full stop between strokes.
const BASE = 36;
const OFFSET = (BASE * BASE) / 2;

const digits = (count) => Math.round(count).toString(BASE).padStart(2, "0");

function writePoints(points) {
  const hundredths = (coordinate) => digits(100 * coordinate + OFFSET);
  return points.map(([x, y, label]) => hundredths(x) + hundredths(y) + label).join("");
}

function readPoints(text) {
  if (!/^([\da-z]{4}\d)*$/.test(text) || text.length > 5 * POINTS.most) return undefined;
  const coordinate = (pair) => (parseInt(pair, BASE) - OFFSET) / 100;
  return (text.match(/.{5}/g) ?? []).map(
    (point) => [coordinate(point.slice(0, 2)), coordinate(point.slice(2, 4)), Number(point[4])]);
}

function writeStrokes(strokes) {
  return strokes.map((stroke) => stroke.flat().map((each) => digits(1000 * each)).join("")).join(".");
}

function readStrokes(text) {
  if (!/^(([\da-z]{4})+(\.|$))*$/.test(text) || text.endsWith(".")) return undefined;
  const coordinate = (pair) => parseInt(pair, BASE) / 1000;
  return text.split(".").filter(Boolean).map((stroke) => stroke.match(/.{4}/g).map(
    (point) => [coordinate(point.slice(0, 2)), coordinate(point.slice(2))]));
}

function writeTable(text) {
  return fitsIntoLink(text) ? text : TOO_LONG;
}

// Room for what the reader draws

export function mayAdd(points) {
  return points.length < POINTS.most;
}

/** Whether another point may be drawn, and if need be as another stroke. */
export function mayGoOn(strokes, withNew) {
  return strokes.flat().length < STROKES.points && (!withNew || strokes.length < STROKES.most);
}
