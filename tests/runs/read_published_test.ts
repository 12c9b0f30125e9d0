import assert from "node:assert/strict";
import { join } from "node:path";
import { densenet121 } from "../../lib/model/densenet121.ts";
import { forward } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { readPublished } from "../../lib/runs/read_published.ts";
import { listedWeights } from "../../lib/runs/torchxrayvision_files.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { prepareImage } from "../../lib/dataset/preparation.ts";

const FIXTURES = join(import.meta.dirname!, "../fixtures/model");
const FILE = join(FIXTURES, "torch/published.pt");
// Made by torchxrayvision's own classes with tests/oracles/published_weights.py.
const PUBLISHED: {
  labels: string[];
  thresholds: (number | null)[];
  logits: number[][];
  normed: number[][];
  files: Record<string, { labels: string[]; thresholds: (number | null)[] }>;
} = JSON.parse(await Deno.readTextFile(join(FIXTURES, "torch/published.json")));
const SIZE = 64;
const small = (outputs: number) =>
  densenet121({ imageSize: SIZE, outputs, blocks: [1, 1, 2, 1], growth: 2, stem: 4 });
const NAMED = PUBLISHED.labels.filter((label) => label !== "");

/** One of the oracle's images. */
function image(width: number, height: number, white: number) {
  const values = white > 255 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    values[i] = (31 * x * x + 17 * y * y + 7 * x * y) % (white + 1);
  }
  return { values, width, height, white };
}

Deno.test("a whole module of torchxrayvision scores images, prepared as there, as it does itself", async () => {
  const { model, findings, thresholds, notes } = await readPublished(FILE, {
    kind: "torchxrayvision",
    network: small,
    thresholds: PUBLISHED.thresholds.map((value) => value ?? NaN),
  });
  assert.deepEqual(findings, NAMED);
  assert.deepEqual(thresholds, PUBLISHED.thresholds.slice(0, 14));
  assert(notes.includes("the file says what its outputs are"), notes.join("\n"));
  assert(notes.includes("4 of its 18 outputs have no name and are left out"), notes.join("\n"));
  const inputs = [image(131, 150, 255), image(333, 200, 65535)].map((image) =>
    prepareImage(image, { size: SIZE, preparation: "centre-crop" }).values
  );
  const logits = tf.tidy(() => {
    const images = tf.tensor4d(Float32Array.from(inputs.flatMap((values) => [...values])), [
      2,
      SIZE,
      SIZE,
      1,
    ]);
    return forward(model, images, { training: false }).logits.arraySync();
  });
  model.dispose();
  const largest = Math.max(...PUBLISHED.logits.flat().map(Math.abs));
  PUBLISHED.logits.forEach((row, i) =>
    NAMED.forEach((name, j) => {
      const found = logits[i]![j]!;
      assert(Math.abs(found - row[j]!) < 1e-4 * largest, `${name}: ${found} instead of ${row[j]}`);
      // torchxrayvision bends scores so that its operating point is 0.5: ours is above the threshold just where it is above that.
      const score = 1 / (1 + Math.exp(-found));
      assert.equal(score >= thresholds![j]!, PUBLISHED.normed[i]![j]! >= 0.5, name);
    })
  );
});

Deno.test("findings and operating points of torchxrayvision's files are those that the package lists", () => {
  assert.equal(Object.keys(PUBLISHED.files).length, 7);
  for (const [file, listed] of Object.entries(PUBLISHED.files)) {
    assert.deepEqual(listedWeights(file), listed, file);
  }
  assert.equal(listedWeights("constructor"), null);
});

Deno.test("names and thresholds that are said win over the file's, and pick outputs", async () => {
  const labels = PUBLISHED.labels.map((_, i) => i === 3 ? "B" : i === 16 ? "A" : "");
  const thresholds = labels.map((_, i) => i === 3 ? 0.25 : NaN);
  const published = await readPublished(FILE, {
    kind: "torchxrayvision",
    network: small,
    labels,
    thresholds,
  });
  const whole = await readPublished(FILE, { kind: "torchxrayvision", network: small });
  assert.deepEqual([published.findings, published.thresholds], [["B", "A"], [0.25, null]]);
  assert.equal(whole.thresholds, null);
  const scores = [published, whole].map(({ model }) =>
    tf.tidy(() =>
      forward(model, tf.ones([1, SIZE, SIZE, 1]), { training: false }).logits.dataSync() as Float32Array
    )
  );
  assert.equal(scores[0]![0], scores[1]![3]);
  published.model.dispose();
  whole.model.dispose();
});

Deno.test("checkpoints of CheXNet's followers are taken in the order of the NIH's paper", async () => {
  const { model, findings, notes } = await readPublished(join(FIXTURES, "torch/chexnet.pth.tar"), {
    kind: "chexnet",
    network: small,
  });
  assert.deepEqual(findings.slice(0, 3).concat(findings.at(-1)!), [
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Hernia",
  ]);
  assert(notes.some((note) => note.startsWith("its outputs are taken to be Atelectasis, Cardiomegaly")));
  model.dispose();
});

Deno.test("Keras' weights of a network of ours are taken with their last layer", async () => {
  const { model, findings } = await readPublished(join(FIXTURES, "keras_2_resnet.h5"), {
    kind: "keras",
    network: (outputs) => resnetV2({ depth: 11, imageSize: 32, filters: 2, outputs, pooling: "global" }),
  });
  assert.equal(findings.length, 14);
  model.dispose();
});

Deno.test("what does not fit is refused in one line", async () => {
  const refused = async (
    file: string,
    kind: "torchxrayvision" | "chexnet" | "keras",
    expected: RegExp,
    more = {},
  ) => {
    await assert.rejects(
      readPublished(join(FIXTURES, file), { kind, network: small, ...more }),
      (error: Error) => {
        assert(error instanceof InputError, `${error.stack}`);
        assert.match(error.message, expected);
        assert(!error.message.includes("\n"));
        return true;
      },
    );
  };
  await refused(
    "torch/published.pt",
    "keras",
    /published\.pt: is a file of PyTorch, which --from keras does not read$/,
  );
  await refused(
    "torch/bare.pth",
    "torchxrayvision",
    /its first layer takes colours, where those of torchxrayvision/,
  );
  await refused("torch/published.pt", "torchxrayvision", /names 2 findings, and .* has 18 outputs/, {
    labels: ["A", "B"],
  });
  await refused("torch/published.pt", "torchxrayvision", /its findings .* are not different names$/, {
    labels: PUBLISHED.labels.map(() => "A"),
  });
  await refused("torch/published.pt", "torchxrayvision", /3 thresholds for 18 outputs$/, {
    thresholds: [1, 2, 3],
  });
  await refused(
    "torch/torchxrayvision_state.pt",
    "torchxrayvision",
    /does not say what its 14 outputs are: name them/,
  );
});

Deno.test("a pickle that would run a command is refused, and nothing is run", async () => {
  const file = await Deno.makeTempFile({ suffix: ".pt" });
  try {
    const pickle = (text: string) => new TextEncoder().encode(text);
    await Deno.writeFile(file, Uint8Array.of(0x80, 2, ...pickle("cos\nsystem\nq\0X\x01\0\0\0a\x85R.")));
    await assert.rejects(
      readPublished(file, { kind: "torchxrayvision", network: small }),
      (error: Error) => error instanceof InputError && /os\.system/.test(error.message),
    );
  } finally {
    await Deno.remove(file);
  }
});
