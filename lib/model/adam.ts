import { tf } from "../tensorflow/mod.ts";

/** Settings of {@linkcode adam}; the defaults are Keras'. */
export interface AdamOptions {
  /** The fraction of the gradients' moving average that stays at each step. Default: 0.9. */
  beta1?: number;
  /** The same for their squares. Default: 0.999. */
  beta2?: number;
  /** Added to the square root of the second average. Default: 1e-7. */
  epsilon?: number;
}

/** Adam (Kingma and Ba, 2015) over one vector of weights. */
export interface Adam {
  /** [weights]: the moving average of gradients. */
  first: tf.Variable<tf.Rank.R1>;
  /** [weights]: the moving average of squared gradients. */
  second: tf.Variable<tf.Rank.R1>;
  /** [1]: how many steps were taken. */
  steps: tf.Variable<tf.Rank.R1>;
  /** Takes a step: updates the averages and gives what is to be subtracted from the weights. */
  step(gradient: tf.Tensor1D, learningRate: tf.Tensor): tf.Tensor1D;
  /** Frees the averages. */
  dispose(): void;
}

/** Opens Adam for a vector of so many weights, in the form that Keras has: bias correction in the rate. */
export function adam(weights: number, options: AdamOptions = {}): Adam {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const zeros = (size: number) => tf.tidy(() => tf.variable(tf.zeros([size]) as tf.Tensor1D));
  const first = zeros(weights);
  const second = zeros(weights);
  const steps = zeros(1);

  function step(gradient: tf.Tensor1D, learningRate: tf.Tensor): tf.Tensor1D {
    steps.assign(tf.add(steps, 1));
    first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), 1 - beta1)));
    second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), 1 - beta2)));
    const correction = tf.div(tf.sqrt(tf.sub(1, tf.pow(beta2, steps))), tf.sub(1, tf.pow(beta1, steps)));
    return tf.div(tf.mul(first, tf.mul(learningRate, correction)), tf.add(tf.sqrt(second), epsilon));
  }

  function dispose(): void {
    first.dispose();
    second.dispose();
    steps.dispose();
  }

  return { first, second, steps, step, dispose };
}
