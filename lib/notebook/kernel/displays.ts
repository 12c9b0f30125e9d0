import type { Entry } from "../../dataset/entry.ts";
import { findingTitle } from "../../dataset/finding_title.ts";
import type { GreyImage } from "../../dataset/grey_image.ts";
import { type Split, SUBSETS } from "../../dataset/split.ts";
import type { Metrics } from "../../evaluation/metrics.ts";
import type { Model } from "../../model/model.ts";
import type { Figure } from "../../plots/figure.ts";
import { counted, decimals } from "../../support/decimals.ts";
import { type Table, tableHtml, tableText } from "../../report/table.ts";
import type { HistoryRow } from "../../training/history.ts";
import type { MimeBundle } from "../_display.ts";

/** As many rows and columns of a table are shown. */
const MOST_ROWS = 20;
const MOST_COLUMNS = 16;

/** How a value is shown: as text everywhere, and in a notebook as what it is. */
export interface Display {
  /** For a terminal, `console.log` and clients without pictures. */
  text: string;
  /** What a notebook shows; the text alone where there is nothing better. */
  bundle(): MimeBundle | Promise<MimeBundle>;
}

/** The kinds of values that have a display, each with what tells it; the first that fits is taken. */
const KINDS: readonly ((value: object) => Display | null)[] = [
  (value) => isFigure(value) ? displayFigure(value) : null,
  (value) => isSplit(value) ? displayTable(splitTable(value), "Split") : null,
  (value) => isMetrics(value) ? displayTable(metricsTable(value), metricsTitle(value)) : null,
  (value) => isModel(value) ? displayTable(modelTable(value), modelTitle(value)) : null,
  (value) => isGreyImage(value) ? displayImage(value) : null,
  (value) => isPicture(value) ? displayPicture(value) : null,
  (value) => Array.isArray(value) ? displayRows(value) : null,
];

/**
 * How a value of the library shows itself as the last value of a cell and in `console.log`: figures, splits, metrics,
 * models, images, pictures (PNG, JPEG), and entries, histories and other arrays of objects; null for all others.
 */
export function displayOf(value: unknown): Display | null {
  if (typeof value !== "object" || value === null || Symbol.for("Jupyter.display") in value) return null;
  try {
    for (const kind of KINDS) {
      const display = kind(value);
      if (display !== null) return display;
    }
  } catch {
    // It only looks like a value of the library: it is shown as any other.
  }
  return null;
}

function displayTable(table: Table, title: string): Display {
  const text = `${title}\n${tableText(table)}`;
  return { text, bundle: () => ({ "text/html": `<p>${title}</p>${tableHtml(table)}`, "text/plain": text }) };
}

function isFigure(value: object): value is Figure {
  const { data, layout } = value as Partial<Figure>;
  return Array.isArray(data) && data.every((trace) => typeof trace?.type === "string") &&
    typeof layout?.height === "number";
}

function displayFigure(figure: Figure): Display {
  const { title } = figure.layout as { title?: { text?: string } };
  const kinds = [...new Set(figure.data.map(({ type }) => type))].join(", ");
  return {
    text: `Figure: ${title?.text ?? "untitled"} (${counted(figure.data.length, "trace")}: ${kinds})`,
    bundle: async () => (await import("../figure_bundle.ts")).figureBundle(figure),
  };
}

function isSplit(value: object): value is Split {
  const keys = Object.keys(value);
  return keys.length === SUBSETS.length &&
    SUBSETS.every((subset) => Array.isArray(Reflect.get(value, subset)));
}

function splitTable(split: Split): Table {
  const all = SUBSETS.reduce((sum, subset) => sum + split[subset].length, 0);
  return {
    columns: ["", "Images", "Fraction", "Patients", "No finding"],
    rows: SUBSETS.map((subset) => [
      `${subset} set`,
      split[subset].length,
      all === 0 ? null : (split[subset].length / all).toFixed(3),
      new Set(split[subset].map(({ patient }) => patient)).size,
      split[subset].filter(({ labels }) => labels.length === 0).length,
    ]),
  };
}

function isMetrics(value: object): value is Metrics {
  const { labels, summary, images, averagePrecision } = value as Partial<Metrics>;
  return Array.isArray(labels) && typeof images === "number" && summary !== undefined &&
    averagePrecision !== undefined;
}

function metricsTitle({ images, patients, summary: { mean, meanInterval } }: Metrics): string {
  return `Metrics of ${counted(images, "image")} of ${counted(patients, "patient")}, ` +
    `mean AUC ${decimals(mean)}` +
    (meanInterval ? ` (${decimals(meanInterval.low)} to ${decimals(meanInterval.high)})` : "");
}

function metricsTable({ labels }: Metrics): Table {
  return {
    columns: ["Finding", "Positives", "Negatives", "AUC", "Interval", "Average precision", "Note"],
    rows: labels.map(({ name, positives, negatives, auc, aucInterval, averagePrecision, note }) => [
      findingTitle(name),
      positives,
      negatives,
      auc === null ? null : decimals(auc),
      aucInterval && `${decimals(aucInterval.low)} to ${decimals(aucInterval.high)}`,
      averagePrecision === null ? null : decimals(averagePrecision),
      note ?? "",
    ]),
  };
}

function isModel(value: object): value is Model {
  const { network, parameters, statistics, weights } = value as Partial<Model>;
  return Array.isArray(parameters) && Array.isArray(statistics) && weights !== undefined &&
    typeof network?.imageSize === "number";
}

