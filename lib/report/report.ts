import type { LabelCount } from "../dataset/label_counts.ts";
import { SPLIT_WORDS } from "../dataset/make_split.ts";
import type { Confusion } from "../evaluation/confusion.ts";
import { ORIGINAL_NOTEBOOK, type PublishedResult } from "./literature.ts";
import { between, decimals, signedDecimals } from "../support/decimals.ts";
import type { Interval } from "../evaluation/interval.ts";
import type { LocalisationMetrics } from "../evaluation/localisation.ts";
import type { PrecisionRecall } from "../evaluation/precision_recall.ts";
import type { Roc } from "../evaluation/roc.ts";
import type { HistoryRow } from "../training/history.ts";
import { proportion } from "../plots/_shares.ts";
import { nameOf } from "../plots/_theme.ts";
import { aucByEpochFigure } from "../plots/auc_by_epoch.ts";
import { aucByLabelFigure } from "../plots/auc_by_label.ts";
import { type CountedImages, labelCountsFigure } from "../plots/label_counts.ts";
import { localisationTables } from "./localisation_tables.ts";
import { lossByEpochFigure } from "../plots/loss_by_epoch.ts";
import { type Block, pageHtml, type Section } from "./page.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { precisionRecallFigure } from "../plots/precision_recall.ts";
import { type ReliabilityCurve, reliabilityFigure } from "../plots/reliability.ts";
import { rocByLabelFigure, rocFigure } from "../plots/roc.ts";
import { type SubgroupAuc, subgroupAucFigure } from "../plots/subgroup_auc.ts";
import type { Table } from "./table.ts";

/** What a report tells: a run from its data to its explanations, or predictions judged without a run. */
export interface ReportContent {
  /** The heading, such as the run's name. */
  title: string;
  /** What was done, in a sentence or two. */
  summary: string;
  /** What has to be known before anything is read, such as that numbers are small. */
  warnings?: readonly string[];
  /** The settings by name, as they are in the run's configuration. */
  settings?: Readonly<Record<string, string | number | boolean | null>>;
  /** Where it comes from, by name: versions, the machine, hashes. */
  provenance?: Readonly<Record<string, string>>;
  /** The images by label: the parts of a run, or the one set that was judged. */
  data?: { parts: readonly CountedParts[]; notes?: readonly string[] };
  /** How the network was trained and its epoch chosen. */
  training?: ReportedTraining;
  /** How the test went. */
  test: ReportedTest;
  /** Thresholds chosen on the validation part, with what they do to the test part. */
  operatingPoints?: readonly ReportedOperatingPoint[];
  /** How far scores are from probabilities; the first label's reliability is drawn. */
  calibration?: readonly ReportedCalibration[];
  /** What thresholds and calibrations come to, in sentences that are made from the figures. */
  remarks?: Readonly<Partial<Record<"operatingPoints" | "calibration", readonly string[]>>>;
  /** The AUC of subgroups of the images. */
  subgroups?: { groups: readonly ReportedSubgroup[]; notes?: readonly string[] };
  /** Heat maps over images. */
  gradCam?: ReportedGradCam;
  /** The test beside what others have published. */
  literature?: ReportedLiterature;
}

/** The images of one part. */
export interface CountedParts extends CountedImages {
  /** How many images there are. */
  images: number;
  /** How many patients they are of; null where that is not known. */
  patients: number | null;
}

/** A training with its choice of epoch. */
export interface ReportedTraining {
  /** The epochs. */
  history: readonly HistoryRow[];
  /** The labels in the order of the AUCs. */
  labels: readonly string[];
  /** The chosen epoch. */
  chosen: number;
  /** The name of the number by which it was chosen. */
  choice: string;
}

