import type { Measure } from "./measure.ts";
import { EPOCH } from "./measures/epoch.ts";
import { FIRST_ANSWER } from "./measures/first_answer.ts";
import { FIRST_STEP } from "./measures/first_step.ts";
import { IMAGE_CACHE } from "./measures/image_cache.ts";
import { MEMORY } from "./measures/memory.ts";
import { METADATA } from "./measures/metadata.ts";
import { ONE_IMAGE } from "./measures/one_image.ts";
import { inferenceMeasure, trainingMeasure } from "./measures/network.ts";
import { PAGE } from "./measures/page.ts";
import { UNDER_LOAD } from "./measures/under_load.ts";

/** All that the benchmark measures, in the order in which it is told. */
export const MEASURES: readonly Measure[] = [
  trainingMeasure({ size: 64, batch: 32 }),
  trainingMeasure({ size: 128, batch: 16 }),
  inferenceMeasure({ size: 64, batch: 32 }),
  inferenceMeasure({ size: 128, batch: 16 }),
  ONE_IMAGE,
  FIRST_ANSWER,
  PAGE,
  FIRST_STEP,
  EPOCH,
  IMAGE_CACHE,
  METADATA,
  MEMORY,
  UNDER_LOAD,
  trainingMeasure({ size: 64, batch: 32, instructions: "AVX2" }),
  trainingMeasure({ size: 128, batch: 16, instructions: "AVX2" }),
  inferenceMeasure({ size: 64, batch: 32, instructions: "AVX2" }),
  inferenceMeasure({ size: 128, batch: 16, instructions: "AVX2" }),
];
