import { describeCohort } from "../dataset/cohort.ts";
import type { DataSet } from "../dataset/data_set.ts";
import type { ImageFolder } from "../dataset/image_folder.ts";
import { countLabels } from "../dataset/label_counts.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { InputError } from "../support/input_error.ts";
import { defineTask, integerOption, runTask } from "./_command.ts";
import { addDataOptions, type DataFlags, sourceOf } from "./_data_options.ts";
import { alignColumns } from "./_describe_metrics.ts";
import { printable } from "../support/printable.ts";

interface InspectFlags extends DataFlags {
  sample: number;
  json?: true;
}

const inspect = addDataOptions(
  defineTask("inspect", {
    description:
      "Says what was understood of a data set before anything is trained on it: which one it is, its findings with " +
      "their counts, patients and views, which images are there, and of a sample of them kinds, sizes and what looks wrong.",
    examples: [
      ["deno task inspect --data DIR", "a data set that is told by its files"],
      ["deno task inspect --table labels.csv --images DIR --json", "a table of your own, as JSON"],
    ],
  }),
  { data: "the folder of a data set" },
)
  .addOption(integerOption("--sample <n>", {
    description: "how many images are opened, at even steps",
    minimum: 0,
    default: 100,
  }))
  .option("--json", "print JSON")
  .action(async ({ sample, json, ...flags }: InspectFlags) => {
    const dataSet = await openDataSet(sourceOf(flags));
    const folder = await dataSet.findImages();
    const found = { ...summarise(dataSet, folder), opened: await openSome(dataSet, folder, sample) };
    console.log(json ? JSON.stringify(found, null, 1) : describe(found));
  });

function summarise(
  { format, title, entries, findings, boxes, official, hasPatients, notes }: DataSet,
  folder: ImageFolder,
) {
  const { images, normal, patients, sex, view } = describeCohort(entries);
  const there = entries.filter(({ image }) => folder.images.has(image)).length;
  return {
    format,
    title,
    folder: folder.dir,
    images,
    imagesFound: there,
    imagesMissing: images - there,
    withoutFinding: normal,
    patients: hasPatients ? patients : null,
    sex,
    view,
    boxes: boxes.length,
    officialSplit: official !== null,
    findings: countLabels(entries, findings),
    notes,
  };
}

/** What a sample of the images looks like. */
interface Opened {
  images: number;
  /** How many there are of each kind of file and size, such as `png 1024x1024`. */
  kinds: Record<string, number>;
  /** Images that cannot be read, show nothing or are probably inverted or turned, with the reason. */
  faults: { image: string; fault: string }[];
}

/** Opens images at even steps. */
async function openSome({ entries }: DataSet, folder: ImageFolder, sample: number): Promise<Opened> {
  const { readImage } = await import("../dataset/read_image.ts");
  const there = entries.filter(({ image }) => folder.images.has(image));
  const count = Math.min(sample, there.length);
  const { turnedImages } = await import("../evaluation/turned_image.ts");
  const turned = turnedImages();
  const opened: Opened = { images: count, kinds: {}, faults: [] };
  for (let i = 0; i < count; i++) {
    const { image } = there[Math.floor(i * there.length / count)]!;
    try {
      const own = folder.read?.(image);
      const { image: grey, kind } = own
        ? { image: own, kind: "array" }
        : await readImage(folder.images.get(image)!);
      const { values, width, height } = grey;
      const looks = turned(grey);
      const name = `${kind} ${width}x${height}`;
      opened.kinds[name] = (opened.kinds[name] ?? 0) + 1;
      if (values.every((value) => value === values[0])) {
        opened.faults.push({ image, fault: values[0] === 0 ? "all black" : "one value only" });
      } else if (looks !== null) opened.faults.push({ image, fault: looks });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      opened.faults.push({ image, fault: error.message });
    }
  }
  return opened;
}

function describe(found: ReturnType<typeof summarise> & { opened: Opened }): string {
  const { opened, findings, view, sex } = found;
  const counts = (of: Record<string, number>) =>
    Object.entries(of).filter(([, images]) => images > 0).map(([name, images]) => `${name} ${images}`).join(
      ", ",
    );
  const kinds = Object.entries(opened.kinds).map(([kind, images]) => `${images} ${kind}`).join(", ");
  return [
    `${found.title} (--format ${found.format}), images in ${found.folder}`,
    `Images: ${found.images}, ${
      found.imagesMissing === 0 ? "all" : found.imagesFound
    } with their file; with no finding: ${found.withoutFinding}`,
    `Patients: ${found.patients ?? "not known"}; sex: ${counts(sex)}; view: ${counts(view)}`,
    `Bounding boxes: ${found.boxes}; a split of its own: ${found.officialSplit ? "yes" : "no"}`,
    "",
    alignColumns([
      ["", "positive", "negative", "unknown"],
      ...findings.map(({ label, positives, negatives, unknown }) => [
        printable(label),
        String(positives),
        String(negatives),
        String(unknown),
      ]),
    ]),
    "",
    ...found.notes,
    `Opened ${opened.images} images: ${kinds || "none"}`,
    ...(opened.images > 0 && opened.faults.length === 0 ? ["Nothing looks wrong in them."] : []),
    ...opened.faults.map(({ image, fault }) => `${image}: ${fault}`),
  ].flatMap((text) => text.split("\n").map(printable)).join("\n");
}

if (import.meta.main) await runTask(inspect);
