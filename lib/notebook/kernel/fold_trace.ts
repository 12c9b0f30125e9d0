// deno-lint-ignore-file no-control-regex

/** Whose frames say nothing to the reader of a notebook, and what they are called when they are left out. */
const FOLDED: readonly [RegExp, string][] = [
  [/node_modules\/(\.deno\/)?@tensorflow|npm:\/?@tensorflow|\/@tensorflow\//, "TensorFlow.js"],
  [/\bext:|checkin:|\/lib\/notebook\/kernel\//, "the kernel"],
];

const COLOUR = /\x1b\[[0-9;]*m/g;

/**
 * Shortens the trace of an error: frames of TensorFlow.js and of the kernel that follow each other become one line
 * that counts them. What the error says stays as it is.
 *
 * @param trace The error's text, a line a frame, with or without colours.
 */
export function foldTrace(trace: string): string {
  const lines: string[] = [];
  let count = 0;
  let before: string | undefined;
  for (const line of trace.split("\n")) {
    const plain = line.replace(COLOUR, "");
    const whose = /^\s+at /.test(plain) ? FOLDED.find(([frame]) => frame.test(plain))?.[1] : undefined;
    if (whose === undefined) lines.push(line);
    else {
      count = whose === before ? count + 1 : 1;
      if (count > 1) lines.pop();
      lines.push(`    ... ${count} frame${count === 1 ? "" : "s"} of ${whose}`);
    }
    before = whose;
  }
  return lines.join("\n");
}
