import { findingTitle } from "../dataset/finding_title.ts";
import { splitInWords } from "../dataset/make_split.ts";
import { SUBSETS } from "../dataset/split.ts";
import type { Metrics } from "../evaluation/metrics.ts";
import type { ImportedWeights } from "../training/imported_weights.ts";
import { lastingProvenance } from "../training/provenance.ts";
import type { Settings } from "../training/settings.ts";
import { between, counted, decimals } from "../support/decimals.ts";
import { faithfulnessInWords } from "./faithfulness_in_words.ts";
import { escapeMarkdown } from "./markdown.ts";
import { markdownTable } from "./markdown_table.ts";
import type { Selection } from "../training/select_epoch.ts";
import type { RunResults } from "./content.ts";
import type { EnsembleNetwork, EvaluationResults } from "./run_report.ts";
import { shortcutsInWords } from "./shortcuts_in_words.ts";
import {
  calibrationInWords,
  intervalsInWords,
  leakageInWords,
  metadataBaselineInWords,
  present,
  promisedSensitivityInWords,
  subgroupsInWords,
  undersamplingInWords,
  weightingInWords,
} from "./sentences.ts";

/** Whose labels the NIH's were set beside. */
const RADIOLOGISTS = "Majkowska et al., Radiology 2020, 1,962 test images";

/** What `labelAgreement` finds there; a test recomputes it. */
export const LABEL_AGREEMENT =
  "pneumothorax, positive predictive value 0.485 and sensitivity 0.497; nodule or mass, 0.565 " +
  "and 0.454; airspace opacity, 0.767 and 0.506";

const NOT_MEDICAL =
  "**Not a medical device.** Not to be used for diagnosis, triage or any decision about a patient.";

const INTENDED_USE = [
  "## Intended use",
  "Teaching and research on methods: how such classifiers are trained, tested and explained.",
];

/** The text of the model card of a run's network on other images than its own, in Markdown. */
export function evaluationCard(results: EvaluationResults): string {
  const { name, run, settings, phantom, imported, ensemble, selection, data, metrics, notes } = results;
  const said = [...notes, ...data.notes];
  return [
    `# Model card: ${ensemble ? "ensemble" : "run"} ${escapeMarkdown(run)} on ${escapeMarkdown(name)}`,
    ...(phantom ? ["**Trained on generated phantom images.** It has learnt nothing about people."] : []),
    NOT_MEDICAL,
    ...(ensemble
      ? ensembleSection(ensemble)
      : imported
      ? importedSection(settings, imported)
      : networkSection(settings, selection)),
    ...(ensemble
      ? ["What they were trained and first tested on is in the runs' own model cards."]
      : imported
      ? []
      : ["What it was trained and first tested on is in the run's own model card."]),
    "## Data",
    `${counted(metrics.images)} images of ${data.title}` +
    (data.hasPatients
      ? `, of ${counted(metrics.patients)} patients.`
      : "; which are of one patient is not known."),
    ...(said.length > 0 ? [escapeMarkdown(said.join(" "))] : []),
    ...figuresSections("Figures on these images", metrics),
    ...(imported || ensemble
      ? []
      : ["Thresholds and calibration are those that the run's validation set gave."]),
    ...INTENDED_USE,
  ].join("\n\n") + "\n";
}

/**
 * The text of a model card in Markdown (after Mitchell et al., "Model Cards for Model Reporting", 2019): what the network
 * is, what it was trained and tested on, how well it does and for whom, and what it is not for.
 */
