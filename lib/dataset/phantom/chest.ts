import type { Random } from "../../random.ts";
import { type ChestShape, floor, type LungShape, midline, outerWall } from "./anatomy.ts";
import { between, smoothNoise } from "./chance.ts";
import { paint, ramp, stroke, type StrokePoint } from "./paint.ts";

/** A chest as fields of size x size pixels, row by row. What a film shows is worked out from them at the end. */
export interface Chest {
  size: number;
  shape: ChestShape;
  /** Soft tissue and bone in the way of the rays; 1 is about an abdomen. */
  tissue: Float32Array;
  /** Air in the way of the rays, 0 to about 1: what tissue is relieved by. */
  air: Float32Array;
  /** Vessels and other lines inside the lung, seen as far as there is air around them. */
  lines: Float32Array;
  /** The share of a pixel that is lung, whatever covers it. */
  lung: Float32Array;
}

/** Draws a chest without findings: body, lungs, heart, vessels and bones. */
export function drawChest(shape: ChestShape, size: number, patient: Random, visit: Random): Chest {
  const field = () => new Float32Array(size * size);
  const chest = { size, shape, tissue: field(), air: field(), lines: field(), lung: field() };
  drawBody(chest);
  for (const lung of shape.lungs) drawLung(chest, lung);
  drawHeart(chest);
  drawStomach(chest);
  for (const lung of shape.lungs) drawVessels(chest, lung, patient);
  drawSpine(chest);
  for (const lung of shape.lungs) drawBones(chest, lung);
  if (shape.breasts.radius > 0) { for (const lung of shape.lungs) drawBreast(chest, lung); }
  drawTexture(chest, visit);
  for (let lead = 0; lead < shape.leads; lead++) drawLead(chest, visit);
  return chest;
}

function drawBody({ size, shape, tissue }: Chest): void {
  const armpit = 0.27 + shape.shoulders;
  const trunk = shape.trunk + 0.05 * shape.bulk;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const middle = midline(shape, y);
    const half = 0.1 + 0.02 * shape.bulk + 0.55 * ramp(y, shape.shoulders - 0.14, shape.shoulders + 0.1);
    const depth = 0.72 + 0.18 * shape.bulk + 0.22 * ramp(y, 0.1, 0.95);
    const gap = Math.max(0, 0.3 * (y - armpit));
    const joined = 1 - ramp(gap, 0, 0.02);
    for (let column = 0; column < size; column++) {
      const distance = Math.abs((column + 0.5) / size - middle);
      const share = distance / half;
      if (share >= 1) continue;
      const thickness = depth * Math.sqrt(1 - share * share * share * share) *
        (1 - 0.22 * Math.min(1, distance / 0.4));
      const beside = distance - trunk;
      const i = row * size + column;
      if (beside < -0.05 || joined === 1) {
        tissue[i] = thickness;
        continue;
      }
      const wall = Math.sqrt(ramp(-beside, -0.012, 0.05));
      const arm = 0.75 * Math.sqrt(ramp(beside - gap, -0.01, 0.05));
      tissue[i] = thickness * Math.max(wall, arm, joined);
    }
  }
}

function drawLung({ size, shape, air, lung: cover }: Chest, lung: LungShape): void {
  const edge = Math.max(0.008, 0.7 / size);
  const region = { x0: 0, x1: 1, y0: lung.apex - 0.02, y1: lung.base + 0.02 };
  let row = -1;
  let middle = 0;
  let outer = 0;
  paint(size, region, (x, y, i) => {
    if (y !== row) {
      row = y;
      middle = midline(shape, y);
      outer = outerWall(lung, y);
    }
    const distance = lung.side * (x - middle);
    if (distance < lung.inner - 0.02 || distance > outer + 0.02) return;
    const below = 0.8 * (floor(lung, distance) - y);
    const inside = Math.min(distance - lung.inner, outer - distance, below, 1.4 * (y - lung.apex));
    const share = ramp(inside, -edge, edge);
    if (share === 0) return;
    const depth = 0.62 + 0.38 * ramp(Math.min(outer - distance, 1.6 * below, y - lung.apex), 0, 0.11);
    cover[i] = share;
    air[i] = share * depth * shape.airiness;
  });
}

