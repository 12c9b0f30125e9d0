/** Networks of TensorFlow.js' own layers, losses and optimisers: what a user of stock TensorFlow.js has. */
import process from "node:process";

const OUTPUTS = 14;

/** Makes the network; `train` and `infer` do one step each. */
export function stockNetwork(tf, { depth, size, batch }) {
  const model = resnet(tf, { depth, size });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: (truth, p) => weightedCrossEntropy(tf, truth, p) });
  const images = tf.randomUniform([batch, size, size, 1]);
  const truth = tf.cast(tf.less(tf.randomUniform([batch, OUTPUTS]), 0.1), "float32");
  return {
    train: () => model.trainOnBatch(images, truth),
    async infer() {
      const scores = model.predictOnBatch(images);
      await scores.data();
      scores.dispose();
    },
  };
}

/**
 * Makes one of {@linkcode MODELS}; `train` does one step.
 *
 * @param given The model's name, and how many samples a batch has.
 */
export function stockModel(tf, { model: name, batch }) {
  const { make, optimizer, loss, labels } = MODELS[name];
  const model = make(tf);
  model.compile({ optimizer: optimizer(tf), loss });
  const x = tf.randomUniform([batch, ...model.inputs[0].shape.slice(1)]);
  const outputs = model.outputs[0].shape[1];
  const y = labels === "classes"
    ? tf.oneHot(tf.randomUniform([batch], 0, outputs, "int32"), outputs)
    : tf.cast(tf.less(tf.randomUniform([batch, outputs]), 0.1), "float32");
  return { train: () => model.trainOnBatch(x, y), parameters: model.countParams() };
}

/** What a training step takes on average, in seconds: of the process, on all its threads, and by the clock. */
export async function timeSteps({ train }, count) {
  const [before, start] = [process.cpuUsage(), performance.now()];
  for (let i = 0; i < count; i++) await train();
  const { user, system } = process.cpuUsage(before);
  return { processor: (user + system) / 1e6 / count, wall: (performance.now() - start) / 1000 / count };
}

/** Networks as TensorFlow.js' own examples have them: of images, of texts as one-hot letters, and of tables. */
const MODELS = {
  resnet: {
    make: (tf) => resnet(tf, { depth: 56, size: 32 }),
    optimizer: (tf) => tf.train.adam(1e-3),
    loss: "binaryCrossentropy",
  },
  cnn: {
    make({ layers, sequential }) {
      const convolve = (filters, more = {}) =>
        layers.conv2d({ filters, kernelSize: 5, activation: "relu", ...more });
      return sequential({
        layers: [
          convolve(8, { inputShape: [28, 28, 1] }),
          layers.maxPooling2d({ poolSize: 2 }),
          convolve(16),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 10, activation: "softmax" }),
        ],
      });
    },
    optimizer: (tf) => tf.train.adam(1e-3),
    loss: "categoricalCrossentropy",
    labels: "classes",
  },
  lstm: {
    make: ({ layers, sequential }) =>
      sequential({
        layers: [
          layers.lstm({ units: 64, inputShape: [40, 40] }),
          layers.dense({ units: 40, activation: "softmax" }),
        ],
      }),
    optimizer: (tf) => tf.train.rmsprop(1e-2),
    loss: "categoricalCrossentropy",
    labels: "classes",
  },
  mlp: {
    make: ({ layers, sequential }) =>
      sequential({
        layers: [
          layers.dense({ units: 50, activation: "sigmoid", inputShape: [12] }),
          layers.dense({ units: 50, activation: "sigmoid" }),
          layers.dense({ units: 1 }),
        ],
      }),
    optimizer: (tf) => tf.train.sgd(1e-2),
    loss: "meanSquaredError",
  },
};

function resnet(tf, { depth, size }) {
  const decay = tf.regularizers.l2({ l2: 1e-4 });
  const convolve = (x, filters, { kernelSize = 1, strides = 1 } = {}) =>
    tf.layers.conv2d({
      filters,
      kernelSize,
      strides,
      padding: "same",
      kernelInitializer: "heNormal",
      kernelRegularizer: decay,
    }).apply(x);
  const normalize = (x) => tf.layers.reLU().apply(tf.layers.batchNormalization().apply(x));

  const images = tf.input({ shape: [size, size, 1] });
  let x = normalize(convolve(images, 16, { kernelSize: 3 }));
  let inner = 16;
  for (let stage = 0; stage < 3; stage++) {
    const outer = inner * (stage === 0 ? 4 : 2);
    for (let block = 0; block < (depth - 2) / 9; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      let y = stage === 0 && block === 0 ? x : normalize(x);
      y = convolve(y, inner, { strides });
      y = convolve(normalize(y), inner, { kernelSize: 3 });
      y = convolve(normalize(y), outer);
      x = tf.layers.add().apply([block === 0 ? convolve(x, outer, { strides }) : x, y]);
    }
    inner = outer;
  }
  x = tf.layers.flatten().apply(tf.layers.averagePooling2d({ poolSize: 8 }).apply(normalize(x)));
  const scores = tf.layers.dense({
    units: OUTPUTS,
    activation: "sigmoid",
    kernelInitializer: "heNormal",
  }).apply(x);
  return tf.model({ inputs: images, outputs: scores });
}

function weightedCrossEntropy(tf, truth, p) {
  const positives = tf.mul(tf.mul(0.9, truth), tf.log(tf.add(p, 1e-7)));
  const negatives = tf.mul(tf.mul(0.1, tf.sub(1, truth)), tf.log(tf.add(tf.sub(1, p), 1e-7)));
  return tf.neg(tf.mean(tf.add(positives, negatives)));
}
