// Axes on a canvas: scales, ticks, labels, a title and a legend.

const SIZE = 12; // pixels, of text
const LINE = 17;
const BELOW = 38; // under the box, for the ticks and the label of the horizontal axis
const SUPERSCRIPTS = { "-": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].entries()) };

/**
 * A scale of numbers along pixels.
 * @typedef {object} Scale
 * @property {(value: number) => number} at - the pixel of a value; NaN if it has none
 * @property {(pixel: number) => number} valueAt
 * @property {[number, string][]} ticks - values, and how they are written
 */

/** @returns {Scale} of the values [low, high] along the pixels [start, end] */
export function makeScale([low, high], [start, end], isLog, spacing) {
  const forth = isLog ? (value) => (value > 0 ? Math.log10(value) : NaN) : (value) => value;
  const back = isLog ? (value) => 10 ** value : (value) => value;
  const [from, to] = [forth(low), forth(high)];
  const count = Math.max(2, Math.abs(end - start) / spacing);
  return {
    at: (value) => start + ((forth(value) - from) / (to - from)) * (end - start),
    valueAt: (pixel) => back(from + ((pixel - start) / (end - start)) * (to - from)),
    // Within less than a decade, round numbers of equal distance are easier to read than 1, 2, 5.
    ticks: isLog && to - from > 0.8 ? logTicks(from, to, count) : linearTicks(low, high, count),
  };
}

function linearTicks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (step === 2.5 * power));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const isPlain = largest < 1e5 && (decimals < 5 || (largest >= 1e-3 && decimals < 10));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; i++) {
    const value = i * step;
    ticks.push([value,
      isPlain ? value.toFixed(decimals).replace("-", "−") : scientific(value, step / 10)]);
  }
  return ticks;
}

function logTicks(from, to, count) {
  const ticks = [];
  const every = Math.ceil((to - from) / count);
  const factors = to - from < 2.5 ? [1, 2, 5] : [1];
  for (let power = Math.floor(from); power <= to; power += 1) {
    if (power % every) continue;
    for (const factor of factors) {
      const value = factor * 10 ** power;
      if (Math.log10(value) < from - 1e-6 || Math.log10(value) > to + 1e-6) continue;
      const isPlain = (power > -4 && power < 3) || (power === 3 && factor === 1);
      ticks.push([value, isPlain ? String(Number(value.toPrecision(3))) : scientific(value)]);
    }
  }
  return ticks;
}

/** 1500000 as 1.5·10⁶, with the digits that tell it from others as near as `unit`. */
function scientific(value, unit = value / 100) {
  if (value === 0) return "0";
  const places = Math.ceil(Math.log10(Math.abs(value / unit)) - 1e-9);
  const [digits, power] = value.toExponential(Math.min(Math.max(places, 0), 20)).split("e");
  const factor = String(Number(digits)).replace("-", "−");
  const raised = [...String(Number(power))].map((digit) => SUPERSCRIPTS[digit]).join("");
  return factor === "1" ? `10${raised}` : `${factor}·10${raised}`;
}

