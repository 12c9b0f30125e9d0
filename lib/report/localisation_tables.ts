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
import { boxSizeTitle, priorInWords, sizesInWords } from "./faithfulness_in_words.ts";
import { type Block, notesOf } from "./page.ts";
import { present } from "./sentences.ts";

/** A finding with fewer images that have a box than this is named: its fractions may be off by 0.2 and more. */
const FEW_MAPS = 20;

/**
 * Tables of how well saliency maps find the boxes, beside what knows nothing: the pointing game, IoBB by the
 * thresholds of Wang and others (2017, table 4), and IoU.
 */
export function localisationTables({ labels, all, methods }: PointingTable): Block[] {
  if (labels.length === 0) return [];
  const few = labels.filter(({ maps }) => maps < FEW_MAPS).map(({ name, maps }) =>
    `${findingTitle(name)} (${maps})`
  );
  return [
    {
      table: pointingGame({ labels, all }),
      caption: "How often the map's peak lies in the finding's bounding box",
    },
    ...notesOf(present(priorInWords({ all }), sizesInWords({ methods }))),
    {
      table: sizesTable({ labels, all, methods }),
      folded: true,
      caption:
        "The same by the side of the finding's largest bounding box, as a fraction of the image's side",
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
        "bound: whoever has to choose a box without knowing it reaches less. Intervals are by patient. False boxes: detected boxes a map " +
        "whose IoBB is at most the lowest threshold. All thresholds, and the intervals of each figure, are in metrics.json.",
    },
  ];
}

function pointingGame({ labels, all }: Pick<PointingTable, "labels" | "all">) {
  const rows = labels.map(({ name, maps, model, randomPoint, centre, prior }) => ({
    name: findingTitle(name),
    maps,
    pointingGame: model.pointingGame,
    randomPoint,
    centre: centre.pointingGame.value,
    prior,
  }));
  return {
    columns: [
      "Finding",
      "Images",
      "Peak in the bounding box",
      "Random point",
      "Times random",
      "Image centre",
      "Prior map",
    ],
    rows: [...rows, ...(all && rows.length > 1 ? [{ name: "All maps", ...all }] : [])].map((
      { name, maps, pointingGame, randomPoint, centre, prior },
    ) => [
      name,
      maps,
      proportion(pointingGame),
      percent(randomPoint),
      (pointingGame.value / randomPoint).toFixed(1),
      percent(centre),
      prior === null ? "-" : percent(prior.pointingGame.value),
    ]),
  };
}

type PointingTable = Pick<LocalisationMetrics, "labels" | "all" | "methods">;

/** Hit rates by size of the boxes: of all findings together, then of each, small and large apart. */
function sizesTable({ labels, methods }: PointingTable) {
  const together = methods.find(({ method }) => method === "grad-cam")?.sizes ?? [];
  const groups = [
    ...(labels.length > 1 ? [{ name: "All maps", sizes: together }] : []),
    ...labels.map(({ name, sizes }) => ({ name: findingTitle(name), sizes })),
  ];
  return {
    columns: ["Finding and size", "Images", "Peak in the bounding box", "Random point", "Prior map"],
    rows: groups.flatMap(({ name, sizes }) =>
      sizes.map((size) => [
        `${name}, ${boxSizeTitle(size)}`,
        size.maps,
        proportion(size.pointingGame),
        percent(size.randomPoint),
        size.prior === null ? "-" : percent(size.prior.pointingGame.value),
      ])
    ),
  };
}

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
