import { Buffer } from "node:buffer";
import { basename } from "node:path";
import { findingTitle } from "../dataset/finding_title.ts";
import { aucByEpochFigure } from "../plots/auc_by_epoch.ts";
import type { Figure } from "../plots/figure.ts";
import { liveTrainingFigure } from "../plots/live_training.ts";
import { type EpochPictures, epochPictures } from "../runs/epoch_pictures.ts";
import type { Reporter } from "../runs/reporter.ts";
import type { Run } from "../runs/run.ts";
import { decimals } from "../support/decimals.ts";
import { clock } from "../support/progress.ts";

/** What the live page shows of a run; JSON. */
export interface LiveState {
  /** The run's name; null until its data and network are there. */
  run: string | null;
  /** What is being done, such as `Training` or `Decoding images`. */
  work: string;
  /** How much of that is done, from 0 to 1. */
  done: number;
  /** Numbers to be seen first. */
  highlights: { name: string; value: string }[];
  /** What is legitimate and probably not meant. */
  warnings: string[];
  /** The loss by step and the AUC by epoch, and the AUC of each finding by epoch. */
  figures: Record<"training" | "auc", Figure> | null;
  /** The validation AUC of each finding after the last epoch, and the best of all epochs; the highest first. */
  findings: { name: string; last: string; best: string }[];
  /** Grad-CAM after the last epoch: a PNG as a data URL. */
  picture: { address: string; caption: string } | null;
  /** `running`, `stopped` before the end, or `finished`: the report is there. */
  stage: "running" | "stopped" | "finished";
}

/** A reporter that keeps what a page shows. */
export interface LiveReporter extends Reporter, Disposable {
  /** What is to be shown now. */
  state(): LiveState;
  /** The file of the report, once it is there. */
  report(): string | null;
  /** Called whenever there is something new to show. */
  onChange: () => void;
  /** Says that the run ends, be it finished or not. */
  end(): void;
}

/** Listens to a run for a page. */
export function liveReporter(): LiveReporter {
  const losses: { epoch: number; loss: number }[] = [];
  const warnings: string[] = [];
  let run: Run | undefined;
  let pictures: EpochPictures | undefined;
  let drawing = Promise.resolve();
  let timeLeft = (_done: number) => "";
  let left = "";
  let [work, done] = ["Starting", 0];
  let epochNow = 0;
  let picture: LiveState["picture"] = null;
  let report: string | null = null;
  let stage: LiveState["stage"] = "running";

  async function draw(epoch: number): Promise<void> {
    try {
      const drawn = await pictures!.draw(epoch);
      if (drawn === null) return;
      const address = `data:image/png;base64,${Buffer.from(drawn.png).toString("base64")}`;
      picture = { address, caption: drawn.caption };
      reporter.onChange();
    } catch (error) {
      // Training goes on without a picture.
      warnings.push(`Grad-CAM after epoch ${epoch} could not be drawn: ${(error as Error).message}`);
    }
  }

  function highlights({ settings: { epochs }, history }: Run): LiveState["highlights"] {
    const last = history.at(-1);
    const loss = losses.at(-1)?.loss;
    return [
      { name: "Epoch", value: `${Math.max(epochNow, 1)} of ${epochs}` },
      {
        name: "Time left",
        value: stage === "finished" ? "done" : left === "" ? "-" : left.replace(/ left$/, ""),
      },
      { name: "Loss", value: loss === undefined ? "-" : loss.toFixed(4) },
      { name: "Mean validation AUC", value: decimals(last?.meanAuc ?? null) },
    ];
  }

  const reporter: LiveReporter = {
    onChange() {},
    report: () => report,
    state() {
      if (run === undefined) {
        return {
          ...{ run: null, work, done, warnings, stage, picture },
          ...{ highlights: [], figures: null, findings: [] },
        };
      }
      const { folder, settings: { epochs }, history, data: { findings } } = run;
      return {
        ...{ run: basename(folder.dir), work, done, warnings, stage, picture },
        highlights: highlights(run),
        figures: {
          training: liveTrainingFigure({ epochs, losses, history }),
          auc: aucByEpochFigure(history, { labels: findings }),
        },
        findings: byFinding(run),
      };
    },
    onWarning(warning) {
      warnings.push(warning);
      reporter.onChange();
    },
    onProgress(what, count, total) {
      [work, done] = [what, count / total];
      reporter.onChange();
    },
    onOpened(opened) {
      run = opened;
      epochNow = opened.history.length;
      pictures = epochPictures(opened);
      reporter.onChange();
    },
    onStep({ epoch, epochs, step, steps, loss }) {
      if (losses.length === 0) timeLeft = clock(epochs * steps);
      losses.push({ epoch: epoch - 1 + step / steps, loss });
      epochNow = epoch;
      left = timeLeft((epoch - 1) * steps + step);
    },
    onEpoch({ epoch }) {
      // One after the other, should an epoch be shorter than its picture takes.
      drawing = drawing.then(() => draw(epoch));
      reporter.onChange();
    },
    onTrained() {
      left = "";
      reporter.onChange();
    },
    onFinished({ folder }) {
      report = folder.report;
      stage = "finished";
      reporter.onChange();
    },
    end() {
      if (stage === "running") stage = "stopped";
      reporter.onChange();
    },
    [Symbol.dispose]() {
      const last = pictures;
      void drawing.then(() => last?.[Symbol.dispose]());
    },
  };
  return reporter;
}

function byFinding({ history, data: { findings } }: Run): LiveState["findings"] {
  const rows = findings.map((finding, i) => {
    const values = history.map(({ auc }) => auc[i] ?? null);
    const defined = values.filter((auc) => auc !== null);
    return { name: findingTitle(finding), last: values.at(-1) ?? null, best: Math.max(...defined) };
  });
  return rows.sort((a, b) => (b.last ?? -1) - (a.last ?? -1)).map(({ name, last, best }) => ({
    name,
    last: decimals(last),
    best: decimals(Number.isFinite(best) ? best : null),
  }));
}
