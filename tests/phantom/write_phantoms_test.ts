import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { readBoxes } from "../../lib/dataset/boxes.ts";
import { openDatasetFolder } from "../../lib/dataset/dataset_folder.ts";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { planCases } from "../../lib/phantom/cases.ts";
import { noisyLabels } from "../../lib/phantom/label_noise.ts";
import { isPhantomFolder } from "../../lib/phantom/phantom_folder.ts";
import { type PhantomSet, writePhantoms } from "../../lib/phantom/write_phantoms.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { SUMS_FILE, writeSummed } from "../../lib/support/summed_folder.ts";
import { renamingsOf } from "../_renames.ts";

/** Every file below a folder, by its path there, as the hash of its bytes. */
async function hashes(dir: string, prefix = ""): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (isDirectory) {
      for (const [path, hash] of await hashes(join(dir, name), `${prefix}${name}/`)) found.set(path, hash);
    } else {
      const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(join(dir, name)));
      found.set(prefix + name, new Uint8Array(digest).toHex());
    }
  }
  return new Map([...found].sort());
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writePhantoms() gives the same bytes for the same seed, however many threads draw", () =>
  withFolder(async (folder) => {
    const [one, three, other] = ["one", "three", "other"].map((name) => join(folder, name));
    await writePhantoms(one!, { images: 24, seed: 5, size: 64, workers: 1 });
    await writePhantoms(three!, { images: 24, seed: 5, size: 64, workers: 3 });
    await writePhantoms(other!, { images: 24, seed: 6, size: 64, workers: 2 });
    const first = await hashes(one!);
    assert.equal(first.size, 24 + 6);
    assert.deepEqual(await hashes(three!), first);
    const same = [...await hashes(other!)].filter(([path, hash]) =>
      path.endsWith(".png") && first.get(path) === hash
    );
    assert.deepEqual(same, []);
  }));

Deno.test("writePhantoms() writes a folder that the readers of the NIH's layout take", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    const seen: number[] = [];
    const set = await writePhantoms(dir, {
      ...{ images: 60, seed: 2, size: 48, workers: 2 },
      onProgress: (done, total) => seen.push(done / total),
    });
    const dataset = await openDatasetFolder(dir);
    const entries = await readMetadata(dataset.metadataFile);
    const boxes = await readBoxes(dataset.boxesFile!);
    const [trainVal, test] = await Promise.all([dataset.trainValList!, dataset.testList!].map(readImageList));
    const cases = planCases(60, 2);

    assert.deepEqual(set, {
      images: 60,
      patients: cases.at(-1)!.patient,
      boxes: boxes.length,
      existed: false,
    });
    assert.deepEqual(seen, Array.from({ length: 60 }, (_, k) => (k + 1) / 60));
    assert.deepEqual(
      entries.map(({ image, labels, followUp, patient, age, sex, view }) => (
        { image, patient, followUp, labels: [...labels], view, age, sex }
      )),
      cases.map((subject) => ({
        ...subject,
        patient: String(subject.patient),
        labels: [...subject.labels],
      })),
    );
    assert.deepEqual([...dataset.images.keys()].sort(), cases.map(({ image }) => image));
    assert.deepEqual([...trainVal!, ...test!].sort(), cases.map(({ image }) => image));
    const patientOf = (image: string) => image.slice(0, 8);
    const trained = new Set([...trainVal!].map(patientOf));
    assert.equal([...test!].filter((image) => trained.has(patientOf(image))).length, 0);
    for (const { image, label } of boxes) {
      assert(entries.find((entry) => entry.image === image)!.labels.includes(label), `${image} ${label}`);
    }
    const { width, height, channels, depth } = await sharp(dataset.images.get(cases[0]!.image)).metadata();
    assert.deepEqual({ width, height, channels, depth }, {
      width: 48,
      height: 48,
      channels: 1,
      depth: "uchar",
    });
    const header = (await Deno.readTextFile(dataset.metadataFile)).split("\n")[0];
    assert.equal(
      header,
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position," +
        "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]",
    );
    assert(
      (await Deno.readTextFile(dataset.boxesFile!)).startsWith(
        "Image Index,Finding Label,Bbox [x,y,w,h],,,\n",
      ),
    );
  }));

