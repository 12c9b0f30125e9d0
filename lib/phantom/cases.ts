import type { NihFinding } from "../dataset/nih_findings.ts";
import { random } from "../support/random.ts";
import { drawLabelSets, drawView } from "./label_model.ts";

/** One image to be drawn: whose, which visit, and what it shows. */
export interface PhantomCase {
  /** The name of the image, as the NIH names its own: `00000012_003.png`. */
  image: string;
  /** From 1 up. */
  patient: number;
  /** The number of the visit, from 0. */
  followUp: number;
  /** The findings, in the order of `NIH_FINDINGS`. */
  labels: readonly NihFinding[];
  /** Whether the rays came from the front (AP, mostly in bed) or from behind (PA). */
  view: "AP" | "PA";
  /** In years. */
  age: number;
  /** The patient's sex. */
  sex: "F" | "M";
}

/** Patients by number of images, 1 to 7: the NIH's shares, those with more than seven counted as seven. */
const VISITS = [0.568, 0.134, 0.068, 0.043, 0.03, 0.026, 0.131];

/** How the cases of a set are planned. */
export interface PlanOptions {
  /** The number of images of every patient. Default: 1 to 7, as often as of the NIH's patients. */
  visits?: number | undefined;
}

/** The cases of a set of so many images, patient by patient; a longer set of the same seed begins with them. */
export function planCases(images: number, seed: number, options: PlanOptions = {}): PhantomCase[] {
  const cases: PhantomCase[] = [];
  for (let patient = 1; cases.length < images; patient++) {
    const stream = random(seed, "phantom patient", patient);
    const drawn = drawVisits(stream.uniform());
    const { visits = drawn } = options;
    const sex = stream.uniform() < 0.435 ? "F" : "M";
    const firstAge = Math.round(Math.min(92, Math.max(6, 46.5 + 16 * stream.normal())));
    const sets = drawLabelSets(visits, stream);
    sets.forEach((labels, followUp) => {
      const image = `${String(patient).padStart(8, "0")}_${String(followUp).padStart(3, "0")}.png`;
      const age = firstAge + Math.floor(followUp * 0.6);
      cases.push({ image, patient, followUp, labels, view: drawView(labels, stream), age, sex });
    });
  }
  return cases.slice(0, images);
}

function drawVisits(chance: number): number {
  let visits = 1;
  for (let below = VISITS[0]!; visits < VISITS.length && chance >= below; visits++) below += VISITS[visits]!;
  return visits;
}
