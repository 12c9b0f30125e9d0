import assert from "node:assert/strict";
import { join } from "node:path";
import { splitCsv } from "../../lib/dataset/split_file.ts";
import { warnOfImages } from "../../lib/tasks/_warn_of_images.ts";
import { writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { temporaryFolder } from "../_folders.ts";
import { entriesOf } from "../dataset/_files.ts";

/** What work says on standard error, line by line. */
async function saidBy(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const { error } = console;
  console.error = (line) => lines.push(line);
  try {
    await work();
  } finally {
    console.error = error;
  }
  return lines;
}

Deno.test("images of another kind than the network's, and those that it was trained on, are a warning", async () => {
  await using folder = await temporaryFolder();
  const [real, phantoms, others] = ["real", "phantoms", "others"].map((name) => join(folder.path, name));
  for (const dir of [real!, phantoms!, others!]) await Deno.mkdir(dir);
  await Deno.writeTextFile(join(phantoms!, "phantoms.json"), "{}");
  const [trained, validated, tested] = entriesOf([1, 1, 1]);
  const warnings = async (data: string, dir: string, entries = [tested!]) => {
    const run = runFolder(join(folder.path, `run on ${data.split("/").at(-1)}`));
    await writeRunConfig(run, { settings: checkSettings({ data }, "a test"), findings: ["Mass"] });
    const split = { training: [trained!], validation: [validated!], test: [tested!] };
    await writeRunFiles(run, { [run.split]: splitCsv(split) });
    const cache = {
      size: 2,
      names: entries.map(({ image }) => image),
      indexOf: () => undefined,
      read: (_: number, into: Uint8Array) => into.set([1, 2, 3, 200]),
      [Symbol.dispose]() {},
    };
    return await saidBy(() => warnOfImages(run, { dir, cache, entries }));
  };
  assert.deepEqual(await warnings(phantoms!, real!), [
    "warning: the run was trained on generated phantom images: what it says of real radiographs means nothing",
  ]);
  assert.deepEqual(await warnings(real!, phantoms!), [
    "warning: these are phantom images, and the network was trained on others",
  ]);
  const known = [
    "warning: the network was trained on 1 of these 2 images, by their names and patients: their figures flatter it",
  ];
  assert.deepEqual(await warnings(real!, others!, [trained!, tested!]), known);
  assert.deepEqual(await warnings(phantoms!, phantoms!, [trained!, tested!]), known);
  assert.deepEqual(await warnings(real!, real!), []);
  assert.deepEqual(await warnings(real!, others!, [{ ...trained!, patient: "9" }]), []);
});
