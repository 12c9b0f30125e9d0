/**
 * Models of layers (`tf.sequential`, `tf.model`) run each step of `fit`, `fitDataset`, `trainOnBatch`, `evaluate` and
 * `predict` as one traced graph, with no change to the program that made them. What cannot be traced runs operation by
 * operation, as TensorFlow.js does it, and says so once.
 *
 * A step is traced for each combination of shapes, and anew when the model is compiled again or a number of its
 * optimizer is changed. Adam's learning rate is an input of the graph, so that a schedule costs nothing.
 *
 * @module
 */
import { backend, tf } from "./backend.ts";
import { AttributeType, DataType } from "./data_type.ts";
import { batchNormalization } from "./fused.ts";
import { type Graph, graph, type GraphArgument } from "./graph.ts";
import { randomNormal, randomUniform } from "./random.ts";
import { isTracing } from "./trace.ts";

/** A step over a batch: inputs, then targets, then sample weights where there are any. */
type Step = (data: tf.Tensor[]) => tf.Tensor[];

/** What is used of a `LayersModel`; most of it TensorFlow.js does not declare. */
interface Model {
  readonly name: string;
  readonly stateful: boolean;
  readonly optimizer_?: Optimizer;
  readonly lossFunctions?: unknown;
  readonly metricsTensors?: unknown;
  readonly collectedTrainableWeights?: unknown;
  /** The model inside a sequential one. */
  readonly model?: Model;
  testFunction: Step;
  dispose(): { refCountAfterDispose: number };
  call(inputs: tf.Tensor[], options: object): tf.Tensor | tf.Tensor[];
  checkNumSamples(inputs: tf.Tensor | tf.Tensor[]): number;
  makeTrainFunction(): Step;
  makeTestFunction(): Step;
  predictLoop(
    inputs: tf.Tensor | tf.Tensor[],
    batchSize?: number,
    verbose?: boolean,
  ): tf.Tensor | tf.Tensor[];
}

type Optimizer = Record<string, unknown> & { iterations_?: number };

type StepGraph = Graph<GraphArgument[], readonly tf.Tensor[]>;

/** How often a step may be traced anew because its optimizer's numbers change, before it is traced no more. */
const MOST_RETRACES = 8;

/** One kind of step of a model. */
class TracedStep {
  #graph: StepGraph | null = null;
  #state: readonly unknown[] = [];
  #retraces = 0;
  #isEager = false;

  constructor(
    readonly model: Model,
    readonly kind: "training" | "evaluation" | "prediction",
    readonly eager: Step,
  ) {
    if (model.stateful) this.#goOnEagerly("its layers keep state in JavaScript");
  }

  /** Runs the step: as a graph, or operation by operation where it cannot be one. */
  run(data: tf.Tensor[]): tf.Tensor[] {
    if (!isSwitchedOn || this.#isEager || isTracing() || tf.getBackend() !== "tensorflow") {
      return this.eager(data);
    }

    const optimizer = this.kind === "training" ? this.model.optimizer_! : {};
    const steps = optimizer.iterations_ ?? 0;
    const lengths = Object.entries(optimizer).flatMap(([name, value]) =>
      Array.isArray(value) ? [[name, value.length] as const] : []
    );
    try {
      if (this.#find(optimizer) === null) return this.eager(data);
      setRate(optimizer);
      const results = this.#graph!(...data);
      // What JavaScript counts goes on when the step is traced, which may be twice, and not when its graph runs.
      if (this.kind === "training") optimizer.iterations_ = steps + 1;
      return [...results];
    } catch (error) {
      optimizer.iterations_ = steps;
      for (const [name, length] of lengths) (optimizer[name] as unknown[]).length = length;
      const results = this.eager(data); // Where the model itself is wrong, this throws what TensorFlow.js says.
      this.#goOnEagerly((error as Error).message);
      return results;
    }
  }

  /** The graph for the model as it is now; null where it has to be traced too often. */
  #find(optimizer: Optimizer): StepGraph | null {
    const state = stateOf(this.model, optimizer);
    if (this.#graph && state.every((value, i) => value === this.#state[i])) return this.#graph;
    if (this.#graph && ++this.#retraces > MOST_RETRACES) {
      this.#goOnEagerly("its optimizer's numbers change again and again");
      return null;
    }
    this.#graph?.dispose();
    this.#state = state;
    const traced = (...data: GraphArgument[]) => {
      const results = asLayers(() => this.eager(data as tf.Tensor[]));
      const copies = results.map((result) => tf.clone(result));
      tf.dispose(results); // Metrics are kept, which would never end.
      return copies;
    };
    return this.#graph = graph(traced, { name: `${this.model.name}_${this.kind}` });
  }

  /** Frees the graph and the learning rate that it takes. */
  dispose(): void {
    this.#graph?.dispose();
    this.#graph = null;
    const optimizer = this.model.optimizer_;
    const rate = optimizer && rates.get(optimizer);
    if (!rate) return;
    rates.delete(optimizer);
    rate.dispose();
  }

  #goOnEagerly(reason: string): void {
    this.#isEager = true;
    this.#graph?.dispose();
    this.#graph = null;
    console.warn(`${this.model.name}: ${this.kind} is not traced, and slower for it: ${reason}`);
  }
}

