import { subgroupAucFigure } from "../../plots/subgroup_auc.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import type { Metrics } from "../../evaluation/metrics.ts";
import { type MeanRate, type Rate, RATE_NAMES, type RateGap } from "../../evaluation/subgroup_rates.ts";
import { FEWEST_OF_INTERSECTION } from "../../evaluation/subgroups.ts";
import { between, decimals, signedDecimals } from "../../support/decimals.ts";
import type { ReportContent } from "../content.ts";
import { type Block, notesOf, type Section } from "../page.ts";
import {
  metadataBaselineInWords,
  present,
  shuffledInWords,
  subgroupsInWords,
  withInterval,
} from "../sentences.ts";
import type { Table } from "../table.ts";

/** The AUC of subgroups of the images; null without metadata. */
export function subgroupsSection({ metrics }: ReportContent): Section | null {
  if (metrics.subgroups === null) return null;
  const groups = metrics.subgroups.map((group) => ({ ...group, name: `${group.attribute}: ${group.value}` }));
  return {
    title: "Subgroups",
    howToRead:
      "A dot far from the dashed line says that the network works better or worse for some; look at the interval " +
      "before believing it. The number of images is in brackets. The mean is that of the labels that a subgroup has " +
      "an AUC of (- where it has none, for want of images with a finding and without), so differences are taken over " +
      "the labels that both have, from the largest subgroup of the kind. Folded below: at the first threshold of each " +
      "finding, who is missed (the false-negative rate: underdiagnosis), who gets false alarms, and whether findings are " +
      "more frequent than the probabilities say.",
    blocks: [
      {
        figure: subgroupAucFigure(
          groups.map(({ name, images, meanAuc, meanAucInterval }) => ({
            group: name,
            images,
            auc: meanAuc,
            interval: meanAucInterval,
          })),
          { overall: metrics.summary.mean },
        ),
      },
      {
        table: {
          columns: ["Subgroup", "Images", "Mean AUC", "95 % interval", "Difference", "95 % interval"],
          rows: groups.map((group) => [
            group.name,
            group.images,
            decimals(group.meanAuc),
            between(group.meanAucInterval),
            signedDecimals(group.difference),
            between(group.differenceInterval),
          ]),
        },
      },
      ...rateTables(metrics),
      ...notesOf(present(
        subgroupsInWords(metrics),
        metadataBaselineInWords(metrics),
        shuffledInWords(metrics),
      )),
    ],
  };
}

/** Rates by subgroup, by intersection, and by finding, folded; none where there are no thresholds and no probabilities. */
function rateTables({ subgroups, intersections }: Metrics): Block[] {
  const groups = subgroups!.map((group) => ({ ...group, name: `${group.attribute}: ${group.value}` }));
  const crossed = (intersections ?? []).map(({ attributes, values, ...group }) => ({
    ...group,
    name: `${attributes.join(", ")}: ${values.join(", ")}`,
  }));
  const isKnown = groups.some(({ rates }) => RATE_NAMES.some((rate) => rates[rate].value !== null));
  if (!isKnown) return [];
  return [
    {
      caption: "Mean sensitivity, specificity and calibration of subgroups, with gaps to the largest",
      folded: true,
      table: ratesTable(groups),
    },
    ...(crossed.length === 0 ? [] : [{
      caption: `The same of intersections that have ${FEWEST_OF_INTERSECTION} patients or more`,
      folded: true,
      table: ratesTable(crossed),
    }]),
    {
      caption:
        "False-negative rate, specificity and calibration by finding (gaps without adjustment: to look at, not to conclude from)",
      folded: true,
      table: {
        columns: [
          "Finding and subgroup",
          "Positive",
          "False-negative rate",
          "Gap",
          "Specificity",
          "Gap",
          "Frequency less probability",
          "Gap",
        ],
        rows: groups[0]!.labels.flatMap(({ name }, label) =>
          groups.flatMap((group) => {
            const own = group.labels[label]!;
            if (own.positives === 0) return [];
            return [[
              `${findingTitle(name)}, ${group.name}`,
              own.positives,
              withInterval(own.falseNegativeRate?.value ?? null, own.falseNegativeRate),
              gapText(opposite(own.gaps.sensitivity)),
              withInterval(own.specificity?.value ?? null, own.specificity),
              gapText(own.gaps.specificity),
              own.calibration
                ? gapText({ difference: own.calibration.value, interval: own.calibration })
                : "-",
              gapText(own.gaps.calibration),
            ]];
          })
        ),
      },
    },
  ];
}

function ratesTable(
  groups: readonly { name: string; images: number; rates: Record<Rate, MeanRate> }[],
): Table {
  return {
    columns: [
      "Subgroup",
      "Images",
      "Sensitivity",
      "Gap",
      "Specificity",
      "Gap",
      "Frequency less probability",
      "Gap",
    ],
    rows: groups.map(({ name, images, rates: { sensitivity, specificity, calibration } }) => [
      name,
      images,
      withInterval(sensitivity.value, sensitivity.interval),
      gapText(sensitivity.gap),
      withInterval(specificity.value, specificity.interval),
      gapText(specificity.gap),
      calibration.value === null
        ? "-"
        : gapText({ difference: calibration.value, interval: calibration.interval }),
      gapText(calibration.gap),
    ]),
  };
}

/** A signed figure with its interval, and an asterisk where the adjusted p-value is below 5 %. */
function gapText(gap: RateGap & { pValue?: number | null } | null): string {
  if (gap === null) return "-";
  const { difference, interval, pValue = null } = gap;
  return `${signedDecimals(difference)}${interval ? ` (${between(interval)})` : ""}${
    pValue !== null && pValue < 0.05 ? " *" : ""
  }`;
}

/** The gap of what is left of 1. */
function opposite(gap: RateGap | null): RateGap | null {
  return gap && {
    difference: -gap.difference,
    interval: gap.interval && { low: -gap.interval.high, high: -gap.interval.low },
  };
}
