import type { NihFinding } from "../dataset/nih_findings.ts";
import { random } from "../support/random.ts";
import { drawAnatomy } from "./anatomy.ts";
import type { PhantomCase } from "./cases.ts";
import { drawChest } from "./draw_chest.ts";
import { drawFilm, expose, onFilm } from "./film.ts";
import { atelectasis } from "./findings/atelectasis.ts";
import { cardiomegaly } from "./findings/cardiomegaly.ts";
import { consolidation } from "./findings/consolidation.ts";
import { edema } from "./findings/edema.ts";
import { effusion } from "./findings/effusion.ts";
import { emphysema } from "./findings/emphysema.ts";
import { fibrosis } from "./findings/fibrosis.ts";
import type { FindingKind } from "./findings/finding.ts";
import { hernia } from "./findings/hernia.ts";
import { infiltration } from "./findings/infiltration.ts";
import { mass } from "./findings/mass.ts";
import { nodule } from "./findings/nodule.ts";
import { pleuralThickening } from "./findings/pleural_thickening.ts";
import { pneumonia } from "./findings/pneumonia.ts";
import { pneumothorax } from "./findings/pneumothorax.ts";
import type { Region } from "./paint.ts";
import { bendPartly, drawPartly, drawVisibility } from "./visibility.ts";

/** Where one finding is on an image, in fractions of its width and height. */
export interface PhantomBox extends Region {
  /** The finding inside. */
  label: NihFinding;
}

/** An image of a case. */
export interface Phantom {
  /** size x size, 8-bit grey, row by row. */
  pixels: Uint8Array<ArrayBuffer>;
  /** One for each place of each localised finding; edema and emphysema are all over the lungs and have none. */
  boxes: PhantomBox[];
}

/** In the order in which they are drawn: what changes the whole chest first, small things last. */
const KINDS: readonly (readonly [NihFinding, FindingKind])[] = [
  ["Cardiomegaly", cardiomegaly],
  ["Emphysema", emphysema],
  ["Hernia", hernia],
  ["Edema", edema],
  ["Effusion", effusion],
  ["Pneumothorax", pneumothorax],
  ["Pleural_Thickening", pleuralThickening],
  ["Atelectasis", atelectasis],
  ["Consolidation", consolidation],
  ["Pneumonia", pneumonia],
  ["Infiltration", infiltration],
  ["Fibrosis", fibrosis],
  ["Mass", mass],
  ["Nodule", nodule],
];

/** What is left of a finding at the border of a film gets no box where it is narrower than this. */
const SMALLEST_BOX = 0.01;

/** How a phantom is drawn. */
export interface DrawOptions {
  /** The seed of its set. */
  seed: number;
  /** The width and height of the image in pixels. */
  size: number;
  /** Whether findings are faint, each as much as it happens to be on that visit (`HARD_VISIBILITY`). Default: false. */
  hard?: boolean;
}

/** Draws the image of a case, `size` pixels wide and high. The same case and options give the same bytes. */
export function drawPhantom(subject: PhantomCase, { seed, size, hard = false }: DrawOptions): Phantom {
  const { patient, followUp, labels, view } = subject;
  const ofPatient = (purpose: string) => random(seed, "phantom", purpose, patient);
  const ofVisit = (purpose: string) => random(seed, "phantom", purpose, patient, followUp);
  const shape = drawAnatomy(subject, ofPatient("anatomy"), ofVisit("breath"));
  const findings = KINDS.filter(([label]) => labels.includes(label)).map(([label, kind]) => ({
    label,
    finding: kind(ofPatient(label), ofVisit(label)),
    visibility: hard ? drawVisibility(ofVisit(`visibility of ${label}`)) : 1,
  }));
  for (const faint of findings) {
    if (hard) bendPartly(shape, faint);
    else faint.finding.bend?.(shape);
  }
  const chest = drawChest(shape, {
    size,
    patient: ofPatient("texture"),
    visit: ofVisit("texture"),
  });
  const regions = findings.flatMap(({ label, ...faint }) =>
    (hard ? drawPartly(chest, faint) : faint.finding.draw(chest)).map((region) => ({ label, region }))
  );
  const film = drawFilm(view, ofVisit("film"));
  const pixels = expose(chest, film, ofVisit("noise"));
  const boxes = regions.map(({ label, region }) => ({ label, ...onFilm(region, film) }))
    .filter(({ x0, y0, x1, y1 }) => x1 - x0 > SMALLEST_BOX && y1 - y0 > SMALLEST_BOX);
  return { pixels, boxes };
}
