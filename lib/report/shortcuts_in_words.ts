import type { CoveredScores, Shortcuts } from "../evaluation/shortcuts.ts";
import { between, counted, percent, signedDecimals } from "../support/decimals.ts";
import { present, withInterval } from "./sentences.ts";

/** What a region is called where it is covered. */
export function coveredRegionTitle(region: string): string {
  return TITLES[region] ?? region;
}

const TITLES: Readonly<Record<string, string>> = {
  "corners": "Corners",
  "border": "Border",
  "all-but-border": "All but the border",
  "lungs": "Lungs",
  "all-but-lungs": "All but the lungs",
};

/** What covering regions says of what scores rest on, a sentence or two for each question. */
export function shortcutsInWords({ images, whole, regions }: Shortcuts): string[] {
  const of = (name: string) => regions.find(({ region }) => region === name);
  const [lungs, border, corners] = [of("lungs"), of("all-but-border"), of("corners")];
  return present(
    `Of ${counted(images)} test images as they are the mean AUC is ${
      withInterval(whole.meanAuc, whole.meanAucInterval)
    }.`,
    lungs
      ? leftInWords(lungs, {
        covered: "With the lungs covered",
        above:
          "something beside the lungs gives findings away: the heart, devices, the posture, the view or markers",
      })
      : null,
    border
      ? leftInWords(border, {
        covered: "With everything but a border of a tenth covered",
        above:
          "the edge of the film, with markers, arms and the position of the patient, gives findings away",
      })
      : null,
    corners ? changeInWords(corners) : null,
  );
}

/** Whether findings can still be told from what is left. */
function leftInWords(
  { covered, meanAuc, meanAucInterval }: CoveredScores,
  { covered: words, above }: { covered: string; above: string },
): string | null {
  if (meanAuc === null) return null;
  const reached = `${words} (${percent(covered, 0)} of the pixels) it is ${
    withInterval(meanAuc, meanAucInterval)
  }`;
  if (meanAucInterval === null) return `${reached}; nothing tells whether that is more than chance.`;
  return meanAucInterval.low > 0.5
    ? `${reached}, more than chance: ${above}.`
    : `${reached}, which may be chance: that findings are told from there is not shown.`;
}

/** Whether the corners matter, where markers are. */
function changeInWords({ difference, differenceInterval }: CoveredScores): string | null {
  if (difference === null) return null;
  const changed = `Covering the corners, where markers and letters stand, changes the mean AUC by ${
    signedDecimals(difference)
  }`;
  if (differenceInterval === null) return `${changed}.`;
  const isSure = differenceInterval.low > 0 || differenceInterval.high < 0;
  return `${changed} (${between(differenceInterval)})${
    isSure ? ": by more than chance, so scores rest on them in part" : ", which may be chance"
  }.`;
}

/** What covering regions cannot tell. */
export const SHORTCUT_LIMITS =
  "Covered images are unlike those of training, so a lower AUC does not show that a region was " +
  "needed; one that stays high shows that it was not. The lungs are two ellipses where they lie in most frontal images, " +
  "outlined in none.";

/** What no test here can tell of images of patients. */
export const DEVICE_LIMITS =
  "Drains, lines, wires and pacemakers lie over the lungs and are in no label, so nothing here tells " +
  "whether a score rests on them; treated findings, above all a pneumothorax with its drain, are labelled like untreated ones " +
  "(Oakden-Rayner et al., Hidden stratification, 2020).";
