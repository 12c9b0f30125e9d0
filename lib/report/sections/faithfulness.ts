import {
  type Faithfulness,
  type MapMean,
  type MapMethodFaithfulness,
  SAME_MAP,
} from "../../evaluation/faithfulness.ts";
import type { LocalisationMetrics } from "../../evaluation/localisation.ts";
import { mapRandomisationFigure } from "../../plots/map_randomisation.ts";
import { proportion } from "../../plots/_shares.ts";
import type { ReportContent } from "../content.ts";
import { faithfulnessInWords, mapMethodTitle, meanText } from "../faithfulness_in_words.ts";
import { notesOf, type Section } from "../page.ts";
import type { Table } from "../table.ts";

/** Whether heat maps show what the network does; null where that was not checked. */
export function faithfulnessSection(
  { metrics: { faithfulness, localisation } }: ReportContent,
): Section | null {
  if (faithfulness === null) return null;
  return {
    title: "Are the heat maps faithful?",
    howToRead:
      "A heat map may look right and tell nothing of the network. The sanity check gives the network random weights, layer " +
      "by layer from the last one: a map that stays the same did not come from what was learnt. Deletion takes the pixels " +
      "away from the hottest on, insertion gives them back, ROAD fills them in from their neighbours: where a map is right, " +
      "the score falls fast, rises fast, and rests on the hottest pixels. Random maps and the prior map " +
      "(the mean of the training set's bounding boxes) are what has to be beaten.",
    blocks: [
      {
        figure: mapRandomisationFigure(
          explainedMethods(faithfulness).map(({ method, randomisation }) => ({
            name: mapMethodTitle(method),
            points: randomisation.flatMap(({ layers, spearman }) =>
              spearman === null ? [] : [{ layers, similarity: spearman.value, interval: spearman.interval }]
            ),
          })),
          { same: SAME_MAP },
        ),
      },
      ...notesOf(faithfulnessInWords(faithfulness)),
      {
        caption:
          "Each way of making heat maps (deletion: lower is better; insertion, ROAD: higher is better)",
        folded: true,
        table: methodsTable(faithfulness, localisation),
      },
      {
        caption:
          "Rank correlation | structural similarity with the trained network's maps, as more layers are random (intervals: metrics.json)",
        folded: true,
        table: randomisationTable(faithfulness),
      },
    ],
  };
}

const SANITY = { passed: "passed", failed: "failed", unclear: "cannot be told" } as const;

function methodsTable({ methods }: Faithfulness, localisation: LocalisationMetrics | null): Table {
  const hits = new Map(localisation?.methods.map(({ method, pointingGame }) => [method, pointingGame]));
  const prior = localisation?.all?.prior?.pointingGame;
  if (prior) hits.set("prior", prior);
  return {
    columns: [
      "Maps by",
      "Number",
      "Sanity check",
      "Deletion",
      "Insertion",
      "ROAD",
      ...(hits.size > 0 ? ["Peak in the bounding box"] : []),
    ],
    rows: methods.map(({ method, maps, sanity, scores }) => [
      mapMethodTitle(method),
      maps,
      sanity === null ? "-" : SANITY[sanity],
      meanText(scores.deletion),
      meanText(scores.insertion),
      meanText(scores.road),
      ...(hits.size > 0 ? [proportion(hits.get(method) ?? null)] : []),
    ]),
  };
}

/** The methods whose maps need the network. */
function explainedMethods({ methods }: Faithfulness): MapMethodFaithfulness[] {
  return methods.filter(({ randomisation }) => randomisation.length > 0);
}

function randomisationTable(faithfulness: Faithfulness): Table {
  const explained = explainedMethods(faithfulness);
  const stages = [
    ...new Set(explained.flatMap(({ randomisation }) => randomisation.map(({ layers }) => layers))),
  ].sort((a, b) => a - b);
  const cell = ({ randomisation }: MapMethodFaithfulness, stage: number) => {
    const found = randomisation.find(({ layers }) => layers === stage);
    const text = (mean: MapMean | null | undefined) => mean ? mean.value.toFixed(2) : "-";
    return `${text(found?.spearman)} | ${text(found?.ssim)}`;
  };
  return {
    columns: ["Random layers", ...explained.map(({ method }) => mapMethodTitle(method))],
    rows: stages.map((stage) => [
      stage === faithfulness.layers ? `all ${stage}` : stage === 1 ? "the last" : `the last ${stage}`,
      ...explained.map((method) => cell(method, stage)),
    ]),
  };
}