function drawHeart({ size, shape, air, tissue }: Chest): void {
  const borders = heartBorders(shape);
  const top = borders.left[0]![0]!;
  const bottom = borders.left.at(-1)![0]!;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const left = at(borders.left, y);
    const right = at(borders.right, y);
    if (left === 0) continue;
    const fade = ramp(y, top, top + 0.1) * ramp(-y, -bottom, 0.07 - bottom);
    const middle = midline(shape, y) + shape.shift * ramp(y, 0.15, 0.5);
    const first = Math.max(0, Math.floor((middle - right - 0.02) * size));
    const last = Math.min(size - 1, Math.ceil((middle + left + 0.02) * size));
    for (let column = first; column <= last; column++) {
      const x = (column + 0.5) / size - middle;
      const depth = x > 0 ? 1 - x / left : 1 + x / right;
      const share = ramp(x > 0 ? left - x : right + x, -0.008, 0.012);
      const i = row * size + column;
      air[i]! *= 1 - share * (0.8 + 0.16 * ramp(depth, 0, 0.35));
      tissue[i]! += fade * share * (0.05 + 0.14 * ramp(depth, 0, 0.7));
    }
  }
}

/** How far heart and great vessels reach to either side, as points (height, distance) from the top down. */
function heartBorders({ heart, aorta, mediastinum, lungs: [right, left] }: ChestShape) {
  const top = right.apex - 0.12;
  const knob = left.apex + 0.135;
  const bottom = (right.dome + left.dome) / 2 + 0.05;
  const waist = bottom - heart.height;
  return {
    left: [
      [top, 0.8 * mediastinum],
      [knob - 0.05, 0.85 * mediastinum],
      [knob, mediastinum + aorta],
      [knob + 0.05, mediastinum + 0.3 * aorta],
      [Math.max(knob + 0.08, waist), mediastinum + 0.35 * aorta + 0.06 * heart.left],
      [bottom - 0.62 * heart.height, 0.62 * heart.left + 0.01],
      [bottom - 0.36 * heart.height, 0.89 * heart.left],
      [bottom - 0.15 * heart.height, heart.left],
      [bottom + 0.01, 0.95 * heart.left],
      [bottom + 0.06, 0.7 * heart.left],
    ],
    right: [
      [top, 0.7 * mediastinum],
      [knob - 0.05, 0.85 * mediastinum],
      [waist, 0.92 * mediastinum],
      [bottom - 0.68 * heart.height, 0.78 * heart.right],
      [bottom - 0.4 * heart.height, heart.right],
      [bottom - 0.12 * heart.height, 0.9 * heart.right],
      [bottom + 0.06, 0.62 * heart.right],
    ],
  };
}

/** The value at a height of a smooth curve through points (height, value); 0 above the first and below the last. */
function at(points: readonly number[][], y: number): number {
  for (let k = 0; k + 1 < points.length; k++) {
    const [y0, a] = points[k] as [number, number];
    const [y1, b] = points[k + 1] as [number, number];
    if (y < y0 || y >= y1) continue;
    const before = points[k - 1]?.[1] ?? a;
    const after = points[k + 2]?.[1] ?? b;
    const t = (y - y0) / (y1 - y0);
    const slopes = [(b - before) / 2, (after - a) / 2] as const;
    const cubic = 2 * a - 2 * b + slopes[0] + slopes[1];
    const square = 3 * (b - a) - 2 * slopes[0] - slopes[1];
    return a + t * (slopes[0] + t * (square + t * cubic));
  }
  return 0;
}

function drawStomach({ size, shape, air }: Chest): void {
  const { radius, offset } = shape.stomach;
  if (radius <= 0) return;
  const left = shape.lungs[1];
  const x0 = midline(shape, left.dome) + offset;
  const y0 = floor(left, offset) + 0.035 + 0.5 * radius;
  const region = { x0: x0 - 2 * radius, x1: x0 + 2 * radius, y0: y0 - radius, y1: y0 + radius };
  paint(size, region, (x, y, i) => {
    const share = ramp(1 - Math.hypot((x - x0) / (1.7 * radius), (y - y0) / (0.75 * radius)), 0, 0.3);
    air[i] = Math.max(air[i]!, 0.5 * share);
  });
}

