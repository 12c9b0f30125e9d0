import type { OperatingRule } from "../evaluation/operating_points.ts";
import { openPredictor } from "../runs/predictor.ts";
import { bundle } from "./bundle.ts";
import { describeRun } from "./describe_run.ts";
import { packNetwork } from "./pack_network.ts";
import type { PageData, WeightPrecision } from "./page_data.ts";
import { namedExamples, phantomExamples } from "./page_examples.ts";
import { type PageFiles, pageFiles } from "./page_html.ts";
import { wasmFiles } from "./wasm_files.ts";

/** How a page is built. */
export interface BuildPageOptions {
  /** Which of the run's thresholds findings are compared with. */
  rule: OperatingRule;
  weights: WeightPrecision;
  /** Whether it becomes one HTML file. */
  singleFile: boolean;
  /** Images to be bundled; phantoms where there are none. */
  examples: readonly string[];
}

/** A page, ready to be written. */
export interface BuiltPage {
  files: PageFiles;
  /** By how much logits of the examples change through the rounding of weights. */
  error: number;
  /** What is to be said of the run. */
  notes: readonly string[];
}

/**
 * Builds the web page of a run: its network, its scales, its model card and some examples.
 *
 * @throws {InputError} As `openPredictor`, and where an example cannot be read.
 */
export async function buildPage(
  dir: string,
  { rule, weights: precision, singleFile, examples: paths }: BuildPageOptions,
): Promise<BuiltPage> {
  using predictor = await openPredictor(dir, { rule });
  const { model, settings: { imageSize: size }, imported } = predictor.loaded;
  const square = { size, preparation: imported?.preparation ?? "squeezed" };
  const ready = paths.length > 0 ? await namedExamples(paths, square) : await phantomExamples(square);
  const { weights, selfTest } = await packNetwork(model, {
    images: ready.map(({ pixels }) => pixels),
    precision,
  });
  const data: PageData = {
    ...await describeRun(predictor),
    weights,
    selfTest,
    examples: ready.map(({ pixels: _, ...example }) => example),
    files: await wasmFiles(),
  };
  return {
    files: pageFiles(data, await bundle(), { singleFile }),
    error: weights.error,
    notes: predictor.warnings,
  };
}
