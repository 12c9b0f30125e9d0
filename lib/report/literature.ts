import { createHash } from "node:crypto";
import type { NihFinding } from "../dataset/nih_findings.ts";
import type { SplitKind } from "../dataset/make_split.ts";

/** A published test result on NIH ChestX-ray14. */
export interface PublishedResult {
  /** Who published it. */
  name: string;
  /** The year; null where the source does not say. */
  year: number | null;
  /**
   * How the images were split: at random by patient, by the NIH's official lists, or as the original notebook did. Which
   * images a random split put into its test set nobody has published, so only results of the last two can be set beside
   * others.
   */
  split: SplitKind;
  /** The width and height in pixels that the network saw; null where it was not found. */
  imageSize: number | null;
  /** The network; null where it was not found. */
  network: string | null;
  /** What the network had beside the NIH's training images and labels; null for nothing, `NOT_FOUND` where it is not said. */
  otherData: string | null;
  /** The mean AUC over the 14 labels. */
  meanAuc: number;
  /** The AUC of each label, where it was found. */
  auc?: Readonly<Record<NihFinding, number>>;
  /** Where the figures were read: a paper, a repository or a model's card. */
  source: string;
  /** Whether the figures, the network and the size are as others quote them, unchecked against the paper's own text. */
  secondary: boolean;
}

/** What stands where a source does not say it. */
export const NOT_FOUND = "not found";

/** A published test set: images by which results can be told to be of the same ones. */
export interface PublishedTestSet {
  /** The number of images. */
  images: number;
  /** The SHA-256 of their names in order, with line feeds between them. */
  hash: string;
}

/** The test sets on which results have been published, by how the images were split. */
const PUBLISHED_TEST_SETS = {
  official: { images: 25_596, hash: "38ca5ef7f756092946f57c1a59faca882ed589a1ab1f72590b45dc06c6d5e1cc" },
  original: { images: 9_575, hash: "7b500fb361262b847721cae24535c1774139066d47f913ee27a395393a919a53" },
} as const satisfies Partial<Record<SplitKind, PublishedTestSet>>;

/** Which published test set some images are; null where they are none. */
export function publishedTestSet(images: readonly string[]): keyof typeof PUBLISHED_TEST_SETS | null {
  for (const kind of ["official", "original"] as const) {
    if (PUBLISHED_TEST_SETS[kind].images !== images.length) continue;
    const hash = createHash("sha256").update(images.toSorted().join("\n")).digest("hex");
    if (hash === PUBLISHED_TEST_SETS[kind].hash) return kind;
  }
  return null;
}

const XIAO = "266,340 chest X-rays without labels";

const ARNOWENG = "github.com/arnoweng/CheXNet, README";

/** The original notebook, which this project repeats: Keras' ResNet v2 of depth 56, split by image, undersampled. */
export const ORIGINAL_NOTEBOOK: PublishedResult & { auc: Readonly<Record<NihFinding, number>> } = {
  name: "The original notebook",
  year: null,
  split: "original",
  imageSize: 128,
  network: "ResNet-56 v2",
  otherData: null,
  meanAuc: 0.7055,
  auc: {
    Atelectasis: 0.7105,
    Cardiomegaly: 0.8007,
    Consolidation: 0.7008,
    Edema: 0.8115,
    Effusion: 0.7758,
    Emphysema: 0.6967,
    Fibrosis: 0.7036,
    Hernia: 0.8044,
    Infiltration: 0.6313,
    Mass: 0.6524,
    Nodule: 0.6227,
    Pleural_Thickening: 0.6527,
    Pneumonia: 0.5843,
    Pneumothorax: 0.7302,
  },
  source: "kaggle.com/code/abhinavjain02/chest-x-ray-disease-classification",
  secondary: false,
};

/**
 * Published results on NIH ChestX-ray14, first those that this project repeats or is most often compared with. A
 * selection, with the source of each figure; results of different test sets are not comparable with each other.
 */
