import { AttributeType, DataType } from "./data_type.ts";
import { backend, binding, tf } from "./backend.ts";

let seed = 0;
let draws = 0;
let firstValues = 0;

/**
 * Sets where random numbers go on from: the same seed and position give the same numbers.
 *
 * @param position How many draws came before, for work that goes on in the middle.
 */
export function seedRandom(newSeed: number, position = 0): void {
  seed = newSeed | 0;
  draws = position | 0;
  firstValues = 0;
}

/** The seed of the next draw, which is counted. */
export function nextSeed(): Int32Array<ArrayBuffer> {
  return Int32Array.of(seed, draws++);
}

/**
 * The seed of first values of variables that a traced function makes. It is not counted as a draw: work that goes on in
 * the middle makes such variables again.
 */
export function nextFirstValueSeed(): Int32Array<ArrayBuffer> {
  return Int32Array.of(seed, --firstValues);
}

/**
 * Random numbers, uniform in [0, 1), drawn by TensorFlow (Philox 4x32-10): new ones at every run of a traced
 * function, and the same ones after {@linkcode seedRandom}.
 */
export function randomUniform(shape: readonly number[]): tf.Tensor {
  return draw("StatelessRandomUniform", shape);
}

/** Random numbers from the standard normal distribution, otherwise as {@linkcode randomUniform}. */
export function randomNormal(shape: readonly number[]): tf.Tensor {
  return draw("StatelessRandomNormal", shape);
}

/**
 * Sets a share `rate` of a tensor's values to zero and divides the others by `1 - rate` (Srivastava et al., 2014);
 * otherwise as {@linkcode randomUniform}.
 *
 * @param rate In [0, 1).
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number): T {
  return tf.tidy(() => {
    const kept = tf.greaterEqual(randomUniform(x.shape), rate);
    return tf.mul(tf.div(x, 1 - rate), tf.cast(kept, x.dtype)) as T;
  });
}

function draw(operation: string, shape: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const inputs = [tf.tensor1d([...shape], "int32"), seedTensor()];
    return backend().executeMultipleOutputs(
      operation,
      [
        { name: "dtype", type: AttributeType.TYPE, value: DataType.FLOAT },
        { name: "T", type: AttributeType.TYPE, value: DataType.INT32 },
        { name: "Tseed", type: AttributeType.TYPE, value: DataType.INT32 },
      ],
      inputs,
      1,
    )[0]!;
  });
}

/** While tracing: the graph's seed, moved on for each random operation in it. */
function seedTensor(): tf.Tensor {
  const trace = binding.trace;
  if (!trace) return tf.tensor1d(nextSeed(), "int32");
  trace.seed ??= trace.recorder.placeholder([2], DataType.INT32);
  const base = backend().createOutputTensor(binding.addNode(trace.seed));
  return tf.add(base, tf.tensor1d([Math.imul(++trace.draws, 0x9e3779b1), 0], "int32"));
}

/**
 * Runs a function in which numbers that TensorFlow.js draws in JavaScript without a seed are an error, since a graph
 * would repeat them at every run.
 */
export function withoutJavaScriptRandomness<T>(work: () => T): T {
  const { random } = Math;
  Math.random = () => {
    throw new Error(
      "TensorFlow.js draws random numbers in JavaScript, which a traced function would repeat at every run: " +
        "use randomUniform, randomNormal or dropout of lib/tensorflow instead",
    );
  };
  try {
    return work();
  } finally {
    Math.random = random;
  }
}
