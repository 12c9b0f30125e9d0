import { applyChange, type Change, drawChange } from "../dataset/augmentation.ts";
import type { Model } from "../model/model.ts";
import { random } from "../support/random.ts";
import { type GraphOptions, tf } from "../tensorflow/mod.ts";
import { type Scorer, scorer } from "./score.ts";
import type { Settings } from "./settings.ts";

/** The settings that say how images are changed for a test. */
export type CopySettings = Pick<Settings, "testTimeCopies" | "augmentation" | "imageSize" | "seed">;

/**
 * The changes of test-time augmentation. They are drawn once and are the same for every image, so that what is said of an
 * image does not depend on its name or on the images beside it.
 */
export function testTimeChanges({ testTimeCopies, augmentation, imageSize, seed }: CopySettings): Change[] {
  return Array.from(
    { length: testTimeCopies },
    (_, copy) =>
      drawChange(augmentation, { size: imageSize, random: random(seed, "test-time augmentation", copy) }),
  );
}

/**
 * The mean of the logits of images and of changed copies of them.
 *
 * @param score Of images [n, size, size, 1] in 0..1 the logits [n, labels].
 */
export async function averagedLogits(
  score: (images: tf.Tensor4D) => Promise<tf.Tensor>,
  images: tf.Tensor4D,
  changes: readonly Change[],
): Promise<tf.Tensor> {
  let sum = await score(images);
  const [count, size] = images.shape;
  const values = images.dataSync() as Float32Array;
  for (const change of changes) {
    const changed = new Float32Array(values.length);
    for (let start = 0; start < values.length; start += size * size) {
      const [from, into] = [values, changed].map((all) => all.subarray(start, start + size * size));
      applyChange(from!, into!, { size, change, white: 1 });
    }
    const copy = tf.tensor4d(changed, [count, size, size, 1]);
    const logits = await score(copy).finally(() => copy.dispose());
    const before = sum;
    sum = tf.add(before, logits);
    tf.dispose([before, logits]);
  }
  const mean = tf.div(sum, 1 + changes.length);
  sum.dispose();
  return mean;
}

/**
 * Makes what scores a run's validation and test sets and all images after them: `scorer`, with changed copies of each
 * image where the settings ask for some.
 *
 * @param base What scores images as they are. Default: the model's graph.
 */
export function testScorer(
  model: Model,
  settings: CopySettings & Pick<GraphOptions, "precision" | "xla">,
  base: Scorer = scorer(model, settings),
): Scorer {
  const changes = testTimeChanges(settings);
  if (changes.length === 0) return base;
  return {
    run: (images) => averagedLogits((copy) => base.run(copy), images as tf.Tensor4D, changes),
    dispose: () => base.dispose(),
  };
}

/** What has to be said where the copies are not made; nothing of a run that has none. */
export function withoutCopies({ testTimeCopies }: Pick<Settings, "testTimeCopies">): string[] {
  if (testTimeCopies === 0) return [];
  return [
    `the run's thresholds and calibration are of means over an image and ${testTimeCopies} changed copies, which are ` +
    "not made here: probabilities may be somewhat off",
  ];
}
