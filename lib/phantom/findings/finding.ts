import type { Random } from "../../support/random.ts";
import { type ChestShape, type LungShape, placeIn } from "../anatomy.ts";
import { between } from "../noise.ts";
import type { Chest } from "../chest.ts";
import { paint, ramp, type Region } from "../paint.ts";

/** A finding of one patient on one visit, its side, place and size already drawn. */
export interface Finding {
  /** Changes the chest's shape before it is drawn. */
  bend?(shape: ChestShape): void;
  /** Draws the finding; gives a region for each place it is in, none where it is all over the lungs. */
  draw(chest: Chest): Region[];
}

/**
 * Draws what a finding is like: the patient's stream is the same on every visit and decides side and place, the
 * visit's stream lets size and density change from one visit to the next.
 */
export type FindingKind = (patient: Random, visit: Random) => Finding;

/** A fraction of a lung in which a finding may lie, as in `placeIn`. */
export interface Area {
  across: readonly [number, number];
  down: readonly [number, number];
}

/** A place in the area with air in it, where a density shows: the first of ten tries, or else the last. */
export function airyPlace(
  chest: Chest,
  lung: LungShape,
  { across, down, random }: Area & { random: Random },
): { x: number; y: number } {
  let place = { x: 0, y: 0 };
  for (let attempt = 0; attempt < 10; attempt++) {
    place = placeIn(chest.shape, lung, {
      across: between(random, ...across),
      down: between(random, ...down),
    });
    const pixel = Math.floor(place.y * chest.size) * chest.size + Math.floor(place.x * chest.size);
    if ((chest.air[pixel] ?? 0) > 0.5) break;
  }
  return place;
}

/** The region around a place. */
export function around(x: number, y: number, halfWidth: number, halfHeight = halfWidth): Region {
  return { x0: x - halfWidth, x1: x + halfWidth, y0: y - halfHeight, y1: y + halfHeight };
}

/** The smallest region that holds them all. */
export function enclose(regions: readonly Region[]): Region {
  return {
    x0: Math.min(...regions.map((region) => region.x0)),
    x1: Math.max(...regions.map((region) => region.x1)),
    y0: Math.min(...regions.map((region) => region.y0)),
    y1: Math.max(...regions.map((region) => region.y1)),
  };
}

/** A region that holds nothing yet. */
export function nowhere(): Region {
  return { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
}

/** Stretches a region so that it holds a place too. */
export function include(region: Region, x: number, y: number): void {
  if (x < region.x0) region.x0 = x;
  if (x > region.x1) region.x1 = x;
  if (y < region.y0) region.y0 = y;
  if (y > region.y1) region.y1 = y;
}

/** Whether a region holds anything. */
export function isSomewhere(region: Region): boolean {
  return region.x1 > region.x0 && region.y1 > region.y0;
}

/** A density with a soft edge. */
export interface Cloud {
  x: number;
  y: number;
  /** Half its extent along and across its axis. */
  long: number;
  short: number;
  /** The axis, in radians from the horizontal. */
  angle?: number;
  /** The fraction of the air that it takes away in its middle, 0 to 1. */
  density: number;
  /** The fraction of the radius over which it fades, 0 to 1. */
  fade: number;
  /** What moves its border in and out, about -1 to 1, and by what fraction of the radius. */
  ragged?: { noise: (x: number, y: number) => number; by: number };
}

/** Fills lung with something denser than air; gives the region where that can be seen. */
export function opacify(chest: Chest, cloud: Cloud): Region {
  const { x: x0, y: y0, long, short, angle = 0, density, fade, ragged } = cloud;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const reach = Math.max(long, short) * (1 + (ragged?.by ?? 0));
  const seen = nowhere();
  paint(chest.size, around(x0, y0, reach), (x, y, i) => {
    if (chest.lung[i] === 0) return;
    const dx = x - x0;
    const dy = y - y0;
    const along = (dx * cosine + dy * sine) / long;
    const across = (dy * cosine - dx * sine) / short;
    let inside = 1 - Math.sqrt(along * along + across * across);
    if (ragged !== undefined) inside += ragged.by * ragged.noise(x, y);
    const share = ramp(inside, 0, fade);
    chest.air[i]! *= 1 - density * share;
    if (share > 0.3 && chest.lung[i]! > 0.5) include(seen, x, y);
  });
  return seen;
}
