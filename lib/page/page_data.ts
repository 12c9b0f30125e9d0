import type { PhantomBox } from "../phantom/draw_phantom.ts";
import type { Preparation } from "../dataset/preparation.ts";
import type { Platt } from "../evaluation/platt.ts";

/** How the weights of a page are stored. */
export const WEIGHT_PRECISIONS = ["float16", "float32"] as const;

/** One of {@linkcode WEIGHT_PRECISIONS}. */
export type WeightPrecision = typeof WEIGHT_PRECISIONS[number];

/** Bytes of little-endian numbers as base64. */
export type Base64 = string;

/** What a page knows of its network: everything but the programs. It is JSON, since a page may open no connection. */
export interface PageData {
  /** The run's name. */
  run: string;
  /** What {@linkcode networkNamed} is called with. */
  network: { name: string; imageSize: number; pooling: "flatten" | "global"; dropout: number };
  /** How images become the network's square. */
  preparation: Preparation;
  /** The findings, in the order of the network's outputs. */
  scales: PageScale[];
  /** Why not to rely on what it says of any image, as half sentences. */
  warnings: string[];
  /** What validation images are like; null where the run does not tell. */
  likeness: PageLikeness | null;
  weights: PageWeights;
  selfTest: SelfTest;
  examples: PageExample[];
  /** WebAssembly by the file's name, compressed by gzip. */
  files: Record<string, Base64>;
  /** Markdown. */
  modelCard: string;
}

/** A finding's scale (see `FindingScale`), and what its thresholds separate on the validation set; numbers by `packSeries`. */
export interface PageScale {
  finding: string;
  positives: number;
  negatives: number;
  reason: string | null;
  platt: Platt | null;
  /** Null where there is a reason; "never" where no image is called positive. */
  threshold: number | "never" | null;
  /** float32 [k] The scores of validation images, rising; of many, evenly spread ones. */
  scores: Base64;
  /** float32 [k] How many images those from the first to each stand for. */
  cumulative: Base64;
  /** The area under the ROC curve of the validation set; null where it is undefined. */
  auc: number | null;
  /** float32 [m] Thresholds of the ROC curve, falling. */
  thresholds: Base64;
  /** float32 [m] What each of them reaches on the validation set; NaN where it is undefined. */
  sensitivity: Base64;
  /** float32 [m] */
  specificity: Base64;
}

/** A `LikenessReference`, its directions rounded. */
export interface PageLikeness {
  channels: number;
  /** uint8 [n, channels]: of 255 parts of each row's largest value. */
  directions: Base64;
  /** float32 [n] */
  largest: Base64;
  /** float32 [16, 16] */
  layout: Base64;
  limits: { distance: number; correlation: number };
}

/** A model's two vectors. */
export interface PageWeights {
  precision: WeightPrecision;
  /** What is trained: float32, or what `packHalves` makes of float16. */
  trained: Base64;
  /** float32: moving averages, whose range is wider than that of 16 bits. */
  moving: Base64;
  /** By how much logits of the examples differ at most from those of the run's own weights; 0 for float32. */
  error: number;
}

/** An image and what TensorFlow's C library makes of it with the page's weights: what a browser has to come to as well. */
export interface SelfTest {
  /** uint8 [imageSize, imageSize] */
  pixels: Base64;
  logits: number[];
  /** The output whose map is stored. */
  label: number;
  /** float32 [height, width]: the Grad-CAM map, its largest value 1. */
  map: Base64;
}

/** A bundled image. */
export interface PageExample {
  name: string;
  /** What it is, for people. */
  title: string;
  /** The file. */
  bytes: Base64;
  /** Bounding boxes, in fractions of width and height. */
  boxes: Pick<PhantomBox, "label" | "x0" | "y0" | "x1" | "y1">[];
}
