import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { givenPath } from "../support/given_path.ts";
import { InputError } from "../support/input_error.ts";
import { oneLine } from "../support/printable.ts";
import { LARGEST_SEED } from "../support/random.ts";
import { describeRefusal, systemRefusal } from "../support/system_error.ts";
import { checkFlags } from "./_check_flags.ts";

/** The help of a task. */
export interface TaskDescription {
  /** What the task does, what it reads and what it leaves behind. */
  description: string;
  /** Command lines and what each of them does, shown at the end of the help. */
  examples: readonly (readonly [line: string, meaning: string])[];
}

/**
 * The command line of one `deno task NAME`, to be given its options and action and then to `runTask`.
 *
 * @example
 * ```ts
 * import { defineTask, integerOption, runTask } from "./_command.ts";
 *
 * const count = defineTask("count", {
 *   description: "Counts from one up and prints each number.",
 *   examples: [["deno task count --to 3", "prints 1, 2 and 3"]],
 * })
 *   .addOption(integerOption("--to <n>", { description: "the last number", minimum: 1, default: 10 }))
 *   .action(({ to }: { to: number }) => {
 *     for (let i = 1; i <= to; i++) console.log(i);
 *   });
 *
 * if (import.meta.main) await runTask(count);
 * ```
 */
export function defineTask(name: string, { description, examples }: TaskDescription): Command {
  const lines = examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
  return new Command(`deno task ${name}`)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.log(text.trimEnd()),
      writeErr: () => {},
      outputError: () => {},
    });
}

/**
 * Runs a task with the command line's arguments. What the user can mend ends as one line, `error: ...`, with
 * status 1: a wrong flag or value, an `InputError`, a file that is missing or may not be read, a full disk.
 * Any other error is thrown on, so that its stack trace shows.
 */
export async function runTask(command: Command, args: readonly string[] = Deno.args): Promise<void> {
  try {
    checkFlags(command, args);
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const line = explainError(error);
    if (line === null) throw error;
    console.error(`error: ${line}`);
    Deno.exit(1);
  }
}

/** Says on standard error what is legitimate and probably not meant. */
export function warn(text: string): void {
  console.error(`warning: ${oneLine(text)}`);
}

/** One line that says what the user can mend, or null where the error is a defect of Thorax. */
export function explainError(error: unknown): string | null {
  if (error instanceof InputError) return oneLine(error.message);
  if (error instanceof CommanderError) {
    return oneLine(error.message.replace("\n(Did you mean", " (Did you mean")).replace(/^error: /, "");
  }
  if (error instanceof Deno.errors.NotCapable) {
    const [, access, path] = error.message.match(/^Requires (\w+) access to (.+?), run again/) ?? [];
    if (path === undefined) return null;
    // Deno closes /dev, /proc and /sys to programs without every permission.
    return oneLine(
      access === "all"
        ? `${path.replaceAll('"', "")}: is a part of the system, closed to tasks`
        : `${path}: this task has no permission to ${access} there`,
    );
  }
  const refusal = systemRefusal(error);
  return refusal && oneLine(describeRefusal(refusal));
}

/** What every option has. */
export interface ValueOptions<T> {
  /** Half a sentence for the help, in lower case. */
  description: string;
  /** The value where the flag is not given; the help shows it. */
  default?: T;
}

/** What an option that takes a number has. */
export interface NumberOptions extends ValueOptions<number> {
  /** The smallest value allowed. */
  minimum?: number;
  /** The largest value allowed. */
  maximum?: number;
}

/** An option that takes an integer, such as `--epochs <n>`. */
export function integerOption(flags: string, options: NumberOptions): Option {
  return valueOption(flags, options, (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) throw mustBe("an integer", options);
    return checkRange(value, "an integer", options);
  });
}

/** `--seed <n>`: what stands for chance. */
export function seedOption(options: ValueOptions<number>): Option {
  return integerOption("--seed <n>", { ...options, minimum: 0, maximum: LARGEST_SEED });
}

/** An option that takes a decimal number, such as `--learning-rate <x>`. */
export function numberOption(flags: string, options: NumberOptions): Option {
  return valueOption(flags, options, (text) => {
    const value = Number(text);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value)) {
      throw mustBe("a number", options);
    }
    return checkRange(value, "a number", options);
  });
}

/** An option that takes a number from 0 to 1, such as `--keep-normal <fraction>`. */
export function fractionOption(flags: string, options: ValueOptions<number>): Option {
  return numberOption(flags, { ...options, minimum: 0, maximum: 1 });
}

/** An option that takes one of a few words, such as `--split <kind>`. */
export function choiceOption<T extends string>(
  flags: string,
  options: ValueOptions<T> & { choices: readonly T[] },
): Option {
  const option = new Option(flags, options.description).choices(options.choices);
  return options.default === undefined ? option : option.default(options.default);
}

/** What an option that takes a path has. */
export interface PathOptions extends ValueOptions<string> {
  /** What has to stand there when the task starts; nothing is asked where this is left out. */
  exists?: "file" | "folder";
  /** How a file's name has to end, as it says what is written. */
  ending?: string;
}

/** An option that takes a path, such as `--data <dir>`; relative to the folder that the user stands in. */
export function pathOption(flags: string, options: PathOptions): Option {
  return valueOption(flags, options, (text) => {
    const path = options.exists === undefined ? anyPath(text) : existingPath(text, options.exists);
    if (options.ending !== undefined && !path.endsWith(options.ending)) {
      throw new InvalidArgumentError(
        `Expected a name that ends in ${options.ending}, as that is what is written.`,
      );
    }
    return path;
  });
}

/** The path that a flag is given; an empty one would be the current folder, which nobody means. */
export function anyPath(text: string): string {
  if (text === "") throw new InvalidArgumentError("Expected a path.");
  return givenPath(text);
}

/** The path that a flag is given, of something that is there. */
export function existingPath(text: string, kind: "file" | "folder"): string {
  const path = anyPath(text);
  checkExists(path, kind);
  return path;
}

/** The option `--overwrite` of tasks that write files. */
export function overwriteOption(
  description = "replace files that are there already, except those that are read",
): Option {
  return new Option("--overwrite", description);
}

function checkExists(path: string, kind: "file" | "folder"): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new InvalidArgumentError(`There is no such ${kind}.`);
    throw error;
  }
  if (kind === "file" && found.isDirectory) throw new InvalidArgumentError("Expected a file, not a folder.");
  if (kind === "folder" && !found.isDirectory) {
    throw new InvalidArgumentError("Expected a folder, not a file.");
  }
}

function valueOption<T>(flags: string, options: ValueOptions<T>, parse: (text: string) => T): Option {
  const option = new Option(flags, options.description).argParser(parse);
  return options.default === undefined ? option : option.default(options.default);
}

function checkRange(value: number, kind: string, { minimum, maximum }: NumberOptions): number {
  if (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity)) {
    throw mustBe(kind, { minimum, maximum });
  }
  return value;
}

function mustBe(kind: string, range: { minimum?: number | undefined; maximum?: number | undefined }) {
  const { minimum, maximum } = range;
  const bounds = minimum !== undefined && maximum !== undefined
    ? ` from ${minimum} to ${maximum}`
    : minimum !== undefined
    ? ` of at least ${minimum}`
    : maximum !== undefined
    ? ` of at most ${maximum}`
    : "";
  return new InvalidArgumentError(`Expected ${kind}${bounds}.`);
}
