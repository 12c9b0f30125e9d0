import * as tf from "@tensorflow/tfjs";
import { type Kernel, run, runOne, typeOf } from "./_kernel.ts";

/** Kernels over texts. */
export const strings: Kernel[] = [
  {
    name: "StringNGrams",
    work: ({ inputs: { data, dataSplits }, attributes }) =>
      run("StringNGrams", [data, dataSplits], {
        attributes: {
          separator: attributes.separator,
          ngram_widths: attributes.nGramWidths,
          left_pad: attributes.leftPad,
          right_pad: attributes.rightPad,
          pad_width: attributes.padWidth,
          preserve_short_sequences: attributes.preserveShortSequences,
          Tsplits: typeOf(dataSplits),
        },
      }),
  },
  {
    name: "StringSplit",
    work: ({ inputs: { input, delimiter }, attributes: { skipEmpty } }) =>
      run("StringSplit", [input, delimiter], { attributes: { skip_empty: skipEmpty } }),
  },
  {
    name: "StringToHashBucketFast",
    work: ({ inputs: { input }, attributes: { numBuckets } }) =>
      runOne("StringToHashBucketFast", [input], { attributes: { num_buckets: numBuckets } }),
  },
  comparison("Greater", (a, b) => a > b),
  comparison("GreaterEqual", (a, b) => a >= b),
  comparison("Less", (a, b) => a < b),
  comparison("LessEqual", (a, b) => a <= b),
];

/** TensorFlow orders no texts, so they are compared in JavaScript. */
function comparison(name: string, holds: (a: string, b: string) => boolean): Kernel {
  return {
    name,
    applies: ({ inputs: { a } }) => a.dtype === "string",
    work: ({ inputs: { a, b } }) => {
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const [left, right] = [a, b].map((texts: tf.Tensor) => broadcast(texts, shape).dataSync<"string">());
      return tf.tensor(Array.from(left!, (text, i) => holds(text, right![i]!)), shape, "bool");
    },
  };
}

function broadcast(texts: tf.Tensor, shape: number[]): tf.Tensor {
  return runOne("BroadcastTo", [texts, tf.tensor1d(shape, "int32")], {
    attributes: { T: typeOf(texts), Tidx: typeOf({ dtype: "int32" }) },
  });
}