Deno.test("writePhantoms() leaves the same set, renews an older version's and refuses any other folder that is not empty", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    await Deno.mkdir(dir);
    const options = { images: 4, seed: 1, size: 32, workers: 1 };
    assert.equal(isPhantomFolder(dir), false);
    let made: PhantomSet;
    const renamings = await renamingsOf(async () => made = await writePhantoms(dir, options));
    // The checksums into the set, and the set into its place.
    assert.deepEqual(renamings, { count: 2, unsynced: [] });
    assert.equal(isPhantomFolder(dir), true);
    const before = await Deno.stat(join(dir, "images", "00000001_000.png"));
    assert.deepEqual(await writePhantoms(dir, options), { ...made!, existed: true });
    const after = await Deno.stat(join(dir, "images", "00000001_000.png"));
    assert.deepEqual([after.ino, after.mtime], [before.ino, before.mtime]);

    const settings = JSON.parse(await Deno.readTextFile(join(dir, "phantoms.json")));
    const outdated = JSON.stringify({ ...settings, version: settings.version - 1 }) + "\n";
    await Deno.writeTextFile(join(dir, "phantoms.json"), outdated);
    await Deno.remove(join(dir, SUMS_FILE)); // Older versions kept no checksums.
    for (const name of ["notes.txt", "images/mine.png"]) {
      await Deno.writeTextFile(join(dir, name), "mine");
      await assert.rejects(writePhantoms(dir, options), {
        name: "InputError",
        message: `${join(dir, name)}: is not of the phantom set that is to be drawn anew: move it away`,
      });
      assert.equal(await Deno.readTextFile(join(dir, name)), "mine");
      await Deno.remove(join(dir, name));
    }
    assert.deepEqual(await writePhantoms(dir, options), made!);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["phantoms"]);
    await assert.rejects(writePhantoms(dir, { ...options, seed: 2 }), (error: Error) => {
      assert(error instanceof InputError);
      assert.match(
        error.message,
        /phantoms: holds other phantom images \(.*"images":4,"seed":1,"size":32.*\)/,
      );
      return true;
    });
    await assert.rejects(writePhantoms(dir, { ...options, visits: 2 }), { name: "InputError" });
    await assert.rejects(writePhantoms(folder, options), {
      name: "InputError",
      message: `${folder}: the folder is not empty and holds no phantom images; name another`,
    });
  }));

Deno.test("writePhantoms() replaces another set with `overwrite` alone, and never other files", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    const options = { images: 4, seed: 1, size: 32, workers: 1 };
    await writePhantoms(dir, options);
    const first = await hashes(dir);
    const image = join(dir, "images", "00000001_000.png");
    await Deno.writeTextFile(image, "edited");
    const other = { ...options, seed: 2 };
    await assert.rejects(writePhantoms(dir, other), /or replace them with --overwrite$/);
    await Deno.writeTextFile(join(dir, "notes.txt"), "mine");
    await assert.rejects(
      writePhantoms(dir, { ...other, overwrite: true }),
      /notes.txt: is not of the phantom set/,
    );
    await Deno.remove(join(dir, "notes.txt"));
    assert.equal((await writePhantoms(dir, { ...options, overwrite: true })).existed, false);
    assert.deepEqual(await hashes(dir), first, "a changed image is drawn anew");
    assert.equal((await writePhantoms(dir, { ...options, overwrite: true })).existed, true);
    assert.equal((await writePhantoms(dir, { ...other, overwrite: true })).existed, false);
    assert.equal((await writePhantoms(dir, other)).existed, true);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["phantoms"]);

    const settings = join(dir, "phantoms.json");
    const described = JSON.parse(await Deno.readTextFile(settings));
    await writeSummed({ dir, kind: "phantoms" }, {
      "phantoms.json": JSON.stringify({ ...described, version: described.version - 1 }) + "\n",
    }, { mayBeRead: true });
    await Deno.writeTextFile(image, "edited");
    await assert.rejects(writePhantoms(dir, other), {
      name: "InputError",
      message:
        `${image}: is not as it was written (by its SHA-256): damaged, or changed since: move it away, or have it ` +
        "drawn anew with --overwrite",
    });
    assert.equal(await Deno.readTextFile(image), "edited");
  }));

