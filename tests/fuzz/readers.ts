import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PLAIN_SOURCE } from "../../lib/dataset/data_set.ts";
import { openDatasetFolder } from "../../lib/dataset/dataset_folder.ts";
import { decodeImage } from "../../lib/dataset/decode_image.ts";
import { readBoxes } from "../../lib/dataset/boxes.ts";
import { openImageCache } from "../../lib/dataset/image_cache.ts";
import { unpackNpz } from "../../lib/dataset/formats/_npz.ts";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { openDataSet } from "../../lib/dataset/open_data_set.ts";
import { readAnySplit, readSplit, splitCsv } from "../../lib/dataset/split_file.ts";
import { readAnyPredictions } from "../../lib/evaluation/external_predictions.ts";
import { evaluate, metricsJson } from "../../lib/evaluation/metrics.ts";
import { readMetrics } from "../../lib/evaluation/read_metrics.ts";
import { predictionsCsv, readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { adam } from "../../lib/model/adam.ts";
import { densenet121 } from "../../lib/model/densenet121.ts";
import { loadWeights } from "../../lib/model/load_weights.ts";
import { createModel } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { eventFilesIn, isSoundEventFile, openEventFile } from "../../lib/support/event_file.ts";
import { checkSummed, SUMS_FILE, writeSummed } from "../../lib/support/summed_folder.ts";
import {
  checkpointFile,
  optimizerFile,
  readCheckpoint,
  readOptimizer,
} from "../../lib/training/checkpoint.ts";
import { historyCsv, readHistory } from "../../lib/training/history.ts";
import { PROVENANCE_VERSION, readProvenance } from "../../lib/training/provenance.ts";
import { readRunConfig, writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { readSelection } from "../../lib/training/select_epoch.ts";
import { checkSettings, readConfiguration } from "../../lib/training/settings.ts";
import { readKerasWeights } from "../../lib/weight_files/keras_weights.ts";
import { readSafetensors } from "../../lib/weight_files/safetensors.ts";
import { readTorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";
import { historyRow } from "../training/_history.ts";
import { writeImages } from "../training/_images.ts";

/** A reader of the project's, and whole files for it. */
export interface Reader {
  name: string;
  /** The whole files that are changed. */
  seeds: readonly string[];
  /** Whether they are texts. */
  isText?: true;
  /** Reads a file; throws an `InputError` where it is not sound. */
  read(file: string): unknown;
}

/** What the checkpoint says of itself. */
const AFTER = { epoch: 1, findings: NIH_FINDINGS };

const FIXTURES = join(import.meta.dirname!, "../fixtures");

/** Every reader of files that users give or keep. Files that are ours are made in the folder first. */
export async function readers(folder: string): Promise<Reader[]> {
  const images = join(folder, "images");
  await writeImages(images, { images: 24 });
  const dataset = await openDatasetFolder(images);
  const entries = await readMetadata(dataset.metadataFile);
  const own = async (name: string, write: (file: string) => Promise<unknown>) => {
    const file = join(folder, name);
    await write(file);
    return [file];
  };
  const text = (name: string, content: string) => own(name, (file) => Deno.writeTextFile(file, content));
  const predictions = {
    labels: [...NIH_FINDINGS],
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth: Uint8Array.from({ length: entries.length * 14 }, (_, i) => i % 3 === 0 ? 1 : 0),
    scores: Float64Array.from({ length: entries.length * 14 }, (_, i) => (i % 10 + 0.5) / 10.5),
  };
  const split = {
    training: entries.slice(0, 12),
    validation: entries.slice(12, 18),
    test: entries.slice(18),
  };
  const settings = checkSettings({ network: "resnet11v2", imageSize: 32 }, "fuzz");
  const small = createModel(
    resnetV2({ depth: 11, imageSize: 32, filters: 2, outputs: 14, pooling: "global" }),
    { seed: 0 },
  );
  const dense = createModel(
    densenet121({ imageSize: 32, outputs: 14, blocks: [1, 1, 2, 1], growth: 2, stem: 4 }),
    { seed: 0 },
  );
  const optimizer = adam(small.weights.size);
  const names = entries.map(({ image }) => image);
  const cacheFolder = join(folder, "cache");
  const openCache = () => openImageCache(dataset, names, { size: 32, cacheFolder });
  (await openCache())[Symbol.dispose]();
  const cacheFile = join(cacheFolder, [...Deno.readDirSync(cacheFolder)][0]!.name);
  const cacheSeed = await own("whole.images", (file) => Deno.copyFile(cacheFile, file));
  const run = join(folder, "run");
  const torch = filesIn("model/torch", "").filter((file) => !file.endsWith(".json"));
  const arrays = ["train", "val", "test"].flatMap((part) => [`${part}_images`, `${part}_labels`]);
  const sums = { dir: join(folder, "sums"), kind: "run" };
  await writeSummed(sums, { "a.csv": "a\n", "b/c.csv": "c\n" });
  const events = join(folder, "events");
  using opened = openEventFile(events);
  for (let step = 0; step < 20; step++) opened.scalars(step, { loss: 1 / step, "validation AUC/mean": 0.5 });
  const checkpoint = await own(
    "own.safetensors",
    (file) => Deno.writeFile(file, checkpointFile(small, AFTER)),
  );
  return [
    { name: "PNG", seeds: filesIn("dataset/png", ".png"), read: (file) => decodeImage(file, 32) },
    { name: "JPEG", seeds: filesIn("dataset/jpeg", ".jpg"), read: (file) => decodeImage(file, 32) },
    { name: "DICOM", seeds: filesIn("dataset/dicom", ".dcm"), read: (file) => decodeImage(file, 32) },
    { name: "HDF5", seeds: filesIn("model", ".h5"), read: readKerasWeights },
    {
      name: "weights of Keras",
      seeds: filesIn("model", ".h5").filter((file) => file.includes("_resnet.")),
      read: (file) => loadWeights(small, file, { findings: NIH_FINDINGS }),
    },
    {
      name: "safetensors",
      seeds: [...filesIn("model", ".safetensors"), ...checkpoint],
      read: readSafetensors,
    },
    { name: "checkpoint", seeds: checkpoint, read: (file) => readCheckpoint(file, small, AFTER) },
    {
      name: "optimizer",
      seeds: await own(
        "optimizer.safetensors",
        (file) => Deno.writeFile(file, optimizerFile(optimizer, AFTER)),
      ),
      read: (file) => readOptimizer(file, optimizer, AFTER),
    },
    {
      name: "PyTorch",
      seeds: [...torch, ...filesIn("model", ".pth")],
      read: async (file) => {
        for (const tensor of (await readTorchCheckpoint(file)).tensors.values()) tensor.read();
      },
    },
    {
      name: "weights of PyTorch",
      seeds: torch,
      read: (file) => loadWeights(dense, file, { findings: NIH_FINDINGS }),
    },
    {
      name: "image cache",
      seeds: cacheSeed,
      read: async (file) => {
        await Deno.copyFile(file, cacheFile);
        using cache = await openCache();
        const pixels = new Uint8Array(32 * 32);
        for (let i = 0; i < names.length; i++) cache.read(i, pixels);
      },
    },
    {
      name: "npz",
      seeds: filesIn("dataset", ".npz").filter((file) => file.includes("mnist")),
      read: async (file) => {
        const found = await unpackNpz(file, arrays, { cacheFolder: join(folder, "npz") });
        for (const name of arrays) found.get(name)!.read(0, found.get(name)!.shape[0]!);
        await Deno.remove(join(folder, "npz"), { recursive: true });
      },
    },
    { name: "event file", seeds: await eventFilesIn(events), read: isSoundEventFile },
    {
      name: "checksums",
      isText: true,
      seeds: await own("whole.sums", (file) => Deno.copyFile(join(sums.dir, SUMS_FILE), file)),
      read: async (file) => {
        await Deno.copyFile(file, join(sums.dir, SUMS_FILE));
        await checkSummed(sums);
      },
    },
    {
      name: "provenance.json",
      isText: true,
      seeds: await text(
        "provenance.json",
        JSON.stringify({ version: PROVENANCE_VERSION, split: "", images: "", sessions: [{ started: null }] }),
      ),
      read: (file) => readProvenance({ provenance: file }),
    },
    {
      name: "table",
      isText: true,
      seeds: await text(
        "table.csv",
        [
          "image,patient,Mass,Nodule",
          ...entries.map(({ image, patient }, i) => `${image},${patient},${i % 2},${i % 3 ? 0 : 1}`),
        ]
          .join("\n") + "\n",
      ),
      read: async (file) => {
        await (await openDataSet({
          ...PLAIN_SOURCE,
          data: null,
          table: file,
          images: join(images, "images"),
        }))
          .findImages();
      },
    },
    {
      name: "any split",
      isText: true,
      seeds: await text(
        "sets.csv",
        "filename,set\n" + names.map((name, i) => `${name},${["train", "val", "test"][i % 3]}\n`).join(""),
      ),
      read: (file) => readAnySplit(file, entries),
    },
    { name: "metadata", isText: true, seeds: [dataset.metadataFile], read: readMetadata },
    {
      name: "compressed metadata",
      seeds: await own("Data_Entry_2017.csv.gz", async (file) => {
        await Deno.writeFile(file, gzipSync(await Deno.readFile(dataset.metadataFile)));
      }),
      read: readMetadata,
    },
    {
      name: "boxes",
      isText: true,
      seeds: await text(
        "BBox_List_2017.csv",
        "Image Index,Finding Label,Bbox [x,y,w,h],,,\n00000001_000.png,Mass,10.5,20,100,90.25,,,\n",
      ),
      read: readBoxes,
    },
    {
      name: "list",
      isText: true,
      seeds: await text("test_list.txt", names.join("\n") + "\n"),
      read: readImageList,
    },
    {
      name: "split",
      isText: true,
      seeds: await text("split.csv", splitCsv(split)),
      read: (file) => readSplit(file, entries),
    },
    {
      name: "predictions",
      isText: true,
      seeds: await text("predictions.csv", predictionsCsv(predictions)),
      read: readPredictions,
    },
    {
      name: "any predictions",
      isText: true,
      seeds: [join(folder, "predictions.csv")],
      read: (file) => readAnyPredictions(file, { entries, findings: NIH_FINDINGS }),
    },
    {
      name: "history",
      isText: true,
      seeds: await text(
        "history.csv",
        historyCsv([historyRow({ epoch: 1 }), historyRow({ epoch: 2 })], NIH_FINDINGS),
      ),
      read: (file) => readHistory(file, NIH_FINDINGS),
    },
    {
      name: "configuration",
      isText: true,
      seeds: await text("mine.jsonc", `// Mine.\n${JSON.stringify(settings, null, 1)}\n`),
      read: async (file) => checkSettings(await readConfiguration(file), file),
    },
    {
      name: "config.json",
      isText: true,
      seeds: await own(
        "run/config.json",
        () => writeRunConfig(runFolder(run), { settings, findings: NIH_FINDINGS }),
      ),
      read: (file) => readRunConfig({ ...runFolder(run), config: file }),
    },
    {
      name: "selection.json",
      isText: true,
      seeds: await text("selection.json", '{ "epoch": 2, "metric": 0.6 }\n'),
      read: readSelection,
    },
    {
      name: "metrics.json",
      isText: true,
      seeds: await text("metrics.json", metricsJson(evaluate(predictions))),
      read: readMetrics,
    },
  ];
}

function filesIn(folder: string, ending: string): string[] {
  const path = join(FIXTURES, folder);
  return [...Deno.readDirSync(path)].filter(({ name, isFile }) => isFile && name.endsWith(ending)).map((
    { name },
  ) => join(path, name)).sort();
}