function modelTitle({ network, parameters, statistics }: Model): string {
  const { name, imageSize, channels, outputs } = network;
  const size = [...parameters, ...statistics].reduce((sum, { shape }) => sum + product(shape), 0);
  return `Model ${name}: images ${imageSize}x${imageSize}x${channels}, ${counted(outputs, "output")}, ` +
    counted(size, "parameter");
}

function modelTable({ parameters }: Model): Table {
  const middle = parameters.length > MOST_ROWS ? MOST_ROWS / 2 : parameters.length;
  const row = ({ name, shape }: Model["parameters"][number]) => [name, shape.join("x"), product(shape)];
  const rows = parameters.slice(0, middle).map(row);
  if (middle < parameters.length) {
    const left = parameters.slice(middle, -middle);
    rows.push([`${left.length} more`, "", left.reduce((sum, { shape }) => sum + product(shape), 0)]);
    rows.push(...parameters.slice(-middle).map(row));
  }
  return { columns: ["Trained weight", "Shape", "Parameters"], rows };
}

function isGreyImage(value: object): value is GreyImage {
  const { values, width, height, white } = value as Partial<GreyImage>;
  return (values instanceof Uint8Array || values instanceof Uint16Array) && typeof white === "number" &&
    values.length === width! * height!;
}

function displayImage(image: GreyImage): Display {
  const { width, height, white } = image;
  const text = `Image of ${width}x${height} pixels, ${white === 255 ? 8 : 16} bits grey`;
  return {
    text,
    async bundle() {
      const { greyPng } = await import("../../plots/pictures/grey_png.ts");
      return { "image/png": (await greyPng(image)).toBase64(), "text/plain": text };
    },
  };
}

/** The first bytes of pictures that browsers show. */
const SIGNATURES = { "image/png": [0x89, 0x50, 0x4e, 0x47], "image/jpeg": [0xff, 0xd8, 0xff] };

function pictureType(bytes: Uint8Array): string | undefined {
  return Object.entries(SIGNATURES).find(([, signature]) => signature.every((byte, i) => bytes[i] === byte))
    ?.[0];
}

function isPicture(value: object): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && pictureType(value) !== undefined;
}

function displayPicture(bytes: Uint8Array<ArrayBuffer>): Display {
  const type = pictureType(bytes)!;
  const text = `Picture (${type === "image/png" ? "PNG" : "JPEG"}, ${counted(bytes.length, "byte")})`;
  return { text, bundle: () => ({ [type]: bytes.toBase64(), "text/plain": text }) };
}

function displayRows(rows: readonly unknown[]): Display | null {
  if (!isTable(rows)) return null;
  const [first] = rows;
  if (hasKeys(first!, ["image", "labels", "patient", "view"])) {
    const entries = rows as unknown as readonly Entry[];
    return displayTable(entriesTable(entries), `${counted(entries.length, "entry", "entries")}${more(rows)}`);
  }
  if (hasKeys(first!, ["epoch", "trainingLoss", "validationLoss", "auc"])) {
    const history = rows as unknown as readonly HistoryRow[];
    return displayTable(historyTable(history), `History of ${counted(history.length, "epoch")}`);
  }
  return displayTable(objectsTable(rows), `${counted(rows.length, "row")}${more(rows)}`);
}

function hasKeys(row: Row, keys: readonly string[]): boolean {
  return keys.every((key) => key in row);
}

function more(rows: readonly unknown[]): string {
  return rows.length > MOST_ROWS ? `, the first ${MOST_ROWS}` : "";
}

function entriesTable(entries: readonly Entry[]): Table {
  return {
    columns: ["Image", "Findings", "Patient", "Follow-up", "Age", "Sex", "View"],
    rows: entries.slice(0, MOST_ROWS).map(({ image, labels, unknown, patient, followUp, age, sex, view }) => [
      image,
      [...labels.map(findingTitle), ...unknown.map((name) => `${findingTitle(name)}?`)].join(", ") || "none",
      patient,
      followUp,
      age,
      sex,
      view,
    ]),
  };
}

/** All epochs, as they are few; the AUCs of single findings are left out. */
function historyTable(history: readonly HistoryRow[]): Table {
  return {
    columns: ["Epoch", "Learning rate", "Training loss", "Validation loss", "Mean AUC", "Selection metric"],
    rows: history.map((row) => [
      String(row.epoch),
      row.learningRate.toPrecision(3),
      row.trainingLoss.toFixed(4),
      row.validationLoss.toFixed(4),
      decimals(row.meanAuc),
      decimals(row.selectionMetric),
    ]),
  };
}

type Row = Record<string, unknown>;

/** Whether an array holds plain objects only; of a long one the first are looked at. */
function isTable(values: readonly unknown[]): values is readonly Row[] {
  return values.length > 0 &&
    values.slice(0, MOST_ROWS).every((value) =>
      typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
    );
}

/** A row an object and a column a key, behind the row's index. */
function objectsTable(objects: readonly Row[]): Table {
  const shown = objects.slice(0, MOST_ROWS);
  const keys = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const columns = keys.slice(0, MOST_COLUMNS);
  const left = keys.length - columns.length;
  return {
    columns: ["", ...columns, ...(left > 0 ? [`${left} more columns`] : [])],
    rows: shown.map((row, index) => [String(index), ...columns.map((key) => cellOf(row[key]))]),
  };
}

function cellOf(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") {
    return Number.isInteger(value) ? value : String(Number(value.toPrecision(5)));
  }
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  const text = Deno.inspect(value, { depth: 1, compact: true, breakLength: Infinity });
  return text.length > 80 ? text.slice(0, 79) + "…" : text;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
