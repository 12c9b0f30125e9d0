import type { PatientIndex } from "../../lib/evaluation/patient_index.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { normalQuantile } from "../../lib/evaluation/normal_distribution.ts";
import type { Random } from "../../lib/support/random.ts";

/** How the scores of images with the finding lie to those without it. */
export const SCORES = ["alike", "wider", "narrower", "partly found"] as const;

/** How many images a patient has: one; one of half of them and 5 of the others on average, as in the NIH's; or many. */
export const VISITS = ["one", "several", "twenty"] as const;

/** A test set that is drawn. */
export interface Sample {
  truth: Uint8Array;
  scores: Float64Array;
  index: PatientIndex;
  /** The scores of further networks, in the order of `correlations`. */
  others: Float64Array[];
}

/** What a test set is drawn from. */
export interface Population {
  /** The chance that an image with the finding has a higher score than one without. */
  auc: number;
  scores: (typeof SCORES)[number];
  visits: (typeof VISITS)[number];
  /** What part of the variance of a score belongs to the patient. */
  ofPatient?: number;
  /** How the scores of further networks, of the same AUC, are correlated with those of the first. */
  correlations?: readonly number[];
}

/** The number of images of a patient. */
function visitsOf(kind: Population["visits"], { uniform, integer }: Random): number {
  if (kind === "one") return 1;
  if (kind === "twenty") return 10 + integer(21);
  if (uniform() < 0.5) return 1;
  let visits = 2;
  while (uniform() < 0.75) visits++;
  return visits;
}

/** Draws patients until so many images have the finding and so many have not; of a patient who has it, six in ten. */
export function drawSample(
  population: Population,
  { positives, negatives, random }: { positives: number; negatives: number; random: Random },
): Sample {
  const truth: number[] = [];
  const patients: number[] = [];
  let patient = 0;
  let [have, lack] = [0, 0];
  for (; have < positives; patient++) {
    const visits = visitsOf(population.visits, random);
    for (let visit = 0; visit < visits; visit++) {
      const hasIt = (visit === 0 || random.uniform() < 0.6) && have < positives;
      truth.push(Number(hasIt));
      patients.push(patient);
      if (hasIt) have++;
      else lack++;
    }
  }
  for (; lack < negatives; patient++) {
    const visits = Math.min(visitsOf(population.visits, random), negatives - lack);
    for (let visit = 0; visit < visits; visit++) {
      truth.push(0);
      patients.push(patient);
    }
    lack += visits;
  }
  return withScores(population, { truth: Uint8Array.from(truth), index: indexPatients(patients), random });
}

/** Draws patients, each of whom has the finding with the same chance, until there are so many images. */
export function drawAtRandom(
  population: Population,
  { images, prevalence, random }: { images: number; prevalence: number; random: Random },
): Sample {
  const truth: number[] = [];
  const patients: number[] = [];
  for (let patient = 0; truth.length < images; patient++) {
    const hasIt = random.uniform() < prevalence / 0.7;
    const visits = visitsOf(population.visits, random);
    for (let visit = 0; visit < visits; visit++) {
      truth.push(Number(hasIt && random.uniform() < 0.7));
      patients.push(patient);
    }
  }
  return withScores(population, { truth: Uint8Array.from(truth), index: indexPatients(patients), random });
}

/** Gives images scores of a population's AUC. */
function withScores(
  { auc, scores, ofPatient = 0.5, correlations = [] }: Population,
  { truth, index, random }: { truth: Uint8Array; index: PatientIndex; random: Random },
): Sample {
  const { normal, uniform } = random;
  const noise = () => {
    const own = Float64Array.from({ length: index.count }, () => Math.sqrt(ofPatient) * normal());
    return Float64Array.from(
      truth,
      (_, image) => own[index.ofImage[image]!]! + Math.sqrt(1 - ofPatient) * normal(),
    );
  };
  const found = Float64Array.from({ length: index.count }, uniform);
  const spread = { alike: 1, wider: 1.5, narrower: 0.6, "partly found": 1 }[scores];
  const shift = scores === "partly found" ? 6 : normalQuantile(auc) * Math.sqrt(1 + spread ** 2);
  const isFound = (image: number) => scores !== "partly found" || found[index.ofImage[image]!]! < 2 * auc - 1;
  const scored = (values: Float64Array) =>
    values.map((value, image) => truth[image] ? spread * value + (isFound(image) ? shift : 0) : value);
  const first = noise();
  return {
    truth,
    scores: scored(first),
    index,
    others: correlations.map((correlation) => {
      const own = noise();
      return scored(
        own.map((value, image) => correlation * first[image]! + Math.sqrt(1 - correlation ** 2) * value),
      );
    }),
  };
}