/** The test of all labels. */
export interface ReportedTest {
  /** How many images there were. */
  images: number;
  /** How many patients they are of; null where that is not known. */
  patients: number | null;
  /** The result of each label. */
  labels: readonly ReportedLabel[];
  /** The mean AUC over the labels that have one, with its interval where there is one, and without the images' weights. */
  mean: { auc: number | null; interval?: Interval | null; unweighted?: number | null };
  /** Their median, lowest and highest AUC. */
  median: number | null;
  /** The lowest AUC. */
  min: number | null;
  /** The highest AUC. */
  max: number | null;
  /** How intervals were made and images counted, in sentences. */
  notes?: readonly string[];
}

/** The test of one label. */
export interface ReportedLabel {
  /** The label. */
  label: string;
  /** Images with the finding. */
  positives: number;
  /** Images without it. */
  negatives: number;
  /** The AUC; null where it is undefined. */
  auc: number | null;
  /** Its confidence interval, where there is one. */
  interval?: Interval | null;
  /** The AUC with each image standing for itself, where some stand for others. */
  unweighted?: number | null;
  /** Average precision; null where it is undefined. */
  averagePrecision?: number | null;
  /** Its confidence interval, where there is one. */
  averagePrecisionInterval?: Interval | null;
  /** Why the AUC is undefined or unsure. */
  reason?: string;
  /** The AUC in the original notebook, where the test set is the original's. */
  original?: number;
  /** The ROC curve; null where it is undefined. */
  roc: Pick<Roc, "falsePositiveRate" | "truePositiveRate"> | null;
  /** The precision-recall curve; null where it is undefined. */
  precisionRecall?: Pick<PrecisionRecall, "recall" | "precision"> | null;
  /** The prevalence among the images, as they are weighted; by default as they are counted. */
  prevalence?: number;
}

/** A threshold with what it does. */
export interface ReportedOperatingPoint {
  /** The label. */
  label: string;
  /** The rule by which it was chosen, in words. */
  rule: string;
  /** The threshold; infinite where nothing is called positive. */
  threshold: number;
  /** What it does to the test part. */
  confusion: Confusion;
}

type CalibrationError = "expectedCalibrationError" | "brier";

/** The calibration of one label. */
export interface ReportedCalibration {
  /** The label. */
  label: string;
  /** Raw scores and calibrated ones, each with its reliability and errors. */
  curves: readonly (ReliabilityCurve & Record<CalibrationError, number>)[];
  /** The interval of the first curve's expected calibration error. */
  expectedCalibrationErrorInterval?: Interval | null;
  /** The interval of the first curve's Brier score. */
  brierInterval?: Interval | null;
}

/** A subgroup, and how it differs from the largest one that is told apart by the same. */
export interface ReportedSubgroup extends SubgroupAuc {
  /** The difference of the mean AUCs over the labels that both have. */
  difference?: number | null;
  /** Its interval. */
  differenceInterval?: Interval | null;
}

/** Heat maps, and how well they hit. */
export interface ReportedGradCam {
  /** The method, such as "Grad-CAM". */
  method: string;
  /** The pictures, with captions. */
  pictures: readonly CaptionedPicture[];
  /** How well the maps find the boxes, where there are boxes. */
  localisation?: LocalisationMetrics;
}

/** Results of others, to set a run beside. */
export interface ReportedLiterature {
  /** The results. */
  results: readonly PublishedResult[];
  /** The published test set that the images are; null where nothing can be compared. */
  testSet: "official" | "original" | null;
  /** Why nothing can be compared, as a sentence. */
  reason?: string | undefined;
}

/**
 * The text of a `report.html`: one file that shows a run to a reader who has nothing but a browser, and no network. All
 * texts are shown as they are.
 */
