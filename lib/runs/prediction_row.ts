import { pseudonymOf } from "../dataset/dicom/dicom_tags.ts";
import type { FindingJudgement } from "../evaluation/finding_scale.ts";
import type { Likeness } from "../evaluation/likeness.ts";
import type { ImageSource } from "./image_warnings.ts";

/** What a table of predictions says of an image; numbers as they were computed, null where there is none. */
export interface PredictionRow {
  image: string;
  format: string;
  width: number;
  height: number;
  /** A DICOM file's patient, by a pseudonym. */
  patient: string | null;
  view: string | null;
  age: number | null;
  sex: string | null;
  warnings: readonly string[];
  /** How far it is from the run's images, in limits. */
  distance: number | null;
  findings: Record<string, RowFinding>;
}

interface RowFinding {
  probability: number | null;
  threshold: number | null;
  above: boolean | null;
  percentile: number | null;
  score: number;
  scoreThreshold: number | null;
}

/** What such a row is made from. */
export interface RowSource {
  /** The name of the image's file. */
  name: string;
  source: ImageSource;
  judgements: readonly FindingJudgement[];
  likeness: Likeness | null;
  warnings: readonly string[];
}

const PLAIN = ["image", "format", "width", "height", "patient", "view", "age", "sex"] as const;

const FINDING_COLUMNS = [
  "probability",
  "threshold",
  "above",
  "percentile",
  "score",
  "scoreThreshold",
] as const;

/** The header of a table with six columns a finding. */
export function rowHeader(findings: readonly string[]): string[] {
  const columns = findings.flatMap((finding) => FINDING_COLUMNS.map((column) => `${finding}_${column}`));
  return [...PLAIN, "warnings", "distance", ...columns];
}

/** The cells of a row under that header. */
export function rowCells(row: PredictionRow, findings: readonly string[]): (string | number | null)[] {
  const cells = findings.flatMap((finding) =>
    FINDING_COLUMNS.map((column) => {
      const value = row.findings[finding]![column];
      return typeof value === "boolean" ? Number(value) : value;
    })
  );
  return [...PLAIN.map((name) => row[name]), row.warnings.join("; "), row.distance, ...cells];
}

/** What a table says of an image. */
export async function rowOf(
  { name, source, judgements, likeness, warnings }: RowSource,
): Promise<PredictionRow> {
  const { kind, width, height, tags } = source;
  return {
    image: name,
    format: kind,
    width,
    height,
    patient: tags?.patientId ? await pseudonymOf(tags.patientId) : null,
    view: tags?.view ?? null,
    age: tags?.age ?? null,
    sex: tags?.sex ?? null,
    warnings,
    distance: likeness?.distance ?? null,
    findings: Object.fromEntries(
      judgements.map(({ finding, probability, threshold, isAbove, percentile, score, scoreThreshold }) => [
        finding,
        {
          probability,
          threshold,
          above: isAbove,
          percentile,
          score,
          scoreThreshold: scoreThreshold === Infinity ? null : scoreThreshold,
        },
      ]),
    ),
  };
}
