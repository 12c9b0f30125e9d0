import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { summariseFaithfulness } from "../../lib/evaluation/faithfulness.ts";
import { scoreLocalisation } from "../../lib/evaluation/localisation.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { scoreShortcuts } from "../../lib/evaluation/shortcuts.ts";
import { xray } from "../../lib/plots/pictures/overlay.ts";
import type { ReportContent } from "../../lib/report/content.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { nihDataSet } from "../dataset/_files.ts";
import { HISTORY, SCORES } from "../plots/_figures.ts";

/** A text that does harm where it is not escaped. */
export const HARMFUL =
  `</script><script>globalThis.harmed = true</script><img src=x onerror="globalThis.harmed = true"> & 'x'`;

/** Ten images of a patient each, with the scores of three labels. */
const PREDICTIONS: Predictions = {
  labels: SCORES.map(({ label }) => label),
  images: Array.from({ length: 10 }, (_, image) => `${image}.png`),
  patients: Array.from({ length: 10 }, (_, image) => `patient ${image}`),
  truth: Uint8Array.from(byImage(({ truth }) => truth)),
  scores: Float64Array.from(byImage(({ scores }) => scores)),
};

function byImage(of: (label: typeof SCORES[number]) => readonly number[]): number[] {
  return Array.from({ length: 10 }, (_, image) => SCORES.map((label) => of(label)[image]!)).flat();
}

/** What a report must have. */
export const SHORT: ReportContent = {
  title: "Predictions of another program",
  summary: "Judged without a run.",
  warnings: [],
  metrics: evaluate(PREDICTIONS),
  predictions: PREDICTIONS,
  hasPatients: true,
};

/** A report with everything in it, texts that do harm among it. */
export async function fullReport(): Promise<ReportContent> {
  const entries = PREDICTIONS.images.map((image, i) => ({
    image,
    patient: PREDICTIONS.patients[i]!,
    labels: PREDICTIONS.labels.filter((_, label) => PREDICTIONS.truth[3 * i + label] === 1),
    unknown: [],
    followUp: i % 2,
    age: 40,
    sex: i < 7 ? "F" as const : "M" as const,
    view: "PA" as const,
  }));
  const judged = evaluate(PREDICTIONS, { validation: PREDICTIONS, entries, training: entries });
  const perturbed = (patient: number, sign: number, similarity: number | null) => ({
    patient: String(patient),
    deletion: 0.4 - sign * (0.2 + 0.01 * patient),
    insertion: 0.4 + sign * (0.2 + 0.02 * patient),
    road: sign * 0.01 * patient,
    similarity: similarity === null ? [] : [1, similarity].map((value) => ({ spearman: value, ssim: value })),
  });
  const maps = [0, 1, 2, 3, 4, 5];
  const faithfulness = summariseFaithfulness([
    {
      method: "grad-cam",
      stages: [1, 9],
      checked: maps.map((patient) => perturbed(patient, 1, 0.01 * patient)),
    },
    { method: "grad-cam++", stages: [1, 9], checked: maps.map((patient) => perturbed(patient, 0, 0.9)) },
    { method: "random", stages: [], checked: maps.map((patient) => perturbed(patient, 0, null)) },
  ], { layers: 9, networks: 2, steps: 10, removed: [0.2, 0.8] });
  const shortcuts = scoreShortcuts(PREDICTIONS, [
    {
      region: "lungs",
      covered: 0.45,
      predictions: { ...PREDICTIONS, scores: PREDICTIONS.scores.map((x) => x / 2) },
    },
    {
      region: "corners",
      covered: 0.16,
      predictions: { ...PREDICTIONS, scores: PREDICTIONS.scores.map((x) => -x) },
    },
  ]);
  const [group, ...groups] = judged.subgroups!;
  const metrics = {
    ...judged,
    faithfulness,
    shortcuts,
    subgroups: [{ ...group!, value: HARMFUL }, ...groups],
    localisation: scoreLocalisation(
      [0, 1, 2, 3].map((patient) => ({
        label: NIH_FINDINGS[1],
        patient: String(patient),
        map: { values: Float64Array.from({ length: 64 }, (_, i) => Number(i === 0)), width: 8, height: 8 },
        boxes: [{ x: patient === 3 ? 768 : 0, y: 0, width: 256, height: 256 }],
      })),
    ),
  };
  return {
    ...SHORT,
    title: `A run ${HARMFUL}`,
    warnings: [`Small numbers ${HARMFUL}`],
    metrics,
    run: {
      name: "made",
      settings: checkSettings({ data: HARMFUL, epochs: 3 }, "a test"),
      phantom: false,
      data: { ...nihDataSet([]), notes: [HARMFUL] },
      split: { training: entries, validation: [], test: entries.slice(0, 4) },
      history: HISTORY,
      selection: { epoch: 2, selectionMetric: 0.68, rule: "the highest selection metric" },
      metrics,
      test: PREDICTIONS,
      pictures: [{ png: await xray(new Uint8Array(64), { size: 64 }), caption: `Mass\n${HARMFUL}` }],
      provenance: {
        version: 1,
        split: "a".repeat(64),
        images: "b".repeat(64),
        sessions: [{
          started: "2026-01-02T03:04:05.000Z",
          ended: null,
          project: { version: "0.1.0", commit: null },
          tensorflow: "2.21.0",
          deno: "2.9.6",
          machine: { system: "linux", architecture: "x86_64", processor: HARMFUL, cores: 2 },
        }],
      },
    },
    comparability: { testSet: "original" },
  };
}
