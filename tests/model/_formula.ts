/**
 * Weights, images and labels that the tests and the oracles (tests/oracles/_formula.py) both compute from formulas,
 * so that nothing large is stored.
 *
 * @module
 */
import { importWeights, type Model } from "../../lib/model/model.ts";
import { elementCount, type StoredTensor } from "../../lib/weight_files/stored_tensor.ts";

function phaseOf(name: string): number {
  let phase = 0;
  for (const character of name) phase = (31 * phase + character.codePointAt(0)!) % 1000003;
  return phase;
}

/** Values in -1..1 that look random: sin(0.37 i² + phase of the name), i counting in row-major order. */
export function wave(name: string, count: number): Float64Array {
  const phase = phaseOf(name);
  return new Float64Array(count).map((_, i) => Math.sin(0.37 * i * i + phase));
}

/** A network's weight by its name (`layer/weight`): kernels as He et al. scale them, the rest off 0 and 1. */
export function formulaWeight(name: string, shape: readonly number[]): StoredTensor {
  const fanIn = elementCount(shape.slice(0, -1));
  switch (name.split("/").at(-1)!) {
    case "kernel":
      return made(name, shape, (v) => 2 / Math.sqrt(fanIn) * v);
    case "depthwise_kernel":
      return made(name, shape, (v) => 2 / Math.sqrt(elementCount(shape.slice(0, 2))) * v);
    case "gamma":
      return made(name, shape, (v) => 0.5 + 0.1 * v);
    case "moving_variance":
      return made(name, shape, (v) => 1 + 0.3 * v);
    default:
      return made(name, shape, (v) => 0.1 * v);
  }
}

/** The same, with larger gammas: in deep networks different images keep different outputs. */
export function livelyWeight(name: string, shape: readonly number[]): StoredTensor {
  return name.endsWith("/gamma") ? made(name, shape, (v) => 0.5 + 0.1 * v + 0.3) : formulaWeight(name, shape);
}

/** The same, but rectifiers are nearly all on or off for a whole channel, so that rounding decides none of them. */
export function kinklessWeight(name: string, shape: readonly number[]): StoredTensor {
  if (name.endsWith("/gamma")) return made(name, shape, (v) => 0.1 + 0.02 * v);
  if (name.endsWith("/beta")) return made(name, shape, (v) => 0.7 * Math.sign(v));
  return formulaWeight(name, shape);
}

function made(name: string, shape: readonly number[], value: (v: number) => number): StoredTensor {
  return { dtype: "F32", shape, data: Float32Array.from(wave(name, elementCount(shape)), value) };
}

/** Gives every weight of a model its value by the formula. */
export function setFormulaWeights(model: Model, weight: typeof formulaWeight = formulaWeight): void {
  const all = [...model.parameters, ...model.statistics];
  importWeights(model, new Map(all.map(({ name, shape }) => [name, weight(name, shape)])), "formula");
}

/** Images in 0..1, so many values. */
export function formulaImages(name: string, count: number): Float32Array {
  return Float32Array.from(wave(name, count), (value) => 0.5 + 0.5 * value);
}

/** Labels, 0 or 1, so many of them. */
export function formulaLabels(name: string, count: number, prevalence = 0.3): Float32Array {
  const most = Math.sin(Math.PI / 2 * prevalence);
  return Float32Array.from(wave(name, count), (value) => Math.abs(value) < most ? 1 : 0);
}
