import { findingTitle } from "../dataset/finding_title.ts";
import type { ImageFile } from "../dataset/find_images.ts";
import { readImageFile } from "../dataset/read_image.ts";
import { type Preparation, type PreparedImage, prepareImage } from "../dataset/preparation.ts";
import { type FindingJudgement, type FindingScale, judgeFinding } from "../evaluation/finding_scale.ts";
import { layoutOf, type Likeness, likenessOf } from "../evaluation/likeness.ts";
import type { OperatingRule } from "../evaluation/operating_points.ts";
import { scoresAndFeatures } from "../model/features.ts";
import { isPhantomImage } from "../phantom/phantom_folder.ts";
import { inParallel } from "../support/in_parallel.ts";
import { InputError } from "../support/input_error.ts";
import { describeRefusal, systemRefusal } from "../support/system_error.ts";
import { graph, tf } from "../tensorflow/mod.ts";
import { type ImageSource, imageWarnings } from "./image_warnings.ts";
import { averagedLogits, testTimeChanges } from "../training/test_time_copies.ts";
import { type LoadedRun, loadRun } from "./load_run.ts";
import { readReference, type RunReference } from "./reference.ts";
import { readScales } from "./run_scales.ts";

/** What a run says of an image. */
export interface PredictedImage extends PreparedImage {
  /** The image's file. */
  file: ImageFile;
  /** The image as its file has it, without its pixels. */
  source: ImageSource;
  /** Each finding, in the run's order. */
  judgements: FindingJudgement[];
  /** How it compares with the run's own images; null where the run does not tell. */
  likeness: Likeness | null;
  /** Why not to rely on it, as half sentences. */
  warnings: string[];
}

/** A file that could not be read as an image. */
export interface FailedImage {
  /** The image's file. */
  file: ImageFile;
  /** Why it could not be read. */
  error: InputError;
}

/** An image that is ready for the network. */
export type DecodedImage = Pick<PredictedImage, "file" | "source" | keyof PreparedImage>;

/** A run that is ready to say what it sees in images. */
export interface Predictor extends Disposable {
  /** The run with its network. */
  loaded: LoadedRun;
  /** How each finding's scores are to be taken. */
  scales: readonly FindingScale[];
  /** Why not to rely on what it says of any image, as half sentences. */
  warnings: string[];
  /** Reads an image and brings it to the network's size, or says why it cannot be read. */
  decode(file: ImageFile): Promise<DecodedImage | FailedImage>;
  /**
   * Judges images, at least one, all at once.
   *
   * @param batch How many images the network is given, the missing ones black: each number is a graph of its own.
   * Default: as many as there are.
   */
  judge(images: readonly DecodedImage[], batch?: number): Promise<PredictedImage[]>;
  /** Reads and judges images one after the other; memory does not grow with their number. */
  predict(files: readonly ImageFile[], signal?: AbortSignal): AsyncGenerator<PredictedImage | FailedImage>;
}

/** The size of images up to which all activations of a network may stay in memory at a time. */
const LARGEST_AT_ONCE = 224;

/** How many images are scored at a time. */
const BATCH = 8;

/** How many of those are decoded at a time. */
const IN_FLIGHT = 4;

/** With fewer validation images with a finding, its probability and threshold are unsure. */
const FEW_POSITIVES = 10;

/**
 * Loads a run to score images with.
 *
 * @param options `rule` says which threshold, of those that the validation set gives, an image is compared with;
 * `lasting` that single images will be judged one after another, for which a graph pays (default: false).
 * @throws {InputError} Where the folder holds no run, the run has not ended, or a file of it is damaged.
 */
