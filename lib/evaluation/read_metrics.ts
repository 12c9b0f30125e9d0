import { InputError } from "../support/input_error.ts";
import { quoteJson } from "../support/printable.ts";
import { readJson } from "../support/read_json.ts";
import { type Figures, type Metrics, METRICS_VERSION } from "./metrics.ts";

/**
 * Reads a `metrics.json`, also one of version 2, in which some figures had other names. Figures that older files have not are
 * null.
 *
 * @throws {InputError} When the file is missing, is no JSON, or has another version.
 */
export async function readMetrics(file: string): Promise<Metrics> {
  const metrics = await readJson(file);
  const version = (metrics as { version?: unknown } | null)?.version;
  if (version === 2) return withAdded(fromVersion2(metrics as Version2));
  if (version !== METRICS_VERSION) {
    throw new InputError(`${file}: metrics of version ${quoteJson(version)} instead of ${METRICS_VERSION}`);
  }
  return withAdded(metrics as Metrics);
}

/** What was added without a new version, null in older files. */
function withAdded(metrics: Metrics): Metrics {
  const added = (figures: Figures) => ({
    labels: figures.labels.map((label) => ({ ...ADDED_TO_LABELS, ...label })),
  });
  return {
    ...{ optimism: null, intersections: null, faithfulness: null, shortcuts: null },
    ...metrics,
    localisation: metrics.localisation && {
      ...{ methods: [] },
      ...metrics.localisation,
      all: metrics.localisation.all && { ...{ prior: null }, ...metrics.localisation.all },
      labels: metrics.localisation.labels.map((label) => ({ ...{ prior: null, sizes: [] }, ...label })),
    },
    ...added(metrics),
    unweighted: metrics.unweighted && { ...metrics.unweighted, ...added(metrics.unweighted) },
    subgroups: metrics.subgroups && metrics.subgroups.map((group) => ({
      ...{ rates: { sensitivity: NO_RATE, specificity: NO_RATE, calibration: NO_RATE } },
      ...group,
      labels: group.labels.map((label) => ({ ...ADDED_TO_SUBGROUPS, ...label })),
    })),
  };
}

const ADDED_TO_LABELS = { decisions: null, conformal: null };

const NO_RATE = { value: null, interval: null, gap: null };

const ADDED_TO_SUBGROUPS = {
  sensitivity: null,
  falseNegativeRate: null,
  specificity: null,
  calibration: null,
  gaps: { sensitivity: null, specificity: null, calibration: null },
};

/** What was called otherwise. */
type Version2 = Omit<Metrics, "version" | "baselines" | "selectionMetric" | "unweighted"> & {
  controls: Metrics["baselines"];
  choiceMetric: number | null;
  unweighted: (Omit<Figures, "selectionMetric"> & { choiceMetric: number | null }) | null;
};

function fromVersion2({ controls, choiceMetric, unweighted, ...others }: Version2): Metrics {
  const { choiceMetric: unweightedMetric = null, ...figures } = unweighted ?? {};
  return {
    ...others,
    version: METRICS_VERSION,
    baselines: controls,
    selectionMetric: choiceMetric,
    unweighted: unweighted === null ? null : { ...figures, selectionMetric: unweightedMetric } as Figures,
  };
}
