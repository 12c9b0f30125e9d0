import {
  type LabelLocalisation,
  type LocalisationMetrics,
  type LocationScores,
  MAP_THRESHOLDS,
} from "../evaluation/localisation.ts";
import type { Proportion } from "../evaluation/proportion.ts";
import { proportion } from "../plots/_shares.ts";
import { percent } from "../support/decimals.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Block } from "./page.ts";

/** A finding with fewer images that have a box than this is named: its fractions may be off by 0.2 and more. */
const FEW_MAPS = 20;

/**
 * Tables of how well saliency maps find the boxes, beside what knows nothing: the pointing game, IoBB by the
 * thresholds of Wang and others (2017, table 4), and IoU.
 */
export function localisationTables({ labels, all }: PointingTable): Block[] {
  if (labels.length === 0) return [];
  const few = labels.filter(({ maps }) => maps < FEW_MAPS).map(({ name, maps }) =>
    `${findingTitle(name)} (${maps})`
  );
  return [
    {
      table: pointingGame({ labels, all }),
      caption: "How often the map's peak lies in the finding's bounding box",
    },
    ...(few.length > 0
      ? [{
        note: `Small numbers: fewer than ${FEW_MAPS} images have a bounding box for ${few.join(", ")}; ` +
          "of these the intervals say more than the fractions.",
      }]
      : []),
    {
      table: overlapTable(labels, { first: [], above: ({ iobbAbove }) => iobbAbove }),
      caption:
        "IoBB: how often a detected box lies within the finding's bounding box by more than the threshold",
    },
    {
      table: overlapTable(labels, {
        first: [
          { name: "Mean IoU", cell: ({ iou }) => iou.value.toFixed(2) },
          { name: "False boxes", cell: ({ iobbAbove }) => iobbAbove[0]!.falsePositives.toFixed(1) },
        ],
        above: ({ iouAbove }) => iouAbove.filter(({ threshold }) => [0.1, 0.3, 0.5].includes(threshold)),
      }),
      caption:
        "IoU: how often the best detected box overlaps the finding's by more than the threshold (an upper bound)",
    },
    {
      note:
        `Detected boxes are those around the regions of a map (brought to 0..255) above ${
          MAP_THRESHOLDS.join(" and above ")
        }, as in Wang et al. 2017, table 4. In each cell: the network in % (95 % interval) | random maps | a cone over the ` +
        "image's middle. IoU is that of the best of all detected boxes, chosen with the finding's bounding box known, so it is an upper " +
        "bound: whoever has to choose a box without knowing gets less. Intervals are by patient. False boxes: detected boxes a map " +
        "whose IoBB is at most the lowest threshold. All thresholds, and the intervals of each figure, are in metrics.json.",
    },
  ];
}

function pointingGame({ labels, all }: PointingTable) {
  const rows = labels.map(({ name, maps, model, randomPoint, centre }) => ({
    name: findingTitle(name),
    maps,
    pointingGame: model.pointingGame,
    randomPoint,
    centre: centre.pointingGame.value,
  }));
  return {
    columns: [
      "Finding",
      "Images",
      "Peak in the bounding box",
      "Random point",
      "Times random",
      "Image centre",
    ],
    rows: [...rows, ...(all && rows.length > 1 ? [{ name: "All maps", ...all }] : [])].map((
      { name, maps, pointingGame, randomPoint, centre },
    ) => [
      name,
      maps,
      proportion(pointingGame),
      percent(randomPoint),
      (pointingGame.value / randomPoint).toFixed(1),
      percent(centre),
    ]),
  };
}

type PointingTable = Pick<LocalisationMetrics, "labels" | "all">;

interface OverlapColumns {
  /** What stands before the thresholds. */
  first: readonly { name: string; cell: (scores: LocationScores) => string }[];
  /** The shares by threshold. */
  above: (scores: LocationScores) => readonly { threshold: number; accuracy: Proportion }[];
}

function overlapTable(labels: readonly LabelLocalisation[], { first, above }: OverlapColumns) {
  const whole = (share: number) => (100 * share).toFixed(0);
  return {
    columns: [
      "Finding",
      ...first.map(({ name }) => name),
      ...above(labels[0]!.model).map(({ threshold }) => `> ${threshold}`),
    ],
    rows: labels.map(({ name, model, random, centre }) => [
      findingTitle(name),
      ...first.map(({ cell }) => [model, random, centre].map(cell).join(" | ")),
      ...above(model).map(({ accuracy: { value, low, high } }, i) =>
        `${whole(value)} (${whole(low)}-${whole(high)}) | ` +
        [random, centre].map((scores) => whole(above(scores)[i]!.accuracy.value)).join(" | ")
      ),
    ]),
  };
}
