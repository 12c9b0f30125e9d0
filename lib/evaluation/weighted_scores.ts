/** How much images count. */
export interface Weighted {
  /** [n] How many images each image stands for, above 0; 1 of each where none are given. */
  weights?: Float64Array | undefined;
}

/** What a figure of one label is computed from: a number an image. */
export interface WeightedScores extends Weighted {
  /** [n] 1 where an image has the finding, else 0. */
  truth: ArrayLike<number>;
  /** [n] Higher where the finding is likelier. */
  scores: ArrayLike<number>;
}

/** [n] The weights of images, 1 where none are given. */
export function weightsOf({ weights }: Weighted, images: number): Float64Array {
  return weights ?? new Float64Array(images).fill(1);
}
