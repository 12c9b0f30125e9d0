import { InputError } from "../support/input_error.ts";
import { quoteJson } from "../support/printable.ts";
import { readJson } from "../support/read_json.ts";
import { type Metrics, METRICS_VERSION } from "./metrics.ts";

/**
 * Reads a `metrics.json`.
 *
 * @throws {InputError} When the file is missing, is no JSON, or has another version.
 */
export async function readMetrics(file: string): Promise<Metrics> {
  const metrics = await readJson(file);
  const version = (metrics as Partial<Metrics> | null)?.version;
  if (version !== METRICS_VERSION) {
    throw new InputError(`${file}: metrics of version ${quoteJson(version)} instead of ${METRICS_VERSION}`);
  }
  return metrics as Metrics;
}
