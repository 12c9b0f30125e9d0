import { between, counted, decimals } from "../support/decimals.ts";
import type { ReportContent } from "./content.ts";
import { type Highlight, pageHtml } from "./page.ts";
import { calibrationSection } from "./sections/calibration.ts";
import { dataSection } from "./sections/data.ts";
import { decisionsSection } from "./sections/decisions.ts";
import { faithfulnessSection } from "./sections/faithfulness.ts";
import { limitsSection } from "./sections/limits.ts";
import { literatureSection } from "./sections/literature.ts";
import { operatingPointsSection } from "./sections/operating_points.ts";
import { precisionRecallSection } from "./sections/precision_recall.ts";
import { predictionSetsSection } from "./sections/prediction_sets.ts";
import { provenanceSection } from "./sections/provenance.ts";
import { rocSection } from "./sections/roc.ts";
import { saliencySection } from "./sections/saliency.ts";
import { settingsSection } from "./sections/settings.ts";
import { shortcutsSection } from "./sections/shortcuts.ts";
import { subgroupsSection } from "./sections/subgroups.ts";
import { testSection } from "./sections/test.ts";
import { trainingSection } from "./sections/training.ts";

/** The sections in the order of the page; one that has nothing to tell of a content is left out. */
const SECTIONS = [
  dataSection,
  trainingSection,
  testSection,
  rocSection,
  precisionRecallSection,
  operatingPointsSection,
  calibrationSection,
  decisionsSection,
  predictionSetsSection,
  subgroupsSection,
  saliencySection,
  faithfulnessSection,
  shortcutsSection,
  literatureSection,
  settingsSection,
  provenanceSection,
  limitsSection,
];

/**
 * The text of a `report.html`: one file that shows a run to a reader who has nothing but a browser, and no network. All
 * texts are shown as they are.
 */
export function reportHtml(content: ReportContent): Promise<string> {
  return pageHtml({
    title: content.title,
    lead: content.summary,
    highlights: highlights(content),
    warnings: content.warnings,
    sections: SECTIONS.map((section) => section(content)).filter((section) => section !== null),
    footer: [
      "Made by Thorax, which works after the Kaggle notebook chest-x-ray-disease-classification by abhinavjain02.",
      ...(content.comparability
        ? ["Labels and real images: Wang et al., ChestX-ray8, CVPR 2017; NIH Clinical Center."]
        : []),
      "Figures are drawn by plotly.js (MIT), which is in this file; nothing is loaded from elsewhere.",
    ],
  });
}

function highlights({ metrics, hasPatients, run }: ReportContent): Highlight[] {
  const { images, patients, summary: { mean, meanInterval, min, max } } = metrics;
  return [
    {
      name: "Mean test AUC",
      value: decimals(mean),
      ...(meanInterval ? { detail: `95 % interval ${between(meanInterval)}` } : {}),
    },
    {
      name: "Lowest to highest",
      value: `${decimals(min)} to ${decimals(max)}`,
      detail: "AUC of a label",
    },
    ...(run
      ? [{
        name: "Chosen epoch",
        value: String(run.selection.epoch),
        detail: `of ${run.history.length}`,
      }]
      : []),
    {
      name: "Test images",
      value: counted(images),
      ...(hasPatients ? { detail: `of ${counted(patients)} patients` } : {}),
    },
  ];
}
