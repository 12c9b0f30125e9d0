import { basename, dirname, join } from "node:path";
import type { ExportedNetwork } from "../export/exported_network.ts";
import { type Format, FORMAT_NAMES } from "../export/format_names.ts";
import { FORMATS } from "../export/formats.ts";
import { checkWritable, writeOutput } from "../support/outputs.ts";
import { writeSummed } from "../support/summed_folder.ts";
import { runFiles } from "../training/check_run.ts";
import { withoutCopies } from "../training/test_time_copies.ts";
import { loadRun } from "./load_run.ts";
import { readScales } from "./run_scales.ts";

/** What is exported, and where to. */
export interface ExportRunOptions {
  format: Format;
  /** The file, or the folder where the format is one. */
  out: string;
  /** Whether files that are there already are replaced, whoever wrote them. Default: false. */
  overwrite?: boolean;
}

/** What was exported. */
export interface RunExport extends ExportedNetwork {
  /** The files that were written. */
  files: string[];
  /** What is to be said of the run, a line each. */
  notes: string[];
}

/**
 * Writes a run's network, with the weights of its chosen epoch and what its validation set says of its scores.
 *
 * @throws {InputError} Where the folder holds no run, the run has not ended, a weight is not finite, or the files may not
 * be written.
 */
export async function exportRun(
  dir: string,
  { format, out, overwrite = false }: ExportRunOptions,
): Promise<RunExport> {
  const { run, model, settings, findings, phantom, imported, selection: { epoch }, ...loaded } =
    await loadRun(dir);
  const notes = [...loaded.notes, ...withoutCopies(settings)];
  try {
    const scales = await readScales({ run, findings, imported }, { rule: "youden" });
    const network = { model, findings, epoch, phantom, imported, scales };
    const isFolder = FORMAT_NAMES.find(({ name }) => name === format)!.ending === null;
    const written = await FORMATS[format](network, basename(out));
    const inputs = await runFiles(run);
    if (isFolder) {
      await writeSummed({ dir: out, kind: "export" }, written, { inputs, overwrite });
    } else {
      for (const name of Object.keys(written)) {
        await checkWritable(join(dirname(out), name), { inputs, overwrite });
      }
      for (const [name, content] of Object.entries(written)) {
        await writeOutput(join(dirname(out), name), content, { inputs, overwrite });
      }
    }
    return {
      ...network,
      files: Object.keys(written).map((name) => join(isFolder ? out : dirname(out), name)),
      notes: scales === null
        ? [...notes, "the run has no validation predictions: no calibration and thresholds are written"]
        : notes,
    };
  } finally {
    model.dispose();
  }
}
