import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FormatName, PLAIN_SOURCE } from "../../lib/dataset/data_set.ts";
import { openDatasetFolder } from "../../lib/dataset/dataset_folder.ts";
import { decodeImage } from "../../lib/dataset/decode_image.ts";
import { readBoxes } from "../../lib/dataset/boxes.ts";
import { openImageCache } from "../../lib/dataset/image_cache.ts";
import { unpackNpz } from "../../lib/dataset/formats/_npz.ts";
import { CHEXPERT_FINDINGS } from "../../lib/dataset/formats/chexpert.ts";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { openDataSet } from "../../lib/dataset/open_data_set.ts";
import { RADIOLOGIST_FINDING_NAMES } from "../../lib/dataset/radiologist_findings.ts";
import { readRadiologistLabels } from "../../lib/dataset/radiologist_labels.ts";
import { readAnySplit, readSplit, splitCsv } from "../../lib/dataset/split_file.ts";
import { LAYOUT_SIZE } from "../../lib/evaluation/likeness.ts";
import { readAnyPredictions } from "../../lib/evaluation/external_predictions.ts";
import { evaluate, metricsJson } from "../../lib/evaluation/metrics.ts";
import { readMetrics } from "../../lib/evaluation/read_metrics.ts";
import { predictionsCsv, readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { adam } from "../../lib/model/adam.ts";
import { densenet121 } from "../../lib/model/densenet121.ts";
import { loadWeights } from "../../lib/model/load_weights.ts";
import { createModel } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { readReference } from "../../lib/runs/reference.ts";
import { readTrainingMetadata } from "../../lib/runs/training_metadata.ts";
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
import { readSafetensors, safetensorsFile } from "../../lib/weight_files/safetensors.ts";
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

/** A table of a data set's own: its name, its rows, and the tables beside it. */
interface OwnTable {
  format: FormatName;
  name: string;
  rows: readonly string[];
  beside?: Readonly<Record<string, readonly string[]>>;
}

const LABELS = CHEXPERT_FINDINGS.map((_, i) => ["1.0", "-1.0", "0.0", ""][i % 4]);

/** Small tables as data sets' own are. */
const TABLES: readonly OwnTable[] = [
  {
    format: "chexpert",
    name: "train.csv",
    rows: [
      `Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,${CHEXPERT_FINDINGS}`,
      `CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,AP,,${LABELS}`,
      `CheXpert-v1.0-small/train/patient00002/study1/view1_frontal.jpg,Unknown,0,Frontal,PA,1.0,${LABELS}`,
      `CheXpert-v1.0-small/valid/patient00003/study1/view1_frontal.jpg,Male,40,Frontal,LL,,${LABELS}`,
    ],
  },
  {
    format: "mimic",
    name: "mimic-cxr-2.0.0-metadata.csv",
    rows: [
      "dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns",
      "aaa-1,10000032,50414267,CHEST (PA AND LAT),PA,3056,2544",
      "bbb-2,10000764,57375967,CHEST,AP,3056,2544",
    ],
    beside: {
      "mimic-cxr-2.0.0-chexpert.csv": [
        `subject_id,study_id,No Finding,${CHEXPERT_FINDINGS}`,
        `10000032,50414267,,${LABELS}`,
        `10000764,57375967,1.0,${LABELS}`,
      ],
    },
  },
  {
    format: "padchest",
    name: "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv",
    rows: [
      "ImageID,ImageDir,StudyDate_DICOM,PatientID,PatientBirth,PatientSex_DICOM,Projection,Labels",
      "a.png,0,20140915,839860488694292331637988235681460987,1930.0,F,PA,\"['pleural effusion', 'nodule']\"",
      "b.png,0,20150914,839860488694292331637988235681460988,1950.0,M,AP_horizontal,['normal']",
    ],
  },
  {
    format: "vindr",
    name: "train.csv",
    rows: [
      "image_id,class_name,rad_id,x_min,y_min,x_max,y_max",
      "a,Cardiomegaly,R1,2,1,8,4",
      "a,Nodule/Mass,R2,0,0,10,4",
      "b,No finding,R1,,,,",
    ],
    beside: { "train_meta.csv": ["image_id,dim0,dim1", "a,2000,1500", "b,2000,1500"] },
  },
  {
    format: "rsna",
    name: "stage_2_train_labels.csv",
    rows: ["patientId,x,y,width,height,Target", "a,264.0,152.0,213.0,379.0,1", "b,,,,,0"],
    beside: {
      "headers.csv": ["PatientID,PatientAge,PatientSex,ViewPosition", "a,51,F,PA", "b,48,M,AP"],
    },
  },
  {
    format: "siim",
    name: "train-rle.csv",
    rows: ["ImageId,EncodedPixels", "a,-1", "b,557374 2 1015 8 1009 14"],
  },
];

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
    ...await Promise.all(TABLES.map(async ({ format, name, rows, beside = {} }): Promise<Reader> => {
      const dir = join(folder, format);
      await Deno.mkdir(dir);
      for (const [other, lines] of Object.entries(beside)) {
        await Deno.writeTextFile(join(dir, other), lines.join("\n"));
      }
      return {
        name: format,
        isText: true,
        seeds: await text(`whole-${format}.csv`, rows.join("\n") + "\n"),
        async read(file) {
          await Deno.copyFile(file, join(dir, name));
          const { entries } = await openDataSet({ ...PLAIN_SOURCE, data: dir, format });
          // What is not told from what it may be would be found later, or never.
          for (const { view, sex, age } of entries) {
            if (![null, "PA", "AP", "lateral"].includes(view)) throw new TypeError(`view ${String(view)}`);
            if (![null, "F", "M"].includes(sex)) throw new TypeError(`sex ${String(sex)}`);
            if (age !== null && !(age >= 0 && age <= 120)) throw new TypeError(`age ${age}`);
          }
        },
      };
    })),
    {
      name: "radiologists' labels",
      isText: true,
      seeds: await text(
        "radiologists.csv",
        [
          `Image Index,${RADIOLOGIST_FINDING_NAMES},Set Id`,
          `a.png,${RADIOLOGIST_FINDING_NAMES.map(() => "YES")},test`,
          `b.png,${RADIOLOGIST_FINDING_NAMES.map(() => "NO")},val\n`,
        ].join("\n"),
      ),
      read: (file) => readRadiologistLabels(file, { set: "all" }),
    },
    {
      name: "training.csv",
      isText: true,
      seeds: await text("training.csv", "age,sex,view,findings,unknown,visit\n40,F,PA,0 1,2,0\n,,,,,\n"),
      read: (file) => readTrainingMetadata({ ...runFolder(run), trainingMetadata: file }, NIH_FINDINGS),
    },
    {
      name: "reference",
      seeds: await own("reference.safetensors", (file) => {
        const tensors = {
          directions: { dtype: "F32", shape: [6, 4], data: new Float32Array(24).fill(0.5) },
          layout: {
            dtype: "F32",
            shape: [LAYOUT_SIZE, LAYOUT_SIZE],
            data: new Float32Array(LAYOUT_SIZE ** 2),
          },
        } as const;
        const metadata = { version: "1", distance: "0.5", correlation: "0.1" };
        return Deno.writeFile(file, safetensorsFile(new Map(Object.entries(tensors)), { metadata }));
      }),
      read: (file) => readReference({ ...runFolder(run), reference: file }),
    },
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
