import {
  type Faithfulness,
  type MapGain,
  type MapMethodFaithfulness,
  PERTURBATION_MEASURES,
  type PerturbationMeasure,
  SAME_MAP,
} from "../evaluation/faithfulness.ts";
import type { LocalisationMetrics } from "../evaluation/localisation.ts";
import type { SizedPointing } from "../evaluation/pointing_game.ts";
import { proportion } from "../plots/_shares.ts";
import { between, percent, signedPercent } from "../support/decimals.ts";
import { present, withInterval } from "./sentences.ts";

/** What a way of making maps is called for people. */
export function mapMethodTitle(method: string): string {
  return TITLES[method] ?? method;
}

const TITLES: Readonly<Record<string, string>> = {
  "grad-cam": "Grad-CAM",
  "grad-cam++": "Grad-CAM++",
  "hirescam": "HiResCAM",
  "occlusion": "Occlusion",
  "random": "Random maps",
  "prior": "Prior map",
};

/** What the checks of heat maps found, each in a sentence or more. */
export function faithfulnessInWords(faithfulness: Faithfulness): string[] {
  return present(
    ...sanityInWords(faithfulness),
    ...gainsInWords(faithfulness),
    sameMapsInWords(faithfulness),
    fewMapsInWords(faithfulness),
  );
}

/** Which maps depend on what the network has learnt. */
function sanityInWords({ methods }: Faithfulness): (string | null)[] {
  const of = (sanity: MapMethodFaithfulness["sanity"]) =>
    methods.filter((method) => method.sanity === sanity);
  const correlation = ({ randomisation }: MapMethodFaithfulness) => {
    const { value, interval } = randomisation.at(-1)!.spearman!;
    return withInterval(value, interval);
  };
  const each = (some: readonly MapMethodFaithfulness[]) =>
    some.map((method) => `${mapMethodTitle(method.method)} ${correlation(method)}`).join(", ");
  const [passed, unclear] = [of("passed"), of("unclear")];
  return [
    ...of("failed").map((method) =>
      `${
        mapMethodTitle(method.method)
      } fails its sanity check: with all weights random its maps still have a rank ` +
      `correlation of ${
        correlation(method)
      } with those of the trained network, so what they show is not what it has learnt.`
    ),
    passed.length === 0
      ? null
      : `Sanity check passed: with all weights random, maps have a rank correlation with those of the trained network that is ` +
        `below ${SAME_MAP} with its interval: ${each(passed)}.`,
    unclear.length === 0
      ? null
      : `Whether the sanity check is passed cannot be told, as the interval of the rank correlation reaches ${SAME_MAP} or ` +
        `there is none: ${each(unclear)}.`,
    ...methods.map(deafInWords),
  ];
}

/** Whether maps stay the same where the last layer alone is random, which tells findings apart; null where they do not. */
function deafInWords({ method, randomisation, sanity }: MapMethodFaithfulness): string | null {
  const first = randomisation[0]?.spearman;
  if (sanity === "failed" || randomisation.length < 2 || !first || first.value < SAME_MAP) return null;
  return `${
    mapMethodTitle(method)
  } hardly distinguishes findings: with the last layer alone random, which turns the features ` +
    `into each finding's score, its maps keep a rank correlation of ${
      withInterval(first.value, first.interval)
    }. What they show ` +
    "is what the network looks at, whichever finding is asked for.";
}

/** Which maps show the pixels that scores rest on better than maps do that know nothing of the image. */
function gainsInWords({ methods }: Faithfulness): string[] {
  const explained = methods.filter(({ randomisation }) => randomisation.length > 0);
  const over = (gains: "gains" | "gainsOverPrior", others: string) => {
    const known = explained.flatMap((method) => {
      const own = method[gains];
      return own === null ? [] : [{ title: mapMethodTitle(method.method), ...judged(own) }];
    });
    if (known.length === 0) return null;
    const better = listed(known.map(({ title, better }) => ({ title, measures: better })));
    const worse = listed(known.map(({ title, worse }) => ({ title, measures: worse })));
    return [
      better === null
        ? `That any of these maps shows what scores rest on better than ${others} is not shown by any measure.`
        : `What scores rest on is shown better than by ${others}, by more than chance: ${better}.`,
      ...(worse === null ? [] : [`Worse than ${others}: ${worse}.`]),
    ].join(" ");
  };
  return present(
    over("gains", "random maps"),
    over("gainsOverPrior", "the prior map of the training set's bounding boxes"),
  );
}

