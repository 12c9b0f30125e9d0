import { type Format, FORMAT_NAMES } from "../export/format_names.ts";
import { InputError } from "../support/input_error.ts";
import { printable } from "../support/printable.ts";
import { choiceOption, defineTask, overwriteOption, pathOption, runTask, warn } from "./_command.ts";

interface ExportFlags {
  run: string;
  out: string;
  format?: Format;
  overwrite?: boolean;
}

const formats = FORMAT_NAMES.map(({ name, ending, meaning }) =>
  `${name} (${ending ?? "a folder"}): ${meaning}`
);

const task = defineTask("export", {
  description:
    "Writes a run's network with the chosen weights, its findings and its calibration, in a form that other programs " +
    `read. ${formats.join("; ")}.`,
  examples: [
    [
      "deno task export --run DIR --out model.onnx",
      "from grey pixels to probabilities and Grad-CAM, for ONNX Runtime",
    ],
    ["deno task export --run DIR --out page --format tfjs", "a graph model for TensorFlow.js, as a folder"],
    ["deno task export --run DIR --out model.safetensors", "weights to go on from with train --weights"],
  ],
})
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .addOption(
    pathOption("--out <file>", { description: "the file to write, or the folder where the format is one" })
      .makeOptionMandatory(),
  )
  .addOption(choiceOption("--format <name>", {
    description: "what to write (default: what the ending of --out says)",
    choices: FORMAT_NAMES.map(({ name }) => name),
  }))
  .addOption(overwriteOption())
  .action(async ({ run, out, format: given, overwrite = false }: ExportFlags) => {
    const format = formatOf(out, given);
    const { exportRun } = await import("../runs/export_run.ts");
    const { files, notes, epoch, model, imported } = await exportRun(run, { format, out, overwrite });
    notes.forEach(warn);
    const whose = imported ? `imported weights (${printable(imported.source)})` : `weights of epoch ${epoch}`;
    console.log(`The ${whose} of ${model.network.name}: ${files.map(printable).join(", ")}`);
  });

/**
 * The format that a path's ending says, or that is given for it.
 *
 * @throws {InputError} Where they do not go together, or neither says one.
 */
function formatOf(out: string, given: Format | undefined): Format {
  const matching = FORMAT_NAMES.filter(({ ending }) => ending !== null && out.endsWith(ending));
  if (given === undefined) {
    if (matching[0]) return matching[0].name;
    throw new InputError(
      `${out}: its ending names no format: end it in ${ENDINGS.join(", ")}, or name a format with --format`,
    );
  }
  const { ending } = FORMAT_NAMES.find(({ name }) => name === given)!;
  if (ending === null ? matching.length > 0 : !out.endsWith(ending)) {
    throw new InputError(
      `${out}: ${given} is ${ending === null ? "a folder" : `a file that ends in ${ending}`}`,
    );
  }
  return given;
}

const ENDINGS = [...new Set(FORMAT_NAMES.map(({ ending }) => ending).filter((ending) => ending !== null))];

if (import.meta.main) await runTask(task);