/** Whether models are traced. */
let isSwitchedOn = true;

/**
 * Switches the tracing of models of layers off, or on again.
 *
 * @returns Whether it was on before.
 */
export function traceLayers(on: boolean): boolean {
  const before = isSwitchedOn;
  isSwitchedOn = on;
  return before;
}

/** What a graph of a model is recorded from, besides tensors and variables. */
function stateOf(model: Model, optimizer: Optimizer): unknown[] {
  const given = isAdam(optimizer) ? ["iterations_", "learningRate"] : ["iterations_"];
  const numbers = Object.entries(optimizer).filter(([name, value]) =>
    typeof value === "number" && !given.includes(name)
  );
  const { optimizer_, lossFunctions, metricsTensors, collectedTrainableWeights } = model;
  return [optimizer_, lossFunctions, metricsTensors, collectedTrainableWeights, JSON.stringify(numbers)];
}

/** By its prototype: to `instanceof`, TensorFlow.js lets every optimizer be one of every class. */
function isAdam(optimizer: object): boolean {
  return Object.getPrototypeOf(optimizer) === tf.AdamOptimizer.prototype;
}

/** Whether what is traced now is a step of layers, and no function of the user's. */
let isStepOfLayers = false;

function asLayers<T>(work: () => T): T {
  isStepOfLayers = true;
  try {
    return work();
  } finally {
    isStepOfLayers = false;
  }
}

/** The learning rates that graphs take, by their optimizers. */
const rates = new WeakMap<object, tf.Variable>();

function rateOf(optimizer: object): tf.Variable {
  const known = rates.get(optimizer);
  if (known) return known;
  const rate = tf.tidy(() => tf.variable(tf.scalar(0), false));
  rates.set(optimizer, rate);
  return rate;
}

function setRate(optimizer: Optimizer): void {
  if (!isAdam(optimizer)) return;
  const rate = rateOf(optimizer);
  tf.tidy(() => rate.assign(tf.scalar((optimizer as unknown as { learningRate: number }).learningRate)));
}

const steps = new WeakMap<Model, Map<string, TracedStep>>();

/** The step of a kind that a model has, so that each call of `trainOnBatch` finds the graph of the first. */
function stepOf(model: Model, kind: TracedStep["kind"], eager: () => Step): TracedStep {
  const known = steps.get(model) ?? new Map<string, TracedStep>();
  steps.set(model, known);
  const step = known.get(kind) ?? new TracedStep(model, kind, eager());
  known.set(kind, step);
  return step;
}

const model = tf.LayersModel.prototype as unknown as Model;
const { makeTrainFunction, makeTestFunction, predictLoop, dispose } = model;

