import { oneLine } from "./printable.ts";

/**
 * A mistake in what the user gave: a flag, a file, a row. Tasks print its message as one line and end with
 * status 1; every other error is a defect of Thorax and keeps its stack trace. The message is one sentence that
 * names the file, the row (1 is the header) or flag, and the value as `quote` shows it. Its control characters are
 * escaped, whatever they came with.
 */
export class InputError extends Error {
  /** `InputError`. */
  override name = "InputError";

  /** Makes an error of one line. */
  constructor(message: string) {
    super(oneLine(message));
  }
}
