// Bars of nnlib.frames: one for each name, from 0, with its height written on it.

import { clean, drawAxes, drawHead, makeScale, rangeOf, widened, widthOf } from "./axes.js";

/** Draw the bars on the canvas. */
export function drawBars(canvas, bars, theme) {
  const { context, width, height } = clean(canvas, theme);
  const head = drawHead(context, theme, width, bars.title, []);
  const box = { left: 0, right: width - 18, top: head + 16, bottom: height - 42 };
  const heights = Array.from(bars.heights);
  const range = bars.y_range ?? widened(rangeOf([[0], heights])).map(
    (end, i) => (i === 0 && Math.min(...heights) >= 0 ? 0 : end));
  const y = makeScale(range, [box.bottom, box.top], false, 44);
  box.left = widthOf(context, y.ticks) + (bars.y_label ? 34 : 14);
  const slot = (box.right - box.left) / heights.length;
  const middle = (i) => box.left + (i + 0.5) * slot;
  const x = { at: middle, ticks: bars.names.map((name, i) => [i, String(name)]) };
  drawAxes(context, theme, box, { x: { ...x, ticks: [] }, y }, { ...bars, x_label: "" }, true);
  context.textAlign = "center";
  const inside = (pixel) => Math.min(Math.max(pixel, box.top), box.bottom);
  const foot = inside(y.at(0));
  for (const [i, name] of x.ticks) {
    const [left, wide] = [middle(i) - 0.35 * slot, 0.7 * slot];
    const value = heights[i];
    if (Number.isFinite(value)) {
      const top = inside(y.at(value));
      const body = [left, Math.min(top, foot), wide, Math.abs(foot - top)];
      context.fillStyle = theme.ofClass(i);
      context.fillRect(...body);
      if (i === bars.marked) {
        context.strokeStyle = theme.ink;
        context.lineWidth = 2.5;
        context.strokeRect(...body);
      }
      context.fillStyle = theme.ink;
      context.fillText(
        String(Number(value.toPrecision(3))), middle(i), value < 0 ? top + 9 : top - 9);
    }
    context.fillStyle = theme.ink;
    context.fillText(name, middle(i), box.bottom + 13, slot - 2);
  }
}
