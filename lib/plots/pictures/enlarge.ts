/**
 * Enlarges a square map by linear interpolation between pixel centres, edges repeated (as `tf.image.resize`).
 *
 * @param map float [from, from], row by row.
 * @param size Height and width of the result in pixels.
 * @returns float32 [size, size].
 */
export function enlarge(map: ArrayLike<number>, size: number): Float32Array {
  const from = Math.sqrt(map.length);
  if (!Number.isInteger(from) || from === 0) {
    throw new RangeError(`A map of ${map.length} values is no square`);
  }
  const places = Array.from({ length: size }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, (i + 0.5) * from / size - 0.5));
    const first = Math.floor(place);
    return { first, second: Math.min(from - 1, first + 1), share: place - first };
  });
  const result = new Float32Array(size * size);
  places.forEach((row, y) => {
    places.forEach((column, x) => {
      const at = (r: number, c: number) => map[r * from + c]!;
      const above = mix(at(row.first, column.first), at(row.first, column.second), column.share);
      const below = mix(at(row.second, column.first), at(row.second, column.second), column.share);
      result[y * size + x] = mix(above, below, row.share);
    });
  });
  return result;
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
