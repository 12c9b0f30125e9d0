import type { Random } from "../support/random.ts";

/** A number between two others, each as likely. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** -1 or 1. */
export function eitherSide(random: Random): -1 | 1 {
  return random.uniform() < 0.5 ? -1 : 1;
}

/** A smooth random field over the unit square, about -1 to 1, with so many bumps along each side. */
export function smoothNoise(random: Random, bumps: number): (x: number, y: number) => number {
  const stride = bumps + 1;
  const lattice = Float32Array.from({ length: stride * stride }, () => 2 * random.uniform() - 1);
  return (x, y) => {
    const u = Math.min(Math.max(x, 0), 0.999999) * bumps;
    const v = Math.min(Math.max(y, 0), 0.999999) * bumps;
    const column = Math.floor(u);
    const row = Math.floor(v);
    const fu = u - column;
    const fv = v - row;
    const su = fu * fu * (3 - 2 * fu);
    const sv = fv * fv * (3 - 2 * fv);
    const i = row * stride + column;
    const top = lattice[i]! + (lattice[i + 1]! - lattice[i]!) * su;
    const bottom = lattice[i + stride]! + (lattice[i + stride + 1]! - lattice[i + stride]!) * su;
    return top + (bottom - top) * sv;
  };
}