/** The root of a lung, where its vessels begin. */
export function hilum(shape: ChestShape, lung: LungShape): { x: number; y: number } {
  const y = lung.apex + (lung.side < 0 ? 0.54 : 0.5) * (lung.dome - lung.apex);
  return { x: midline(shape, y) + lung.side * (shape.mediastinum + 0.022) + shape.shift, y };
}

function drawVessels({ size, shape, lines }: Chest, lung: LungShape, random: Random): void {
  const root = hilum(shape, lung);
  paint(size, { x0: root.x - 0.05, x1: root.x + 0.05, y0: root.y - 0.08, y1: root.y + 0.1 }, (x, y, i) => {
    const away = Math.hypot((x - root.x) / 0.032, (y - root.y - 0.01) / 0.075);
    lines[i]! += 0.16 * shape.vascularity * ramp(1 - away, 0, 1);
  });
  const strength = 0.15 * shape.vascularity;
  const grow = (x: number, y: number, angle: number, length: number, width: number, level: number): void => {
    const points: StrokePoint[] = [{ x, y, width, strength }];
    let heading = angle;
    for (let step = 0; step < 3; step++) {
      heading += 0.16 * random.normal();
      x += lung.side * (length / 3) * Math.cos(heading);
      y += (length / 3) * Math.sin(heading);
      const thin = width * (1 - 0.12 * (step + 1));
      points.push({ x, y, width: thin, strength: strength * (1 - 0.07 * (step + 1)) });
    }
    stroke(lines, size, points);
    if (level === 0) return;
    const fork = between(random, 0.25, 0.5);
    grow(x, y, heading - fork, length * between(random, 0.6, 0.9), width * 0.62, level - 1);
    grow(x, y, heading + fork, length * between(random, 0.6, 0.9), width * 0.68, level - 1);
  };
  for (let branch = 0; branch < 9; branch++) {
    const angle = -1.35 + branch * 0.36 + 0.12 * random.normal();
    const lower = branch > 4 ? 1.2 : 1;
    const y = root.y + (branch - 4) * 0.012;
    grow(root.x, y, angle, between(random, 0.07, 0.11) * lower, between(random, 0.009, 0.013) * lower, 3);
  }
}

function drawSpine({ size, shape, tissue }: Chest): void {
  const height = 0.055;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const middle = midline(shape, y);
    const phase = (y / height) % 1;
    const disc = ramp(Math.abs(phase - 0.5), 0.36, 0.47);
    const trachea = y < shape.lungs[0].apex + 0.2 ? 0.11 : 0;
    const first = Math.max(0, Math.floor((middle - 0.05) * size));
    const last = Math.min(size - 1, Math.ceil((middle + 0.05) * size));
    for (let column = first; column <= last; column++) {
      const offset = (column + 0.5) / size - middle;
      const share = ramp(-Math.abs(offset), -0.045, -0.03);
      const pedicles = ramp(-Math.abs(Math.abs(offset) - 0.024), -0.008, 0) *
        ramp(-Math.abs(phase - 0.35), -0.2, 0);
      const column2 = 0.08 * share * (1 - 0.5 * disc) + 0.05 * pedicles;
      const windpipe = trachea * ramp(-Math.abs(offset - 0.004), -0.021, -0.012);
      tissue[row * size + column]! += column2 - windpipe;
    }
  }
}

