import { evalShape, tf } from "../tensorflow/mod.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { type Initializer, initialValues } from "./initializer.ts";
import { Layers, type LayersOptions, type ParameterSource } from "./layers.ts";
import type { Network } from "./network.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";

/** A parameter or moving average of a network: a stretch of one of a model's two vectors. */
export interface Parameter {
  /** Layer and weight, such as `conv2d_3/kernel`. */
  name: string;
  /** The shape that it has in the network. */
  shape: readonly number[];
  /** How its initial values are drawn. */
  initializer: Initializer;
  /** Whether weight decay (L2) applies to it. */
  decayed: boolean;
}

/**
 * A network with its parameters. All that are trained lie in one vector, all moving averages in another: a training
 * step then updates the whole network in a few operations instead of a dozen a weight.
 */
export interface Model {
  /** The network. */
  network: Network;
  /** Its trained weights, in the order of `weights`. */
  parameters: readonly Parameter[];
  /** Its running statistics, in the order of `moving`. */
  statistics: readonly Parameter[];
  /** [number of trained weights] */
  weights: tf.Variable<tf.Rank.R1>;
  /** [number of moving averages] */
  moving: tf.Variable<tf.Rank.R1>;
  /** Frees the vectors. */
  dispose(): void;
}

/** Makes a model with its initial weights, drawn from the seed; without one they are 0, to be read from a file. */
export function createModel(network: Network, { seed }: { seed: number | null }): Model {
  const { parameters, statistics } = describe(network);
  const vectorOf = (parameters: readonly Parameter[]) => {
    const vector = new Float32Array(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    let start = 0;
    for (const { name, shape, initializer } of parameters) {
      if (seed !== null) vector.set(initialValues(initializer, shape, { seed, name }), start);
      start += sizeOf(shape);
    }
    return tf.tidy(() => tf.variable(tf.tensor1d(vector)));
  };
  const weights = vectorOf(parameters);
  const moving = vectorOf(statistics);
  return {
    network,
    parameters,
    statistics,
    weights,
    moving,
    dispose() {
      weights.dispose();
      moving.dispose();
    },
  };
}

/** What a run of a network gives. */
export interface ForwardResult {
  /** [n, outputs] */
  logits: tf.Tensor2D;
  /** The moving averages after this batch, kept beyond `tf.tidy`; null where they do not change. */
  moving: tf.Tensor1D | null;
}

/** A model's vectors, cut into a tensor a parameter. */
export interface CutParameters {
  /** Trained weights by name. */
  weights: ReadonlyMap<string, tf.Tensor>;
  /** Moving averages by name. */
  moving: ReadonlyMap<string, tf.Tensor>;
}

/** How a model's network is run; `weights` stand in for the model's own, so that gradients can be taken. */
export interface ForwardOptions extends LayersOptions {
  /** [number of trained weights] Taken in place of the model's own. */
  weights?: tf.Tensor1D;
  /** Taken in place of both vectors. */
  cut?: CutParameters;
}

/** Cuts a model's vectors, as `forward` does at each call. */
export function cutParameters(
  { weights, moving, parameters, statistics }: Pick<Model, "parameters" | "statistics"> & {
    weights: tf.Tensor1D;
    moving: tf.Tensor1D;
  },
): CutParameters {
  return { weights: slices(weights, parameters), moving: slices(moving, statistics) };
}

/**
 * Makes a tensor of each of a model's parameters, for who runs its network often and not as a recorded graph: TensorFlow.js
 * on WebAssembly copies a whole vector for each piece of it. The caller frees them.
 *
 * @param values The two vectors, which take the place of the model's own.
 */
export function separateParameters(
  { parameters, statistics }: Pick<Model, "parameters" | "statistics">,
  { weights, moving }: { weights: Float32Array; moving: Float32Array },
): CutParameters {
  const tensorsOf = (vector: Float32Array, parameters: readonly Parameter[]) =>
    new Map([...cut(vector, parameters)].map(([name, { data, shape }]) => [
      name,
      tf.tensor(data as Float32Array, [...shape]),
    ]));
  return { weights: tensorsOf(weights, parameters), moving: tensorsOf(moving, statistics) };
}

/** Runs a model's network over images [n, imageSize, imageSize, channels] in 0..1. */
export function forward(model: Model, images: tf.Tensor4D, options: ForwardOptions): ForwardResult {
  const { weights, moving } = options.cut ??
    cutParameters({ ...model, weights: options.weights ?? model.weights });
  const updated = new Map<string, tf.Tensor>();
  const source: ParameterSource = {
    parameter: (name) => weights.get(name)!,
    statistic: (name) => moving.get(name)!,
    update: (name, value) => void updated.set(name, value),
  };
  const logits = model.network.forward(new Layers(source, options), images);
  if (updated.size === 0) return { logits, moving: null };
  const values = model.statistics.map(({ name }) => tf.reshape(updated.get(name) ?? moving.get(name)!, [-1]));
  return { logits, moving: tf.keep(tf.concat1d(values as tf.Tensor1D[])) };
}

/** The number of parameters, moving averages included, as Keras counts them. */
export function countParameters({ parameters, statistics }: Model): number {
  return [...parameters, ...statistics].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Copies a model's weights and moving averages out, by name. */
export function exportWeights(model: Model): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [vector, parameters] of vectorsOf(model)) {
    for (const [name, tensor] of cut(vector.dataSync() as Float32Array, parameters)) {
      tensors.set(name, tensor);
    }
  }
  return tensors;
}