export const PUBLISHED_RESULTS: readonly PublishedResult[] = [
  ORIGINAL_NOTEBOOK,
  {
    name: "Wang and others",
    year: 2017,
    split: "patient",
    imageSize: 1024,
    network: "ResNet-50",
    otherData: "ImageNet",
    meanAuc: 0.738,
    auc: {
      Atelectasis: 0.716,
      Cardiomegaly: 0.807,
      Consolidation: 0.708,
      Edema: 0.835,
      Effusion: 0.784,
      Emphysema: 0.815,
      Fibrosis: 0.769,
      Hernia: 0.767,
      Infiltration: 0.609,
      Mass: 0.706,
      Nodule: 0.671,
      Pleural_Thickening: 0.708,
      Pneumonia: 0.633,
      Pneumothorax: 0.806,
    },
    source: ARNOWENG,
    secondary: true,
  },
  {
    name: "Yao and others",
    year: 2017,
    split: "patient",
    imageSize: 512,
    network: "DenseNet with LSTM",
    otherData: null,
    meanAuc: 0.803,
    auc: {
      Atelectasis: 0.772,
      Cardiomegaly: 0.904,
      Consolidation: 0.788,
      Edema: 0.882,
      Effusion: 0.859,
      Emphysema: 0.829,
      Fibrosis: 0.767,
      Hernia: 0.914,
      Infiltration: 0.695,
      Mass: 0.792,
      Nodule: 0.717,
      Pleural_Thickening: 0.765,
      Pneumonia: 0.713,
      Pneumothorax: 0.841,
    },
    source: ARNOWENG,
    secondary: true,
  },
  {
    name: "CheXNet (Rajpurkar and others)",
    year: 2017,
    split: "patient",
    imageSize: 224,
    network: "DenseNet-121",
    otherData: "ImageNet",
    meanAuc: 0.8414,
    auc: {
      Atelectasis: 0.8094,
      Cardiomegaly: 0.9248,
      Consolidation: 0.7901,
      Edema: 0.8878,
      Effusion: 0.8638,
      Emphysema: 0.9371,
      Fibrosis: 0.8047,
      Hernia: 0.9164,
      Infiltration: 0.7345,
      Mass: 0.8676,
      Nodule: 0.7802,
      Pleural_Thickening: 0.8062,
      Pneumonia: 0.7680,
      Pneumothorax: 0.8887,
    },
    source: ARNOWENG,
    secondary: true,
  },
  {
    name: "arnoweng",
    year: 2017,
    split: "patient",
    imageSize: 224,
    network: "DenseNet-121",
    otherData: "ImageNet",
    meanAuc: 0.8427,
    auc: {
      Atelectasis: 0.8294,
      Cardiomegaly: 0.9165,
      Consolidation: 0.8142,
      Edema: 0.8932,
      Effusion: 0.8870,
      Emphysema: 0.9254,
      Fibrosis: 0.8304,
      Hernia: 0.9104,
      Infiltration: 0.7143,
      Mass: 0.8597,
      Nodule: 0.7873,
      Pleural_Thickening: 0.7831,
      Pneumonia: 0.7745,
      Pneumothorax: 0.8726,
    },
    source: `${ARNOWENG} (which gives 0.847 as its mean, not that of these figures)`,
    secondary: false,
  },
  official("Wang and others", 2017, {
    network: "ResNet-50",
    meanAuc: 0.745,
    imageSize: 1024,
    otherData: "ImageNet",
  }),
  official("Yao and others", 2018, { network: "DenseNet, several resolutions", meanAuc: 0.761 }),
  official("DNetLoc (Guendel and others)", 2018, {
    network: "DenseNet-121",
    meanAuc: 0.807,
    imageSize: 1024,
    otherData: "X-rays of PLCO, with locations",
  }),
  official("Baltruschat and others", 2019, {
    network: "ResNet-38 and metadata",
    meanAuc: 0.806,
    imageSize: 448,
    otherData: "age, sex and view of the patient",
  }),
  official("Liu and others", null, { network: null, meanAuc: 0.818 }),
  official("Best convolutional network in Xiao and others", 2022, {
    network: null,
    meanAuc: 0.826,
    otherData: XIAO,
  }),
  official("Xiao and others", 2022, {
    network: "ViT-B, masked autoencoder",
    meanAuc: 0.830,
    otherData: XIAO,
  }),
  {
    ...official("Yzaza", null, { network: "DenseNet-121", meanAuc: 0.8106, imageSize: 320 }),
    source: "huggingface.co/Yzaza/nih-cxr-models",
    secondary: false,
  },
  {
    ...official("nessi10", null, { network: "DenseNet", meanAuc: 0.805 }),
    source: "huggingface.co/nessi10/chestxray14-cnn-vs-transformers",
    secondary: false,
  },
];

function official(
  name: string,
  year: number | null,
  result: { network: string | null; meanAuc: number; imageSize?: number; otherData?: string | null },
): PublishedResult {
  return {
    name,
    year,
    split: "official",
    imageSize: null,
    otherData: NOT_FOUND,
    source: "quoted in later papers",
    secondary: true,
    ...result,
  };
}