function drawBones({ size, shape, tissue }: Chest, lung: LungShape): void {
  const { ribs, clavicles } = shape;
  const at = (distance: number, y: number, width: number, strength: number): StrokePoint => ({
    x: midline(shape, y) + lung.side * distance,
    y,
    width,
    strength,
  });
  for (let rib = 0; rib < 10; rib++) {
    const start = ribs.first + rib * ribs.spacing;
    const drop = ribs.slope * (0.55 + 0.1 * rib);
    const turn = start + drop;
    if (turn > lung.base + 0.1) break;
    const wall = outerWall(lung, Math.min(turn, lung.base)) + 0.008;
    const back: StrokePoint[] = [];
    for (let k = 0; k <= 12; k++) {
      const u = k / 12;
      const y = start - ribs.arch * Math.sin(Math.PI * Math.min(1, u * 1.1)) + drop * u ** 2.4;
      back.push(
        at(0.03 + (wall - 0.03) * Math.sin((Math.PI / 2) * u), y, ribs.width, ribs.strength * (1 - 0.2 * u)),
      );
    }
    stroke(tissue, size, back);
    const front: StrokePoint[] = [];
    for (let k = 0; k <= 7; k++) {
      const u = k / 7;
      const distance = wall - (wall - 0.1) * 0.78 * u;
      const strength = 0.62 * ribs.strength * (1 - ramp(u, 0.6, 1));
      front.push(
        at(distance, turn + 0.02 + (0.3 + 0.02 * rib) * (wall - distance), 1.1 * ribs.width, strength),
      );
    }
    stroke(tissue, size, front);
  }
  const collar: StrokePoint[] = [];
  for (let k = 0; k <= 10; k++) {
    const u = k / 10;
    const y = clavicles.height - clavicles.rise * u + 0.018 * Math.sin(2 * Math.PI * u);
    collar.push(at(0.03 + 0.37 * u, y, 0.0135 + 0.004 * Math.abs(u - 0.5), clavicles.strength));
  }
  stroke(tissue, size, collar);
  const blade = shape.scapulae;
  stroke(tissue, size, [
    at(blade + 0.03, clavicles.height + 0.01, 0.018, 0.07),
    at(blade, clavicles.height + 0.12, 0.02, 0.08),
    at(blade + 0.05, clavicles.height + 0.27, 0.02, 0.08),
    at(blade + 0.1, clavicles.height + 0.1, 0.02, 0.06),
  ]);
  stroke(tissue, size, [
    at(0.42, clavicles.height - clavicles.rise + 0.03, 0.04, 0.12),
    at(0.47, clavicles.height + 0.3, 0.035, 0.12),
  ]);
}

function drawBreast({ size, shape, tissue }: Chest, lung: LungShape): void {
  const { radius, height } = shape.breasts;
  const x0 = midline(shape, height) + lung.side * (lung.outer * 0.6);
  const region = { x0: x0 - 1.3 * radius, x1: x0 + 1.3 * radius, y0: height - radius, y1: height + radius };
  paint(size, region, (x, y, i) => {
    const away = Math.hypot((x - x0) / 1.25, y - height) / radius;
    if (away >= 1) return;
    tissue[i]! += 0.13 * ramp(1 - away, 0, 0.25) * ramp(y, height - radius, height + 0.5 * radius);
  });
}

/** A thin wire from the border of the film to somewhere on the chest. */
function drawLead({ size, tissue }: Chest, random: Random): void {
  const side = random.uniform() < 0.5 ? 0 : 1;
  const end = { x: between(random, 0.2, 0.8), y: between(random, 0.2, 0.7) };
  const start = { x: side + 0.02 * (1 - 2 * side), y: between(random, 0.3, 1) };
  const sag = between(random, -0.1, 0.2);
  const points: StrokePoint[] = [];
  for (let k = 0; k <= 14; k++) {
    const u = k / 14;
    const y = start.y + (end.y - start.y) * u + sag * Math.sin(Math.PI * u);
    points.push({ x: start.x + (end.x - start.x) * u, y, width: 0.0035, strength: 0.16 });
  }
  stroke(tissue, size, points);
}

function drawTexture({ size, tissue, air }: Chest, random: Random): void {
  const coarse = smoothNoise(random, 4);
  const fine = smoothNoise(random, 40);
  paint(size, { x0: 0, y0: 0, x1: 1, y1: 1 }, (x, y, i) => {
    tissue[i]! += (0.13 * coarse(x, y) + 0.015 * fine(x, y)) * (0.3 + air[i]!);
  });
}
