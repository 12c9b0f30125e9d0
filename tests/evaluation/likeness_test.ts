import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { decodeImage } from "../../lib/dataset/decode_image.ts";
import {
  FEWEST_REFERENCES,
  fitLikeness,
  LAYOUT_SIZE,
  layoutOf,
  likenessOf,
  type Signature,
} from "../../lib/evaluation/likeness.ts";
import { scoresAndFeatures } from "../../lib/model/features.ts";
import { createModel } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { random } from "../../lib/support/random.ts";
import { graph, tf } from "../../lib/tensorflow/mod.ts";

const NIH = resolve(import.meta.dirname!, "../../../shared/nih-sample-64/images_001/images");
const CHANNELS = 12;

/** Images whose first half of channels is strong, dark in the middle and bright below. */
function references(count: number): Signature[] {
  const { uniform } = random(2, "references");
  return Array.from({ length: count }, () => ({
    features: Float32Array.from(
      { length: CHANNELS },
      (_, i) => (i < CHANNELS / 2 ? 2 : 0.1) * (0.5 + uniform()),
    ),
    layout: Uint8Array.from({ length: LAYOUT_SIZE ** 2 }, (_, i) => {
      const [x, y] = [i % LAYOUT_SIZE, Math.floor(i / LAYOUT_SIZE)];
      return 60 + 6 * y + (x < 4 || x > 12 ? 40 : 0) + 30 * uniform();
    }),
  }));
}

Deno.test("the distance is that of the fifth nearest direction of square roots, in limits", () => {
  const images = references(40);
  const reference = fitLikeness(images)!;
  const directionOf = ({ features }: Signature) => {
    const roots = Array.from(features, Math.sqrt);
    const length = Math.hypot(...roots);
    return roots.map((root) => root / length);
  };
  const distances = (image: Signature, others: Signature[]) =>
    others.map((other) => Math.hypot(...directionOf(other).map((value, i) => value - directionOf(image)[i]!)))
      .sort((a, b) => a - b);
  const own = images.map((image) => distances(image, images.filter((other) => other !== image))[4]!);
  const mean = own.reduce((sum, value) => sum + value) / own.length;
  const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
  assert(Math.abs(reference.limits.distance - (mean + 4 * deviation)) < 1e-6);
  const other = { ...images[0]!, features: Float32Array.from({ length: CHANNELS }, (_, i) => 1 + i / 5) };
  const found = likenessOf(reference, other).distance;
  assert(Math.abs(found - distances(other, images)[4]! / reference.limits.distance) < 1e-5);
});

Deno.test("images like the reference have no problem; strange, inverted and turned ones have theirs", () => {
  const images = references(60);
  const reference = fitLikeness(images.slice(0, 40))!;
  for (const image of images.slice(40)) assert.equal(likenessOf(reference, image).problem, null);
  const image = images[50]!;
  const problemOf = (changed: Partial<Signature>) => likenessOf(reference, { ...image, ...changed }).problem;
  assert.match(problemOf({ features: Array.from(image.features).reverse() })!, /^unlike the images/);
  assert.match(problemOf({ layout: image.layout.map((value) => 255 - value) })!, /^looks inverted/);
  assert.match(problemOf({ layout: image.layout.toReversed() })!, /^looks upside down/);
  const quarter = image.layout.map((_, i) =>
    image.layout[(i % LAYOUT_SIZE) * LAYOUT_SIZE + LAYOUT_SIZE - 1 - Math.floor(i / LAYOUT_SIZE)]!
  );
  assert.match(problemOf({ layout: quarter })!, /^looks turned by a quarter/);
  assert.match(problemOf({ layout: new Uint8Array(LAYOUT_SIZE ** 2) })!, /^unlike the images/);
});

Deno.test("with too few reference images nothing is said", () => {
  assert.equal(fitLikeness(references(FEWEST_REFERENCES - 1)), null);
  assert.notEqual(fitLikeness(references(FEWEST_REFERENCES)), null);
});

Deno.test({
  name: "real chest radiographs are told from inverted and turned ones and from noise",
  ignore: !existsSync(NIH) && (console.log(`skipped: ${NIH} is not there`), true),
  async fn() {
    const size = 64;
    const names = [...Deno.readDirSync(NIH)].map(({ name }) => name).sort().slice(0, 300);
    const images = await Promise.all(names.map((name) => decodeImage(`${NIH}/${name}`, size)));
    const model = createModel(resnetV2({ depth: 11, imageSize: size, outputs: 1 }), { seed: 1 });
    const describe = graph((x: tf.Tensor) =>
      scoresAndFeatures(model, x as tf.Tensor4D).features as tf.Tensor
    );
    const signaturesOf = (images: readonly Uint8Array[]): Signature[] =>
      tf.tidy(() => {
        const pixels = Float32Array.from(images.flatMap((image) => [...image]), (value) => value / 255);
        const features = describe(tf.tensor4d(pixels, [images.length, size, size, 1]))
          .arraySync() as number[][];
        return images.map((image, i) => ({ features: features[i]!, layout: layoutOf(image, size) }));
      });
    const reference = fitLikeness(signaturesOf(images.slice(0, 150)))!;
    const others = images.slice(150);
    const { integer } = random(3, "noise");
    const share = (images: readonly Uint8Array[], pattern: RegExp) => {
      const problems = signaturesOf(images).map((image) => likenessOf(reference, image).problem);
      return problems.filter((problem) => pattern.test(problem ?? "")).length / images.length;
    };
    const quarter = (image: Uint8Array) =>
      image.map((_, i) => image[(i % size) * size + size - 1 - Math.floor(i / size)]!);
    const found = {
      asTheyAre: share(others, /./),
      inverted: share(others.map((image) => image.map((value) => 255 - value)), /looks inverted/),
      upsideDown: share(others.map((image) => image.toReversed()), /looks upside down/),
      quarter: share(others.map(quarter), /looks turned by a quarter/),
      noise: share(others.map((image) => image.map(() => integer(256))), /^unlike/),
    };
    const text = JSON.stringify(found);
    assert(found.asTheyAre < 0.05, text);
    assert(Math.min(found.inverted, found.upsideDown, found.quarter) > 0.9, text);
    assert.equal(found.noise, 1, text);
    describe.dispose();
    model.dispose();
  },
});
