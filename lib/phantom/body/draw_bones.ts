import { type LungShape, midline, outerWall } from "../anatomy.ts";
import type { Chest } from "../chest.ts";
import { ramp, stroke, type StrokePoint } from "../paint.ts";

/** Draws the vertebrae, and the windpipe before them. */
export function drawSpine({ size, shape, tissue }: Chest): void {
  const height = 0.055;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const middle = midline(shape, y);
    const phase = (y / height) % 1;
    const disc = ramp(Math.abs(phase - 0.5), 0.36, 0.47);
    const trachea = 0.11 * (1 - ramp(y, shape.lungs[0].apex + 0.16, shape.lungs[0].apex + 0.24));
    const first = Math.max(0, Math.floor((middle - 0.05) * size));
    const last = Math.min(size - 1, Math.ceil((middle + 0.05) * size));
    for (let column = first; column <= last; column++) {
      const offset = (column + 0.5) / size - middle;
      const share = ramp(-Math.abs(offset), -0.045, -0.03);
      const pedicles = ramp(-Math.abs(Math.abs(offset) - 0.024), -0.008, 0) *
        ramp(-Math.abs(phase - 0.35), -0.2, 0);
      const vertebra = 0.08 * share * (1 - 0.5 * disc) + 0.05 * pedicles;
      const windpipe = trachea * ramp(-Math.abs(offset - 0.004), -0.021, -0.012);
      tissue[row * size + column]! += vertebra - windpipe;
    }
  }
}

/** Draws the ribs, the clavicle, the shoulder blade and the upper arm of one side. */
export function drawBones({ size, shape, tissue }: Chest, lung: LungShape): void {
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
    stroke({ field: tissue, size }, back);
    const front: StrokePoint[] = [];
    for (let k = 0; k <= 7; k++) {
      const u = k / 7;
      const distance = wall - (wall - 0.1) * 0.78 * u;
      const strength = 0.62 * ribs.strength * (1 - ramp(u, 0.6, 1));
      front.push(
        at(distance, turn + 0.02 + (0.3 + 0.02 * rib) * (wall - distance), 1.1 * ribs.width, strength),
      );
    }
    stroke({ field: tissue, size }, front);
  }
  const collar: StrokePoint[] = [];
  for (let k = 0; k <= 10; k++) {
    const u = k / 10;
    const y = clavicles.height - clavicles.rise * u + 0.018 * Math.sin(2 * Math.PI * u);
    collar.push(
      at(0.03 + 0.37 * u, y, 0.0135 + 0.004 * Math.abs(u - 0.5), clavicles.strength * (1 - ramp(u, 0.8, 1))),
    );
  }
  stroke({ field: tissue, size }, collar);
  const blade = shape.scapulae;
  stroke({ field: tissue, size }, [
    at(blade + 0.03, clavicles.height + 0.01, 0.018, 0),
    at(blade, clavicles.height + 0.12, 0.02, 0.08),
    at(blade + 0.05, clavicles.height + 0.27, 0.02, 0.08),
    at(blade + 0.1, clavicles.height + 0.1, 0.02, 0),
  ]);
  stroke({ field: tissue, size }, [
    at(0.42, clavicles.height - clavicles.rise + 0.03, 0.04, 0.12),
    at(0.5, clavicles.height + 0.45, 0.032, 0),
  ]);
}
