import { basename, join, resolve } from "node:path";
import { columnOf, readCsvPieces, rowName } from "../../support/csv.ts";
import { InputError } from "../../support/input_error.ts";
import type { Box } from "../box.ts";
import type { ImageCache } from "../decoded_images.ts";
import type { Entry } from "../entry.ts";
import type { GreyImage } from "../grey_image.ts";
import {
  BOXES_FILE,
  checkTable,
  ENTRIES_FILE,
  imagesByFile,
  MANIFEST,
  openShards,
  readManifest,
} from "../shard_folder.ts";
import { type Subset, SUBSETS } from "../split.ts";
import type { Format } from "./_format.ts";

/** What `deno task shard` wrote: images that are decoded, in files for workers. */
export const shards: Format = {
  title: "shards",
  needs:
    `a folder that deno task shard wrote (${MANIFEST}, ${ENTRIES_FILE}), with the files of the images that are read`,
  recognises: ({ names }) => names.includes(MANIFEST),
  async read({ data }) {
    const dir = resolve(data);
    const manifest = await readManifest(dir);
    const { title, findings, hasPatients, settings, imageSize } = manifest;
    const table = join(dir, ENTRIES_FILE);
    for (const name of [ENTRIES_FILE, BOXES_FILE]) await checkTable(dir, { ...manifest, name });
    const sets: Record<Subset, string[]> = { training: [], validation: [], test: [] };
    const entries: Entry[] = [];
    for await (const csv of readCsvPieces(table)) {
      const [image, patient, set, labels, unknown, followUp, age, sex, view] = [
        ...["image", "patient", "set", "findings", "unknown", "follow_up", "age", "sex", "view"],
      ].map((name) => columnOf(csv, name)) as [number, ...number[]];
      csv.rows.forEach((row, i) => {
        const cell = (column: number | undefined) => row[column!]!;
        const named = (column: number | undefined) =>
          (cell(column) === "" ? [] : cell(column).split(" ")).map((number) => findings[Number(number)]!);
        const subset = SUBSETS.find((subset) => subset === cell(set));
        const [has, lacks] = [named(labels), named(unknown)];
        if (subset === undefined || [...has, ...lacks].includes(undefined!)) {
          throw new InputError(`${rowName(csv, i)}: damaged: write the shards anew`);
        }
        sets[subset].push(cell(image));
        entries.push({
          image: cell(image),
          patient: cell(patient),
          labels: has,
          unknown: lacks,
          followUp: numberOrNull(cell(followUp)),
          age: numberOrNull(cell(age)),
          sex: (cell(sex) || null) as Entry["sex"],
          view: (cell(view) || null) as Entry["view"],
        });
      });
    }
    const files = imagesByFile(sets, manifest);
    const [training, validation, test] = SUBSETS.map((subset) => new Set(sets[subset])) as [
      Set<string>,
      Set<string>,
      Set<string>,
    ];
    return {
      title,
      dir,
      table,
      findings,
      entries,
      boxes: await readBoxes(join(dir, BOXES_FILE)),
      official: { training, validation, test },
      hasPatients,
      notes: [],
      stored: settings,
      findImages: () => {
        const images = new Map<string, string>();
        for (const [file, names] of files) for (const name of names) images.set(name, join(dir, file));
        const decoded = (names: readonly string[], { size }: { size: number }) =>
          openShards(dir, { files, names, size, stored: imageSize });
        const opened = new Map<string, ImageCache>();
        const open = (file: string) => {
          const names = files.get(basename(file))!;
          const cache = openShards(dir, { files, names, size: imageSize, stored: imageSize });
          opened.set(file, cache);
          return cache;
        };
        const read = (image: string): GreyImage => {
          const file = images.get(image)!;
          const cache = opened.get(file) ?? open(file);
          const values = new Uint8Array(imageSize ** 2);
          cache.read(cache.indexOf(image)!, values);
          return { values, width: imageSize, height: imageSize, white: 255 };
        };
        return Promise.resolve({ dir, images, decoded, read });
      },
    };
  },
};

async function readBoxes(file: string): Promise<Box[]> {
  const boxes: Box[] = [];
  for await (const csv of readCsvPieces(file)) {
    const columns = ["image", "finding", "x", "y", "width", "height"].map((name) => columnOf(csv, name));
    for (const row of csv.rows) {
      const [image, label, ...numbers] = columns.map((column) => row[column]!);
      const [x, y, width, height] = numbers.map(Number) as [number, number, number, number];
      boxes.push({ image: image!, label: label!, x, y, width, height });
    }
  }
  return boxes;
}

function numberOrNull(text: string): number | null {
  return text === "" ? null : Number(text);
}
