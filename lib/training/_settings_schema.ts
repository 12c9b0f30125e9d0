import * as z from "zod";
import { FORMATS } from "../dataset/data_set.ts";
import { MOST_FINDINGS } from "../dataset/findings.ts";
import { SPLIT_KINDS, UNDERSAMPLED } from "../dataset/make_split.ts";
import { LOSSES, LOSSES_IN_WORDS } from "../model/loss_names.ts";
import { LARGEST_SEED } from "../support/random.ts";
import { LIMITS } from "./limits.ts";

const filePath = z.string().min(1, "an empty path names nothing");
const fraction = z.number().min(0).max(1);
const epochs = z.number().min(0).max(LIMITS.epochs.maximum);
const within = <T extends z.ZodNumber>(type: T, { minimum, maximum }: { minimum: number; maximum: number }) =>
  type.min(minimum).max(maximum);

/** What a run is made from. Each has a default, so a configuration file names only what differs. */
export const SCHEMA = z.strictObject({
  data: filePath.nullable().default(null).describe(
    "the folder of the data set, or MedMNIST's .npz; null for phantoms",
  ),
  format: z.enum(FORMATS).nullable().default(null).describe(
    "which data set it is; null to tell by its files",
  ),
  table: filePath.nullable().default(null).describe("a CSV file with a row an image, for the format table"),
  images: filePath.nullable().default(null).describe(
    "the folder of the table's images; null for that of the table",
  ),
  imageColumn: z.string().nullable().default(null).describe(
    "the table's column of image names; null for the usual names",
  ),
  patientColumn: z.string().nullable().default(null).describe(
    "the table's column of patients; null for the usual names",
  ),
  labelColumn: z.string().nullable().default(null)
    .describe("the table's column of the findings' names; null to find it, or for a column a finding"),
  separator: z.string().min(1).nullable().default(null).describe(
    "what separates names in that column; null for | ; and ,",
  ),
  findings: z.array(z.string().min(1)).min(1).max(MOST_FINDINGS).nullable().default(null)
    .describe("the findings to be kept, in the order wanted; null for all"),
  uncertain: z.enum(["unknown", "positive", "negative"]).default("unknown")
    .describe("what an uncertain label (-1) is taken for; an unknown one counts in no loss and no figure"),
  blank: z.enum(["unknown", "negative"]).default("unknown")
    .describe("what an empty cell in a column of labels is taken for"),
  views: z.enum(["frontal", "all"]).default("frontal").describe("whether lateral views are left out"),
  skipMissing: z.boolean().default(false)
    .describe("whether rows whose image is missing are left out instead of being an error"),
  keepNormal: fraction.default(1).describe("the fraction of the images with no finding that stays"),
  drawNormal: z.boolean().default(false)
    .describe(
      "whether those that stay are drawn at random instead of taken at even steps in the order of names",
    ),
  undersample: z.enum(UNDERSAMPLED).default("training")
    .describe("where the others are dropped: in the training set alone, or in all sets, as in the original"),
  split: z.enum(SPLIT_KINDS).default("patient")
    .describe(
      "how images are divided: by whole patients, by image (patients leak), as the data set itself does, or as the " +
        "original notebook did",
    ),
  splitFile: filePath.nullable().default(null)
    .describe(
      "a CSV file with an image and its set (train, val, test) in each row, instead of a split that is drawn",
    ),
  lists: filePath.nullable().default(null)
    .describe("the folder of the NIH's train_val_list.txt and test_list.txt; null for that of the data"),
  testFraction: fraction.gt(0).lt(1).default(0.15)
    .describe("the fraction of the images for the test set, split by image or by patient"),
  validationFraction: fraction.gt(0).lt(1).default(0.06)
    .describe("the fraction of the other images for the validation set"),
  stratify: z.boolean().default(false).describe(
    "whether rare findings are spread evenly over the sets of a split by image or by patient",
  ),
  folds: within(z.int(), LIMITS.folds).nullable().default(null).describe(
    "into how many folds patients are divided for cross-validation; null for a split",
  ),
  fold: z.int().min(1).nullable().default(null).describe(
    "which of the folds is the test set, from 1; null for one after the other",
  ),
  seed: z.int().min(0).max(LARGEST_SEED).default(0).describe("the same seed gives the same run"),

  network: z.string().default("resnet20v2").describe("the network's name"),
  weights: filePath.nullable().default(null)
    .describe("imagenet, a file of weights to start from, or null for random initial weights"),
  imageSize: within(z.int(), LIMITS.imageSize).default(64).describe(
    "height and width of the network's images in pixels",
  ),
  pooling: z.enum(["flatten", "global"]).default("global")
    .describe("what follows the last feature map: means over squares of 8x8, flattened, or one mean"),
  dropout: fraction.lt(1).default(0).describe("the fraction of features dropped before the last layer"),

  epochs: within(z.int(), LIMITS.epochs).default(12).describe("the number of epochs"),
  batchSize: within(z.int(), LIMITS.batchSize).default(32).describe("the batch size"),
  stratifiedBatches: z.boolean().default(false).describe(
    "whether each batch has about as many images of each finding, instead of as many as a shuffle brings",
  ),
  learningRate: within(z.number(), LIMITS.learningRate).default(1e-3).describe("the peak learning rate"),
  schedule: z.enum(["constant", "cosine", "oneCycle"]).default("cosine")
    .describe("the learning-rate schedule: constant, falling along a half cosine, or rising and falling"),
  warmupEpochs: epochs.default(0).describe(
    "epochs over which the learning rate rises from zero at first",
  ),
  headEpochs: epochs.int().default(0).describe("epochs at first that train the last layer only"),
  initialImageSize: within(z.int(), LIMITS.imageSize).nullable().default(null).describe(
    "progressive resizing: the size to which training images are reduced in the initial epochs; null for imageSize",
  ),
  initialEpochs: epochs.int().default(0).describe("epochs at first that train at initialImageSize"),
  firstLayerRate: z.number().positive().max(1).default(1)
    .describe(
      "the first layer's learning rate as a fraction of the last one's; those between grow by a constant factor",
    ),
  frozenStatistics: z.boolean().default(false)
    .describe("whether batch normalisation keeps to the running statistics that it came with"),
  batchNormMomentum: fraction.lt(1).default(0.9).describe(
    "how much of batch normalisation's running statistics stays at each step: they follow the last 1 / (1 - momentum) " +
      "batches, ten at 0.9; at Keras' 0.99 a hundred, behind which a short training's weights run away",
  ),
  loss: z.enum(LOSSES).default("weighted")
    .describe(LOSSES_IN_WORDS),
  l2: z.number().min(0).max(10).default(1e-4)
    .describe("this times the sum of the squares of the convolutions' weights is added to the loss"),
  labelSmoothing: fraction.lt(1).default(0)
    .describe("how much of every label is taken for chance: y becomes y (1 - s) + s / 2; for noisy labels"),
  weightDecay: z.number().min(0).max(10).default(0)
    .describe(
      "the fraction of the convolutions' weights taken off at each step times the learning rate (AdamW)",
    ),
  patience: epochs.int().min(1).nullable().default(null)
    .describe("ends training when the selection metric has not risen for so many epochs; null for never"),
  selection: z.enum(["best", "last"]).default("best").describe(
    "which epoch's weights a run stands for: that of the highest selection metric, or the last, which a small " +
      "validation set chooses no worse",
  ),
  averagedEpochs: epochs.int().min(1).default(1).describe(
    "over how many epochs' weights, up to that epoch, the mean is taken (SWA); 1 for its own",
  ),
  recomputedStatistics: z.boolean().default(false).describe(
    "whether batch normalisation's running statistics are computed anew from the training images once the weights are chosen",
  ),
  testTimeCopies: within(z.int(), LIMITS.testTimeCopies).default(0).describe(
    "test-time augmentation: how many changed copies of an image are scored beside it once the weights are chosen, of which " +
      "the mean logit is taken; 0 for the image alone",
  ),
  augmentation: z.strictObject({
    shift: fraction.default(0).describe("the largest shift as a fraction of the image's size"),
    rotation: z.number().min(0).max(180).default(0).describe("the largest rotation in degrees"),
    zoom: fraction.lt(1).default(0).describe("the largest change of size as a fraction"),
    brightness: fraction.default(0).describe("the largest change of brightness as a fraction of the range"),
    flip: z.boolean().default(false).describe(
      "whether half of the images are mirrored, which swaps left and right",
    ),
  }).prefault({}).describe("random changes of the training images"),
  precision: z.enum(["float32", "bfloat16"]).default("float32").describe(
    "the precision of convolutions and products",
  ),
  workers: within(z.int(), LIMITS.workers).default(1).describe(
    "the number of shards of each batch, whose gradients are averaged: one for each worker, or all in one process",
  ),
  syncBatchNorm: z.boolean().default(false).describe(
    "whether batch normalisation in training takes its statistics over all workers' images instead of each worker's own",
  ),
  gradientPrecision: z.enum(["float32", "bfloat16"]).default("float32").describe(
    "the precision in which workers send gradients: bfloat16 is half the bytes; running statistics and losses stay float32",
  ),
  checkedMaps: within(z.int(), LIMITS.checkedMaps).default(10).describe(
    "how many heat maps of test images are checked for being faithful to the network (random weights, deletion and " +
      "insertion, ROAD); 0 for none",
  ),
  shortcutImages: within(z.int(), LIMITS.shortcutImages).default(300).describe(
    "how many test images at most are scored with their corners, border or lungs covered, to see what scores rest on; 0 for " +
      "none",
  ),
  xla: z.boolean().default(false).describe("whether graphs are compiled with XLA: for GPUs"),
}).refine(({ schedule, warmupEpochs }) => schedule !== "oneCycle" || warmupEpochs === 0, {
  path: ["warmupEpochs"],
  message: "not together with oneCycle, which rises by itself",
}).refine(({ loss, labelSmoothing }) => loss !== "focal" || labelSmoothing === 0, {
  path: ["labelSmoothing"],
  message: "not together with the focal loss, which asks for labels of 0 and 1",
}).refine(({ table, format }) => table === null || format === null || format === "table", {
  path: ["format"],
  message: "a table is of the format table",
}).refine(
  ({ initialImageSize, initialEpochs }) => (initialImageSize === null) === (initialEpochs === 0),
  { path: ["initialEpochs"], message: "initialImageSize and initialEpochs go together" },
).refine(({ initialImageSize, imageSize }) => initialImageSize === null || initialImageSize < imageSize, {
  path: ["initialImageSize"],
  message: "it has to be smaller than imageSize",
}).refine(({ initialEpochs, epochs }) => initialEpochs < epochs, {
  path: ["initialEpochs"],
  message: "it has to be fewer than epochs, or no image is seen at imageSize",
}).refine(({ initialImageSize, pooling }) => initialImageSize === null || pooling === "global", {
  path: ["initialImageSize"],
  message: "the last layer has to take images of any size, so pooling has to be global",
}).refine(
  ({ testTimeCopies, augmentation: { shift, rotation, zoom, brightness, flip } }) =>
    testTimeCopies === 0 || flip || [shift, rotation, zoom, brightness].some((most) => most > 0),
  { path: ["testTimeCopies"], message: "there is no augmentation to change copies by" },
).refine(({ folds, fold }) => fold === null || fold <= (folds ?? 0), {
  path: ["fold"],
  message: "it has to be from 1 to folds, the number of folds",
}).refine(({ folds, split, splitFile }) => folds === null || split === "patient" && splitFile === null, {
  path: ["folds"],
  message: "folds are drawn by patient, so there can be no other split and no splitFile",
}).refine(({ batchSize, workers }) => batchSize % workers === 0, {
  path: ["batchSize"],
  message: "it has to be a multiple of the number of workers, each of which takes as many images of a batch",
});