/** That two methods are one for this network; null where they are not. */
function sameMapsInWords({ methods }: Faithfulness): string | null {
  const [gradCam, hiresCam] = ["grad-cam", "hirescam"].map((name) =>
    methods.find(({ method }) => method === name)?.scores
  );
  if (!gradCam || !hiresCam) return null;
  const isSame = (Object.keys(PERTURBATION_MEASURES) as PerturbationMeasure[]).every((measure) =>
    gradCam[measure].value === hiresCam[measure].value
  );
  return isSame
    ? "HiResCAM makes Grad-CAM's maps here, as the network takes the mean of its last feature map over all positions."
    : null;
}

/** The measures by which a map is better, and worse, by more than chance. */
function judged(gains: Record<PerturbationMeasure, MapGain>): Record<"better" | "worse", string[]> {
  const found = { better: [] as string[], worse: [] as string[] };
  for (const measure of Object.keys(PERTURBATION_MEASURES) as PerturbationMeasure[]) {
    const { interval } = gains[measure];
    if (interval === null || (interval.low <= 0 && interval.high >= 0)) continue;
    found[interval.low * PERTURBATION_MEASURES[measure] > 0 ? "better" : "worse"].push(MEASURES[measure]);
  }
  return found;
}

/** Methods by the measures that they have in common; null where none has one. */
function listed(methods: readonly { title: string; measures: readonly string[] }[]): string | null {
  const groups = Map.groupBy(
    methods.filter(({ measures }) => measures.length > 0),
    ({ measures }) => measures.join(", "),
  );
  return [...groups].map(([measures, own]) => `${own.map(({ title }) => title).join(", ")} by ${measures}`)
    .join("; ") || null;
}

/** The measures' names. */
export const MEASURES: Readonly<Record<PerturbationMeasure, string>> = {
  deletion: "deletion",
  insertion: "insertion",
  road: "ROAD",
};

function fewMapsInWords({ maps, patients, layers, networks, steps, removed }: Faithfulness): string {
  return `Checked on ${maps} heat maps of ${patients} patients, each finding's most confident true positives first, with ` +
    `${networks} sets of random weights for ${layers} layers; deletion and insertion in ${steps} steps, ROAD with ` +
    `${
      removed.map((fraction) => `${100 * fraction}`).join(", ")
    } % of the pixels filled in from their neighbours. So few ` +
    "maps tell large differences only; deno task evaluate --checked-maps takes more.";
}

/** How heat maps stand beside a map that knows the training set's boxes and nothing of the image. */
export function priorInWords({ all }: Pick<LocalisationMetrics, "all">): string | null {
  if (all === null) return null;
  const reached = `The peak of Grad-CAM lies in the finding's bounding box in ${
    proportion(all.pointingGame)
  } of ${all.maps} maps`;
  if (all.prior === null) {
    return `${reached}. There is no prior map to be beaten: the training set lacks bounding boxes of some of the findings.`;
  }
  const { pointingGame, difference, interval } = all.prior;
  const judged = interval === null
    ? "Nothing tells whether the difference is more than chance"
    : interval.low > 0
    ? "That is more than knowing where such findings lie in other images"
    : interval.high < 0
    ? "Whoever points to where such findings lie in other images, without a look at this one, does better"
    : "That is no more, beyond chance, than pointing to where such findings lie in other images, without a look at this one";
  return `${reached}, that of the prior map, the mean of the training set's boxes of the finding, in ${
    percent(pointingGame.value)
  }: a difference of ${signedPercent(difference)}${
    interval === null ? "" : ` (${signedPercent(interval.low)} to ${signedPercent(interval.high)})`
  }. ${judged}.`;
}

/** How often peaks hit small and large boxes; null where all are of one size. */
export function sizesInWords({ methods }: Pick<LocalisationMetrics, "methods">): string | null {
  const sizes = methods.find(({ method }) => method === "grad-cam")?.sizes ?? [];
  const [smallest, largest] = [sizes.at(0), sizes.at(-1)];
  if (!smallest || !largest || smallest === largest) return null;
  const told = (size: SizedPointing) =>
    `${boxSizeTitle(size)}, ${proportion(size.pointingGame)} of ${size.maps} (a random point: ${
      percent(size.randomPoint)
    })`;
  return `By the side of the finding's largest bounding box, as a fraction of the image's side, the peak hits: ${
    told(smallest)
  }; ${told(largest)}.`;
}

/** A size of boxes: `1/16 to 1/8`. */
export function boxSizeTitle({ from, below }: Pick<SizedPointing, "from" | "below">): string {
  if (from === 0) return `below 1/${1 / below}`;
  return below === 1 ? `1/${1 / from} and more` : `1/${1 / from} to 1/${1 / below}`;
}

/** A figure from -1 to 1 with its interval, or a dash. */
export function meanText(
  mean: { value: number; interval: { low: number; high: number } | null } | null,
): string {
  return mean === null
    ? "-"
    : `${mean.value.toFixed(3)}${mean.interval ? ` (${between(mean.interval)})` : ""}`;
}