export function reportHtml(content: ReportContent): Promise<string> {
  const sections = [
    dataSection(content),
    trainingSection(content),
    testSection(content),
    curvesSection(content),
    precisionSection(content),
    operatingSection(content),
    calibrationSection(content),
    subgroupSection(content),
    gradCamSection(content),
    literatureSection(content),
    settingsSection(content),
    provenanceSection(content),
    limitsSection(content),
  ];
  return pageHtml({
    title: content.title,
    lead: content.summary,
    highlights: highlights(content),
    warnings: content.warnings ?? [],
    sections: sections.filter((section) => section !== null),
    footer: [
      "Made by Thorax, which works after the Kaggle notebook chest-x-ray-disease-classification by abhinavjain02.",
      ...(content.literature
        ? ["Labels and real images: Wang et al., ChestX-ray8, CVPR 2017; NIH Clinical Center."]
        : []),
      "Figures are drawn by plotly.js (MIT), which is in this file; nothing is loaded from elsewhere.",
    ],
  });
}

function highlights({ test, training }: ReportContent) {
  return [
    {
      name: "Mean test AUC",
      value: decimals(test.mean.auc),
      ...detail(between(test.mean.interval)),
    },
    {
      name: "Lowest to highest",
      value: `${decimals(test.min)} to ${decimals(test.max)}`,
      detail: "AUC of a label",
    },
    ...(training
      ? [{ name: "Chosen epoch", value: String(training.chosen), detail: `of ${training.history.length}` }]
      : []),
    {
      name: "Test images",
      value: count(test.images),
      ...(test.patients === null ? {} : { detail: `of ${count(test.patients)} patients` }),
    },
  ];
}

/** The images that have a finding, and of how many it is not known where there are such. */
function positivesOf({ positives, unknown }: LabelCount): number | string {
  return unknown === 0 ? positives : `${count(positives)} (unknown: ${count(unknown)})`;
}

function dataSection({ data }: ReportContent): Section | null {
  if (data === undefined) return null;
  const { parts, notes = [] } = data;
  const table: Table = {
    columns: ["Finding", ...parts.map(({ name }) => name)],
    rows: [
      ["Images", ...parts.map(({ images }) => images)],
      ["Patients", ...parts.map(({ patients }) => patients ?? "not known")],
      ...(parts.some(({ normal }) => normal !== undefined)
        ? [["No finding", ...parts.map(({ normal }) => normal ?? null)]]
        : []),
      ...parts[0]!.counts.map((
        { label },
        i,
      ) => [nameOf(label), ...parts.map(({ counts }) => positivesOf(counts[i]!))]),
    ],
  };
  return {
    title: "Data",
    howToRead: "An image can have several findings, so the bars add up to more than the images. " +
      "The network learns from the training part, the epoch is chosen on validation, and the test part is used once.",
    blocks: [{ figure: labelCountsFigure(parts) }, { table }, ...notesOf(notes)],
  };
}

function trainingSection({ training }: ReportContent): Section | null {
  if (training === undefined) return null;
  const { history, labels, chosen, choice } = training;
  return {
    title: "Training",
    howToRead:
      "The loss should fall; where it goes on falling in training and rises in validation, the network learns " +
      "by heart. (The training loss has the weight decay in it, the other has not.) The weights " +
      "of the epoch at the dashed line, the best by the blue line, were tested.",
    blocks: [
      { figure: lossByEpochFigure(history, { chosen }) },
      { figure: aucByEpochFigure(history, { labels, chosen, choice }) },
    ],
  };
}

