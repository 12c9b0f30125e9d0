/** The image that goes into `resize`. */
export interface ResizeOptions {
  /** Pixels a row of the source. */
  width: number;
  /** Rows of the source. */
  height: number;
  /** Pixels a row and rows of the result. */
  size: number;
  /** The source's value for white: 255 or 65535. */
  white: number;
}

/** The most values of 8 bits whose sum fits into 16. */
const MOST_SUMMED = 257;

/** For each pixel of the result along one axis: the first source pixel, and how much each from there on weighs. */
interface Taps {
  first: Int32Array;
  count: number;
  /** Integers, `count` a pixel of the result, that add up to `total`. */
  weights: Float64Array;
  total: number;
}

/**
 * Resizes a grey image (row by row) to a square of 8 bits, whatever its shape.
 *
 * An axis that shrinks is averaged: each pixel of the result is the mean of the source pixels under it, those at its
 * edge by the fraction that is under it (as OpenCV's INTER_AREA). An axis that grows is interpolated linearly
 * between pixel centres, with the edge pixels repeated. Sums are exact; the value is scaled so that white is 255 and
 * rounded once, halves up.
 *
 * @returns uint8 [size, size].
 */
export function resize(source: Uint8Array | Uint16Array, options: ResizeOptions): Uint8Array {
  const { width, height, size, white } = options;
  if (areWholeWords(source, options)) return averageWords(source, options);
  const across = tapsOf(width, size);
  const down = tapsOf(height, size);
  const rows = new Float64Array(height * size);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < size; x++) {
      const from = y * width + across.first[x]!;
      let sum = 0;
      for (let k = 0; k < across.count; k++) sum += across.weights[x * across.count + k]! * source[from + k]!;
      rows[y * size + x] = sum;
    }
  }

  const result = new Uint8Array(size * size);
  const unit = across.total * down.total * white;
  for (let y = 0; y < size; y++) {
    const from = down.first[y]! * size;
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let k = 0; k < down.count; k++) {
        sum += down.weights[y * down.count + k]! * rows[from + k * size + x]!;
      }
      result[y * size + x] = Math.floor((2 * 255 * sum + unit) / (2 * unit));
    }
  }
  return result;
}

/** Whether each pixel of the result has whole words of four pixels of 8 bits under it, few enough for 16 bits' sums. */
function areWholeWords(
  source: Uint8Array | Uint16Array,
  { width, height, size }: ResizeOptions,
): source is Uint8Array {
  return source instanceof Uint8Array && source.byteOffset % 4 === 0 &&
    width % (4 * size) === 0 && height % size === 0 && height / size <= MOST_SUMMED;
}

/** What `resize` does with X-rays of 1024x1024: four pixels are added at a time, two sums in each 32 bits. */
function averageWords(source: Uint8Array, { width, height, size, white }: ResizeOptions): Uint8Array {
  const words = new Int32Array(source.buffer, source.byteOffset, source.length / 4);
  const wordsARow = width / 4;
  const across = wordsARow / size;
  const down = height / size;
  const unit = 4 * across * down * white;
  const result = new Uint8Array(size * size);
  const even = new Int32Array(wordsARow);
  const odd = new Int32Array(wordsARow);
  for (let y = 0, at = 0; y < size; y++) {
    even.fill(0);
    odd.fill(0);
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < wordsARow; column++) {
        const word = words[at++]!;
        even[column]! += word & 0xff00ff;
        odd[column]! += word >>> 8 & 0xff00ff;
      }
    }
    for (let x = 0, column = 0; x < size; x++) {
      let sum = 0;
      for (const end = column + across; column < end; column++) {
        sum += halves(even[column]!) + halves(odd[column]!);
      }
      result[y * size + x] = Math.floor((2 * 255 * sum + unit) / (2 * unit));
    }
  }
  return result;
}

/** The sum of the two numbers of 16 bits in 32. */
function halves(sums: number): number {
  return (sums & 0xffff) + (sums >>> 16);
}

function tapsOf(length: number, size: number): Taps {
  const count = size > length ? Math.min(2, length) : Math.min(length, Math.ceil(length / size) + 1);
  const first = new Int32Array(size);
  const weights = new Float64Array(size * count);
  for (let i = 0; i < size; i++) {
    const start = size > length
      ? Math.floor(((2 * i + 1) * length - size) / (2 * size))
      : Math.floor(i * length / size);
    first[i] = Math.max(0, Math.min(start, length - count));
    for (let k = 0; k < count; k++) {
      const source = first[i]! + k;
      weights[i * count + k] = size > length
        ? closeness(i, source, { length, size })
        : Math.max(0, Math.min((i + 1) * length, (source + 1) * size) - Math.max(i * length, source * size));
    }
  }
  return { first, count, weights, total: size > length ? 2 * size : length };
}

/** Of the 2 * size parts that a source pixel is wide, how many the result's centre is not away from that pixel's. */
function closeness(
  index: number,
  source: number,
  { length, size }: { length: number; size: number },
): number {
  const last = 2 * size * (length - 1);
  const centre = Math.max(0, Math.min((2 * index + 1) * length - size, last));
  return Math.max(0, 2 * size - Math.abs(centre - source * 2 * size));
}
