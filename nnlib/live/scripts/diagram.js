// A Diagram of nnlib.frames: the nodes of a net and its weights, with the numbers of one observation.

import { clean, drawHead } from "./axes.js";
import { valueColours } from "./colours.js";
import { raster } from "./raster.js";

const HEAD = 24; // pixels, for the names of the layers
const WIDE = 100; // from layer to layer: then numbers stand beside their nodes, else below them
const WIDER = 160; // then there is room for the weights, too
const ROW = { wide: 27, narrow: 44, most: 64 };
const NODE = { least: 22, most: 38 };
const DASHES = [5, 3]; // of a negative weight
const CASING = 3; // pixels, of the ink around a line that stands out

/**
 * Draw the net on the canvas, which becomes as high as it needs to be.
 * @returns {{keyAt: (x: number, y: number) => string | undefined}} the node at a pixel
 */
export function drawDiagram(canvas, diagram, theme) {
  const { layers } = diagram;
  const last = layers.length - 1;
  const rows = layers.map(({ names, others }, i) => names.length + (others > 0) + (i < last));
  const most = Math.max(...rows);
  const size = canvas.clientWidth / layers.length >= WIDE ? "wide" : "narrow";
  const needed = `${HEAD + (diagram.title ? 20 : 0) + most * ROW[size] + 8}px`;
  if (canvas.style.minHeight !== needed) canvas.style.minHeight = needed;

  const { context, width, height } = clean(canvas, theme);
  const top = drawHead(context, theme, width, diagram.title, []) + HEAD - 4;
  const row = Math.min((height - top - 4) / most, ROW.most);
  const middle = top + (height - top - 4) / 2;
  const column = width / layers.length;
  const places = layers.map((_, i) => Array.from({ length: rows[i] }, (_, place) => ({
    x: size === "wide" ? i * column + NODE.most / 2 + 4 : (i + 0.5) * column,
    y: middle + (place - (rows[i] - 1) / 2) * row - (size === "wide" ? 0 : 7),
  })));
  const room = size === "wide" ? row - 5 : row - 22;
  const pen = {
    context, theme, size, column, half: Math.min(Math.max(room, NODE.least), NODE.most) / 2 };
  for (let i = 1; i <= last; i++) {
    const { length } = layers[i - 1].names;
    const sources = [...places[i - 1].slice(0, length), places[i - 1].at(-1)];
    drawLines(pen, diagram, i, sources, places[i]);
  }
  const before = layers.findIndex(({ keys }) => diagram.chosen && keys.includes(diagram.chosen)) - 1;
  layers.forEach((layer, i) => {
    context.fillStyle = theme.muted;
    context.textAlign = size === "wide" ? "left" : "center";
    context.fillText(layer.title, places[i][0].x - (size === "wide" ? pen.half : 0), top - 10,
      column - 4);
    drawNodes(pen, diagram, layer, places[i], i < last,
      i === before && column >= WIDER ? diagram.weight_texts : []);
  });
  return {
    keyAt: (x, y) => {
      const reach = size === "wide" ? [pen.half + 4, 0.6 * column] : [0.45 * column, 0.45 * column];
      for (const [i, { keys }] of layers.entries()) {
        const place = keys.findIndex((key, j) => key && Math.abs(places[i][j].y - y) < row / 2
          && places[i][j].x - x < reach[0] && x - places[i][j].x < reach[1]);
        if (place >= 0) return keys[place];
      }
      return undefined;
    },
  };
}