Deno.test("writePhantoms() with noise labels otherwise than it draws, and says what it drew", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    const options = { images: 60, seed: 2, size: 32, workers: 2 };
    const plain = await writePhantoms(dir, options);
    const before = await hashes(dir);
    const noisy = { ...options, hard: true, labelNoise: 1 };
    await assert.rejects(writePhantoms(dir, noisy), /holds other phantom images/);
    const set = await writePhantoms(dir, { ...noisy, overwrite: true });
    assert.equal((await writePhantoms(dir, noisy)).existed, true);
    const { metadataFile, boxesFile } = await openDatasetFolder(dir);
    const drawn = await readMetadata(join(dir, "true_findings.csv"));
    const labelled = await readMetadata(metadataFile);
    const cases = planCases(60, 2);
    assert.deepEqual(drawn.map(({ labels }) => [...labels]), cases.map(({ labels }) => [...labels]));
    assert.deepEqual(
      labelled.map(({ labels }) => [...labels]),
      cases.map((subject) => noisyLabels(subject, { seed: 2, strength: 1 })),
    );
    const boxes = await readBoxes(boxesFile!);
    assert(boxes.length > 0 && boxes.length === set.boxes && boxes.length < plain.boxes);
    for (const { image, label } of boxes) {
      assert(labelled.find((entry) => entry.image === image)!.labels.includes(label), `${image} ${label}`);
    }
    await writePhantoms(dir, { ...options, overwrite: true });
    assert.deepEqual(await hashes(dir), before);
  }));

Deno.test("writePhantoms() leaves nothing behind when it is stopped, and clears what a kill left", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    for (const name of ["phantoms.partial", "phantoms.lock"]) {
      await Deno.writeTextFile(join(folder, name), "mine");
    }
    const stop = new AbortController();
    const stopped = writePhantoms(dir, {
      ...{ images: 40, seed: 1, size: 32, workers: 2 },
      onProgress: (done) => done === 5 && stop.abort(new Error("enough")),
      signal: stop.signal,
    });
    await assert.rejects(stopped, { message: "enough" });
    const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names(), ["phantoms.lock", "phantoms.partial"]);

    const module = new URL("../../lib/phantom/write_phantoms.ts", import.meta.url).href;
    const code = `
      import { writePhantoms } from ${JSON.stringify(module)};
      const onProgress = (done) => done === 3 ? Deno.kill(Deno.pid, "SIGKILL") : undefined;
      await writePhantoms(${
      JSON.stringify(dir)
    }, { images: 40, seed: 2, size: 32, workers: 1, onProgress });`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    assert.equal(names().length, 3);
    await writePhantoms(dir, { images: 3, seed: 1, size: 32, workers: 1 });
    assert.deepEqual(names(), ["phantoms", "phantoms.lock", "phantoms.partial"]);
    assert.equal([...Deno.readDirSync(join(dir, "images"))].length, 3);
    assert.equal(await Deno.readTextFile(join(folder, "phantoms.lock")), "mine");
  }));

Deno.test("of two calls of writePhantoms() at a time one draws and the other waits for its set", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    const options = { images: 8, seed: 1, size: 32, workers: 1 };
    const sets = await Promise.all([writePhantoms(dir, options), writePhantoms(dir, options)]);
    assert.deepEqual(sets.map(({ existed }) => existed).sort(), [false, true]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["phantoms"]);
    assert.equal([...Deno.readDirSync(join(dir, "images"))].length, 8);
  }));

Deno.test("writePhantoms() leaves what was put into its folder while it drew", () =>
  withFolder(async (folder) => {
    const dir = join(folder, "phantoms");
    await Deno.mkdir(dir);
    const onProgress = () => Deno.writeTextFileSync(join(dir, "mine.txt"), "mine");
    await assert.rejects(writePhantoms(dir, { images: 3, seed: 1, size: 32, workers: 1, onProgress }), {
      name: "InputError",
      message: `${dir}: the folder is not empty and holds no phantom images; name another`,
    });
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["mine.txt"]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["phantoms"]);
  }));
