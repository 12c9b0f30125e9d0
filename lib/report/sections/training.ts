import { aucByEpochFigure } from "../../plots/auc_by_epoch.ts";
import { lossByEpochFigure } from "../../plots/loss_by_epoch.ts";
import type { ReportContent } from "../content.ts";
import { notesOf, type Section } from "../page.ts";
import { optimismInWords, present } from "../sentences.ts";

/** Loss and AUC by epoch, and which epoch was chosen; null without a run. */
export function trainingSection({ run, metrics }: ReportContent): Section | null {
  if (run === undefined) return null;
  const { history, selection: { epoch: chosen }, test: { labels } } = run;
  return {
    title: "Training",
    howToRead:
      "The loss should fall; where it goes on falling in training and rises in validation, the network overfits. " +
      "(The training loss has the weight decay in it, the other has not.) The weights " +
      "of the epoch at the dashed line, the best by the blue line, were tested.",
    blocks: [
      { figure: lossByEpochFigure(history, { chosen }) },
      { figure: aucByEpochFigure(history, { labels, chosen }) },
      ...notesOf(present(optimismInWords(metrics))),
    ],
  };
}
