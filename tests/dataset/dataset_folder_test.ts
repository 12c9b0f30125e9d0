import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { openDatasetFolder } from "../../lib/dataset/dataset_folder.ts";
import { entriesWithImage } from "../../lib/dataset/image_folder.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { phantomFolder } from "./_phantoms.ts";

const REAL = "../shared/nih-sample";

/** Makes a folder of empty files, hands it over, and removes it. */
async function withFolder(files: readonly string[], use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of files) {
      await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
      await Deno.writeFile(join(folder, file), new Uint8Array());
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function entryOf(image: string): Entry {
  return { image, labels: [], unknown: [], followUp: 0, patient: "1", age: 60, sex: "F", view: "PA" };
}

Deno.test("openDatasetFolder finds the images of every layout, and the lists", async () => {
  const images = {
    "images_001/images/a.png": "a.png",
    "images_012/images/b.png": "b.png",
    "images_002/c.png": "c.png",
    "images/d.png": "d.png",
    "images/d.jpg": "d.jpg",
    "images/1.2.840.55": "1.2.840.55",
    "e.png": "e.png",
    "sample/images/f.png": "f.png",
  };
  const rest = ["Data_Entry_2017.csv", "BBox_List_2017.csv", "train_val_list.txt", "test_list.txt"];
  const noise = [
    "images/._d.png",
    "images/d.txt",
    "images/README",
    "other/g.png",
    "images_x/g.png",
    "images_001/images/more/h.png",
  ];
  await withFolder([...Object.keys(images), ...rest, ...noise], async (dir) => {
    const folder = await openDatasetFolder(dir);
    assert.deepEqual(
      [...folder.images].sort(),
      Object.entries(images).map(([path, name]) => [name, join(dir, path)]).sort(),
    );
    assert.equal(folder.dir, dir);
    assert.equal(folder.metadataFile, join(dir, "Data_Entry_2017.csv"));
    assert.equal(folder.boxesFile, join(dir, "BBox_List_2017.csv"));
    assert.equal(folder.trainValList, join(dir, "train_val_list.txt"));
    assert.equal(folder.testList, join(dir, "test_list.txt"));
  });
});

Deno.test("openDatasetFolder prefers the corrected metadata, takes .gz, and needs neither boxes nor lists", async () => {
  await withFolder(["a.png", "Data_Entry_2017.csv", "Data_Entry_2017_v2020.csv.gz"], async (dir) => {
    const { metadataFile, boxesFile, trainValList, testList } = await openDatasetFolder(dir);
    assert.equal(metadataFile, join(dir, "Data_Entry_2017_v2020.csv.gz"));
    assert.deepEqual([boxesFile, trainValList, testList], [null, null, null]);
  });
});

Deno.test("openDatasetFolder takes Kaggle's sample as it is unpacked", async () => {
  await withFolder(["sample_labels.csv", "sample/sample_labels.csv", "sample/images/a.png"], async (dir) => {
    const { metadataFile, images } = await openDatasetFolder(dir);
    assert.equal(metadataFile, join(dir, "sample_labels.csv"));
    assert.deepEqual([...images.keys()], ["a.png"]);
  });
});

Deno.test("openDatasetFolder says in one line what is wrong", async () => {
  const csv = "Data_Entry_2017.csv";
  const cases: [string[], RegExp][] = [
    [[], /^DIR: the folder is empty$/],
    [
      ["images/a.png"],
      /^DIR: no metadata \(one of Data_Entry_2017_v2020\.csv, Data_Entry_2017\.csv, sample_labels\.csv, or with \.gz\)/,
    ],
    [[csv, "images/a.txt"], /^DIR: no image \(PNG, JPEG or DICOM\) in this folder/],
    [
      [csv, "images/a.png", "images_001/images/a.png"],
      /images_001\/images\/a\.png: the same image name as DIR\/images/,
    ],
  ];
  for (const [files, message] of cases) {
    await withFolder(files, async (dir) => {
      await assert.rejects(openDatasetFolder(dir), (error: Error) => {
        assert(error instanceof InputError);
        assert.match(error.message.replaceAll(dir, "DIR"), message);
        return true;
      });
    });
  }
  await withFolder([csv], async (dir) => {
    await assert.rejects(openDatasetFolder(join(dir, "none")), new InputError(`${dir}/none: no such folder`));
    await assert.rejects(openDatasetFolder(join(dir, csv)), new InputError(`${dir}/${csv}: not a folder`));
  });
});

Deno.test("entriesWithImage names the first five missing images, and goes on when told", async () => {
  await withFolder(["Data_Entry_2017.csv", "images/b.png", "images/a.png"], async (dir) => {
    const folder = await openDatasetFolder(dir);
    const table = folder.metadataFile;
    const whole = ["b.png", "a.png"].map(entryOf);
    assert.deepEqual(entriesWithImage(whole, folder, { table }), whole);

    const lacking = ["1.png", "b.png", "2.png", "3.png", "4.png", "a.png", "5.png", "6.png"].map(entryOf);
    assert.throws(() => entriesWithImage(lacking, folder, { table }), {
      name: "InputError",
      message: `${dir}/Data_Entry_2017.csv: 6 of 8 rows have no image in ${dir}: ` +
        "1.png, 2.png, 3.png, 4.png, 5.png, ...",
    });
    assert.deepEqual(entriesWithImage(lacking, folder, { table, skipMissing: true }), whole);
    assert.throws(
      () => entriesWithImage([entryOf("1.png")], folder, { table, skipMissing: true }),
      InputError,
    );
  });
});

Deno.test("the folder of a phantom set is opened as the NIH's is", async () => {
  await using phantoms = await phantomFolder();
  const folder = await openDatasetFolder(phantoms.path);
  assert.equal(folder.images.size, 60);
  assert(folder.boxesFile && folder.trainValList && folder.testList);
  const entries = await readMetadata(folder.metadataFile);
  assert.deepEqual(entriesWithImage(entries, folder, { table: folder.metadataFile }), entries);
});

Deno.test({
  name: "openDatasetFolder opens a real copy, whose rows all have their image",
  ignore: !existsSync(REAL) && (console.log(`skipped: ${REAL} is not there`), true),
  fn: async () => {
    const folder = await openDatasetFolder(REAL);
    assert.equal(folder.images.size, 1295);
    assert(folder.boxesFile && folder.trainValList && folder.testList);
    assert.equal(
      entriesWithImage(await readMetadata(folder.metadataFile), folder, { table: folder.metadataFile })
        .length,
      1295,
    );
  },
});