/**
 * Puts weights and moving averages into a model, by name.
 *
 * @param tensors Float32 tensors; others than the model's own are refused.
 * @param from What to name in errors: the file that they come from.
 * @throws {InputError} Where a tensor is missing, superfluous, of another shape or not finite; the model is then as it was.
 */
export function importWeights(model: Model, tensors: ReadonlyMap<string, StoredTensor>, from: string): void {
  const known = new Set([...model.parameters, ...model.statistics].map(({ name }) => name));
  for (const name of tensors.keys()) {
    if (!known.has(name)) throw new InputError(`${from}: ${model.network.name} has no weight ${quote(name)}`);
  }
  const filled = vectorsOf(model).map(([variable, parameters]) => {
    const vector = new Float32Array(variable.size);
    let start = 0;
    for (const { name, shape } of parameters) {
      const tensor = tensors.get(name);
      if (!tensor) throw new InputError(`${from}: lacks "${name}" of ${model.network.name}`);
      if (tensor.dtype !== "F32" || tensor.shape.join() !== shape.join()) {
        throw new InputError(
          `${from}: "${name}" is ${tensor.dtype} [${tensor.shape}], where ${model.network.name} has F32 [${shape}]`,
        );
      }
      let infinite = 0;
      for (const value of tensor.data) if (!Number.isFinite(value)) infinite++;
      if (infinite > 0) {
        throw new InputError(
          `${from}: "${name}" is not finite: ${infinite} of its ${tensor.data.length} values are NaN or infinite`,
        );
      }
      vector.set(tensor.data, start);
      start += sizeOf(shape);
    }
    return [variable, vector] as const;
  });
  tf.tidy(() => {
    for (const [variable, vector] of filled) variable.assign(tf.tensor1d(vector));
  });
}

/** Which places of the weight vector weight decay applies to: 1 there, 0 elsewhere. */
export function decayMask({ parameters }: Model): Float32Array {
  const mask = new Float32Array(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let start = 0;
  for (const { shape, decayed } of parameters) {
    const end = start + sizeOf(shape);
    if (decayed) mask.fill(1, start, end);
    start = end;
  }
  return mask;
}

function vectorsOf({ weights, moving, parameters, statistics }: Model) {
  return [[weights, parameters], [moving, statistics]] as const;
}

/** Finds out a network's parameters by running it over nothing. */
function describe(network: Network): { parameters: Parameter[]; statistics: Parameter[] } {
  const parameters: Parameter[] = [];
  const statistics: Parameter[] = [];
  const source: ParameterSource = {
    parameter(name, shape, options) {
      parameters.push({ name, shape, ...options });
      return tf.zeros([...shape]);
    },
    statistic(name, shape, { initializer }) {
      statistics.push({ name, shape, initializer, decayed: false });
      return tf.zeros([...shape]);
    },
    update() {},
  };
  evalShape(() => {
    const images = tf.zeros([1, network.imageSize, network.imageSize, network.channels]) as tf.Tensor4D;
    network.forward(new Layers(source, { training: false }), images);
  });
  return { parameters, statistics };
}

function slices(vector: tf.Tensor1D, parameters: readonly Parameter[]): Map<string, tf.Tensor> {
  if (parameters.length === 0) return new Map();
  const parts = tf.split(vector, parameters.map(({ shape }) => sizeOf(shape)));
  return new Map(parameters.map(({ name, shape }, i) => [name, tf.reshape(parts[i]!, [...shape])]));
}

function cut(vector: Float32Array, parameters: readonly Parameter[]): Map<string, StoredTensor> {
  let start = 0;
  return new Map(parameters.map(({ name, shape }) => {
    const data = vector.slice(start, start += sizeOf(shape));
    return [name, { dtype: "F32", shape: [...shape], data }];
  }));
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
