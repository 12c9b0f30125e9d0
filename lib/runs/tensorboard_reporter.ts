import { type EventFile, openEventFile } from "../support/event_file.ts";
import type { Settings } from "../training/settings.ts";
import type { Reporter } from "./reporter.ts";
import type { Run } from "./run.ts";

/**
 * A reporter that writes a run's figures for TensorBoard into its folder (`tensorboard/`): the loss and the learning
 * rate of each step, losses and validation AUCs of each epoch, the settings, and at the end the test's figures and the Grad-CAM
 * pictures. A run that goes on begins a file of its own beside the earlier ones.
 */
export function tensorboardReporter(): Reporter & Disposable {
  let run: Run | undefined;
  let opened: EventFile | undefined;
  // Opened by what is first to be told, so that a run that does not begin leaves no file.
  const file = () => {
    if (opened === undefined) {
      const { folder, settings } = run!;
      opened = openEventFile(folder.tensorboard);
      opened.hyperparameters(folder.dir, comparable(settings));
    }
    return opened;
  };
  return {
    onOpened: (told) => run = told,
    onStep({ epoch, step, steps, loss, learningRate }) {
      file().scalars((epoch - 1) * steps + step, { "step/loss": loss, "step/learning rate": learningRate });
    },
    onEpoch({ epoch, trainingLoss, validationLoss, meanAuc, selectionMetric, auc }) {
      file().scalars(epoch, {
        "loss/training": trainingLoss,
        "loss/validation": validationLoss,
        "validation AUC/mean": meanAuc,
        "validation AUC/selection metric": selectionMetric,
      });
      const { findings } = run!.data;
      file().scalars(
        epoch,
        named("validation AUC by finding", findings.map((name, i) => ({ name, auc: auc[i]! }))),
      );
    },
    onFinished({ metrics, selection: { epoch }, explanation: { pictures } }) {
      file().scalars(epoch, { "test AUC/mean": metrics.summary.mean });
      file().scalars(epoch, named("test AUC by finding", metrics.labels));
      for (const { png, caption } of pictures) file().image(epoch, `Grad-CAM/${caption.split("\n")[0]}`, png);
    },
    [Symbol.dispose]: () => opened?.[Symbol.dispose](),
  };
}

function named(
  title: string,
  values: readonly { name: string; auc: number | null }[],
): Record<string, number | null> {
  return Object.fromEntries(values.map(({ name, auc }) => [`${title}/${name}`, auc]));
}

/** Settings as TensorBoard compares them: texts, numbers and truth values; one within another is named by both. */
function comparable(settings: Settings): Record<string, string | number | boolean> {
  const flat = (values: object, before: string): [string, string | number | boolean][] =>
    Object.entries(values).flatMap(([name, value]) =>
      value === null
        ? []
        : typeof value === "object"
        ? flat(value, `${before}${name}.`)
        : [[before + name, value]]
    );
  return Object.fromEntries(flat(settings, ""));
}
