import { mersenne } from "pure-rand/generator/mersenne";

/**
 * The permutation of 0 .. length - 1 that numpy's `RandomState(seed).permutation(length)` gives, and with it
 * scikit-learn's `train_test_split`: the Mersenne Twister, whose words are masked to as many bits as the limit has and
 * drawn again where they exceed it, and the shuffle of Fisher and Yates from the end.
 *
 * @param seed A whole number from 0 to 2^32 - 1.
 */
export function numpyPermutation(length: number, seed: number): Uint32Array {
  const generator = mersenne(seed);
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const mask = 2 ** (32 - Math.clz32(last)) - 1;
    let drawn = last + 1;
    while (drawn > last) drawn = (generator.next() & mask) >>> 0;
    const value = order[last]!;
    order[last] = order[drawn]!;
    order[drawn] = value;
  }
  return order;
}
