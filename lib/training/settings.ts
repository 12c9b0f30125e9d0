import { existsSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import * as z from "zod";
import { SPLIT_KINDS, UNDERSAMPLED } from "../dataset/make_split.ts";
import { InputError } from "../support/input_error.ts";
import { quote, quoteJson } from "../support/printable.ts";
import { LARGEST_SEED } from "../support/random.ts";
import { readJson } from "../support/read_json.ts";
import { LOSSES } from "../model/loss_names.ts";
import { configurationFile, configurationNames } from "./configurations.ts";
import { LIMITS } from "./limits.ts";

const filePath = z.string().min(1, "an empty path names nothing");
const fraction = z.number().min(0).max(1);
const epochs = z.number().min(0).max(LIMITS.epochs.maximum);
const within = <T extends z.ZodNumber>(type: T, { minimum, maximum }: { minimum: number; maximum: number }) =>
  type.min(minimum).max(maximum);

/** What a run is made from. Each has a default, so a configuration file names only what differs. */
const SCHEMA = z.strictObject({
  /** A folder in the NIH's layout; null for the phantom images. */
  data: filePath.nullable().default(null),
  /** A folder with `train_val_list.txt` and `test_list.txt` for the official split; null for that of `data`. */
  lists: filePath.nullable().default(null),
  /** The fraction of the images with no finding that is kept. */
  keepNormal: fraction.default(1),
  /** Whether those that stay are drawn at random instead of being every fifth or so by name, as in the original. */
  drawNormal: z.boolean().default(false),
  /** Where the others are dropped: in the training set alone, or in all sets, as in the original. */
  undersample: z.enum(UNDERSAMPLED).default("training"),
  /** By image, by patient, by the NIH's official lists, or the original notebook's own split. */
  split: z.enum(SPLIT_KINDS).default("patient"),
  /** The share of the images that are for the test, in a split by image or by patient. */
  testShare: fraction.gt(0).lt(1).default(0.15),
  /** Whether rows whose image is missing are left out instead of being an error. */
  skipMissing: z.boolean().default(false),
  seed: z.int().min(0).max(LARGEST_SEED).default(0),

  /** The network's name. */
  network: z.string().default("resnet20v2"),
  /** `imagenet`, a file of weights to start from, or null for random ones. */
  weights: filePath.nullable().default(null),
  /** Height and width of the network's images in pixels. */
  imageSize: within(z.int(), LIMITS.imageSize).default(64),
  /** What follows the last feature map: squares of 8x8 averaged with their places kept, or one average. */
  pooling: z.enum(["flatten", "global"]).default("global"),
  /** The share of features dropped before the last layer. */
  dropout: fraction.lt(1).default(0),

  epochs: within(z.int(), LIMITS.epochs).default(12),
  batchSize: within(z.int(), LIMITS.batchSize).default(32),
  learningRate: within(z.number(), LIMITS.learningRate).default(1e-3),
  /** The learning-rate schedule: constant, a half cosine down to zero, or one cycle. */
  schedule: z.enum(["constant", "cosine", "oneCycle"]).default("cosine"),
  /** Epochs over which the rate rises from zero at first. */
  warmupEpochs: epochs.default(0),
  /** Epochs at first that train the last layer only. */
  headEpochs: epochs.int().default(0),
  /** The learning rate of the first layer as a share of the last one's; those between grow by a constant factor. */
  firstLayerRate: z.number().positive().max(1).default(1),
  /** Whether batch normalisation keeps to the moving averages that it came with. */
  frozenStatistics: z.boolean().default(false),
  /**
   * How much of batch normalisation's moving averages stays at each step. They follow the last 1 / (1 - momentum) batches:
   * ten at 0.9; at Keras' 0.99 a hundred, behind which a short training's weights run away.
   */
  batchNormMomentum: fraction.lt(1).default(0.9),
  loss: z.enum(LOSSES).default("weighted"),
  /** This times the sum of the squares of the convolutions' weights is added to the loss. */
  l2: z.number().min(0).max(10).default(1e-4),
  /** The share of the convolutions' weights that is taken off at each step times the rate (AdamW). */
  weightDecay: z.number().min(0).max(10).default(0),
  /** Ends training when the choice metric has not risen for so many epochs; null for never. */
  patience: epochs.int().min(1).nullable().default(null),
  /** Random changes of the training images. */
  augmentation: z.strictObject({
    /** Largest shift as a share of the image's size. */
    shift: fraction.default(0),
    /** Largest rotation in degrees. */
    rotation: z.number().min(0).max(180).default(0),
    /** Largest change of size as a share. */
    zoom: fraction.lt(1).default(0),
    /** Largest change of brightness as a share of the range. */
    brightness: fraction.default(0),
    /** Whether half of the images are mirrored, which swaps left and right. */
    flip: z.boolean().default(false),
  }).prefault({}),
  precision: z.enum(["float32", "bfloat16"]).default("float32"),
  /** Whether graphs are compiled with XLA: for GPUs. */
  xla: z.boolean().default(false),
}).refine(({ schedule, warmupEpochs }) => schedule !== "oneCycle" || warmupEpochs === 0, {
  path: ["warmupEpochs"],
  message: "not together with oneCycle, which rises by itself",
});

/** The settings of a run. */
export type Settings = z.infer<typeof SCHEMA>;

/**
 * Reads a configuration: JSON with comments. Of a run's `config.json` the settings are taken.
 *
 * @param nameOrFile A file's path, or the name of a configuration that comes with the project.
 * @throws {InputError} Where there is none, or it is not an object in JSON.
 */
export async function readConfiguration(nameOrFile: string): Promise<Record<string, unknown>> {
  const named = configurationFile(nameOrFile);
  const file = existsSync(named) ? named : nameOrFile;
  const value = await readJson(file, {
    comments: true,
    missing: `${nameOrFile || '""'}: neither a file nor a configuration of the project ` +
      `(${configurationNames().join(", ")})`,
  });
  const settings = isObject(value) && isObject(value["settings"]) ? value["settings"] : value;
  if (!isObject(settings)) throw new InputError(`${file}: has to be an object of settings`);
  return settings;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks settings and fills in the defaults of those that are not given.
 *
 * @param from What to name in errors: the file that the settings come from.
 * @throws {InputError} For a setting that does not exist (with the nearest name) or a value that it cannot have.
 */
export function checkSettings(given: Record<string, unknown>, from: string): Settings {
  const { success, data, error } = SCHEMA.safeParse(given);
  if (success) return data;
  const issue = error.issues[0]!;
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const shape = path === "augmentation" ? SCHEMA.shape.augmentation.unwrap().shape : SCHEMA.shape;
    const key = issue.keys[0]!;
    throw new InputError(
      `${from}: unknown setting ${quote(key)} (did you mean "${closest(key, Object.keys(shape))}"?)`,
    );
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], given);
  throw new InputError(`${from}: ${path} ${quoteJson(value)}: ${issue.message}`);
}
