import { decodeImage } from "../dataset/decode_image.ts";
import { saliency } from "../explanation/saliency.ts";
import { drawHeatMap, PICTURE_SIDE } from "../plots/pictures/heat_map.ts";
import { tf } from "../tensorflow/mod.ts";
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

/** Makes an explainer of a run's network. */
export function imageExplainer(
  { model, findings, settings: { imageSize: size } }: LoadedRun,
): ImageExplainer {
  const explain = saliency(model);
  return {
    async draw({ file, source, pixels }, finding, { title, text }) {
      const image = tf.tensor4d(Float32Array.from(pixels, (value) => value / 255), [1, size, size, 1]);
      const label = tf.tensor2d([findings.indexOf(finding)], [1, 1], "int32");
      const map = await explain(image, label).finally(() => tf.dispose([image, label]));
      const heat = map.dataSync() as Float32Array;
      map.dispose();
      const sharper = await decodeImage(file.path, PICTURE_SIDE);
      return await drawHeatMap({
        pixels: sharper,
        heat,
        aspect: source.width / source.height,
        title,
        caption: text,
      });
    },
    [Symbol.dispose]: () => explain.dispose(),
  };
}
