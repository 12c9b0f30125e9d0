import { labelColumn, type Predictions } from "../evaluation/predictions.ts";
import type { Model } from "../model/model.ts";
import { type Example, type ExampleSources, explainExamples } from "./examples.ts";
import type { ExplainOptions, LabelledImage } from "./explain_images.ts";

/**
 * Explains each label's most confident true positive: of the images with the finding, the one with the highest
 * score (the first of equal ones). A label that no image has is left out.
 */
export async function gallery(
  model: Model,
  sources: ExampleSources,
  options: Omit<ExplainOptions, "mapSize"> = {},
): Promise<Example[]> {
  const chosen = sources.predictions.labels.flatMap((label) =>
    mostConfident(sources.predictions, label) ?? []
  );
  return await explainExamples(model, chosen, { ...sources, ...options });
}

function mostConfident(predictions: Predictions, label: string): LabelledImage | null {
  const { images, truth, scores } = labelColumn(predictions, predictions.labels.indexOf(label));
  let best = -1;
  scores.forEach((score, i) => {
    if (truth[i] === 1 && (best < 0 || score > scores[best]!)) best = i;
  });
  return best < 0 ? null : { image: predictions.images[images[best]!]!, label };
}
