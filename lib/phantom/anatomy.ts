import type { Random } from "../support/random.ts";
import { between } from "./noise.ts";
import type { PhantomCase } from "./cases.ts";

/** One lung of a chest; all lengths are fractions of the width of the image, y counts downwards. */
export interface LungShape {
  /** -1 for the patient's right lung, which is on the left of the image, 1 for the left lung. */
  side: -1 | 1;
  /** The top of the lung. */
  apex: number;
  /** The costophrenic angle, the lowest point of the lung. */
  base: number;
  /** The top of the diaphragm's dome. */
  dome: number;
  /** From the midline to the inner wall. */
  inner: number;
  /** From the midline to the outer wall, where the lung is widest. */
  outer: number;
}

/** Where everything in a chest stands. Findings bend it before it is drawn. */
export interface ChestShape {
  /** The lungs. */
  lungs: [right: LungShape, left: LungShape];
  /** How far the spine leans sideways in the middle. */
  scoliosis: number;
  /** A shift of heart and mediastinum, to the right of the image where positive. */
  shift: number;
  /** From the midline to the heart's border on the patient's right and left, and its height. */
  heart: { right: number; left: number; height: number };
  /** How far the aortic knob stands out. */
  aorta: number;
  /** Half the width of the upper mediastinum. */
  mediastinum: number;
  /** How much air a lung holds, 1 in a normal one. */
  airiness: number;
  /** How strong the vessels are, 1 in a normal lung. */
  vascularity: number;
  /** Fat and muscle over the chest, 0 in a thin patient. */
  bulk: number;
  /** The height of the shoulders. */
  shoulders: number;
  /** Half the width of the trunk below them. */
  trunk: number;
  /** The position of the first rib, the distance between ribs, their slope, curvature, density and width. */
  ribs: { first: number; spacing: number; slope: number; arch: number; strength: number; width: number };
  /** The height of the clavicles at the midline, how far they rise sideways, and their density. */
  clavicles: { height: number; rise: number; strength: number };
  /** How far the inner border of the shoulder blades is from the midline. */
  scapulae: number;
  /** The radius of a breast, 0 where there is none to see, and its height. */
  breasts: { radius: number; height: number };
  /** How many leads of monitors lie on the chest. */
  leads: number;
  /** The gas bubble in the stomach, under the left dome: radius 0 where it is empty. */
  stomach: { radius: number; offset: number };
}

/** A patient's chest on one visit, before any finding. The patient's stream draws the body, the visit's the breath. */
export function drawAnatomy(
  { view, sex, age }: Pick<PhantomCase, "view" | "sex" | "age">,
  patient: Random,
  visit: Random,
): ChestShape {
  const bedside = view === "AP" ? 1 : 0;
  const small = sex === "F" ? 0.012 : 0;
  const outer = between(patient, 0.3, 0.395) - small;
  const apex = between(patient, 0.1, 0.16);
  const breath = 0.028 * visit.normal() - 0.03 * bedside;
  const base = between(patient, 0.8, 0.875) + breath;
  const doming = between(patient, 0.085, 0.165);
  const rightHigher = between(patient, 0.008, 0.035);
  const widths = [between(patient, 0.97, 1.03), between(patient, 0.97, 1.03)] as const;
  const inner = between(patient, 0.036, 0.05);
  const ratio = between(patient, 0.37, 0.48) + 0.035 * bedside + 0.006 * visit.normal();
  const leftward = between(patient, 0.61, 0.69);
  const heart = ratio * outer * (widths[0] + widths[1]);
  const shape: ChestShape = {
    lungs: [
      { side: -1, apex, base, dome: base - doming - rightHigher, inner, outer: outer * widths[0] },
      {
        side: 1,
        apex: apex + 0.004,
        base: base + 0.006,
        dome: base - doming,
        inner,
        outer: outer * widths[1],
      },
    ],
    scoliosis: 0.012 * patient.normal(),
    shift: 0.006 * patient.normal() + 0.013 * visit.normal(),
    heart: {
      right: heart * (1 - leftward),
      left: heart * leftward,
      height: between(patient, 0.25, 0.31),
    },
    aorta: between(patient, 0.008, 0.02) + 0.00012 * age,
    mediastinum: between(patient, 0.048, 0.064) + 0.008 * bedside,
    airiness: between(patient, 0.86, 1.08) - 0.06 * bedside,
    vascularity: between(patient, 0.75, 1.2) + 0.12 * bedside,
    bulk: Math.max(0, between(patient, 0, 1) + 0.1 * bedside),
    shoulders: between(patient, 0.1, 0.18) - 0.03 * bedside,
    trunk: outer + between(patient, 0.05, 0.1),
    ribs: {
      first: apex + between(patient, -0.005, 0.015),
      spacing: between(patient, 0.06, 0.075),
      slope: between(patient, 0.05, 0.11) - 0.015 * bedside,
      arch: between(patient, 0.015, 0.04),
      strength: between(patient, 0.05, 0.1),
      width: between(patient, 0.0095, 0.0135),
    },
    clavicles: {
      height: apex + between(patient, 0.05, 0.085) - 0.03 * bedside,
      rise: between(patient, 0.02, 0.09),
      strength: between(patient, 0.1, 0.17),
    },
    scapulae: between(patient, 0.36, 0.43) - 0.09 * bedside,
    leads: bedside * Math.max(0, visit.integer(6) - 1),
    breasts: { radius: 0, height: between(patient, 0.66, 0.76) },
    stomach: { radius: between(patient, -0.02, 0.055), offset: between(patient, 0.1, 0.2) },
  };
  if (sex === "F" && age > 14) shape.breasts.radius = between(patient, 0.08, 0.19);
  return shape;
}

/** The midline of the spine at a height. */
export function midline(shape: ChestShape, y: number): number {
  return 0.5 + shape.scoliosis * Math.sin(Math.PI * y);
}

/** From the midline to a lung's outer wall at a height. */
export function outerWall(lung: LungShape, y: number): number {
  const down = (y - lung.apex) / (lung.base - lung.apex);
  if (down <= 0) return lung.inner;
  const widening = Math.pow(Math.sin((Math.PI / 2) * Math.min(1, down / 0.66)), 0.5);
  const tuck = down > 0.72 ? 0.012 * (down - 0.72) / 0.28 : 0;
  return lung.inner + 0.012 + (lung.outer - lung.inner - 0.012) * widening - tuck;
}

/** The height of a lung's floor, the diaphragm, at a distance from the midline. */
export function floor(lung: LungShape, distance: number): number {
  const top = lung.inner + 0.48 * (lung.outer - lung.inner);
  const half = lung.outer - top;
  const away = (distance - top) / half;
  const fall = away > 0 ? away * away * (0.55 + 0.45 * away) : 0.4 * away * away;
  return lung.dome + (lung.base - lung.dome) * Math.min(1.2, fall);
}

/**
 * A place in a lung: `across` runs from 0 at the inner wall to 1 at the outer, `down` from 0 at the apex to 1 at the
 * diaphragm.
 */
export function placeIn(
  shape: ChestShape,
  lung: LungShape,
  { across, down }: { across: number; down: number },
): { x: number; y: number } {
  const guess = lung.apex + down * (lung.dome - lung.apex);
  const inner = lung.inner + 0.012;
  const guessed = inner + across * (outerWall(lung, guess) - inner);
  const y = lung.apex + down * (floor(lung, guessed) - lung.apex);
  const distance = inner + across * (outerWall(lung, y) - inner);
  return { x: midline(shape, y) + lung.side * distance, y };
}
