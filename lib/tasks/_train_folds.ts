import { CROSS_VALIDATION_IN_WORDS, crossValidationTable } from "../report/cross_validation.ts";
import { tableText } from "../report/table.ts";
import { crossValidate, type CrossValidateOptions } from "../runs/cross_validate.ts";
import { reportToAll } from "../runs/reporter.ts";
import { tensorboardReporter } from "../runs/tensorboard_reporter.ts";
import type { Settings } from "../training/settings.ts";
import { shownPath, terminalReporter } from "./_terminal_reporter.ts";

/** How folds are trained: all but whom that tells. */
export interface TrainFoldsOptions extends Omit<CrossValidateOptions, "reporterOf"> {
  /** Told what to say should it be stopped now. */
  onStanding: (standing: () => string) => void;
}

/** Trains the folds of a cross-validation one after the other, and prints what they reach together. */
export async function trainFolds(
  settings: Settings,
  { onStanding, ...options }: TrainFoldsOptions,
): Promise<void> {
  const { dir, results } = await crossValidate(settings, {
    ...options,
    reporterOf(fold, dir) {
      console.error(`\nFold ${fold} of ${settings.folds}`);
      const [terminal, tensorboard] = [terminalReporter(), tensorboardReporter()];
      onStanding(() =>
        `Stopped in fold ${fold} of ${settings.folds}. Go on with: deno task train --run ${
          shownPath(dir)
        } --resume`
      );
      return {
        ...reportToAll([terminal, tensorboard]),
        [Symbol.dispose]() {
          terminal[Symbol.dispose]();
          tensorboard[Symbol.dispose]();
        },
      };
    },
  });
  console.log(`\n${tableText(crossValidationTable(results))}\n${CROSS_VALIDATION_IN_WORDS}`);
  console.log(`Written to ${shownPath(dir)}/report.html`);
}