export async function openPredictor(
  dir: string,
  { rule, lasting = false }: { rule: OperatingRule; lasting?: boolean },
): Promise<Predictor> {
  const loaded = await loadRun(dir);
  const { run, phantom, settings, model, imported } = loaded;
  const found = await readScales(loaded, rule);
  if (found === null) {
    throw new InputError(
      `${
        run.predictions("validation")
      } is missing: deno task train --run ${dir} --resume makes it from the run's images`,
    );
  }
  const scales: readonly FindingScale[] = found;
  const reference = await readReference(run);
  const score = graph(
    (images: tf.Tensor) => ({ ...scoresAndFeatures(model, images as tf.Tensor4D) }),
    { precision: settings.precision, xla: settings.xla, name: "predict" },
  );
  const isPlain = settings.precision === "float32" && !settings.xla && settings.imageSize <= LARGEST_AT_ONCE;
  const scoreAtOnce = (images: tf.Tensor4D) =>
    Promise.resolve(tf.tidy(() => ({ ...scoresAndFeatures(model, images) })));
  const size = settings.imageSize;
  const changes = testTimeChanges(settings);
  const preparation = imported?.preparation ?? "squeezed";

  const decode = (file: ImageFile) => decodeOne(file, { size, preparation });

  async function decodeAll(files: readonly ImageFile[]): Promise<(DecodedImage | FailedImage)[]> {
    const decoded: (DecodedImage | FailedImage)[] = [];
    await inParallel(files.entries(), { workers: IN_FLIGHT }, async ([i, file]) => {
      decoded[i] = await decode(file);
    });
    return decoded;
  }

  async function judge(images: readonly DecodedImage[], batch = images.length): Promise<PredictedImage[]> {
    const inputs = new Float32Array(batch * size * size);
    images.forEach(({ values }, i) => inputs.set(values, i * size * size));
    const input = tf.tensor4d(inputs, [batch, size, size, 1]);
    // To trace a graph takes longer than to run a network's operations once, one after the other.
    const run = batch === 1 && isPlain && !lasting ? scoreAtOnce : score.run;
    const features: tf.Tensor[] = [];
    const logits = await averagedLogits(
      async (images) => {
        const found = await run(images);
        features.push(found.features!);
        return found.logits!;
      },
      input,
      changes,
    ).finally(() => input.dispose());
    const rows = await Promise.all(
      [logits, features[0]].map((tensor) => tensor!.array() as Promise<number[][]>),
    );
    tf.dispose([logits, ...features]);
    return images.map((image, i) => {
      const judgements = scales.map((scale, label) =>
        judgeFinding(scale, 1 / (1 + Math.exp(-rows[0]![i]![label]!)))
      );
      const signature = { features: rows[1]![i]!, layout: layoutOf(image.pixels, size) };
      const likeness = reference?.likeness ? likenessOf(reference.likeness, signature) : null;
      const isForeign = !phantom && image.file.bytes === undefined && isPhantom(image.file.path);
      return {
        ...image,
        judgements,
        likeness,
        warnings: imageWarnings(image.source, { pixels: image.pixels, likeness, isForeign }),
      };
    });
  }

  async function* predict(
    files: readonly ImageFile[],
    signal?: AbortSignal,
  ): AsyncGenerator<PredictedImage | FailedImage> {
    const batch = Math.min(BATCH, files.length);
    // While some images are scored, the next are decoded.
    let next = decodeAll(files.slice(0, batch));
    for (let start = 0; start < files.length; start += batch) {
      signal?.throwIfAborted();
      const decoded = await next;
      next = decodeAll(files.slice(start + batch, start + 2 * batch));
      const images = decoded.filter((each): each is DecodedImage => !("error" in each));
      const judged = images.length === 0 ? [] : await judge(images, batch);
      for (const each of decoded) yield "error" in each ? each : judged.shift()!;
    }
    await next;
  }

  return {
    loaded,
    scales,
    warnings: runWarnings(loaded, { scales, reference }),
    decode,
    judge,
    predict,
    [Symbol.dispose]() {
      score.dispose();
      model.dispose();
    },
  };
}

async function decodeOne(
  file: ImageFile,
  square: { size: number; preparation: Preparation },
): Promise<DecodedImage | FailedImage> {
  try {
    const { image, ...source } = await readImageFile(file);
    const { width, height } = image;
    return { file, source: { ...source, width, height }, ...prepareImage(image, square) };
  } catch (error) {
    if (error instanceof InputError) return { file, error };
    const refusal = systemRefusal(error);
    if (refusal !== null) {
      return { file, error: new InputError(describeRefusal({ ...refusal, path: file.name })) };
    }
    throw error;
  }
}

function isPhantom(path: string): boolean {
  try {
    return isPhantomImage(path);
  } catch {
    return false; // The task may not look there.
  }
}

function runWarnings(
  { phantom, run, notes, imported }: LoadedRun,
  { scales, reference }: { scales: readonly FindingScale[]; reference: RunReference | null },
): string[] {
  const few = scales.filter(({ positives }) => positives < FEW_POSITIVES);
  const unsaid = "an image that is no chest radiograph, or is turned or inverted, goes unnoticed";
  if (imported) {
    return [
      ...notes,
      `the weights were trained by others (${imported.source}) and came without a validation set: scores are raw ` +
      `outputs of the network and no probabilities, and ${unsaid}`,
    ];
  }
  return [
    ...notes,
    ...(phantom
      ? ["the run was trained on generated phantom images: what it says of a real radiograph means nothing"]
      : []),
    ...(few.length > 0
      ? [
        `fewer than ${FEW_POSITIVES} validation images have ${
          few.map(({ finding, positives }) => `${findingTitle(finding)} (${positives})`).join(", ")
        }: what is said of ${few.length === 1 ? "it" : "them"} is unsure`,
      ]
      : []),
    ...(reference === null
      ? [`the run has no ${run.reference}, as runs of older versions: ${unsaid}`]
      : reference.likeness === null
      ? [`the run has too few validation images to compare others with: ${unsaid}`]
      : []),
  ];
}
