import { SPLIT_WORDS } from "../../dataset/make_split.ts";
import { decimals } from "../../support/decimals.ts";
import type { ReportContent } from "../content.ts";
import { PUBLISHED_RESULTS } from "../literature.ts";
import type { Section } from "../page.ts";
import { literatureInWords } from "../sentences.ts";

/** The test beside what others have published, or why nothing can be compared; null where neither is asked. */
export function literatureSection({ comparability, metrics }: ReportContent): Section | null {
  if (comparability === undefined) return null;
  const { testSet, reason } = comparability;
  const title = "Beside the literature";
  if (testSet === null) {
    return {
      title,
      howToRead: `Published results are of other images, so none is shown beside these. ${reason}`,
      blocks: [],
    };
  }
  const comparable = PUBLISHED_RESULTS.filter(({ split }) => split === testSet)
    .toSorted((a, b) => b.meanAuc - a.meanAuc);
  const { mean } = (metrics.unweighted ?? metrics).summary;
  return {
    title,
    howToRead: `${
      literatureInWords(mean, comparable, { unweighted: metrics.unweighted !== null })
    } They are split ${
      testSet === "official" ? "by the NIH's lists" : SPLIT_WORDS[testSet]
    }; other data says what a network had beside the NIH's training images and labels.`,
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
