import { createModel, type Model, type Parameter, sizeOf } from "../model/model.ts";
import { tf } from "../tensorflow/mod.ts";

/** The names of a network's layers that have weights, the last one first. */
export function layersFromLast({ parameters }: Model): string[] {
  return [...new Set(parameters.map(({ name }) => layerOf(name)))].reverse();
}

/** A network of its own whose last layers have random weights. */
export interface RandomisedModel extends Disposable {
  /** The network, to be explained like any other; its weights change with `randomise`. */
  model: Model;
  /** Gives so many layers, from the last one, initial weights and statistics of a seed, and the others the trained ones. */
  randomise(layers: number, seed: number): void;
}

/**
 * Makes a copy of a model in which layer after layer, from the last to the first, gets the weights that it might have begun
 * with (Adebayo et al., "Sanity Checks for Saliency Maps", 2018, section 3.1: cascading randomisation). What batch
 * normalisation has seen of images is forgotten with its weights. The model itself stays as it is.
 */
export function randomisedModel(trained: Model): RandomisedModel {
  const model = createModel(trained.network, { seed: null });
  const order = layersFromLast(trained);
  const own = [trained.weights, trained.moving].map((vector) => vector.dataSync() as Float32Array);
  const seeds = new Map<number, Float32Array[]>();
  return {
    model,
    randomise(layers, seed) {
      const chosen = new Set(order.slice(0, layers));
      const initial = layers === 0 ? own : seeds.get(seed) ?? initialVectors(trained, seed);
      if (layers > 0) seeds.set(seed, initial);
      for (const [i, [variable, parameters]] of vectorsOf(model).entries()) {
        const vector = own[i]!.slice();
        let start = 0;
        for (const { name, shape } of parameters) {
          const end = start + sizeOf(shape);
          if (chosen.has(layerOf(name))) vector.set(initial[i]!.subarray(start, end), start);
          start = end;
        }
        tf.tidy(() => variable.assign(tf.tensor1d(vector)));
      }
    },
    [Symbol.dispose]: () => model.dispose(),
  };
}

function vectorsOf(
  { weights, moving, parameters, statistics }: Model,
): [tf.Variable<tf.Rank.R1>, readonly Parameter[]][] {
  return [[weights, parameters], [moving, statistics]];
}

/** The initial weights and statistics of a seed. */
function initialVectors({ network }: Model, seed: number): Float32Array[] {
  const model = createModel(network, { seed });
  const vectors = [model.weights, model.moving].map((vector) => vector.dataSync().slice() as Float32Array);
  model.dispose();
  return vectors;
}

function layerOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}
