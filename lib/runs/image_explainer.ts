import { prepareImage } from "../dataset/preparation.ts";
import { readImageFile } from "../dataset/read_image.ts";
import type { FindingJudgement } from "../evaluation/finding_scale.ts";
import { imageMap } from "../explanation/image_map.ts";
import { saliency } from "../explanation/saliency.ts";
import { drawHeatMap, PICTURE_SIDE } from "../plots/pictures/heat_map.ts";
import { inShort } from "./judgement_in_short.ts";
import type { LoadedRun } from "./load_run.ts";
import type { PredictedImage } from "./predictor.ts";

/** Draws where a run's network looked in images. */
export interface ImageExplainer extends Disposable {
  /**
   * Draws the Grad-CAM map of a finding over an image, the plain image beside it; a PNG.
   *
   * @param caption What is written below, the first line larger.
   */
  draw(image: PredictedImage, finding: string, caption: { title: string; text: string }): Promise<Uint8Array>;
}

/** What is written below a finding's heat map of an image. */
export function heatMapCaption(name: string, judgement: FindingJudgement): { title: string; text: string } {
  return {
    title: inShort(judgement),
    text:
      `${name}. Grad-CAM: where the network looked for it, which need not be where it is. Not for medical use.`,
  };
}

/** Makes an explainer of a run's network. */
export function imageExplainer(
  { model, findings, settings: { imageSize: size }, imported }: LoadedRun,
): ImageExplainer {
  const preparation = imported?.preparation ?? "squeezed";
  const explain = saliency(model);
  return {
    async draw({ file, source, values }, finding, { title, text }) {
      const heat = await imageMap(explain, { values, size, finding: findings.indexOf(finding) });
      const { image } = await readImageFile(file);
      const sharper = prepareImage(image, { size: PICTURE_SIDE, preparation });
      return await drawHeatMap({
        pixels: sharper.pixels,
        heat,
        aspect: preparation === "centre-crop" ? 1 : source.width / source.height,
        title,
        caption: text,
      });
    },
    [Symbol.dispose]: () => explain.dispose(),
  };
}
