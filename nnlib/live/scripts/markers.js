// A marker for each class, by its name in Matplotlib: no class is known by its colour alone.

import { MARKERS } from "./shared.js";

const polygon = (corners, turn, size = 1, inner = size) => (r) =>
  Array.from({ length: corners }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners;
    const radius = r * (i % 2 ? inner : size);
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  });

const arms = (a, b) => (r) => [
  [-a, -b], [-b, -b], [-b, -a], [b, -a], [b, -b], [a, -b],
  [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b],
].map(([x, y]) => [x * r, y * r]);

const turned = (shape) => (r) =>
  shape(r).map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);

const SHAPES = {
  o: null, // a circle
  s: polygon(4, Math.PI / 4, 1.25),
  "^": polygon(3, 0, 1.3),
  D: polygon(4, 0, 1.3),
  v: polygon(3, Math.PI, 1.3),
  P: arms(1.1, 0.4),
  X: turned(arms(1.25, 0.42)),
  "*": polygon(10, 0, 1.45, 0.6),
  p: polygon(5, 0, 1.2),
  h: polygon(6, 0, 1.2),
};
const CHARACTERS = { o: "●", s: "■", "^": "▲", D: "◆", v: "▼", P: "✚", X: "✖", "*": "★", p: "⬟", h: "⬢" };

const nameOf = (number) => MARKERS[number % MARKERS.length];

/** The marker of a class in a line of text. */
export function characterOf(number) {
  return CHARACTERS[nameOf(number)];
}

/** Draw the marker of a class around (x, y); r is about its radius in pixels. */
export function drawMarker(context, number, x, y, r, fill, edge) {
  const shape = SHAPES[nameOf(number)];
  context.beginPath();
  if (shape) {
    for (const [dx, dy] of shape(r)) context.lineTo(x + dx, y + dy);
    context.closePath();
  } else {
    context.arc(x, y, r, 0, 2 * Math.PI);
  }
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.lineWidth = Math.max(0.75, 0.2 * r);
  context.lineJoin = "round";
  context.fill();
  context.stroke();
}
