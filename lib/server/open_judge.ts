import type { ImageFile } from "../dataset/find_images.ts";
import { byExcess, type FindingJudgement } from "../evaluation/finding_scale.ts";
import { findFinding } from "../dataset/label_synonyms.ts";
import { heatMapCaption, imageExplainer } from "../runs/image_explainer.ts";
import { type PredictionRow, rowOf } from "../runs/prediction_row.ts";
import type { DecodedImage, PredictedImage, Predictor } from "../runs/predictor.ts";
import { quote } from "../support/printable.ts";
import { gather } from "./gather.ts";
import { Refusal } from "./refusal.ts";

/** What a run says of images that come one by one. */
export interface Judge extends Disposable {
  /**
   * The run's finding that is called so, by its name or another name of it; null for null.
   *
   * @throws {Refusal} With 400 where it is none of the run's.
   */
  findingOf(name: string | null): string | null;
  /** What `predict` writes of an image. */
  row(file: ImageFile): Promise<PredictionRow>;
  /**
   * The heat map of an image; a PNG.
   *
   * @param finding One of the run's; null for the one furthest above its threshold.
   */
  heatMap(file: ImageFile, finding: string | null): Promise<Uint8Array<ArrayBuffer>>;
}

/** How many images the network is given at a time: each number is a graph, which is traced before the first request. */
const BATCHES = [1, 2, 4, 8];

/** Makes a judge of a predictor; it has scored black images in each size of a batch when it is there. */
export async function openJudge(predictor: Predictor): Promise<Judge> {
  const { loaded: { findings, settings: { imageSize: size } } } = predictor;
  for (const batch of BATCHES) await predictor.judge([blackImage(size)], batch);
  const explainer = imageExplainer(predictor.loaded);
  const score = gather(
    (images: readonly DecodedImage[]) =>
      predictor.judge(images, BATCHES.find((most) => most >= images.length)!),
    { most: BATCHES.at(-1)! },
  );
  const draw = gather(async ([task]: readonly (() => Promise<Uint8Array>)[]) => [await task!()], { most: 1 });

  async function judge(file: ImageFile): Promise<PredictedImage> {
    const decoded = await predictor.decode(file);
    if ("error" in decoded) throw new Refusal(422, decoded.error.message);
    return await score(decoded);
  }

  function judgementOf({ judgements }: PredictedImage, finding: string | null): FindingJudgement {
    if (finding === null) return byExcess(judgements)[0]!;
    return judgements.find((judgement) => judgement.finding === finding)!;
  }

  return {
    findingOf(name) {
      if (name === null) return null;
      const named = findFinding(name, findings);
      if (named !== null) return named.finding;
      throw new Refusal(400, `finding ${quote(name)}: is none of the run's: ${findings.join(", ")}`);
    },
    row: async (file) => await rowOf({ ...await judge(file), name: file.name }),
    async heatMap(file, finding) {
      const image = await judge(file);
      if (image.source.tags?.burnedIn) {
        throw new Refusal(
          422,
          "its pixels show who the patient is (BurnedInAnnotation), so no heat map is drawn",
        );
      }
      const judgement = judgementOf(image, finding);
      const caption = heatMapCaption(file.name, judgement);
      return new Uint8Array(await draw(() => explainer.draw(image, judgement.finding, caption)));
    },
    [Symbol.dispose]: () => explainer[Symbol.dispose](),
  };
}

function blackImage(size: number): DecodedImage {
  return {
    file: { path: "", name: "", bytes: new Uint8Array() },
    source: { kind: "png", tags: null, notes: [], width: size, height: size },
    pixels: new Uint8Array(size * size),
    values: new Float32Array(size * size),
  };
}
