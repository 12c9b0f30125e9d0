import type { HistoryRow } from "../training/history.ts";
import type { StepReport } from "../training/train.ts";
import type { WorkerGroup } from "../training/worker_group.ts";
import type { Run } from "./run.ts";
import type { FinishedRun } from "./finished_run.ts";

/** Work that takes a while, with what is counted. */
export const WORK_UNITS = {
  "Drawing phantoms": "images",
  "Decoding images": "images",
  Training: "steps",
  Validating: "images",
  Testing: "images",
  Describing: "images",
  "Grad-CAM": "maps",
  "Checking maps": "steps",
  "Covering regions": "images",
} as const;

/** The name of work that takes a while. */
export type Work = keyof typeof WORK_UNITS;

/** Whom a run tells what it does: a terminal, a notebook, a web page. Each listens to what it can show. */
export interface Reporter {
  /** Work goes on: `done` of `total` units of it. */
  onProgress?(work: Work, done: number, total: number): void;
  /** Something is legitimate and probably not meant. */
  onWarning?(warning: string): void;
  /** The run's data and network are there, and its folder is this process' own. */
  onOpened?(run: Run): void;
  /** A training step has ended. */
  onStep?(step: StepReport): void;
  /** An epoch has ended and its files are written. */
  onEpoch?(row: HistoryRow, history: readonly HistoryRow[]): void;
  /** Training has ended; testing comes next. */
  onTrained?(run: Run): void;
  /** Everything is written. */
  onFinished?(results: FinishedRun): void;
}

/** What a worker knows of those that it shares a run with. */
export interface Shared {
  /** The workers, seen from this one. */
  group: WorkerGroup;
  /** A worker's name for people: `worker 1 (b:2222)`. */
  nameOf: (worker: number) => string;
}

/** Whom the steps of a run tell, and what may end them. */
export interface RunContext extends Partial<Shared> {
  /** What is told of progress. */
  reporter?: Reporter | undefined;
  /** Ends a step with the signal's reason; what is complete is kept. */
  signal?: AbortSignal | undefined;
}

/** What `onProgress` is to be called with for some work. */
export function progressOf(
  { reporter }: RunContext,
  work: Work,
): { onProgress(done: number, total: number): void } {
  return { onProgress: (done, total) => reporter?.onProgress?.(work, done, total) };
}

/** A reporter that tells several, in their order. */
export function reportToAll(reporters: readonly Reporter[]): Required<Reporter> {
  return {
    onWarning: (...told) => reporters.forEach((each) => each.onWarning?.(...told)),
    onProgress: (...told) => reporters.forEach((each) => each.onProgress?.(...told)),
    onOpened: (...told) => reporters.forEach((each) => each.onOpened?.(...told)),
    onStep: (...told) => reporters.forEach((each) => each.onStep?.(...told)),
    onEpoch: (...told) => reporters.forEach((each) => each.onEpoch?.(...told)),
    onTrained: (...told) => reporters.forEach((each) => each.onTrained?.(...told)),
    onFinished: (...told) => reporters.forEach((each) => each.onFinished?.(...told)),
  };
}
