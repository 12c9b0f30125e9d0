import { findingTitle } from "../../dataset/finding_title.ts";
import { between, decimals, percent, signedDecimals } from "../../support/decimals.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import {
  coveredRegionTitle,
  DEVICE_LIMITS,
  SHORTCUT_LIMITS,
  shortcutsInWords,
} from "../shortcuts_in_words.ts";

/** What scores rest on: the AUC with regions of the images covered; null where that was not measured. */
export function shortcutsSection({ metrics: { shortcuts }, run }: ReportContent): Section | null {
  if (shortcuts === null) return null;
  return {
    title: "What the scores rest on",
    howToRead:
      "A network may tell a finding by what has nothing to do with it: a letter in the corner, the edge of the film, the " +
      "posture. Here regions of every image are covered by the mean grey of the rest. What is left of the AUC comes from elsewhere. What " +
      "view, age, sex and visit alone give away stands under Subgroups.",
    blocks: [
      ...notesOf(shortcutsInWords(shortcuts)),
      {
        caption: "Mean AUC with a region of every image covered",
        folded: false,
        table: {
          columns: ["Covered", "Pixels", "Mean AUC", "95 % interval", "Difference", "95 % interval"],
          rows: [
            [
              "Nothing",
              "0 %",
              decimals(shortcuts.whole.meanAuc),
              between(shortcuts.whole.meanAucInterval),
              "-",
              "-",
            ],
            ...shortcuts.regions.map((region) => [
              coveredRegionTitle(region.region),
              percent(region.covered, 0),
              decimals(region.meanAuc),
              between(region.meanAucInterval),
              signedDecimals(region.difference),
              between(region.differenceInterval),
            ]),
          ],
        },
      },
      {
        caption: "AUC of each finding with a region covered",
        folded: true,
        table: {
          columns: ["Finding", ...shortcuts.regions.map(({ region }) => coveredRegionTitle(region))],
          rows: (shortcuts.regions[0]?.labels ?? []).map(({ name }, label) => [
            findingTitle(name),
            ...shortcuts.regions.map(({ labels }) => {
              const { auc, difference } = labels[label]!;
              return auc === null ? "-" : `${decimals(auc)} (${signedDecimals(difference)})`;
            }),
          ]),
        },
      },
      ...notesOf([SHORTCUT_LIMITS, ...(run?.phantom ? [] : [DEVICE_LIMITS])]),
    ],
  };
}
