import assert from "node:assert/strict";
import { applyChange } from "../../lib/dataset/augmentation.ts";
import { createModel, forward } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { random } from "../../lib/support/random.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { testScorer, testTimeChanges, withoutCopies } from "../../lib/training/test_time_copies.ts";
import { assertClose } from "../evaluation/_close.ts";

const SIZE = 32;
const settings = (testTimeCopies: number) =>
  checkSettings({
    testTimeCopies,
    imageSize: SIZE,
    augmentation: { shift: 0.1, rotation: 10, brightness: 0.1 },
  }, "test");

function images(count: number): Uint8Array[] {
  const { uniform } = random(1, "images to be copied");
  return Array.from({ length: count }, () => Uint8Array.from({ length: SIZE * SIZE }, () => 255 * uniform()));
}

Deno.test("logits are the mean over an image and its copies, whatever images are beside it", async () => {
  const model = createModel(
    networkNamed("resnet11v2", { imageSize: SIZE, pooling: "global", dropout: 0, outputs: 3 }),
    {
      seed: 5,
    },
  );
  const given = images(4);
  const alone = (values: Float32Array) =>
    tf.tidy(() =>
      forward(model, tf.tensor4d(values, [1, SIZE, SIZE, 1]), { training: false }).logits.dataSync().slice()
    );
  const changes = testTimeChanges(settings(3));
  assert.equal(changes.length, 3);
  assert.deepEqual(testTimeChanges(settings(5)).slice(0, 3), changes);
  const expected = given.map((image) => {
    const all = [Float32Array.from(image, (value) => value / 255)];
    for (const change of changes) {
      const copy = new Float32Array(image.length);
      applyChange(image, copy, { size: SIZE, change });
      all.push(copy);
    }
    const logits = all.map(alone);
    return Array.from(logits[0]!, (_, label) => logits.reduce((sum, own) => sum + own[label]!, 0) / 4);
  });
  const plain = alone(Float32Array.from(given[0]!, (value) => value / 255));
  assert.ok(
    expected[0]!.some((value, label) => Math.abs(value - plain[label]!) > 1e-3),
    "copies change nothing",
  );
  const score = testScorer(model, settings(3));
  const before = tf.memory().numTensors;
  for (const some of [given, given.slice(0, 1)]) {
    const input = tf.tensor4d(
      Float32Array.from(some.flatMap((image) => [...image]), (value) => value / 255),
      [some.length, SIZE, SIZE, 1],
    );
    const output = await score.run(input);
    assertClose(output.arraySync(), expected.slice(0, some.length), 2e-5);
    tf.dispose([input, output]);
  }
  assert.equal(tf.memory().numTensors, before);
  score.dispose();
  model.dispose();
});

Deno.test("copies need something to change them by, and where they are not made that is said", () => {
  assert.throws(
    () => checkSettings({ testTimeCopies: 4 }, "mine.json"),
    /^InputError: mine\.json: testTimeCopies 4: there is no augmentation to change copies by$/,
  );
  assert.deepEqual(withoutCopies(settings(0)), []);
  assert.match(
    withoutCopies(settings(8))[0]!,
    /means over an image and 8 changed copies, which are not made here/,
  );
});
