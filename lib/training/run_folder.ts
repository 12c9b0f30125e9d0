import { join } from "node:path";

/** Where everything of a run lies. */
export interface RunFolder {
  dir: string;
  config: string;
  split: string;
  history: string;
  selection: string;
  checkpoints: string;
  /** The weights after an epoch. */
  checkpoint(epoch: number): string;
  /** The optimiser's averages after an epoch; only the last epoch's is kept. */
  optimizer(epoch: number): string;
  /** Scores of a part of the split. */
  predictions(part: "validation" | "test"): string;
  metrics: string;
  gradCam: string;
  report: string;
}

/** The paths of a run folder. Nothing is made or read. */
export function runFolder(dir: string): RunFolder {
  const number = (epoch: number) => String(epoch).padStart(2, "0");
  const checkpoints = join(dir, "checkpoints");
  return {
    dir,
    config: join(dir, "config.json"),
    split: join(dir, "split.csv"),
    history: join(dir, "history.csv"),
    selection: join(dir, "selection.json"),
    checkpoints,
    checkpoint: (epoch) => join(checkpoints, `epoch-${number(epoch)}.safetensors`),
    optimizer: (epoch) => join(checkpoints, `optimizer-${number(epoch)}.safetensors`),
    predictions: (part) => join(dir, part, "predictions.csv"),
    metrics: join(dir, "test", "metrics.json"),
    gradCam: join(dir, "grad-cam"),
    report: join(dir, "report.html"),
  };
}
