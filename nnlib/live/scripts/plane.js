// A Plane of nnlib.frames: two inputs, coloured by what a net makes of them.

import {
  clean, clipped, curveKeys, drawAxes, drawCurve, drawHead, makeScale, rangeOf, widthOf,
} from "./axes.js";
import { regionColours, valueColours } from "./colours.js";
import { drawMarker } from "./markers.js";
import { raster } from "./raster.js";

const BAR = { gap: 14, width: 12 }; // of the colour scale, in pixels

/**
 * Draw the plane on the canvas.
 * @returns {{toPlane: (x: number, y: number) => number[], toPixel: (x: number, y: number) =>
 *   number[], context: CanvasRenderingContext2D}} between pixels of the canvas and the plane
 */
export function drawPlane(canvas, plane, theme) {
  const { context, width, height } = clean(canvas, theme);
  const head = drawHead(context, theme, width, plane.title, [
    ...classKeys(context, theme, plane), ...curveKeys(context, theme, plane.curves)]);
  const [rows, columns] = (plane.winner ?? plane.values)?.shape ?? [];
  const limits = outerEdges(plane.extent, rows, columns);
  const box = { left: 0, right: width - 18, top: head + 4, bottom: height - 42 };
  const { ticks } = makeScale([limits[2], limits[3]], [box.bottom, box.top], false, 44);
  box.left = Math.max(46, widthOf(context, ticks) + 34); // room for the label, in a wide font too
  const limit = plane.values && largest(plane.values, ...(plane.targets ? [plane.targets] : []));
  const barScale = plane.values && makeScale([-limit, limit], [box.bottom, box.top], false, 44);
  if (plane.values) box.right -= BAR.gap + BAR.width + widthOf(context, barScale.ticks) + 4;
  fit(box, limits);

  const x = makeScale([limits[0], limits[1]], [box.left, box.right], false, 48);
  const y = makeScale([limits[2], limits[3]], [box.bottom, box.top], false, 44);
  const corner = { left: x.at(limits[0]), top: y.at(limits[3]) };
  const area = [corner.left, corner.top, box.right - box.left, box.bottom - box.top];
  if (plane.winner) {
    const colours = regionColours(theme);
    const { winner, share } = plane;
    context.drawImage(
      raster(canvas, "plane", rows, columns, (i) => colours(winner[i], share[i])), ...area);
  }
  if (plane.values) {
    const colours = valueColours(theme, limit);
    context.drawImage(
      raster(canvas, "plane", rows, columns, (i) => colours(plane.values[i])), ...area);
    drawColourBar(context, theme, box, colours, limit);
  }
  clipped(context, box, () => {
    if (plane.winner) drawBoundaries(context, theme, plane, x, y);
    for (const curve of plane.curves) {
      drawCurve(context, theme, curve, { x, y }, curve.label ? 2 : 1.1); // the many have no name
    }
  });
  drawAxes(context, theme, box, { x, y }, plane, !rows);
  clipped(context, box, () => {
    drawPoints(context, theme, plane, limit, x, y);
    drawRing(context, theme, plane, x, y);
  });
  return {
    context,
    toPlane: (left, top) => [x.valueAt(left), y.valueAt(top)],
    toPixel: (first, second) => [x.at(first), y.at(second)],
  };
}

/** The extent names the centres of the outermost pixels; they reach half a pixel further. */
function outerEdges([left, right, bottom, top], rows, columns) {
  if (!rows) return [left, right, bottom, top];
  const halfX = (right - left) / (columns - 1) / 2;
  const halfY = (top - bottom) / (rows - 1) / 2;
  return [left - halfX, right + halfX, bottom - halfY, top + halfY];
}

/** Shrink the box so that both inputs have the same scale, if their ranges are alike. */
function fit(box, [left, right, bottom, top]) {
  const ratio = (right - left) / (top - bottom);
  if (ratio > 4 || ratio < 0.25) return;
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const [spareX, spareY] = [Math.max(0, width - height * ratio), Math.max(0, height - width / ratio)];
  box.left += spareX / 2;
  box.right -= spareX / 2;
  box.top += spareY / 2;
  box.bottom -= spareY / 2;
}

