import assert from "node:assert/strict";
import { applyChange, drawChange } from "../../lib/dataset/augmentation.ts";
import { type Batch, batches, type BatchesOptions } from "../../lib/dataset/batches.ts";
import type { ImageCache } from "../../lib/dataset/image_cache.ts";
import { NIH_FINDINGS, type NihFinding } from "../../lib/dataset/nih_findings.ts";
import { stratifiedOrder } from "../../lib/dataset/stratified_order.ts";
import { type Entry, UNKNOWN } from "../../lib/dataset/entry.ts";
import { random } from "../../lib/support/random.ts";

const SIZE = 4;

/** A cache in memory of 25 images, in another order than the entries, that counts its reads. */
function cacheOf(names: readonly string[]) {
  const cache: ImageCache & { reads: number } = {
    size: SIZE,
    names,
    reads: 0,
    indexOf: (name) => names.includes(name) ? names.indexOf(name) : undefined,
    read(index, into) {
      this.reads++;
      into.set(pixelsOf(names[index]!));
    },
    [Symbol.dispose]: () => {},
  };
  return cache;
}

function pixelsOf(name: string): Uint8Array {
  const stream = random(name);
  return Uint8Array.from({ length: SIZE ** 2 }, () => stream.integer(256));
}

const ENTRIES: Entry[] = Array.from({ length: 23 }, (_, i) => ({
  image: `${i}.png`,
  labels: [[], ["Atelectasis"], ["Mass", "Pneumothorax"]][i % 3] as NihFinding[],
  unknown: [],
  followUp: 0,
  patient: String(i),
  age: 50,
  sex: "F",
  view: "PA",
}));
const CACHE = cacheOf(Array.from({ length: 25 }, (_, i) => `${24 - i}.png`));

function orderOf(options: BatchesOptions, entries = ENTRIES): number[] {
  return [...batches(CACHE, entries, options)].flatMap(({ indices }) => [...indices]);
}

/** The images of some batches by name. */
function imagesOf(all: Iterable<Batch>, entries = ENTRIES): Map<string, Float32Array> {
  const images = new Map<string, Float32Array>();
  for (const { indices, images: values } of all) {
    indices.forEach((index, i) => {
      images.set(entries[index]!.image, values.slice(i * SIZE ** 2, (i + 1) * SIZE ** 2));
    });
  }
  return images;
}

Deno.test("batches gives every image once, with its labels, scaled to 0 to 1, in the entries' order", () => {
  const all = [...batches(CACHE, ENTRIES, { findings: NIH_FINDINGS, batchSize: 8 })];
  assert.deepEqual(all.map(({ count }) => count), [8, 8, 7]);
  assert.deepEqual(all.flatMap(({ indices }) => [...indices]), ENTRIES.map((_, i) => i));
  for (const { count, images, labels, indices } of all) {
    assert.equal(images.length, count * SIZE ** 2);
    assert.equal(labels.length, count * 14);
    indices.forEach((index, i) => {
      const { image, labels: findings } = ENTRIES[index]!;
      assert.deepEqual(NIH_FINDINGS.filter((_, label) => labels[i * 14 + label] === 1), findings);
      assert.equal(labels.slice(i * 14, (i + 1) * 14).reduce((sum, value) => sum + value), findings.length);
      const expected = Float32Array.from(pixelsOf(image), (value) => value / 255);
      assert.deepEqual(images.slice(i * SIZE ** 2, (i + 1) * SIZE ** 2), expected);
    });
  }
});

Deno.test("batches marks unknown ground truth, and has a column for each finding that it is asked for", () => {
  const entries = ENTRIES.slice(0, 3).map((entry, i) => ({
    ...entry,
    unknown: i === 0 ? ["Mass", "Edema"] : [],
  }));
  const [{ labels }] = [...batches(CACHE, entries, { findings: ["Pneumothorax", "Mass"], batchSize: 3 })] as [
    Batch,
  ];
  assert.deepEqual([...labels], [0, UNKNOWN, 0, 0, 1, 1]);
});

Deno.test("batches drops the last one when asked, and reads no more than it gives", () => {
  const all = [...batches(CACHE, ENTRIES, { findings: NIH_FINDINGS, batchSize: 8, dropRemainder: true })];
  assert.deepEqual(all.map(({ count }) => count), [8, 8]);
  assert.equal(
    [...batches(CACHE, ENTRIES.slice(0, 16), { findings: NIH_FINDINGS, batchSize: 8, dropRemainder: true })]
      .length,
    2,
  );
  assert.equal([...batches(CACHE, [], { findings: NIH_FINDINGS, batchSize: 8 })].length, 0);
  CACHE.reads = 0;
  batches(CACHE, ENTRIES, { findings: NIH_FINDINGS, batchSize: 8 }).next();
  assert.equal(CACHE.reads, 8);
});

