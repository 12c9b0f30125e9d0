import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { type DataSource, FORMATS, PLAIN_SOURCE } from "../dataset/data_set.ts";
import { FORMAT_NEEDS } from "../dataset/open_data_set.ts";
import { InputError } from "../support/input_error.ts";
import { NIH_METADATA } from "../support/project.ts";
import { choiceOption, pathOption } from "./_command.ts";

/** The flags that say where a data set is and how it is to be read; those that are not given are absent. */
export type DataFlags = Partial<DataSource>;

/** Adds the flags of {@linkcode DataFlags} to a task, with what each format needs at the end of its help. */
export function addDataOptions(command: Command, { data }: { data: string }): Command {
  return command
    .addOption(pathOption("--data <dir>", { description: data }))
    .addOption(choiceOption("--format <name>", {
      description: "which data set it is (default: told by its files)",
      choices: FORMATS,
    }))
    .addOption(
      pathOption("--table <file>", {
        description: "a CSV file of your own with a row an image, instead of --data",
        exists: "file",
      }).conflicts("data"),
    )
    .addOption(pathOption("--images <dir>", {
      description: "where the table's images are, at any depth (default: beside the table)",
      exists: "folder",
    }))
    .option("--image-column <name>", "the table's column of image names (default: found by the usual names)")
    .option("--patient-column <name>", "the table's column of patients (default: found by the usual names)")
    .option(
      "--label-column <name>",
      "the table's column of findings' names (default: found, or a column a finding)",
    )
    .option("--separator <text>", "what separates findings in that column (default: | ; or ,)")
    .addOption(
      new Option(
        "--findings <names>",
        "the findings to keep, separated by commas, in the order wanted (default: all)",
      )
        .argParser((text) => text.split(",").map((name) => name.trim())),
    )
    .addOption(choiceOption("--uncertain <label>", {
      description: "what an uncertain label (-1) is taken for (default: unknown, which counts nowhere)",
      choices: ["unknown", "positive", "negative"],
    }))
    .addOption(choiceOption("--blank <label>", {
      description: "what an empty label is taken for (default: unknown)",
      choices: ["unknown", "negative"],
    }))
    .addOption(choiceOption("--views <which>", {
      description: "whether lateral views are left out (default: frontal)",
      choices: ["frontal", "all"],
    }))
    .addHelpText("after", `\nData sets (--format):\n${describeFormats()}`);
}

/** A flag to compare every image with what was decoded of it before. */
export function checkImagesOption(): Option {
  return new Option(
    "--check-images",
    "compare all images' files with what was decoded of them before, instead of 64 MB of them",
  );
}

/** The data set that flags name. */
export function sourceOf(flags: DataFlags): DataSource {
  const names = ["data", ...Object.keys(PLAIN_SOURCE)] as (keyof DataSource)[];
  const given = names.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]);
  return { data: null, ...PLAIN_SOURCE, ...Object.fromEntries(given) };
}

/**
 * The source, or the NIH's metadata where it names none.
 *
 * @throws {InputError} Where set-up has not put those there.
 */
export function nihUnlessGiven(source: DataSource): DataSource {
  if (source.data !== null || source.table !== null) return source;
  if (existsSync(NIH_METADATA)) return { ...source, data: dirname(NIH_METADATA) };
  throw new InputError(
    `${NIH_METADATA} is missing: deno task setup puts it there, or give your own with --data`,
  );
}

/** Says on standard error what was guessed of a data set and what was left out. */
export function showNotes(notes: readonly string[]): void {
  for (const note of notes) console.error(note);
}

function describeFormats(): string {
  return FORMAT_NEEDS.map(({ name, title, needs }) => {
    const [first, ...rest] = wrap(`${title}: ${needs}`, 68);
    return [`  ${name.padEnd(9)} ${first}`, ...rest.map((line) => `${" ".repeat(12)}${line}`)].join("\n");
  }).join("\n");
}

/** Breaks a text into lines of so many characters at most, between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
