/** What a pixel takes of each neighbour: a sixth of those beside it, a twelfth of those across a corner. */
const [BESIDE, ACROSS] = [1 / 6, 1 / 12];

/** Where the neighbours are, those beside a pixel first. */
const NEIGHBOURS = [[-1, 0], [0, -1], [0, 1], [1, 0], [-1, -1], [-1, 1], [1, -1], [1, 1]] as const;

/** How far from their equations pixels may end, as a fraction of the right side. */
const PRECISION = 1e-5;

/** An image smaller than this (height or width in pixels) is no longer halved to begin with. */
const SMALLEST = 8;

/**
 * Fills in pixels so that each is the weighted mean of its neighbours within the image, those that are filled in too
 * (Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", 2022, section 4.2, without
 * noise): what is removed is not told by a hole of one colour. The equations are symmetric and positive definite as long
 * as one pixel is known, and are solved by conjugate gradients (Hestenes and Stiefel, 1952) from what the image of half the
 * size is filled in with.
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
  if (count === 0) return filled;
  const indexOf = new Int32Array(size * size).fill(-1);
  for (let i = 0; i < count; i++) indexOf[missing[i]!] = i;
  // The missing neighbours of each missing pixel, `count` where there is none, and the weights of all that are in the image.
  const links = new Int32Array(8 * count).fill(count);
  const [diagonal, right] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const [row, column] = [Math.floor(missing[i]! / size), missing[i]! % size];
    for (let n = 0; n < 8; n++) {
      const [y, x] = [row + NEIGHBOURS[n]![0], column + NEIGHBOURS[n]![1]];
      if (y < 0 || x < 0 || y >= size || x >= size) continue;
      const weight = n < 4 ? BESIDE : ACROSS;
      diagonal[i]! += weight;
      const other = indexOf[y * size + x]!;
      if (other < 0) right[i]! += weight * image[y * size + x]!;
      else links[8 * i + n] = other;
    }
  }
  // A last 0 stands for neighbours that are not missing.
  const solution = new Float64Array(count + 1);
  const coarse = coarsely(image, indexOf, size);
  for (let i = 0; i < count; i++) solution[i] = coarse[missing[i]!]!;
  solve(solution, { links, diagonal, right });
  for (let i = 0; i < count; i++) filled[missing[i]!] = solution[i]!;
  return filled;
}

/** The image of half the size, each of its pixels the mean of those that are known, filled in and enlarged. */
function coarsely(image: Float32Array, indexOf: Int32Array, size: number): Float32Array {
  const half = Math.ceil(size / 2);
  const [sums, counts] = [new Float32Array(half * half), new Uint8Array(half * half)];
  const cellOf = (place: number) => (Math.floor(place / size) >> 1) * half + (place % size >> 1);
  for (let place = 0; place < image.length; place++) {
    if (indexOf[place]! >= 0) continue;
    sums[cellOf(place)]! += image[place]!;
    counts[cellOf(place)]!++;
  }
  const means = sums.map((sum, cell) => counts[cell] === 0 ? 0 : sum / counts[cell]!);
  const holes = Uint32Array.from(counts.keys()).filter((cell) => counts[cell] === 0);
  const known = size < SMALLEST ? means : linearImputation(means, holes, { size: half });
  return image.map((_, place) => known[cellOf(place)]!);
}

interface Equations {
  links: Int32Array;
  diagonal: Float64Array;
  right: Float64Array;
}

/** Solves the equations from a first guess, in place, with their diagonal as preconditioner. */
function solve(solution: Float64Array, { links, diagonal, right }: Equations): void {
  const count = right.length;
  const times = (vector: Float64Array, into: Float64Array) => {
    for (let i = 0, k = 0; i < count; i++, k += 8) {
      const beside = vector[links[k]!]! + vector[links[k + 1]!]! + vector[links[k + 2]!]! +
        vector[links[k + 3]!]!;
      const across = vector[links[k + 4]!]! + vector[links[k + 5]!]! + vector[links[k + 6]!]! +
        vector[links[k + 7]!]!;
      into[i] = diagonal[i]! * vector[i]! - BESIDE * beside - ACROSS * across;
    }
  };
  const [residual, direction, product] = [
    new Float64Array(count),
    new Float64Array(count + 1),
    new Float64Array(count),
  ];
  times(solution, product);
  let [size, enough] = [0, 0];
  for (let i = 0; i < count; i++) {
    residual[i] = right[i]! - product[i]!;
    direction[i] = residual[i]! / diagonal[i]!;
    size += residual[i]! * direction[i]!;
    enough += right[i]! ** 2 / diagonal[i]!;
  }
  enough *= PRECISION ** 2;
  for (let step = 0; step < 10 * count && size > enough; step++) {
    times(direction, product);
    let along = 0;
    for (let i = 0; i < count; i++) along += direction[i]! * product[i]!;
    const length = size / along;
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
}
