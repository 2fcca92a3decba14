// Small pictures, one pixel for each number, which a plot stretches over a part of its canvas.

const kept = new WeakMap(); // by the plot's canvas: the next frame's pictures take their places

/**
 * A picture of so many rows and columns, of which the first row is the bottom one.
 * @param {HTMLCanvasElement} canvas - on which it will be drawn
 * @param {string} name - of the picture on this canvas
 * @param {(number: number) => number[]} colourOf - red, green and blue of the numbers, row by row
 * @returns {OffscreenCanvas}
 */
export function raster(canvas, name, rows, columns, colourOf) {
  if (!kept.has(canvas)) kept.set(canvas, new Map());
  const pictures = kept.get(canvas);
  const earlier = pictures.get(name)?.picture;
  if (earlier?.width !== columns || earlier.height !== rows) {
    const picture = new OffscreenCanvas(columns, rows);
    pictures.set(name, { picture, context: picture.getContext("2d"),
      image: new ImageData(columns, rows) });
  }
  const { picture, context, image } = pictures.get(name);
  const { data } = image;
  for (let row = 0; row < rows; row++) {
    let place = 4 * (rows - 1 - row) * columns;
    for (let number = row * columns; number < (row + 1) * columns; number++) {
      const colour = colourOf(number);
      data[place] = colour[0];
      data[place + 1] = colour[1];
      data[place + 2] = colour[2];
      data[place + 3] = 255;
      place += 4;
    }
  }
  context.putImageData(image, 0, 0);
  return picture;
}
