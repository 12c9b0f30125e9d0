import { findFinding, findWiderName, nearestFinding, plainName } from "../dataset/label_synonyms.ts";
import type { CsvColumns } from "../support/csv_columns.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";

/** Words in a column's name that say that it holds what a model gave. */
const SCORE_WORDS: ReadonlySet<string> = new Set(
  ("score scores prob probs proba probas probability probabilities p pred preds predicted prediction predictions " +
    "logit logits output outputs sigmoid softmax confidence conf likelihood risk hat est estimate").split(
      " ",
    ),
);

/** Words that say that it holds ground truth. */
const TRUTH_WORDS: ReadonlySet<string> = new Set(
  "truth true label labels target targets gt ground actual observed reference has is".split(" "),
);

/** Words that say neither and may stand beside those. */
const NEUTRAL_WORDS: ReadonlySet<string> = new Set(["y", "class", "model"]);

/** The most words that a column's name is looked through for a finding. */
const MOST_WORDS = 12;

/** A finding's place in the form of a column's name, such as `LABEL_prob`. */
const LABEL = "LABEL";

/** A column that names a finding. */
export interface FindingColumn {
  /** The index of the column. */
  column: number;
  /** Its name in the header. */
  name: string;
  finding: string;
  /** Who calls the finding by the name that the column has; null for the data set's own. */
  synonymOf: string | null;
}

/** What the columns of a file of predictions are. */
export interface ScoreColumns {
  /** How the names of the scores' columns are made: `LABEL`, `LABEL_prob`, `pred_LABEL`. */
  form: string;
  /** The scores, in the order of the data set's findings. */
  scores: FindingColumn[];
  /** Ground truth, to be compared with the metadata. */
  truth: FindingColumn[];
  /** What is not read, and why. */
  left: { name: string; reason: string }[];
  /** The findings that have no column. */
  missing: string[];
}

/** How `scoreColumns` chooses. */
export interface ScoreColumnsOptions {
  /** The data set's findings. */
  findings: readonly string[];
  /** The columns that were read as something else, such as the image's name. */
  taken: readonly number[];
  /** How the names of the scores' columns are made, where the user says so. */
  form?: string | undefined;
  /** Whether a column holds what the metadata says of a finding, in every row. */
  isTruth(column: FindingColumn): boolean;
}

/** A column whose name has a finding in it. */
interface Candidate extends FindingColumn {
  form: string;
  kind: "bare" | "score" | "truth" | "unknown";
}

/**
 * Decides over all columns of a file at once which hold a model's scores of which findings: those of one form. A bare
 * `Mass` is ground truth where there are scores with `prob`, `score`, `pred` or the like in their names, and scores
 * where there are none.
 *
 * @throws {InputError} Where no column holds scores, or it cannot be told which do: scores in several forms, a finding
 * beside the same with a word that is not known, two columns for one finding, or bare columns that are ground truth.
 */
export function scoreColumns(csv: CsvColumns, options: ScoreColumnsOptions): ScoreColumns {
  const { findings, taken, form } = options;
  const others = csv.header.flatMap((name, column) =>
    name === "" || taken.includes(column) ? [] : [{ name, column }]
  );
  const given = form === undefined ? null : plainForm(form);
  const candidates = others.flatMap((column) => candidateOf(column, findings, given) ?? []);
  const chosen = form === undefined ? chooseForm(csv, candidates, options) : givenForm(csv, candidates, form);
  const scores = findings.flatMap((finding) => {
    const columns = chosen.filter((column) => column.finding === finding);
    if (columns.length > 1) {
      throw new InputError(
        `${csv.file}, row 1: columns ${namesOf(columns, " and ")} mean the same finding, ${finding}`,
      );
    }
    return columns;
  });
  const truth = candidates.filter((candidate) =>
    !scores.includes(candidate) && candidate.kind !== "unknown" && candidate.kind !== "score" &&
    holdsTruth(csv, candidate.column)
  );
  const missing = findings.filter((finding) => !scores.some((column) => column.finding === finding));
  const read = new Set([...scores, ...truth].map(({ column }) => column));
  const left = others.filter(({ column }) => !read.has(column)).map(({ name, column }) => ({
    name,
    reason: reasonOf(name, candidates.find((candidate) => candidate.column === column), {
      findings,
      missing,
    }),
  }));
  return { form: scores[0]!.form, scores, truth, left, missing };
}

