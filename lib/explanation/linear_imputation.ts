/** What a pixel takes of its neighbours: a sixth of each beside it, a twelfth of each across a corner. */
const NEIGHBOURS = [-1, 0, 1].flatMap((down) =>
  [-1, 0, 1].flatMap((across) =>
    down === 0 && across === 0 ? [] : [{ down, across, weight: down === 0 || across === 0 ? 1 / 6 : 1 / 12 }]
  )
);

/** How far from their equations pixels may end, as a fraction of where they begin. */
const PRECISION = 1e-5;

/**
 * Fills in pixels so that each is the weighted mean of its neighbours within the image, those that are filled in too
 * (Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", 2022, section 4.2, without
 * noise): what is removed is not told by a hole of one colour. The equations are symmetric and positive definite as long
 * as one pixel is known, and are solved by conjugate gradients (Hestenes and Stiefel, 1952).
 *
 * @param image [size, size] Row by row.
 * @param missing The places of the pixels to be filled in; not all.
 * @returns A new image.
 * @throws {RangeError} Where all pixels are missing.
 */
export function linearImputation(
  image: Float32Array,
  missing: ArrayLike<number>,
  { size }: { size: number },
): Float32Array<ArrayBuffer> {
  const count = missing.length;
  if (count >= size * size) throw new RangeError("Of an image without known pixels nothing can be filled in");
  const filled = new Float32Array(image);
  const indexOf = new Int32Array(size * size).fill(-1);
  for (let i = 0; i < count; i++) indexOf[missing[i]!] = i;
  // The missing neighbours of each missing pixel, -1 where there is none, and what it has of all that are in the image.
  const links = new Int32Array(8 * count).fill(-1);
  const [diagonal, right] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const [row, column] = [Math.floor(missing[i]! / size), missing[i]! % size];
    NEIGHBOURS.forEach(({ down, across, weight }, n) => {
      const [y, x] = [row + down, column + across];
      if (y < 0 || x < 0 || y >= size || x >= size) return;
      diagonal[i]! += weight;
      const other = indexOf[y * size + x]!;
      if (other < 0) right[i]! += weight * image[y * size + x]!;
      else links[8 * i + n] = other;
    });
  }
  const times = (vector: Float64Array, into: Float64Array) => {
    for (let i = 0; i < count; i++) {
      let sum = diagonal[i]! * vector[i]!;
      for (let n = 0; n < 8; n++) {
        const other = links[8 * i + n]!;
        if (other >= 0) sum -= NEIGHBOURS[n]!.weight * vector[other]!;
      }
      into[i] = sum;
    }
  };
  const solution = conjugateGradients(times, { right, diagonal });
  for (let i = 0; i < count; i++) filled[missing[i]!] = solution[i]!;
  return filled;
}

/** Solves a symmetric, positive definite system, with its diagonal as preconditioner. */
function conjugateGradients(
  times: (vector: Float64Array, into: Float64Array) => void,
  { right, diagonal }: { right: Float64Array; diagonal: Float64Array },
): Float64Array {
  const count = right.length;
  const solution = new Float64Array(count);
  const residual = right.slice();
  const direction = residual.map((value, i) => value / diagonal[i]!);
  const product = new Float64Array(count);
  let size = dot(residual, direction);
  const enough = PRECISION ** 2 * size;
  for (let step = 0; step < 10 * count && size > enough; step++) {
    times(direction, product);
    const length = size / dot(direction, product);
    let next = 0;
    for (let i = 0; i < count; i++) {
      solution[i]! += length * direction[i]!;
      residual[i]! -= length * product[i]!;
      next += residual[i]! ** 2 / diagonal[i]!;
    }
    const share = next / size;
    for (let i = 0; i < count; i++) direction[i] = residual[i]! / diagonal[i]! + share * direction[i]!;
    size = next;
  }
  return solution;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