function testSection({ test }: ReportContent): Section {
  const { labels, mean, median } = test;
  const withOriginal = labels.some(({ original }) => original !== undefined);
  const withInterval = labels.some(({ interval }) => interval);
  const withPrecision = labels.some(({ averagePrecision }) => averagePrecision !== undefined);
  const columns: {
    name: string;
    shown: boolean;
    cell: (label: ReportedLabel) => string | number | null;
    mean: string;
  }[] = [
    {
      name: "Finding",
      shown: true,
      cell: ({ label, reason }) => nameOf(label) + (reason === undefined ? "" : "\u00a0*"),
      mean: "Mean",
    },
    { name: "Positive", shown: true, cell: ({ positives }) => positives, mean: "" },
    { name: "Negative", shown: true, cell: ({ negatives }) => negatives, mean: "" },
    { name: "AUC", shown: true, cell: ({ auc }) => decimals(auc), mean: decimals(mean.auc) },
    {
      name: "95 % interval",
      shown: withInterval,
      cell: ({ interval }) => between(interval),
      mean: between(mean.interval),
    },
    {
      name: "Unweighted AUC",
      shown: mean.unweighted !== undefined,
      cell: ({ unweighted }) => decimals(unweighted ?? null),
      mean: decimals(mean.unweighted ?? null),
    },
    {
      name: "Average precision",
      shown: withPrecision,
      cell: ({ averagePrecision, averagePrecisionInterval }) =>
        decimals(averagePrecision ?? null) +
        (averagePrecisionInterval ? ` (${between(averagePrecisionInterval)})` : ""),
      mean: "",
    },
    {
      name: "Original",
      shown: withOriginal,
      cell: ({ original }) => decimals(original ?? null),
      mean: decimals(ORIGINAL_NOTEBOOK.meanAuc),
    },
    {
      name: "Difference",
      shown: withOriginal,
      cell: ({ auc, unweighted = auc, original }) => difference(unweighted, original),
      mean: difference(mean.unweighted === undefined ? mean.auc : mean.unweighted, ORIGINAL_NOTEBOOK.meanAuc),
    },
  ];
  const shown = columns.filter((column) => column.shown);
  const undefinedLabels = labels.filter(({ auc }) => auc === null);
  return {
    title: "Test",
    howToRead:
      "The AUC is the chance that an image with the finding gets a higher score than one without: 0.5 is " +
      "guessing, 1 perfect. The fewer positive images, the wider the interval.",
    blocks: [
      { figure: aucByLabelFigure(labels) },
      {
        table: {
          columns: shown.map(({ name }) => name),
          rows: [
            ...labels.map((label) => shown.map(({ cell }) => cell(label))),
            shown.map((column) => column.mean),
          ],
        },
      },
      { note: `The median AUC is ${decimals(median)}.` },
      ...notesOf(test.notes ?? []),
      ...(labels.some(({ reason }) => reason !== undefined)
        ? [{ note: "* Few images with or without the finding: see the interval, or that there is none (-)." }]
        : []),
      ...undefinedLabels.map(({ label, reason }) => ({
        note: `${nameOf(label)}: no AUC (-)${reason === undefined ? "" : `, because ${reason}`}.`,
      })),
      ...(withOriginal
        ? [{
          note: "The original notebook was tested on the same images" +
            (mean.unweighted === undefined
              ? ". "
              : ", of which each stood for itself; so the difference is that of the unweighted AUC. ") +
            "Its interval is not known, but as wide as this one at least.",
        }]
        : []),
    ],
  };
}

function curvesSection({ test }: ReportContent): Section {
  return {
    title: "ROC",
    howToRead:
      "Each point is a threshold: how many images with the finding are found (up) against how many without it " +
      "are called wrongly (right). The dotted diagonal is guessing.",
    blocks: [{ figure: rocByLabelFigure(test.labels), wide: true }, {
      figure: rocFigure(test.labels),
      wide: true,
    }],
  };
}

function precisionSection({ test }: ReportContent): Section | null {
  const curves = test.labels.flatMap(({ label, averagePrecision, precisionRecall, positives, ...counted }) =>
    precisionRecall === undefined ? [] : [{
      label,
      averagePrecision: averagePrecision ?? null,
      prevalence: counted.prevalence ?? positives / (positives + counted.negatives),
      curve: precisionRecall,
    }]
  );
  if (curves.length === 0) return null;
  return {
    title: "Precision and recall",
    howToRead:
      "Of the images called positive, how many are (up), against how many of the positive ones are found (right). " +
      "The dotted line is the prevalence: what guessing reaches. A rare finding can have a good AUC and a poor precision.",
    blocks: [{ figure: precisionRecallFigure(curves), wide: true }],
  };
}