/** Lines between the classes: there the lead of the likeliest, seen from both sides, is 0. */
function drawBoundaries(context, theme, { winner, lead, extent }, x, y) {
  const [rows, columns] = winner.shape;
  const [left, right, bottom, top] = extent;
  const xs = Array.from(
    { length: columns }, (_, i) => x.at(left + ((right - left) * i) / (columns - 1)));
  const ys = Array.from({ length: rows }, (_, i) => y.at(bottom + ((top - bottom) * i) / (rows - 1)));
  // Where on the way from pixel a to pixel b the class changes.
  const change = (a, b) => (lead[a] + lead[b] ? lead[a] / (lead[a] + lead[b]) : 0.5);
  context.beginPath();
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const a = row * columns + column;
      const [b, c, d] = [a + 1, a + columns, a + columns + 1];
      const crossings = [];
      const [w, e, s, n] = [xs[column], xs[column + 1], ys[row], ys[row + 1]];
      if (winner[a] !== winner[b]) crossings.push([w + change(a, b) * (e - w), s]);
      if (winner[c] !== winner[d]) crossings.push([w + change(c, d) * (e - w), n]);
      if (winner[a] !== winner[c]) crossings.push([w, s + change(a, c) * (n - s)]);
      if (winner[b] !== winner[d]) crossings.push([e, s + change(b, d) * (n - s)]);
      if (crossings.length === 2) {
        context.moveTo(...crossings[0]);
        context.lineTo(...crossings[1]);
      } else { // three or four: lines that meet
        for (const crossing of crossings) {
          context.moveTo(...crossing);
          context.lineTo((w + e) / 2, (s + n) / 2);
        }
      }
    }
  }
  context.strokeStyle = theme.boundary;
  context.lineWidth = 1.6;
  context.lineCap = "round";
  context.stroke();
}

function drawPoints(context, theme, { points, labels, targets }, limit, x, y) {
  if (!points) return;
  const count = points.shape[0];
  const radius = Math.sqrt(Math.min(Math.max(3000 / count, 8), 18));
  const colourOf = targets && valueColours(theme, limit);
  for (let i = 0; i < count; i++) {
    const label = labels ? labels[i] : 0;
    // Of the colour of their number, and the net's where it is right: the edge tells them apart.
    const [fill, edge] = targets ? [rgb(colourOf(targets[i])), theme.ink]
      : [theme.ofClass(label), theme.edgeOf(label)];
    drawMarker(context, label, x.at(points[2 * i]), y.at(points[2 * i + 1]), radius, fill, edge);
  }
}

function rgb(channels) {
  return `rgb(${channels.map(Math.round)})`;
}

/** A ring around the observation that is marked. */
function drawRing(context, theme, { points, marked }, x, y) {
  if (!Number.isInteger(marked)) return;
  for (const [width, colour] of [[5, theme.paper], [2.5, theme.ink]]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(x.at(points[2 * marked]), y.at(points[2 * marked + 1]), 9, 0, 2 * Math.PI);
    context.stroke();
  }
}

function classKeys(context, theme, { labels, classes, least = 0 }) {
  const count = Math.max(least, labels?.length ? rangeOf([labels])[1] + 1 : 0);
  return Array.from({ length: count }, (_, c) => ({
    label: classes?.length ? `${c}: ${classes[c]}` : count > 4 ? String(c) : `class ${c}`,
    draw: (x, y) => drawMarker(context, c, x + 17, y, 5, theme.ofClass(c), theme.edgeOf(c)),
  }));
}

function largest(...arrays) {
  const [low, high] = rangeOf(arrays);
  return Math.max(-low, high, 1e-9);
}

function drawColourBar(context, theme, box, colours, limit) {
  const left = box.right + BAR.gap;
  const scale = makeScale([-limit, limit], [box.bottom, box.top], false, 44);
  for (let y = Math.floor(box.top); y < box.bottom; y++) {
    context.fillStyle = rgb(colours(scale.valueAt(y + 0.5)));
    context.fillRect(left, y, BAR.width, 1);
  }
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, Math.floor(box.top) + 0.5, BAR.width, box.bottom - box.top);
  context.fillStyle = theme.ink;
  context.textAlign = "left";
  for (const [value, text] of scale.ticks) {
    context.fillText(text, left + BAR.width + 5, scale.at(value));
  }
}
