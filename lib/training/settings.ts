import { existsSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import type { DataSource } from "../dataset/data_set.ts";
import type { SplitKind, Undersampled } from "../dataset/make_split.ts";
import { InputError } from "../support/input_error.ts";
import { quote, quoteJson } from "../support/printable.ts";
import { readJson } from "../support/read_json.ts";
import type { LossName } from "../model/loss_names.ts";
import { isNetworkName, MAX_DEPTH, NETWORK_NAMES } from "../model/network_names.ts";
import type { SelectionRule } from "./select_epoch.ts";
import { SCHEMA } from "./_settings_schema.ts";
import { BEFORE, checkVersion } from "./run_version.ts";
import { configurationFile, configurationNames } from "./configurations.ts";

/**
 * The settings of a run, as {@linkcode describeSettings} lists them with their defaults. Without `data` and `table` it is
 * trained on phantoms.
 */
export interface Settings extends DataSource {
  /** The findings to be kept, in the order wanted; null for all. */
  findings: string[] | null;
  /** Whether rows whose image is missing are left out instead of being an error. */
  skipMissing: boolean;
  /** The fraction of the images with no finding that stays. */
  keepNormal: number;
  /** Whether those that stay are drawn at random instead of taken at even steps in the order of names. */
  drawNormal: boolean;
  /** Where the others are dropped: in the training set alone, or in all sets, as in the original. */
  undersample: Undersampled;
  /**
   * How images are divided: by whole patients, by image (patients leak), as the data set itself does, or as
   * the original notebook did.
   */
  split: SplitKind;
  /**
   * A CSV file with an image and its set (train, val, test) in each row, instead of a split that is drawn.
   */
  splitFile: string | null;
  /** The folder of the NIH's train_val_list.txt and test_list.txt; null for that of the data. */
  lists: string | null;
  /** The fraction of the images for the test set, split by image or by patient. */
  testFraction: number;
  /** The fraction of the other images for the validation set. */
  validationFraction: number;
  /** Whether rare findings are spread evenly over the sets of a split by image or by patient. */
  stratify: boolean;
  /** Into how many folds patients are divided for cross-validation; null for a split. */
  folds: number | null;
  /** Which of the folds is the test set, from 1; null for one after the other, a run each. */
  fold: number | null;
  /** The same seed gives the same run. */
  seed: number;
  /** The network's name. */
  network: string;
  /** Imagenet, a file of weights to start from, or null for random initial weights. */
  weights: string | null;
  /** Height and width of the network's images in pixels. */
  imageSize: number;
  /** What follows the last feature map: means over squares of 8x8, flattened, or one mean. */
  pooling: "flatten" | "global";
  /** The fraction of features dropped before the last layer. */
  dropout: number;
  /** The number of epochs. */
  epochs: number;
  /** The batch size. */
  batchSize: number;
  /** Whether each batch has about as many images of each finding. */
  stratifiedBatches: boolean;
  /** The peak learning rate. */
  learningRate: number;
  /** The learning-rate schedule: constant, falling along a half cosine, or rising and falling. */
  schedule: "constant" | "cosine" | "oneCycle";
  /** Epochs over which the learning rate rises from zero at first. */
  warmupEpochs: number;
  /** Epochs at first that train the last layer only. */
  headEpochs: number;
  /** The size to which training images are reduced in the initial epochs (progressive resizing); null for `imageSize`. */
  initialImageSize: number | null;
  /** Epochs at first that train at that size. */
  initialEpochs: number;
  /**
   * The first layer's learning rate as a fraction of the last one's; those between grow by a constant factor.
   */
  firstLayerRate: number;
  /** Whether batch normalisation keeps to the running statistics that it came with. */
  frozenStatistics: boolean;
  /**
   * How much of batch normalisation's running statistics stays at each step: they follow the last 1 / (1 -
   * momentum) batches, ten at 0.9; at Keras' 0.99 a hundred, behind which a short training's weights run away.
   */
  batchNormMomentum: number;
  /** The cross-entropy: weighted by the frequency of each finding, plain, focal or asymmetric. */
  loss: LossName;
  /** This times the sum of the squares of the convolutions' weights is added to the loss. */
  l2: number;
  /** How much of every label is taken for chance: y becomes y (1 - s) + s / 2; for noisy labels. */
  labelSmoothing: number;
  /** The fraction of the convolutions' weights taken off at each step times the learning rate (AdamW). */
  weightDecay: number;
  /** Ends training when the selection metric has not risen for so many epochs; null for never. */
  patience: number | null;
  /** Which epoch's weights a run stands for: that of the highest selection metric on the validation set, or the last. */
  selection: SelectionRule;
  /** Over how many epochs' weights, up to that epoch, the mean is taken; 1 for its own. */
  averagedEpochs: number;
  /**
   * Whether batch normalisation's running statistics are computed anew from the training images once the weights are
   * chosen; those that training keeps are of weights of some steps before.
   */
  recomputedStatistics: boolean;
  /**
   * How many copies of an image, changed as in training, are scored beside it once the weights are chosen (test-time
   * augmentation); what is said of it is the mean of the logits.
   */
  testTimeCopies: number;
  /** Random changes of the training images. */
  augmentation: {
    /** The largest shift as a fraction of the image's size. */
    shift: number;
    /** The largest rotation in degrees. */
    rotation: number;
    /** The largest change of size as a fraction. */
    zoom: number;
    /** The largest change of brightness as a fraction of the range. */
    brightness: number;
    /** Whether half of the images are mirrored, which swaps left and right. */
    flip: boolean;
  };
  /** The precision of convolutions and products. */
  precision: "float32" | "bfloat16";
  /** The number of shards of each batch, whose gradients are averaged: one for each worker, or all in one process. */
  workers: number;
  /** Whether batch normalisation in training takes its statistics over all workers' images instead of each worker's own. */
  syncBatchNorm: boolean;
  /** The precision in which workers send gradients: bfloat16 is half the bytes. */
  gradientPrecision: "float32" | "bfloat16";
  /** How many heat maps of test images are checked for being faithful to the network; 0 for none. */
  checkedMaps: number;
  /** How many test images at most are scored with their corners, border or lungs covered; 0 for none. */
  shortcutImages: number;
  /** Whether graphs are compiled with XLA: for GPUs. */
  xla: boolean;
}

/** Whether settings name no data, so that phantoms are drawn. */
export function wantsPhantoms({ data, table }: Pick<Settings, "data" | "table">): boolean {
  return data === null && table === null;
}

/** What settings were called in runs and configurations of before. */
const RENAMED: Readonly<Record<string, string>> = { testShare: "testFraction" };

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
  if (!isObject(value)) throw new InputError(`${file}: has to be an object of settings`);
  if (!("version" in value || "settings" in value)) return value;
  checkVersion(value["version"], file);
  const { settings } = value;
  if (!isObject(settings)) throw new InputError(`${file}: has no settings`);
  return { ...BEFORE, ...settings };
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
  const current = Object.fromEntries(
    Object.entries(given).map((
      [name, value],
    ) => [Object.hasOwn(RENAMED, name) ? RENAMED[name]! : name, value]),
  );
  const { success, data, error } = SCHEMA.safeParse(current);
  if (success && isNetworkName(data.network)) return data;
  if (success) {
    throw new InputError(
      `${from}: network ${quote(data.network)}: has to be one of ${
        NETWORK_NAMES.join(", ")
      }, of at most ${MAX_DEPTH} layers`,
    );
  }
  const issue = error.issues[0]!;
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const shape = path === "augmentation" ? SCHEMA.shape.augmentation.unwrap().shape : SCHEMA.shape;
    const key = issue.keys[0]!;
    throw new InputError(
      `${from}: unknown setting ${quote(key)} (did you mean "${closest(key, Object.keys(shape))}"?)`,
    );
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], current);
  throw new InputError(`${from}: ${path} ${quoteJson(value)}: ${issue.message}`);
}

/** Every setting with its default and its meaning, a line each. */
export function describeSettings(): string {
  const lines = (shape: Record<string, { description?: string | undefined }>, prefix = ""): string[] => {
    const defaults = SCHEMA.parse({}) as unknown as Record<string, unknown>;
    const of = prefix === "" ? defaults : defaults["augmentation"] as Record<string, unknown>;
    return Object.entries(shape).flatMap(([name, { description = "" }]) =>
      name === "augmentation"
        ? lines(SCHEMA.shape.augmentation.unwrap().shape, "augmentation.")
        : [`${prefix}${name} (${JSON.stringify(of[name])}): ${description}`]
    );
  };
  return lines(SCHEMA.shape).join("\n");
}