Deno.test("batches shuffles for training by seed and epoch only", () => {
  const first = orderOf({ findings: NIH_FINDINGS, batchSize: 8, training: { seed: 7, epoch: 0 } });
  assert.deepEqual(first.toSorted((a, b) => a - b), ENTRIES.map((_, i) => i));
  assert.notDeepEqual(first, ENTRIES.map((_, i) => i));
  assert.deepEqual(
    orderOf({
      findings: NIH_FINDINGS,
      batchSize: 5,
      training: { seed: 7, epoch: 0, augmentation: { shift: 0.2 } },
    }),
    first,
  );
  assert.notDeepEqual(
    orderOf({ findings: NIH_FINDINGS, batchSize: 8, training: { seed: 7, epoch: 1 } }),
    first,
  );
  assert.notDeepEqual(
    orderOf({ findings: NIH_FINDINGS, batchSize: 8, training: { seed: 8, epoch: 0 } }),
    first,
  );
});

Deno.test("batches augments each image by seed, epoch and name, whatever batch it is in", () => {
  const augmentation = { shift: 0.3, brightness: 0.2 };
  const training = { seed: 7, epoch: 2, augmentation };
  const whole = imagesOf(batches(CACHE, ENTRIES, { findings: NIH_FINDINGS, batchSize: 8, training }));
  for (const [name, image] of whole) {
    const expected = new Float32Array(SIZE ** 2);
    const change = drawChange(augmentation, { size: SIZE, random: random(7, "augmentation", 2, name) });
    applyChange(pixelsOf(name), expected, { size: SIZE, change });
    assert.deepEqual(image, expected);
  }
  const some = ENTRIES.slice(5, 15).reverse();
  for (
    const [name, image] of imagesOf(
      batches(CACHE, some, { findings: NIH_FINDINGS, batchSize: 3, training }),
      some,
    )
  ) {
    assert.deepEqual(image, whole.get(name));
  }
  const next = imagesOf(
    batches(CACHE, ENTRIES, { findings: NIH_FINDINGS, batchSize: 8, training: { ...training, epoch: 3 } }),
  );
  for (const [name, image] of next) assert.notDeepEqual(image, whole.get(name));
});

Deno.test("batches says which image the cache lacks", () => {
  const lacking = [{ ...ENTRIES[0]!, image: "99.png" }];
  assert.throws(
    () => [...batches(CACHE, lacking, { findings: NIH_FINDINGS, batchSize: 8 })],
    new RangeError("The cache has no image 99.png"),
  );
});

Deno.test("stratified batches have each image once and each finding at even steps, other ones each epoch", () => {
  const findings = ["Effusion", "Mass", "Hernia"];
  const { uniform } = random(3, "labels");
  const entries = Array.from({ length: 403 }, (_, i): Entry => ({
    ...ENTRIES[0]!,
    image: `${i}.png`,
    labels: [uniform() < 0.3 ? "Effusion" : [], uniform() < 0.12 ? "Mass" : [], i % 40 === 7 ? "Hernia" : []]
      .flat(),
  }));
  const orders = [1, 2].map((epoch) => stratifiedOrder(entries, { findings, random: random(5, epoch) }));
  for (const order of orders) assert.deepEqual([...order].sort((a, b) => a - b), [...entries.keys()]);
  assert.notDeepEqual(orders[0], orders[1]);
  assert.deepEqual(stratifiedOrder(entries, { findings, random: random(5, 1) }), orders[0]);
  /** How far the numbers of images with a finding, or with none, are apart in twelve batches of 32. */
  const spread = (order: Int32Array, has: (entry: Entry) => boolean) => {
    const counts = Array.from(
      { length: 12 },
      (_, batch) =>
        [...order.slice(32 * batch, 32 * batch + 32)].filter((place) => has(entries[place]!)).length,
    );
    return Math.max(...counts) - Math.min(...counts);
  };
  for (const order of orders) {
    assert(spread(order, ({ labels }) => labels.includes("Hernia")) <= 1);
    assert(spread(order, ({ labels }) => labels.includes("Mass") && !labels.includes("Hernia")) <= 2);
    assert(spread(order, ({ labels }) => labels.length === 0) <= 3);
  }
  const plain = random(5, "order", 1).shuffle(Int32Array.from(entries.keys()));
  assert(spread(plain, ({ labels }) => labels.length === 0) > 3, "a shuffle does not do it");

  const names = entries.map(({ image }) => image);
  const training = { seed: 9, epoch: 1, stratified: true };
  const drawn = [...batches(cacheOf(names), entries, { findings, batchSize: 32, training })]
    .flatMap(({ indices }) => [...indices]);
  assert.deepEqual(drawn, [...stratifiedOrder(entries, { findings, random: random(9, "order", 1) })]);
});
