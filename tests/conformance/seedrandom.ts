import { createRequire } from "node:module";

const core = createRequire(
  createRequire(import.meta.resolve("@tensorflow/tfjs")).resolve("@tensorflow/tfjs-core"),
);

/** The generator that tfjs-core takes from the CommonJS package `seedrandom`, as an ES module has to export it. */
export const alea: (seed: string) => () => number = core("seedrandom").alea;
