import type { Random } from "../support/random.ts";
import { between } from "./noise.ts";
import type { Chest } from "./chest.ts";
import { paint, type Region } from "./paint.ts";

/** How a patient stood before the film and how it was exposed. */
export interface Film {
  /** Of the patient, in radians. */
  rotation: number;
  /** Of the patient, in fractions of the film. */
  shiftX: number;
  shiftY: number;
  scale: number;
  /** What is black and what is white on it. */
  black: number;
  white: number;
  /** The bend of the curve between the two. */
  gamma: number;
  /** How much lighter the film is at its right and lower border than in the middle. */
  tiltX: number;
  tiltY: number;
  /** The standard deviation of the noise, of 1. */
  noise: number;
  /** Where the letter at the upper border stands, and whether it is to be seen. */
  letter: { x: number; y: number; strength: number };
}

/** The steps of a film's curve, more than the 256 greys that come out. */
const STEPS = 4096;
/** Makes the sum of two uniform numbers, less one, have a standard deviation of 1. */
const TRIANGULAR = Math.sqrt(6);

/** A film of one visit. */
export function drawFilm(view: "AP" | "PA", random: Random): Film {
  const bedside = view === "AP" ? 1 : 0;
  const contrast = between(random, 0.75, 1.1) * (1 - 0.12 * bedside);
  const level = between(random, 0.5, 0.72);
  return {
    rotation: (0.022 + 0.018 * bedside) * random.normal(),
    shiftX: 0.035 * random.normal(),
    shiftY: 0.035 * random.normal(),
    scale: between(random, 0.88, 1.08),
    black: level - 0.6 / contrast,
    white: level + 0.6 / contrast,
    gamma: Math.exp(between(random, -0.35, 0.35)),
    tiltX: 0.08 * random.normal(),
    tiltY: 0.1 * random.normal(),
    noise: between(random, 0.006, 0.014) * (1 + 0.3 * bedside),
    letter: {
      x: between(random, 0.86, 0.95),
      y: between(random, 0.04, 0.12),
      strength: between(random, 0.2, 0.8),
    },
  };
}

/** Turns a chest into an 8-bit grey image, size x size, row by row; tissue is white, as radiologists read it. */
export function expose(chest: Chest, film: Film, random: Random): Uint8Array<ArrayBuffer> {
  const { size, tissue, air, lines } = chest;
  const rays = new Float32Array(size * size);
  for (let i = 0; i < rays.length; i++) rays[i] = tissue[i]! - 0.62 * air[i]! + lines[i]! * air[i]! * 0.75;
  const cosine = Math.cos(film.rotation) / film.scale;
  const sine = Math.sin(film.rotation) / film.scale;
  const range = film.white - film.black;
  const pixels = new Uint8Array(size * size);
  const limit = size - 1.001;
  const curve = Float32Array.from({ length: STEPS + 1 }, (_, step) => (step / STEPS) ** film.gamma);
  for (let row = 0; row < size; row++) {
    const v = (row + 0.5) / size - 0.5 - film.shiftY;
    for (let column = 0; column < size; column++) {
      const u = (column + 0.5) / size - 0.5 - film.shiftX;
      const x = clamp((u * cosine + v * sine + 0.5) * size - 0.5, limit);
      const y = clamp((v * cosine - u * sine + 0.5) * size - 0.5, limit);
      const left = x | 0;
      const top = y | 0;
      const i = top * size + left;
      const fx = x - left;
      const upper = rays[i]! + (rays[i + 1]! - rays[i]!) * fx;
      const lower = rays[i + size]! + (rays[i + size + 1]! - rays[i + size]!) * fx;
      const through = upper + (lower - upper) * (y - top) + film.tiltX * u + film.tiltY * v;
      const share = clamp((through - film.black) / range, 1);
      const grain = film.noise * (random.uniform() + random.uniform() - 1) * TRIANGULAR;
      const grey = curve[Math.round(share * STEPS)]! + grain * (0.3 + share);
      pixels[row * size + column] = Math.round(255 * clamp(grey, 1));
    }
  }
  drawLetter(pixels, size, film);
  return pixels;
}

/** An L in lead near the patient's left shoulder. */
function drawLetter(pixels: Uint8Array, size: number, { letter }: Film): void {
  const dab = (_x: number, _y: number, i: number) => {
    pixels[i] = Math.round(pixels[i]! + letter.strength * (255 - pixels[i]!));
  };
  const { x, y } = letter;
  paint(size, { x0: x, x1: x + 0.009, y0: y, y1: y + 0.04 }, dab);
  paint(size, { x0: x + 0.009, x1: x + 0.026, y0: y + 0.031, y1: y + 0.04 }, dab);
}

/** The smallest upright rectangle of the film that holds a region of the chest, cut off at the film's border. */
export function onFilm(region: Region, film: Film): Region {
  const corners = [[region.x0, region.y0], [region.x1, region.y0], [region.x0, region.y1], [
    region.x1,
    region.y1,
  ]]
    .map(([x, y]) => {
      const dx = (x! - 0.5) * film.scale;
      const dy = (y! - 0.5) * film.scale;
      return {
        x: 0.5 + film.shiftX + dx * Math.cos(film.rotation) - dy * Math.sin(film.rotation),
        y: 0.5 + film.shiftY + dx * Math.sin(film.rotation) + dy * Math.cos(film.rotation),
      };
    });
  return {
    x0: clamp(Math.min(...corners.map(({ x }) => x)), 1),
    x1: clamp(Math.max(...corners.map(({ x }) => x)), 1),
    y0: clamp(Math.min(...corners.map(({ y }) => y)), 1),
    y1: clamp(Math.max(...corners.map(({ y }) => y)), 1),
  };
}

function clamp(value: number, limit: number): number {
  return value < 0 ? 0 : value > limit ? limit : value;
}