/** The smallest and largest finite number, or [0, 1] if there is none. */
export function rangeOf(arrays, accept = Number.isFinite) {
  let [low, high] = [Infinity, -Infinity];
  for (const array of arrays) {
    for (const value of array) {
      if (!accept(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A range with some room on both sides. */
export function widened([low, high], isLog, share = 0.04) {
  if (isLog) {
    const room = (high / low) ** share;
    return high > low ? [low / room, high * room] : [low / 2, high * 2];
  }
  const room = high > low ? share * (high - low) : Math.abs(low) / 2 || 0.5;
  return [low - room, high + room];
}

/**
 * A canvas to draw on, cleared, crisp on any screen, and measured in CSS pixels.
 * @returns {{context: CanvasRenderingContext2D, width: number, height: number}}
 */
export function clean(canvas, theme) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const ratio = window.devicePixelRatio || 1;
  const size = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, width, height);
  context.font = `${SIZE}px ${theme.font}`;
  context.textBaseline = "middle";
  return { context, width, height };
}

/**
 * Title and legend along the top.
 * @param {{label: string, draw: (x: number, y: number) => void}[]} entries - `draw` makes the key,
 *   22 pixels wide from x on
 * @returns {number} the height they take
 */
export function drawHead(context, theme, width, title, entries) {
  let y = 4;
  if (title) {
    context.font = `600 ${SIZE + 1}px ${theme.font}`;
    context.fillStyle = theme.ink;
    context.textAlign = "left";
    context.fillText(title, 8, y + LINE / 2, width - 16);
    context.font = `${SIZE}px ${theme.font}`;
    y += LINE + 3;
  }
  let x = 8;
  for (const { label, draw } of entries) {
    const long = 28 + context.measureText(label).width;
    if (x > 8 && x + long > width) {
      x = 8;
      y += LINE;
    }
    draw(x, y + LINE / 2);
    context.fillStyle = theme.ink;
    context.textAlign = "left";
    context.fillText(label, x + 28, y + LINE / 2);
    x += long + 14;
  }
  return entries.length ? y + LINE + 4 : y + 4;
}

/** How wide the tick labels of a vertical axis are. */
export function widthOf(context, ticks) {
  return Math.max(0, ...ticks.map(([, text]) => context.measureText(text).width));
}

/**
 * The axes around a box of pixels {left, right, top, bottom}, with ticks, labels and grid.
 * @param {{x: Scale, y: Scale}} scales
 */
export function drawAxes(context, theme, box, scales, { x_label, y_label }, hasGrid) {
  const { left, right, top, bottom } = box;
  context.lineWidth = 1;
  context.fillStyle = theme.ink;
  const line = (x1, y1, x2, y2, colour) => {
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  };
  const sharp = (pixel) => Math.round(pixel) + 0.5;
  context.textAlign = "center";
  let free = -Infinity; // labels may not touch
  for (const [value, text] of scales.x.ticks) {
    const x = sharp(scales.x.at(value));
    if (hasGrid) line(x, top, x, bottom, theme.grid);
    line(x, bottom, x, bottom + 4, theme.muted);
    const half = context.measureText(text).width / 2;
    if (x - half > free) {
      context.fillText(text, x, bottom + 13);
      free = x + half + 6;
    }
  }
  context.textAlign = "right";
  for (const [value, text] of scales.y.ticks) {
    const y = sharp(scales.y.at(value));
    if (hasGrid) line(left, y, right, y, theme.grid);
    line(left - 4, y, left, y, theme.muted);
    context.fillText(text, left - 7, y);
  }
  line(sharp(left), top, sharp(left), sharp(bottom), theme.muted);
  line(left, sharp(bottom), right, sharp(bottom), theme.muted);
  context.textAlign = "center";
  context.fillText(x_label, (left + right) / 2, bottom + 31);
  if (y_label) {
    // A long one may reach down beside the other axis's label, and beyond that it is set narrower.
    const room = bottom + BELOW - top;
    const long = Math.min(context.measureText(y_label).width, room);
    context.save();
    context.translate(left - 7 - widthOf(context, scales.y.ticks) - 13,
      Math.max((top + bottom) / 2, top + long / 2));
    context.rotate(-Math.PI / 2);
    context.fillText(y_label, 0, 0, room);
    context.restore();
  }
}

const FAINT = 0.45; // the opacity of a curve to compare with, as in nnlib.live.frame_plots
const DASHES = { solid: [], dashed: [6, 4], dotted: [1.5, 3.5] };

/**
 * The corners of a curve, in pixels; null where there is a gap. Of points that follow each other within
 * one pixel of the screen, to the right, these are the first, the lowest, the highest and the last: the
 * strokes of a run's thousands take a browser longer than all else of a frame.
 */
function pathOf({ x: values, y: heights }, scaleX, scaleY) {
  const path = [];
  const pixel = 1 / (window.devicePixelRatio || 1);
  let column = null; // where it begins, its limits, and the numbers of its points
  const end = () => {
    if (!column) return;
    const { first, low, high, last } = column;
    for (const i of new Set([first, Math.min(low, high), Math.max(low, high), last])) {
      path.push([scaleX.at(values[i]), scaleY.at(heights[i])]);
    }
    column = null;
  };
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [scaleX.at(values[i]), scaleY.at(heights[i])];
    // Browsers draw nothing at all if a number is far out of their range.
    const isOn = Math.abs(x) < 1e6 && Math.abs(y) < 1e6;
    if (isOn && column && x >= column.left && x < column.left + pixel) {
      column.last = i;
      if (y < column.least) [column.least, column.low] = [y, i];
      if (y > column.most) [column.most, column.high] = [y, i];
      continue;
    }
    end();
    if (isOn) column = { left: x, least: y, most: y, first: i, low: i, high: i, last: i };
    else path.push(null);
  }
  end();
  return path;
}

/** One curve inside the box; where a number is not finite there is a gap, and no text. */
export function drawCurve(context, theme, curve, { x: scaleX, y: scaleY }, width = 2) {
  const colour = theme.ofCurve(curve.colour);
  context.globalAlpha = curve.faint ? FAINT : 1;
  context.strokeStyle = context.fillStyle = colour;
  if (curve.style === "points") {
    for (let i = 0; i < curve.x.length; i++) {
      const [x, y] = [scaleX.at(curve.x[i]), scaleY.at(curve.y[i])];
      if (!Number.isFinite(x + y)) continue;
      if (curve.texts?.length) {
        drawText(context, theme, curve.texts[i], x, y, colour);
        continue;
      }
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    return;
  }
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(DASHES[curve.style]);
  context.beginPath();
  let pen = false;
  for (const point of pathOf(curve, scaleX, scaleY)) {
    if (point && pen) context.lineTo(...point);
    else if (point) context.moveTo(...point);
    pen = Boolean(point);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** A text around a point, on the colour of the paper, so that no line runs through it. */
function drawText(context, theme, text, x, y, colour) {
  const wide = context.measureText(text).width + 4;
  context.fillStyle = theme.paper;
  context.fillRect(x - wide / 2, y - SIZE / 2 - 2, wide, SIZE + 4);
  context.fillStyle = colour;
  context.textAlign = "center";
  context.fillText(text, x, y);
}

/** The key of a curve, for the legend. */
export function curveKeys(context, theme, curves) {
  return curves.filter((curve) => curve.label).map((curve) => ({
    label: curve.label,
    draw: (x, y) => drawCurve(context, theme,
      { ...curve, x: curve.style === "points" ? [x + 11] : [x, x + 22], y: [y, y], texts: [] },
      { x: { at: (pixel) => pixel }, y: { at: (pixel) => pixel } }),
  }));
}

/** Do the drawing inside the box only. */
export function clipped(context, { left, right, top, bottom }, draw) {
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  draw();
  context.restore();
}