Object.assign(model, {
  dispose(this: Model) {
    const result = dispose.call(this);
    // What a sequential model runs are the steps of a model inside it.
    for (const owner of [this, this.model]) {
      if (!owner || result.refCountAfterDispose > 0) continue;
      for (const step of steps.get(owner)?.values() ?? []) step.dispose();
      steps.delete(owner);
    }
    return result;
  },

  makeTrainFunction(this: Model): Step {
    const step = stepOf(this, "training", () => makeTrainFunction.call(this));
    return (data) => step.run(data);
  },

  makeTestFunction(this: Model): Step {
    const step = stepOf(this, "evaluation", () => {
      makeTestFunction.call(this);
      return this.testFunction;
    });
    return this.testFunction = (data) => tf.tidy(() => step.run(data));
  },

  predictLoop(this: Model, inputs: tf.Tensor | tf.Tensor[], batchSize = 32, verbose = false) {
    if (verbose) return predictLoop.call(this, inputs, batchSize, verbose);
    const step = stepOf(this, "prediction", () => (data) => [this.call(data, {})].flat());
    return tf.tidy(() => {
      const given = [inputs].flat();
      const samples = this.checkNumSamples(given);
      const outputs: tf.Tensor[][] = [];
      for (let start = 0; start < samples; start += batchSize) {
        const size = Math.min(batchSize, samples - start);
        step.run(given.map((tensor) => size === samples ? tensor : tf.slice(tensor, start, size)))
          .forEach((output, i) => (outputs[i] ??= []).push(output));
      }
      const joined = outputs.map((batches) => batches.length === 1 ? batches[0]! : tf.concat(batches, 0));
      return joined.length === 1 ? joined[0]! : joined;
    });
  },
});

/** Puts another `call` before that of a class of layers; it gives null for what it leaves to the first. */
function beforeCall<Layer>(
  sample: tf.layers.Layer,
  call: (layer: Layer, input: tf.Tensor, training: boolean) => tf.Tensor | null,
): void {
  const type = Object.getPrototypeOf(sample);
  const stock = type.call;
  type.call = function (this: Layer, inputs: tf.Tensor | tf.Tensor[], options: { training?: boolean }) {
    const given = [inputs].flat();
    const result = given.length === 1 && isStepOfLayers
      ? tf.tidy(() => call(this, given[0]!, options.training === true) as tf.Tensor) // Null goes through as it is.
      : null;
    return result ?? stock.call(this, inputs, options);
  };
}

/** A weight of a layer, by channel. */
interface LayerVariable {
  read(): tf.Tensor1D;
  write(value: tf.Tensor): void;
}

