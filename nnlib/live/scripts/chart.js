// A Chart of nnlib.frames: curves over two axes, linear or logarithmic.

import {
  clean, clipped, curveKeys, drawAxes, drawCurve, drawHead, makeScale, rangeOf, widened, widthOf,
} from "./axes.js";

/** Draw the chart on the canvas. */
export function drawChart(canvas, chart, theme) {
  const { context, width, height } = clean(canvas, theme);
  const head = drawHead(
    context, theme, width, chart.title, curveKeys(context, theme, chart.curves));
  const { has_axes = true } = chart;
  const box = {
    left: 0, right: width - (has_axes ? 18 : 3), top: head + 4,
    bottom: height - (has_axes ? 42 : 4),
  };
  const limits = (axis) => {
    const isLog = chart[`${axis}_log`];
    const shown = (value) => Number.isFinite(value) && (!isLog || value > 0);
    const range = rangeOf(chart.curves.map((curve) => curve[axis]), shown);
    return chart[`${axis}_range`] ?? widened(isLog && range[0] <= 0 ? [0.1, 1] : range, isLog);
  };
  const y = makeScale(limits("y"), [box.bottom, box.top], chart.y_log, 44);
  if (has_axes) box.left = widthOf(context, y.ticks) + (chart.y_label ? 34 : 14);
  const x = makeScale(limits("x"), [box.left, box.right], chart.x_log, 64);
  if (has_axes) drawAxes(context, theme, box, { x, y }, chart, true);
  clipped(context, { ...box, top: box.top - 3, bottom: box.bottom + 2, right: box.right + 3 }, () => {
    for (const curve of chart.curves) drawCurve(context, theme, curve, { x, y });
  });
}