export function modelCard(results: RunResults): string {
  const { name, settings, phantom, data, split, selection, metrics, provenance } = results;
  const { localisation } = metrics;
  const subsets = SUBSETS.map((subset) => [
    subset,
    split[subset].length,
    data.hasPatients ? new Set(split[subset].map(({ patient }) => patient)).size : "not known",
  ]);
  const sections = [
    `# Model card: ${escapeMarkdown(name)}`,
    phantom
      ? "**Trained on generated phantom images.** It shows how the software works and has learnt nothing about people."
      : `A classifier of chest radiographs for ${
        data.findings.length === 1 ? "one finding" : `${data.findings.length} findings`
      } of ${data.title}: ${data.findings.map(findingTitle).join(", ")}.`,
    NOT_MEDICAL,

    ...networkSection(settings, selection),

    "## Data",
    phantom
      ? "Phantom radiographs drawn by this project, with the findings drawn in."
      : data.format === "nih"
      ? "Images of NIH ChestX-ray14 (Wang et al., CVPR 2017; NIH Clinical Center)."
      : `Images of ${data.title}.`,
    ...(data.notes.length > 0 ? [data.notes.join(" ")] : []),
    `Split ${splitInWords(settings)}. ${undersamplingInWords(settings)}`,
    table(["Set", "Images", "Patients"], subsets),

    ...figuresSections("Figures on the test set", metrics),
    ...(localisation
      ? [
        "## Where it looks",
        "How often the peak of the Grad-CAM map lies in the finding's bounding box:",
        table(
          ["Finding", "Maps", "Peak in bounding box", "Interval", "Random point"],
          localisation.labels.map(({ name, maps, model, randomPoint }) => [
            findingTitle(name),
            maps,
            decimals(model.pointingGame.value),
            between(model.pointingGame),
            decimals(randomPoint),
          ]),
        ),
      ]
      : []),
    ...[
      ...(metrics.faithfulness ? faithfulnessInWords(metrics.faithfulness) : []),
      ...(metrics.shortcuts ? shortcutsInWords(metrics.shortcuts) : []),
    ].map(escapeMarkdown),

    "## Known faults",
    ...(phantom || data.format !== "nih" ? [] : [
      "The NIH's labels were taken from reports by text mining. Of images that radiologists looked at again they agree " +
      `with them so far (${RADIOLOGISTS}): ${LABEL_AGREEMENT}. A finding that a report does not mention counts as absent. ` +
      "Effusion and Infiltration in particular overlap with others.",
      "Treated findings are labelled too: drains in pneumothorax, wires and pacemakers in large hearts can give a " +
      "finding away. AP images are of sicker patients.",
    ]),
    ...present(leakageInWords(split)),
    ...(data.hasPatients ? [] : [
      "The data do not say which images are of one patient: such images may be in several sets, which inflates the AUC.",
    ]),
    "Other hospitals, machines and populations were not tested.",

    "## Provenance",
    table(["What", "Value"], Object.entries(lastingProvenance(provenance))),
    "When the run was made, and how long it took, is in its `provenance.json`.",

    ...INTENDED_USE,
  ];
  return sections.join("\n\n") + "\n";
}

/** What a card of weights that were not trained here is made from. */
export interface ImportedCardContent {
  /** The run's name. */
  name: string;
  settings: Settings;
  findings: readonly string[];
  imported: ImportedWeights;
}

/** The text of the model card of a run that was made out of published weights, in Markdown. */
export function importedCard({ name, settings, findings, imported }: ImportedCardContent): string {
  const { thresholds } = imported;
  return [
    `# Model card: ${escapeMarkdown(name)}`,
    `A classifier of chest radiographs for ${
      findings.length === 1 ? "one finding" : `${findings.length} findings`
    } whose weights others trained and published; this project put them into its own network.`,
    NOT_MEDICAL,
    ...importedSection(settings, imported),
    "## Findings",
    thresholds === null
      ? `In the order of the scores: ${
        findings.map(findingTitle).map(escapeMarkdown).join(", ")
      }. No thresholds came with them.`
      : table(
        ["Finding", "Called present from a score of"],
        findings.map((finding, i) => [findingTitle(finding), thresholds[i] ?? "no threshold"]),
      ),
    "## What is not known here",
    "What the weights were trained, chosen and tested on, by what labels and with which faults: their publisher's own " +
    "description says it. Nothing was tested on import: `deno task evaluate` judges the network on labelled images. Scores " +
    "are raw outputs and no probabilities, since no validation set came with them to calibrate on.",
    ...INTENDED_USE,
  ].join("\n\n") + "\n";
}

/** How images are brought to the square that an imported network takes. */
const PREPARED: Readonly<Record<ImportedWeights["preparation"], string>> = {
  "squeezed": "squeezed to the square and scaled as the network's first layer expects",
  "centre-crop":
    "the largest square of the middle, smoothed and sampled as torchxrayvision does, scaled to -1024..1024",
};