/** What is used of the layer of batch normalisation. */
interface BatchNormalizationLayer {
  axis: number;
  epsilon: number;
  momentum: number;
  gamma: LayerVariable | null;
  beta: LayerVariable | null;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

beforeCall<BatchNormalizationLayer>(tf.layers.batchNormalization(), (layer, input, training) => {
  const { axis, epsilon, momentum, gamma, beta, movingMean, movingVariance } = layer;
  if (!training || input.rank !== 4 || (axis !== -1 && axis !== 3) || !gamma || !beta) return null;
  const { y, mean, variance } = batchNormalization(input as tf.Tensor4D, {
    gamma: gamma.read(),
    beta: beta.read(),
    epsilon,
  });
  for (const [moving, value] of [[movingMean, mean], [movingVariance, variance]] as const) {
    const before = moving.read();
    moving.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
  }
  return y;
});

// Numbers that TensorFlow.js draws without a seed come from TensorFlow in a graph, so that each run has new ones.
beforeCall<{ rate: number; seed?: number; getNoiseShape(input: tf.Tensor): number[] | undefined }>(
  tf.layers.dropout({ rate: 0.5 }),
  (layer, input, training) => {
    const { rate, seed } = layer;
    if (!training || seed !== undefined || !(rate > 0 && rate < 1)) return null;
    const shape = layer.getNoiseShape(input) ?? input.shape;
    const kept = tf.greaterEqual(randomUniform(shape.map((size, i) => size ?? input.shape[i]!)), rate);
    return tf.mul(input, tf.div(tf.cast(kept, "float32"), 1 - rate));
  },
);

beforeCall<{ stddev: number }>(tf.layers.gaussianNoise({ stddev: 1 }), ({ stddev }, input, training) => {
  return training ? tf.add(input, tf.mul(randomNormal(input.shape), stddev)) : null;
});

beforeCall<{ rate: number }>(tf.layers.gaussianDropout({ rate: 0.5 }), ({ rate }, input, training) => {
  if (!training || !(rate > 0 && rate < 1)) return null;
  return tf.mul(input, tf.add(tf.mul(randomNormal(input.shape), Math.sqrt(rate / (1 - rate))), 1));
});

/**
 * The product of two matrices is TensorFlow's MatMul in a step of layers: TensorFlow.js takes the operation for batches
 * of matrices, with which a step of an LSTM takes two and a half times as long.
 */
const batchMatMul = tf.getKernel("BatchMatMul", "tensorflow");
tf.unregisterKernel("BatchMatMul", "tensorflow");
tf.registerKernel({
  ...batchMatMul,
  kernelFunc(given) {
    const { a, b } = given.inputs as { a: tf.Tensor; b: tf.Tensor };
    const isOne = ({ shape }: tf.Tensor) => shape.length === 2 || (shape.length === 3 && shape[0] === 1);
    const isPair = a.rank === b.rank && isOne(a) && isOne(b) && a.dtype === "float32";
    if (!isStepOfLayers || !isPair) return batchMatMul.kernelFunc(given);
    return tf.tidy(() => {
      const matrices = [a, b].map((matrix) => tf.reshape(matrix, matrix.shape.slice(-2)));
      const attributes = [
        { name: "T", type: AttributeType.TYPE, value: DataType.FLOAT },
        { name: "transpose_a", type: AttributeType.BOOL, value: given.attrs!.transposeA },
        { name: "transpose_b", type: AttributeType.BOOL, value: given.attrs!.transposeB },
      ];
      const product = backend().executeMultipleOutputs("MatMul", attributes, matrices, 1)[0]!;
      return tf.reshape(product, [...a.shape.slice(0, -2), ...product.shape]);
    });
  },
});

/** What is used of TensorFlow.js' Adam. */
interface AdamState {
  beta1: number;
  beta2: number;
  epsilon: number;
  accBeta1: tf.Variable;
  accBeta2: tf.Variable;
  accumulatedFirstMoment: Moment[];
  accumulatedSecondMoment: Moment[];
  incrementIterations(): void;
}

interface Moment {
  originalName: string;
  variable: tf.Variable;
}

const { applyGradients } = tf.AdamOptimizer.prototype;

/**
 * Adam (Kingma and Ba, 2015) as TensorFlow.js computes it, in a graph: its powers of beta, kept as `accBeta1` and
 * `accBeta2`, become one factor of the rate, and each weight takes eight operations instead of fourteen. The factor on
 * epsilon keeps the result the same.
 */
tf.AdamOptimizer.prototype.applyGradients = function (gradients) {
  if (!isStepOfLayers) return applyGradients.call(this, gradients);
  const adam = this as unknown as AdamState;
  const { beta1, beta2, epsilon, accBeta1, accBeta2 } = adam;
  const named: [string, tf.Tensor][] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor])
    : Object.entries(gradients);
  tf.tidy(() => {
    const root = tf.sqrt(tf.sub(1, accBeta2));
    const rate = tf.div(tf.mul(rateOf(this), root), tf.sub(1, accBeta1));
    const smallest = tf.mul(root, epsilon);
    named.forEach(([name, gradient], i) => {
      const value = tf.engine().registeredVariables[name]!;
      const moment = (suffix: string): Moment => ({
        originalName: `${name}/${suffix}`,
        variable: tf.tidy(() => tf.variable(tf.zerosLike(value), false)),
      });
      const first = (adam.accumulatedFirstMoment[i] ??= moment("m")).variable;
      const second = (adam.accumulatedSecondMoment[i] ??= moment("v")).variable;
      if (gradient == null) return;
      first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), 1 - beta1)));
      second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), 1 - beta2)));
      value.assign(tf.sub(value, tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), smallest))));
    });
    accBeta1.assign(tf.mul(accBeta1, beta1));
    accBeta2.assign(tf.mul(accBeta2, beta2));
  });
  adam.incrementIterations();
};