/** The weights of a layer: their sign is the colour and the dashes, their size the width. */
function drawLines({ context, theme }, { layers, chosen, lines }, layer, sources, ends) {
  const { keys, weights } = layers[layer];
  const someStandOut = Boolean(chosen || lines?.length);
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight) || 0), 0) || 1;
  keys.forEach((key, j) => {
    sources.forEach((source, i) => {
      const weight = weights[j * sources.length + i] || 0;
      const share = Math.abs(weight) / largest;
      const isNamed = lines?.some((line) => line.join() === [layer, j, i].join()) ?? false;
      const standsOut = lines ? isNamed : key === chosen;
      context.beginPath();
      context.moveTo(source.x, source.y);
      context.lineTo(ends[j].x, ends[j].y);
      if (isNamed) { // a weight can be too small to be seen
        context.strokeStyle = theme.ink;
        context.globalAlpha = 1;
        context.lineWidth = 0.5 + 3 * share + CASING;
        context.setLineDash([]);
        context.stroke();
      }
      context.strokeStyle = theme.ofClass(weight > 0 ? 1 : 0);
      context.globalAlpha = isNamed ? 1 : (0.15 + 0.85 * share) * (someStandOut && !standsOut ? 0.2 : 1);
      context.lineWidth = 0.5 + 3 * share;
      context.setLineDash(weight > 0 ? [] : DASHES);
      context.stroke();
    });
  });
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawNodes(pen, { chosen }, layer, places, hasBias, weightTexts) {
  const { context, theme, half } = pen;
  const pictures = layer.pictures && picturesOf(layer.pictures, layer.title, pen);
  layer.names.forEach((name, j) => {
    const { x, y } = places[j];
    const isChosen = Boolean(chosen) && layer.keys[j] === chosen;
    context.strokeStyle = isChosen ? theme.ink : theme.muted;
    context.lineWidth = isChosen ? 3 : 1;
    context.fillStyle = theme.paper;
    if (pictures) {
      const [, rows, columns] = layer.pictures.shape;
      context.drawImage(pictures, 0, j * rows, columns, rows, x - half, y - half, 2 * half, 2 * half);
      context.strokeRect(x - half, y - half, 2 * half, 2 * half);
    } else {
      context.beginPath();
      context.arc(x, y, 0.8 * half, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    const by = weightTexts.length ? weightTexts[j] : "";
    write(pen, x, y, name, layer.texts[j], by, layer.dead.includes(j) ? "dead" : "");
  });
  context.textAlign = "center";
  if (layer.others) {
    const { x, y } = places[layer.names.length];
    context.fillStyle = theme.ink;
    const isWide = pen.size === "wide";
    context.fillText(isWide ? `and ${layer.others} more` : `+ ${layer.others}`, x + (isWide ? 26 : 0), y);
  }
  if (!hasBias) return;
  const { x, y } = places.at(-1);
  context.fillStyle = theme.grid;
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.fillRect(x - 9, y - 9, 18, 18);
  context.strokeRect(x - 9, y - 9, 18, 18);
  context.fillStyle = theme.ink;
  context.fillText("1", x, y + 1);
  if (weightTexts.length) write(pen, x, y, "", "1", weightTexts.at(-1), "");
}

/** The number at a node, on the colour of the paper; where there is room, its name and its weight. */
function write({ context, theme, size, half }, x, y, name, text, by, note) {
  const isWide = size === "wide";
  const factor = by && (by.startsWith("−") ? ` · (${by})` : ` · ${by}`);
  const words = [isWide ? name : "", isWide ? text + factor : text, note].filter(Boolean).join(" ");
  const long = context.measureText(words).width;
  const left = isWide ? x + half + 4 : x - long / 2;
  const middle = isWide ? y : y + half + 8;
  context.globalAlpha = 0.85;
  context.fillStyle = theme.paper;
  context.fillRect(left - 2, middle - 7, long + 4, 14);
  context.globalAlpha = 1;
  context.fillStyle = theme.ink;
  context.textAlign = "left";
  context.fillText(words, left, middle);
}

/** The pictures of a layer, one below the other. */
function picturesOf(pictures, name, { context, theme }) {
  const [nodes, rows, columns] = pictures.shape;
  const colours = valueColours(theme, 127);
  const table = Array.from({ length: 256 }, (_, value) => colours(value - 128));
  // A raster begins at the bottom: the last node's picture is the first there.
  return raster(context.canvas, name, nodes * rows, columns, (number) => {
    const row = Math.floor(number / columns);
    const node = nodes - 1 - Math.floor(row / rows);
    return table[pictures[(node * rows + (row % rows)) * columns + (number % columns)]];
  });
}
