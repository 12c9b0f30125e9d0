import assert from "node:assert/strict";
import { join } from "node:path";
import { PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { countLabels } from "../../../lib/dataset/label_counts.ts";
import { unpackNpz } from "../../../lib/dataset/formats/_npz.ts";
import { InputError } from "../../../lib/support/input_error.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { SUBSETS } from "../../../lib/dataset/split.ts";
import { PROJECT } from "../../../lib/support/project.ts";
import { temporaryFolder } from "../../_folders.ts";
import { renamingsOf } from "../../_renames.ts";
import { preparePixels } from "../../../lib/dataset/preparation.ts";

const FIXTURES = join(PROJECT, "tests/fixtures/dataset");
const fixture = (name: string) => join(FIXTURES, name);

/** What tests/oracles/medmnist.py stored beside the archives. */
const expected: {
  sums: Record<string, number>;
  positives: number[];
  lastTest: number[][];
  pneumonia: number;
} = JSON.parse(await Deno.readTextFile(fixture("medmnist.json")));

Deno.test("unpackNpz() reads NumPy's compressed arrays, whole and in parts", async () => {
  await using folder = await temporaryFolder();
  const names = Object.keys(expected.sums);
  const options = { cacheFolder: folder.path };
  const arrays = await unpackNpz(fixture("chestmnist.npz"), names, options);
  for (const name of names) {
    const array = arrays.get(name)!;
    const values = array.read(0, array.shape[0]!);
    assert.equal(values.reduce((sum, value) => sum + value, 0), expected.sums[name], name);
  }
  const images = arrays.get("test_images")!;
  assert.deepEqual(images.shape, [30, 8, 8]);
  assert.deepEqual([...images.read(29, 30)], expected.lastTest.flat());
  const [unpacked] = [...Deno.readDirSync(folder.path)];
  const files = () => [...Deno.readDirSync(join(folder.path, unpacked!.name))].map(({ name }) => name).sort();
  assert.deepEqual(files(), names.map((name) => `${name}.npy`).sort());
  await unpackNpz(fixture("chestmnist.npz"), names, options);
  assert.equal(files().length, 6);
});

Deno.test("unpackNpz() names what is missing, and refuses what is damaged", async () => {
  await using folder = await temporaryFolder();
  const options = { cacheFolder: folder.path };
  const file = fixture("chestmnist.npz");
  await assert.rejects(unpackNpz(file, ["train_images", "a", "b"], options), {
    name: "InputError",
    message: `${file}: no array a, b`,
  });
  const damaged = join(folder.path, "damaged.npz");
  const bytes = await Deno.readFile(file);
  for (
    const content of [
      bytes.slice(0, bytes.length / 2),
      bytes.map((byte, i) => i > 300 && i < 900 ? 7 : byte),
    ]
  ) {
    await Deno.writeFile(damaged, content);
    await assert.rejects(unpackNpz(damaged, Object.keys(expected.sums), options), {
      name: "InputError",
      message: /damaged\.npz/,
    });
  }
  await Deno.writeTextFile(damaged, "text");
  await assert.rejects(unpackNpz(damaged, ["a"], options), { name: "InputError", message: /no array a$/ });
  const drafts = [...Deno.readDirSync(folder.path)].filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => [...Deno.readDirSync(join(folder.path, name))])
    .filter(({ name }) => name.endsWith(".partial"));
  assert.deepEqual(drafts, []);
});

Deno.test("unpackNpz() finds a flipped bit anywhere in what it unpacked before, and names the file", async () => {
  await using folder = await temporaryFolder();
  const options = { cacheFolder: folder.path };
  const read = async () => {
    const array = (await unpackNpz(fixture("chestmnist.npz"), ["val_labels"], options)).get("val_labels")!;
    return array.read(0, array.shape[0]!);
  };
  let labels: Uint8Array | undefined;
  assert.deepEqual(await renamingsOf(async () => labels = await read()), { count: 1, unsynced: [] });
  const [unpacked] = [...Deno.readDirSync(folder.path)];
  const file = join(folder.path, unpacked!.name, "val_labels.npy");
  const bytes = await Deno.readFile(file);
  for (let bit = 0; bit < 8 * bytes.length; bit += 5) {
    await Deno.writeFile(file, bytes.with(bit >> 3, bytes[bit >> 3]! ^ 1 << (bit & 7)));
    const found = await read().catch((error) => error);
    assert(found instanceof InputError, `bit ${bit}: ${found}`);
    assert(
      /chestmnist\.npz: val_labels /.test(found.message) || found.message.startsWith(`${file}: damaged`),
    );
  }
  await Deno.remove(file);
  assert.deepEqual(await read(), labels);
});

Deno.test("ChestMNIST has its findings, images and own split", async () => {
  const dataSet = await openDataSet({ ...PLAIN_SOURCE, data: fixture("chestmnist.npz") });
  assert.equal(dataSet.format, "medmnist");
  assert.equal(dataSet.entries.length, 140);
  assert.deepEqual(
    countLabels(dataSet.entries, dataSet.findings).map(({ positives }) => positives),
    expected.positives,
  );
  assert.deepEqual([dataSet.findings[0], dataSet.findings[12]], ["Atelectasis", "Pleural_Thickening"]);
  const split = await makeSplit(dataSet, { kind: "official", seed: 0 });
  assert.deepEqual(SUBSETS.map((subset) => split[subset].length), [90, 20, 30]);
  await assert.rejects(makeSplit(dataSet, { kind: "patient", seed: 0 }), {
    name: "InputError",
    message: /say --split image .* or --split official$/,
  });
  const { read, images } = await dataSet.findImages();
  assert.equal(images.size, 140);
  const pixels = preparePixels(read!("test-00029"), { size: 8, preparation: "squeezed" });
  assert.deepEqual([...pixels], expected.lastTest.flat());
});

Deno.test("an archive of another kind needs its findings named, or is refused", async () => {
  const open = (name: string, findings: string[] | null = null) =>
    openDataSet({ ...PLAIN_SOURCE, data: fixture(name), findings });
  const pneumonia = await open("pneumoniamnist_stored.npz");
  assert.deepEqual(pneumonia.findings, ["Pneumonia"]);
  assert.equal(pneumonia.entries.filter(({ labels }) => labels.length === 1).length, expected.pneumonia);
  await assert.rejects(open("classes.npz"), {
    name: "InputError",
    message: /classes\.npz: train_labels holds other numbers than integers/,
  });
});