function operatingSection({ operatingPoints, remarks }: ReportContent): Section | null {
  if (operatingPoints === undefined || operatingPoints.length === 0) return null;
  return {
    title: "Operating points",
    howToRead:
      "A threshold makes a decision of a score. Each was chosen on other images, those of the validation set or " +
      "whoever published the weights had, and applied to these. In brackets: 95 % intervals. The last column counts findings found (TP) and " +
      "missed (FN), false alarms (FP), and images rightly called negative (TN).",
    blocks: [
      ...notesOf(remarks?.operatingPoints ?? []),
      ...[...Map.groupBy(operatingPoints, ({ rule }) => rule)].map(([rule, points], i) => ({
        caption: `Threshold: ${rule}`,
        folded: i > 0,
        table: {
          columns: ["Finding", "Threshold", "Sensitivity", "Specificity", "Precision", "TP, FN, FP, TN"],
          rows: points.map(({ label, threshold, confusion }) => [
            nameOf(label),
            Number.isFinite(threshold) ? threshold.toPrecision(3) : "none called",
            proportion(confusion.sensitivity),
            proportion(confusion.specificity),
            proportion(confusion.precision),
            [
              confusion.truePositives,
              confusion.falseNegatives,
              confusion.falsePositives,
              confusion.trueNegatives,
            ].map((images) => count(Math.round(images))).join(", "),
          ]),
        },
      })),
    ],
  };
}

function calibrationSection({ calibration, remarks }: ReportContent): Section | null {
  if (calibration === undefined || calibration.length === 0) return null;
  const [first] = calibration;
  const names = [...new Set(calibration.flatMap(({ curves }) => curves.map(({ name }) => name)))];
  const table = (of: CalibrationError): Table => ({
    columns: ["Finding", ...names, `95 % interval of ${names[0]}`],
    rows: calibration.map((label) => [
      nameOf(label.label),
      ...names.map((name) => decimals(label.curves.find((curve) => curve.name === name)?.[of] ?? null)),
      between(label[`${of}Interval`]),
    ]),
  });
  return {
    title: "Calibration",
    howToRead:
      "A score is a probability only if, of the images with score 0.3, 30 % have the finding: the diagonal. " +
      (names.includes("unweighted")
        ? "The weighted loss counts the rare positives for more; unweighted turns that back by the loss' own weights. "
        : "") +
      "Temperature, Platt and isotonic are fitted on the validation part. A click in the legend shows or " +
      "hides a curve.",
    blocks: [
      ...notesOf(remarks?.calibration ?? []),
      { figure: reliabilityFigure(first!.curves, { title: `${nameOf(first!.label)}: reliability` }) },
      {
        table: table("expectedCalibrationError"),
        caption: "Expected calibration error: the mean distance from the diagonal; lower is better",
      },
      {
        table: table("brier"),
        caption: "Brier score: the mean squared error; lower is better",
        folded: true,
      },
    ],
  };
}

function subgroupSection({ subgroups, test }: ReportContent): Section | null {
  if (subgroups === undefined) return null;
  const { groups, notes = [] } = subgroups;
  return {
    title: "Subgroups",
    howToRead:
      "A dot far from the dashed line says that the network works better or worse for some; look at the interval " +
      "before believing it. The number of images is in brackets. The mean is that of the labels that a subgroup has " +
      "an AUC of (- where it has none, for want of images with a finding and without), so differences are taken over " +
      "the labels that both have, from the largest subgroup of the kind.",
    blocks: [
      { figure: subgroupAucFigure(groups, { overall: test.mean.auc }) },
      {
        table: {
          columns: ["Subgroup", "Images", "Mean AUC", "95 % interval", "Difference", "95 % interval"],
          rows: groups.map(({ group, images, auc, interval, difference = null, differenceInterval }) => [
            group,
            images,
            decimals(auc),
            between(interval),
            signedDecimals(difference),
            between(differenceInterval),
          ]),
        },
      },
      ...notesOf(notes),
    ],
  };
}

