import type { Label } from "../labels.ts";
import { random } from "../../random.ts";
import { drawAnatomy } from "./anatomy.ts";
import type { PhantomCase } from "./cases.ts";
import { drawChest } from "./chest.ts";
import { drawFilm, expose, onFilm } from "./film.ts";
import { consolidation, edema, infiltration, pneumonia } from "./findings/airspace.ts";
import type { FindingKind } from "./findings/finding.ts";
import { mass, nodule } from "./findings/focal.ts";
import { effusion, pleuralThickening, pneumothorax } from "./findings/pleura.ts";
import { atelectasis, cardiomegaly, emphysema, fibrosis, hernia } from "./findings/volume.ts";
import type { Region } from "./paint.ts";

/** Where one finding is on an image, in shares of its width and height. */
export interface PhantomBox extends Region {
  label: Label;
}

/** An image of a case. */
export interface Phantom {
  /** size x size, 8-bit grey, row by row. */
  pixels: Uint8Array<ArrayBuffer>;
  /** One for each place of each localised finding; edema and emphysema are all over the lungs and have none. */
  boxes: PhantomBox[];
}

/** In the order in which they are drawn: what changes the whole chest first, small things last. */
const KINDS: readonly (readonly [Label, FindingKind])[] = [
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

/** Draws the image of a case, `size` pixels wide and high. The same case, seed and size give the same bytes. */
export function drawPhantom(subject: PhantomCase, { seed, size }: { seed: number; size: number }): Phantom {
  const { patient, followUp, labels, view } = subject;
  const ofPatient = (purpose: string) => random(seed, "phantom", purpose, patient);
  const ofVisit = (purpose: string) => random(seed, "phantom", purpose, patient, followUp);
  const shape = drawAnatomy(subject, ofPatient("anatomy"), ofVisit("breath"));
  const findings = KINDS.filter(([label]) => labels.includes(label)).map(([label, kind]) => ({
    label,
    finding: kind(ofPatient(label), ofVisit(label)),
  }));
  for (const { finding } of findings) finding.bend?.(shape);
  const chest = drawChest(shape, size, ofPatient("texture"), ofVisit("texture"));
  const regions = findings.flatMap(({ label, finding }) =>
    finding.draw(chest).map((region) => ({ label, region }))
  );
  const film = drawFilm(view, ofVisit("film"));
  const pixels = expose(chest, film, ofVisit("noise"));
  const boxes = regions.map(({ label, region }) => ({ label, ...onFilm(region, film) }))
    .filter(({ x0, y0, x1, y1 }) => x1 - x0 > SMALLEST_BOX && y1 - y0 > SMALLEST_BOX);
  return { pixels, boxes };
}
