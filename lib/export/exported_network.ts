import type { FindingScale } from "../evaluation/finding_scale.ts";
import type { Model } from "../model/model.ts";
import { projectVersion } from "../support/project_version.ts";

/** A trained network with what its numbers mean. */
export interface ExportedNetwork {
  model: Model;
  /** The findings, in the order of its outputs. */
  findings: readonly string[];
  /** The epoch that its weights are of. */
  epoch: number;
  /** Whether it was trained on phantom images. */
  phantom: boolean;
  /** Whose weights they are, where they were imported. */
  imported: { source: string; licence: string | null; preparation: string } | null;
  /** How scores are calibrated, and their thresholds; null where the run has no validation predictions. */
  scales: readonly FindingScale[] | null;
}

/**
 * What is written beside the weights, whatever the format: texts by key. Lists are JSON, an entry a finding in the order
 * of the outputs.
 *
 * - `network`, `findings`, `epoch`, `image_size` (pixels), `channels`, `phantom`, `version` (of Thorax)
 * - `scaling`: how pixels are brought to what the network takes
 * - `preparation`, `source`, `licence`: of imported weights, how images become squares, and whose they are
 * - `calibration`: `{"slope", "intercept"}` of Platt's scaling, probability = sigmoid(slope * logit + intercept), or null
 *   where the validation set gives none
 * - `thresholds`: the lowest score (sigmoid of the logit) that is called positive by Youden's rule on the validation set,
 *   null where none is
 */
export function exportMetadata(
  { model: { network }, findings, epoch, phantom, imported, scales }: ExportedNetwork,
): Record<string, string> {
  const version = projectVersion();
  return {
    network: network.name,
    findings: JSON.stringify(findings),
    epoch: String(epoch),
    image_size: String(network.imageSize),
    channels: String(network.channels),
    scaling: `grey images, ${
      imported?.preparation === "centre-crop" ? "cropped to their middle and" : ""
    } brought to image_size, 0 (black) to 255, divided by 255`.replace(",  ", ", "),
    phantom: String(phantom),
    ...(imported === null ? {} : {
      preparation: imported.preparation,
      source: imported.source,
      ...(imported.licence === null ? {} : { licence: imported.licence }),
    }),
    ...(version === null ? {} : { version }),
    ...(scales === null ? {} : {
      calibration: JSON.stringify(
        scales.map(({ platt }) => platt && { slope: platt.slope, intercept: platt.intercept }),
      ),
      thresholds: JSON.stringify(
        scales.map(({ threshold }) => threshold !== null && Number.isFinite(threshold) ? threshold : null),
      ),
    }),
  };
}

/** What a network is, in a sentence or two, for formats that have a place for that. */
export function describeExport({ model: { network }, phantom }: ExportedNetwork): string {
  const trained = phantom ? "trained on generated phantom images: it means nothing for real radiographs" : "";
  return [
    `Thorax, ${network.name} for chest radiographs${trained && `, ${trained}`}.`,
    "Not a medical device: for learning and research only.",
  ].join(" ");
}