/**
 * What a column's name says: a finding, and the form of what is around it. Other data sets' names of a finding count where
 * the words around are known, or those of the form that the user named.
 */
function candidateOf(
  { name, column }: { name: string; column: number },
  findings: readonly string[],
  given: string | null = null,
): Candidate | null {
  if (findWiderName(name, findings) !== null) return null;
  const words = plainName(name).split("_");
  if (words.length > MOST_WORDS) return null;
  let best: Candidate | null = null;
  for (let length = words.length; length > 0 && best === null; length--) {
    for (let from = 0; from + length <= words.length; from++) {
      const core = words.slice(from, from + length).join("_");
      const around = [...words.slice(0, from), ...words.slice(from + length)];
      const found = findFinding(core, findings);
      const kind = kindOf(around);
      const form = [...words.slice(0, from), LABEL, ...words.slice(from + length)].join("_");
      if (found === null || kind === "unknown" && found.synonymOf !== null && form !== given) continue;
      // A name with two findings in it means neither.
      if (best !== null) return null;
      best = { column, name, ...found, form, kind };
    }
  }
  return best;
}

function kindOf(words: readonly string[]): Candidate["kind"] {
  if (words.length === 0) return "bare";
  const known = (word: string) => SCORE_WORDS.has(word) || TRUTH_WORDS.has(word) || NEUTRAL_WORDS.has(word);
  if (!words.every(known)) return "unknown";
  if (words.some((word) => SCORE_WORDS.has(word))) return "score";
  return words.some((word) => TRUTH_WORDS.has(word)) ? "truth" : "unknown";
}

/** A form that the user named, such as `LABEL_densenet`, as names of columns are compared. */
function plainForm(form: string): string {
  const [before, after, ...more] = form.split(LABEL);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new InputError(`${quote(form)} has to hold ${LABEL} once, as in "${LABEL}_prob"`);
  }
  return [plainName(before), LABEL, plainName(after)].filter((part) => part !== "").join("_");
}

/** The columns of the form that the user named. */
function givenForm(csv: CsvColumns, candidates: readonly Candidate[], form: string): Candidate[] {
  const chosen = candidates.filter((candidate) => candidate.form === plainForm(form));
  if (chosen.length > 0) return chosen;
  throw new InputError(
    `${csv.file}, row 1: no column of the form ${quote(form)} in ${quote(csv.header.join(","))}`,
  );
}

/** The columns of the only form that can be meant. */
function chooseForm(
  csv: CsvColumns,
  candidates: readonly Candidate[],
  options: ScoreColumnsOptions,
): Candidate[] {
  const fail = (message: string) => new InputError(`${csv.file}, row 1: ${message}`);
  const ofKind = (kind: Candidate["kind"]) => candidates.filter((candidate) => candidate.kind === kind);
  const graded = ({ column }: Candidate) => isNumeric(csv, column) && !holdsTruth(csv, column);
  const bare = ofKind("bare");
  const unknown = ofKind("unknown").filter(({ column }) => isNumeric(csv, column));
  let scores = ofKind("score");
  if (formsOf(scores).length > 1 && formsOf(scores.filter(graded)).length === 1) {
    // Decisions beside the scores that they were made from.
    const [form] = formsOf(scores.filter(graded));
    scores = scores.filter((column) => column.form === form);
  }
  if (formsOf(scores).length > 1) {
    throw fail(
      `scores in several forms, ${describeForms(scores)}: say which with --columns "${formsOf(scores)[0]}"`,
    );
  }
  if (scores.length > 0) {
    const alone = bare.filter((column) =>
      graded(column) && !scores.some(({ finding }) => finding === column.finding)
    );
    if (alone.length === 0) return scores;
    throw fail(
      `scores in several forms, ${describeForms([...scores, ...alone])}: say which with --columns "${
        scores[0]!.form
      }"`,
    );
  }
  if (bare.length === 0) throw fail(noScores(csv, candidates, options.findings));
  const beside = unknown.filter(({ finding, form }) =>
    bare.some((column) => column.finding === finding) &&
    (form.startsWith(LABEL) || unknown.filter((column) => column.form === form).length > 1)
  );
  if (beside.length > 0) {
    const forms = describeForms([
      ...bare.filter(({ finding }) => beside.some((b) => b.finding === finding)),
      ...beside,
    ]);
    throw fail(
      `it cannot be told which columns hold the scores, ${forms}: say it with --columns "${beside[0]!.form}"`,
    );
  }
  const truth = bare.filter((column) => !graded(column) && options.isTruth(column));
  if (truth.length === 0) return bare;
  throw fail(
    `${truth.length === 1 ? "column" : "columns"} ${
      namesOf(truth, ", ")
    }: 0 and 1 only, as the metadata says in every ` +
      `row: that is ground truth, no score (if it is one, say so with --columns ${LABEL})`,
  );
}

