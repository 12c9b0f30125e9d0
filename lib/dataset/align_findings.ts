import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import type { DataSet } from "./data_set.ts";
import { findFinding } from "./label_synonyms.ts";

/** A data set with other findings in the place of its own. */
export interface AlignedDataSet {
  dataSet: DataSet;
  /** What each of the findings is called in the data set; null where it has none like it. */
  names: readonly (string | null)[];
}

/**
 * Brings a data set to the findings of a network: each is found by its name or a synonym, and is unknown of all images
 * where the data set has none like it. What else the data set has is left out.
 *
 * @param map Names of the data set's findings that are to be taken for one of the network's, by the data set's.
 * @throws {InputError} Where the data set has none of the findings, or the map names what either has not, or one of the
 * network's findings twice.
 */
export function alignFindings(
  dataSet: DataSet,
  findings: readonly string[],
  map: ReadonlyMap<string, string> = new Map(),
): AlignedDataSet {
  const mapped = mappedNames(dataSet, findings, map);
  const names = findings.map((finding) =>
    mapped.get(finding) ?? findFinding(finding, dataSet.findings)?.finding ?? null
  );
  if (names.every((name) => name === null)) {
    throw new InputError(
      `${dataSet.table}: has none of the findings ${findings.join(", ")}; it has ${
        dataSet.findings.join(", ")
      }`,
    );
  }
  if (names.every((name, index) => name === findings[index]) && findings.length === dataSet.findings.length) {
    return { dataSet: { ...dataSet, findings }, names };
  }
  const entries = dataSet.entries.map((entry) => ({
    ...entry,
    labels: findings.filter((_, index) => names[index] !== null && entry.labels.includes(names[index]!)),
    unknown: findings.filter((_, index) => names[index] === null || entry.unknown.includes(names[index]!)),
  }));
  const boxes = dataSet.boxes.flatMap((box) =>
    findings.flatMap((label, index) => names[index] === box.label ? [{ ...box, label }] : [])
  );
  const renamed = findings.flatMap((finding, index) =>
    names[index] !== null && names[index] !== finding ? [`${names[index]} is taken for ${finding}.`] : []
  );
  const lacking = findings.filter((_, index) => names[index] === null);
  const notes = [
    ...dataSet.notes,
    ...renamed,
    ...(lacking.length === 0 ? [] : [`Not in the data set, so unknown: ${lacking.join(", ")}.`]),
  ];
  return { dataSet: { ...dataSet, findings, entries, boxes, notes }, names };
}

/** What a map says the network's findings are called in the data set. */
function mappedNames(
  dataSet: DataSet,
  findings: readonly string[],
  map: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = new Map<string, string>();
  const find = (name: string, among: readonly string[], whose: string) => {
    const found = findFinding(name, among);
    if (found !== null) return found.finding;
    throw new InputError(`--map: ${quote(name)} is none of ${whose} findings: ${among.join(", ")}`);
  };
  for (const [from, to] of map) {
    const name = find(from, dataSet.findings, "the data set's");
    const finding = find(to, findings, "the run's");
    const other = names.get(finding);
    if (other !== undefined) {
      throw new InputError(`--map: ${finding} is to be ${quote(other)} and ${quote(name)}`);
    }
    names.set(finding, name);
  }
  return names;
}