function importedSection(
  { network, imageSize }: Settings,
  { from, file, sha256, source, licence, preparation }: ImportedWeights,
): string[] {
  return [
    "## Network",
    `${escapeMarkdown(network)}, grey images of ${imageSize}x${imageSize} pixels: ${PREPARED[preparation]}.`,
    table(["Weights", ""], [
      ["Whose", source],
      ["Licence", licence ?? "not said: ask their publisher before you pass them on"],
      ["Imported as", from],
      ["File", file],
      ["SHA-256", sha256],
    ]),
  ];
}

function ensembleSection(ensemble: readonly EnsembleNetwork[]): string[] {
  return [
    "## Networks",
    `The mean of the probabilities of ${ensemble.length} networks (Lakshminarayanan et al., 2017).`,
    table(
      ["Run", "Network", "Image size", "Weights of", "Seed", "Mean AUC by itself"],
      ensemble.map(({ run, settings: { network, imageSize, seed }, imported, selection, meanAuc }) => [
        run,
        network,
        imageSize,
        imported ? imported.source : `epoch ${selection.epoch}`,
        imported ? "" : seed,
        decimals(meanAuc),
      ]),
    ),
  ];
}

function networkSection(settings: Settings, selection: Selection): string[] {
  return [
    "## Network",
    `${
      escapeMarkdown(settings.network)
    }, images of ${settings.imageSize}x${settings.imageSize} pixels, grey, scaled to 0..1. ` +
    `Weights of epoch ${selection.epoch} of ${settings.epochs}, chosen by ${selection.rule}. ` +
    `Loss: ${settings.loss} cross-entropy, L2 ${settings.l2}. Adam, learning rate ${settings.learningRate} ` +
    `(${settings.schedule}), batches of ${settings.batchSize}, ${settings.precision}, seed ${settings.seed}.` +
    recipeInWords(settings, selection),
  ];
}

/** What is done beside plain training and scoring, as sentences. */
function recipeInWords(
  { initialImageSize: size, initialEpochs, testTimeCopies: copies }: Settings,
  { statistics }: Selection,
): string {
  return [
    size === null ? "" : ` Trained on images of ${size}x${size} pixels up to epoch ${initialEpochs}.`,
    statistics === undefined
      ? ""
      : " Batch normalisation's running statistics were computed anew for these weights.",
    copies === 0
      ? ""
      : ` A score is the mean logit of the image and of copies of it, changed as in training (${copies}).`,
  ].join("");
}

/** What a network reaches on some images, with subgroups and what metadata alone reach. */
function figuresSections(title: string, metrics: Metrics): string[] {
  const { summary, labels, unweighted, subgroups } = metrics;
  return [
    `## ${title}`,
    `Mean AUC **${decimals(summary.mean)}** (${
      summary.meanInterval ? between(summary.meanInterval) : "no interval"
    }), median ${decimals(summary.median)}, ` +
    `lowest ${decimals(summary.min)}, highest ${decimals(summary.max)}. ${intervalsInWords(metrics)}`,
    ...present(weightingInWords(metrics)),
    table(
      [
        "Finding",
        "Positives",
        "Unknown",
        "AUC",
        "Interval",
        ...(unweighted ? ["Unweighted AUC"] : []),
        "Average precision",
        "Calibration error",
        "Note",
      ],
      labels.map((label, i) => [
        findingTitle(label.name),
        label.positives,
        label.unknown,
        decimals(label.auc),
        between(label.aucInterval),
        ...(unweighted ? [decimals(unweighted.labels[i]!.auc)] : []),
        decimals(label.averagePrecision),
        decimals(label.calibration.raw?.expectedCalibrationError ?? null),
        label.note ?? "",
      ]),
    ),
    ...present(calibrationInWords(metrics), promisedSensitivityInWords(metrics)),
    ...(subgroups
      ? [
        "## Subgroups",
        table(
          ["Subgroup", "Images", "Mean AUC", "Interval"],
          subgroups.map(({ attribute, value, images, meanAuc, meanAucInterval }) => [
            `${attribute}: ${value}`,
            images,
            decimals(meanAuc),
            between(meanAucInterval),
          ]),
        ),
        ...present(subgroupsInWords(metrics)),
      ]
      : []),
    ...present(metadataBaselineInWords(metrics)),
  ];
}

function table(
  columns: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  return markdownTable(columns, rows.map((row) => row.map((cell) => escapeMarkdown(String(cell ?? "")))));
}
