import { basename } from "node:path";
import type { AnyPredictions } from "../evaluation/external_predictions.ts";
import { oneLine, quote } from "../support/printable.ts";
import { counted } from "../support/decimals.ts";

/**
 * Says which column of a file of predictions became what, and what the user should know of it, on lines of their own. Of a
 * validation set's it is not said what a mean is over, which is of the test set.
 */
export function describeColumns(
  file: string,
  { predictions, columns, notes }: AnyPredictions,
  { isValidation = false } = {},
): string {
  const { form, scores, truth, left, missing, images } = columns;
  const findings = scores.length + missing.length;
  const lines = [
    `${basename(file)}: ${counted(predictions.images.length)} images, by ${
      images.map(quote).join(" and ")
    }; ` +
    `scores of ${scores.length} of ${findings} findings, in columns of the form ${quote(form)}`,
    ...scores.map(({ finding, name, synonymOf }) =>
      `  ${finding} from ${quote(name)}${synonymOf === null ? "" : ` (so called by ${synonymOf})`}`
    ),
    ...truth.map(({ finding, name, compared, differing }) =>
      `  ground truth of ${finding}, compared with the metadata's, from ${quote(name)}: ` +
      `the same in ${compared - differing} of ${compared} rows`
    ),
    ...left.map(({ name, reason }) => `  left: ${quote(name)} (${reason})`),
    ...(missing.length === 0 && !isValidation ? [`A mean is over all ${findings} findings.`] : []),
    ...notes.filter((note) => !isValidation || !note.startsWith("A mean is over")).map((note) =>
      `Note: ${note}`
    ),
  ];
  return lines.map(oneLineKeepingIndent).join("\n");
}

function oneLineKeepingIndent(line: string): string {
  return line.startsWith("  ") ? `  ${oneLine(line)}` : oneLine(line);
}