/** Why no column holds scores, and what may have been meant. */
function noScores(csv: CsvColumns, candidates: readonly Candidate[], findings: readonly string[]): string {
  const unknown = candidates.filter(({ kind }) => kind === "unknown");
  if (unknown.length > 0) {
    return `no column of scores; if ${describeForms(unknown)} are scores, say so with --columns "${
      unknown[0]!.form
    }"`;
  }
  if (candidates.length > 0) {
    return `no column of scores: ${namesOf(candidates, ", ")} are ground truth by their names`;
  }
  const nearest = csv.header.flatMap((name) => {
    const finding = nearestFinding(name, findings);
    return finding === null ? [] : [`${quote(name)} (${finding}?)`];
  });
  return `no column of a finding in ${quote(csv.header.join(","))}` +
    (nearest.length > 0 ? `; misspelt may be ${nearest.join(", ")}` : "");
}

function reasonOf(
  name: string,
  candidate: Candidate | undefined,
  { findings, missing }: { findings: readonly string[]; missing: readonly string[] },
): string {
  const wider = findWiderName(name, findings);
  if (wider !== null) return `${wider.findings.join(", ")} together, as ${wider.synonymOf} has it`;
  if (candidate?.kind === "unknown") return `not known what it is of ${candidate.finding}`;
  if (candidate !== undefined) return "not the scores that are judged";
  const nearest = nearestFinding(name, missing);
  return nearest === null ? "no finding of the data set" : `misspelt? ${nearest} has no column`;
}

function formsOf(columns: readonly Candidate[]): string[] {
  return [...new Set(columns.map(({ form }) => form))];
}

/** `"LABEL_prob" (Mass_prob, ...) and "LABEL" (Nodule)`. */
function describeForms(columns: readonly Candidate[]): string {
  return formsOf(columns).map((form) => {
    const [first, ...more] = columns.filter((column) => column.form === form).map(({ name }) => quote(name));
    return `${first}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  }).join(", ");
}

function namesOf(columns: readonly FindingColumn[], between: string): string {
  return columns.map(({ name }) => quote(name)).join(between);
}

function isNumeric(csv: CsvColumns, column: number): boolean {
  return csv.values(column).every((value) => !Number.isNaN(value));
}

/** Whether every cell says that an image has a finding, has it not, or nothing (-1 is CheXpert's for uncertain). */
function holdsTruth(csv: CsvColumns, column: number): boolean {
  const values = csv.values(column);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isNaN(value) && value !== 0 && Math.abs(value) !== 1) return false;
    const cell = csv.cell(row, column);
    if (!["", "-1", "-1.0"].includes(cell) && truthOfCell(cell) === null) return false;
  }
  return true;
}

/** Whether a column's name has a finding in it, so that it may hold scores or ground truth. */
export function namesFinding(name: string, findings: readonly string[]): boolean {
  return candidateOf({ name, column: 0 }, findings) !== null;
}

/** What a cell of ground truth says: 1, 0, or null where it says neither. */
export function truthOfCell(cell: string): 0 | 1 | null {
  if (/^(?:1(?:\.0*)?|true|yes|positive)$/i.test(cell)) return 1;
  if (/^(?:0(?:\.0*)?|false|no|negative)$/i.test(cell)) return 0;
  return null;
}
