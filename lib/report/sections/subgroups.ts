import { subgroupAucFigure } from "../../plots/subgroup_auc.ts";
import { between, decimals, signedDecimals } from "../../support/decimals.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { metadataBaselineInWords, present, shuffledInWords, subgroupsInWords } from "../sentences.ts";

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
      "the labels that both have, from the largest subgroup of the kind.",
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
      ...notesOf(present(
        subgroupsInWords(metrics),
        metadataBaselineInWords(metrics),
        shuffledInWords(metrics),
      )),
    ],
  };
}