function gradCamSection({ gradCam }: ReportContent): Section | null {
  if (gradCam === undefined) return null;
  const { method, pictures, localisation } = gradCam;
  return {
    title: "Where the network looks",
    howToRead:
      `${method} colours what raised the score of a label: dark violet a little, pale yellow most. Blue ` +
      "rectangles are the boxes in the data, a ring is the heat map's peak. A peak in the box far more often than a " +
      "random point is says that the network looks at the finding, not that it understands it.",
    blocks: [
      { pictures },
      ...(localisation ? localisationTables(localisation) : []),
    ],
  };
}

function literatureSection({ literature, test: { mean } }: ReportContent): Section | null {
  if (literature === undefined) return null;
  const { results, testSet, reason = "" } = literature;
  if (testSet === null) {
    return {
      title: "Beside the literature",
      howToRead: `Published results are of other images, so none is shown beside these. ${reason}`,
      blocks: [],
    };
  }
  const comparable = results.filter(({ split }) => split === testSet).sort((a, b) => b.meanAuc - a.meanAuc);
  const own = mean.unweighted === undefined ? mean.auc : mean.unweighted;
  const above = comparable.filter(({ meanAuc }) => own === null || meanAuc > own).length;
  return {
    title: "Beside the literature",
    howToRead:
      `The mean AUC here is ${decimals(own)}${
        mean.unweighted === undefined ? "" : ", unweighted as in what was published"
      }; ${above} of these ${comparable.length} results are higher. These results are of the same test images, ${
        testSet === "official" ? "by the NIH's lists" : SPLIT_WORDS[testSet]
      }; other data says what a network had beside the ` +
      "NIH's training images and labels.",
    blocks: [{
      table: {
        columns: ["Work", "Mean AUC", "Other data", "Pixels", "Network", "Source"],
        rows: comparable.map((result) => [
          result.year === null ? result.name : `${result.name} ${result.year}`,
          decimals(result.meanAuc),
          result.otherData ?? "none",
          result.imageSize === null ? "-" : String(result.imageSize),
          result.network ?? "-",
          result.secondary ? `${result.source} (second-hand)` : result.source,
        ]),
      },
    }],
  };
}

function settingsSection({ settings }: ReportContent): Section | null {
  if (settings === undefined) return null;
  return {
    title: "Settings",
    howToRead: "What it takes to do this run again, as in its config.json.",
    blocks: [{
      table: {
        columns: ["Setting", "Value"],
        rows: Object.entries(settings).map(([name, value]) => [name, String(value ?? "-")]),
      },
    }],
  };
}

function provenanceSection({ provenance }: ReportContent): Section | null {
  if (provenance === undefined) return null;
  return {
    title: "Provenance",
    howToRead: "With what the run was made. When, and how long it took, is in its provenance.json.",
    blocks: [{ table: { columns: ["What", "Value"], rows: Object.entries(provenance) } }],
  };
}

function limitsSection({ literature }: ReportContent): Section {
  const labels = literature
    ? "The NIH's labels were read from reports by a program and are wrong for a good many images; phantom images are " +
      "drawn by a program and say nothing about patients. A high AUC on either shows"
    : "A high AUC shows";
  return {
    title: "What this is not",
    howToRead: "This is not a medical device, and nothing here may be used for a diagnosis.",
    blocks: [{
      note:
        `It is for learning and research. ${labels} neither that a network would help a physician nor that it ` +
        "works in another hospital.",
    }],
  };
}

function notesOf(notes: readonly string[]): Block[] {
  return notes.map((note) => ({ note }));
}

function detail(text: string): { detail?: string } {
  return text === "-" ? {} : { detail: `95 % interval ${text}` };
}

function difference(auc: number | null, original: number | undefined): string {
  return signedDecimals(auc === null || original === undefined ? null : auc - original);
}

function count(value: number): string {
  return value.toLocaleString("en");
}
