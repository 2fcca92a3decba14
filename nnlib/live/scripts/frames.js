// Frames as `nnlib.live.packing` sends them: a header in JSON, and the bytes of its arrays.

const TYPES = { f4: Float32Array, u1: Uint8Array };

/**
 * The header, with typed arrays where it says where they lie. An array keeps its `shape`.
 * @param {string} header
 * @param {ArrayBuffer} bytes
 */
export function decode(header, bytes) {
  return JSON.parse(header, (_, value) => {
    if (!value || typeof value !== "object" || !(value.dtype in TYPES)) return value;
    const size = value.shape.reduce((product, length) => product * length, 1);
    const array = new TYPES[value.dtype](bytes, value.offset, size);
    return Object.assign(array, { shape: value.shape });
  });
}
