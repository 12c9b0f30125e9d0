import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { plotlyFile } from "../../lib/plots/_plotly.ts";
import type { Figure, Json, Trace } from "../../lib/plots/figure.ts";
import { aucByLabelFigure } from "../../lib/plots/auc_by_label.ts";
import { labelBalanceFigure, type SubsetCounts } from "../../lib/plots/label_balance.ts";
import { lossByEpochFigure } from "../../lib/plots/loss_by_epoch.ts";
import { rocFigure } from "../../lib/plots/roc.ts";
import { CURVES, everyFigure } from "./_figures.ts";
import { pictureWidth } from "../../lib/plots/picture_width.ts";
import { thresholdFigure } from "../../lib/plots/threshold.ts";

const figures = everyFigure();

/** A trace by its name, or by its place. */
function trace(figure: Figure, name: string | number): Trace {
  const found = typeof name === "number"
    ? figure.data[name]
    : figure.data.find((trace) => trace.name === name);
  assert(found, `no trace ${name}`);
  return found;
}

/** The part of a specification at a path such as `xaxis.title.text`. */
function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}

Deno.test("each figure is specified as it is stored; tests/oracles/figures.ts stores it anew", async () => {
  const stored = JSON.parse(await Deno.readTextFile("tests/fixtures/plots/figures.json"));
  assert.deepEqual(Object.keys(figures), Object.keys(stored));
  for (const [name, figure] of Object.entries(figures)) {
    assert.deepEqual(JSON.parse(JSON.stringify(figure)), stored[name], name);
  }
});

Deno.test("each figure is plain data that Plotly knows all of", async () => {
  const { window } = new JSDOM("", { runScripts: "outside-only" });
  window.URL.createObjectURL = () => "";
  window.eval(await Deno.readTextFile(plotlyFile()));
  // Plotly's own check fails on a legend that is not shown; of its findings these are mistakes in a specification.
  const complaints = ({ data, layout: { legend: _, ...layout } }: Figure) => {
    const found: { code: string; msg: string }[] = window.Plotly.validate(structuredClone(data), layout) ??
      [];
    return [...found].filter(({ code }) => ["schema", "value", "object", "array"].includes(code)).map((
      { msg },
    ) => msg);
  };
  for (const [name, figure] of Object.entries(figures)) {
    assert.deepEqual(JSON.parse(JSON.stringify(figure)), figure, name);
    assert.deepEqual(complaints(figure), [], name);
  }
  const wrong = {
    data: [{ type: "bar", x: [1], y: [1], colour: "red", orientation: "z" }],
    layout: { height: 90 },
  };
  assert.equal(complaints(wrong).length, 2);
});

Deno.test("each figure has a title, names its axes and stands on the page's own ground", () => {
  for (const [name, { layout }] of Object.entries(figures)) {
    assert.match(String(at(layout, "title.text")), /^[A-Z].{2,}/, name);
    assert.equal(layout.paper_bgcolor, "rgba(0,0,0,0)", name);
    assert.equal(layout.plot_bgcolor, "rgba(0,0,0,0)", name);
    const titles = Object.keys(layout).filter((key) => /^xaxis/.test(key)).map((key) =>
      at(layout, `${key}.title.text`)
    );
    const selfExplaining = ["finding_pairs", "confusion"];
    assert(titles.some((title) => title !== "") || selfExplaining.includes(name), name);
  }
});

Deno.test("each colour that is written or drawn stands out on white and on a dark page", () => {
  const light = luminance("#ffffff");
  const dark = luminance("#111418");
  const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const colours = (value: Json): string[] => {
    if (typeof value === "string") return value.match(/^#[0-9a-fA-F]{6}$/) ? [value] : [];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(colours) : [];
  };
  for (const [name, { data, layout }] of Object.entries(figures)) {
    const text = luminance(at(layout, "font.color") as string);
    assert(contrast(text, light) >= 4 && contrast(text, dark) >= 4, `${name}: text`);
    for (const colour of data.flatMap(({ line, marker }) => colours([line ?? null, marker ?? null]))) {
      const seen = luminance(colour);
      assert(contrast(seen, light) >= 2 && contrast(seen, dark) >= 3, `${name}: ${colour}`);
    }
  }
});

/** The relative luminance of a colour (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((i) => {
    const share = parseInt(colour.slice(i, i + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

Deno.test("labels are counted with the most frequent on top, and images without a finding above them", () => {
  const { data, layout } = figures.label_counts!;
  assert.deepEqual((data[0]!.y as string[]).slice(0, 3), ["No finding", "Pneumothorax", "Pneumonia"]);
  assert.deepEqual((data[0]!.x as number[]).slice(0, 3), [100, 56, 52]);
  assert.deepEqual((data[1]!.x as number[]).slice(0, 3), [20, 14, 13]);
  assert.equal(at(layout, "yaxis.autorange"), "reversed");
});

Deno.test("pairs of findings are shares of the row, and a finding that never occurs has none", () => {
  const { z, text, y } = figures.finding_pairs!.data[0]!;
  assert.deepEqual(z, [[null, 0.25, 0], [0.5, null, 0], [null, null, null]]);
  assert.deepEqual(text, [["", "1", "0"], ["1", "", "0"], ["0", "0", ""]]);
  assert.deepEqual(y, ["Edema 4", "Mass 2", "Hernia 0"]);
});

Deno.test("the prevalence is on a logarithmic axis, unless one is 0 in any subset", () => {
  const subset = (name: string, positives: number[]) => ({
    name,
    counts: positives.map((positives, i) => ({
      label: ["Mass", "Hernia"][i]!,
      positives,
      negatives: 10 - positives,
      unknown: 0,
      prevalence: positives / 10,
    })),
  });
  const axisOf = (...subsets: SubsetCounts[]) => {
    const { layout } = labelBalanceFigure(subsets);
    return [at(layout, "xaxis.type"), at(layout, "xaxis.title.text"), at(layout, "xaxis.rangemode")];
  };
  const [some, none] = [subset("Training", [4, 1]), subset("Test", [2, 0])];
  assert.deepEqual(axisOf(some, some), ["log", "Prevalence (logarithmic)", undefined]);
  assert.deepEqual(axisOf(some, none), ["linear", "Prevalence", "tozero"]);
  assert.deepEqual(axisOf(none, some), ["linear", "Prevalence", "tozero"]);
});

Deno.test("the chosen epoch is marked, and none where none is chosen", () => {
  for (const figure of [figures.loss_by_epoch!, figures.auc_by_epoch!]) {
    assert.equal(at(figure.layout, "shapes.0.x0"), 2);
    assert.equal(at(figure.layout, "annotations.0.text"), "chosen: epoch 2");
  }
  assert.equal(lossByEpochFigure([]).layout.shapes, undefined);
});

Deno.test("undefined AUCs leave gaps: by epoch, by label, by subgroup", () => {
  assert.deepEqual(trace(figures.auc_by_epoch!, "Mean over labels").y, [0.6, 0.7, null]);
  assert.deepEqual(trace(figures.auc_by_epoch!, 2).y, [null, null, null]);
  const ours = trace(figures.auc_by_label!, "This run");
  assert.deepEqual(ours.y, ["Hernia", "Effusion", "Pleural thickening"]);
  assert.deepEqual(ours.x, [null, 0.6458, 1]);
  assert.deepEqual(at(ours, "error_x.array"), [0, 0.2542, 0]);
  assert.deepEqual(at(ours, "error_x.arrayminus"), [0, 0.0458, 0]);
  assert.deepEqual(trace(figures.subgroup_auc!, 0).x, [0.7, null]);
});

Deno.test("the original's AUCs stand beside ours where they are given, else not", () => {
  assert.deepEqual(trace(figures.auc_by_label!, "Original notebook").x, [0.8044, 0.7758, 0.6527]);
  assert.deepEqual(aucByLabelFigure([{ label: "Mass", auc: 0.6 }]).data.map(({ name }) => name), [
    "This run",
  ]);
});

Deno.test("ROC curves have the AUC in their name, and an undefined one has no points", () => {
  assert.deepEqual(figures.roc!.data.map(({ name }) => name), [
    "Effusion 0.646",
    "Pleural thickening 1.000",
    "Hernia -",
  ]);
  assert.deepEqual(figures.roc!.data[1]!.x, [0, 0, 1]);
  assert.deepEqual(figures.roc!.data[1]!.y, [0, 1, 1]);
  assert.deepEqual(figures.roc!.data[2]!.x, []);
  assert.deepEqual(figures.roc_by_label!.data.map(({ xaxis }) => xaxis), ["x", "x2", "x3"]);
});

Deno.test("a ROC curve of 30,000 points is thinned to what is seen", () => {
  const rate = Float64Array.from({ length: 30_000 }, (_, i) => i / 29_999);
  const curve = {
    falsePositiveRate: rate,
    truePositiveRate: rate.map((x) => x ** 0.3 + 0.0002 * Math.sin(9999 * x)),
  };
  const points = (rocFigure([{ label: "Mass", auc: 0.77, roc: curve }]).data[0]!.x as number[]).length;
  assert(points > 10 && points < 100, String(points));
});

Deno.test("precision holds for the recalls up to its own: steps, with the prevalence as a line", () => {
  assert.deepEqual(figures.precision_recall!.data[1]!.x, [0, 1, 1]);
  assert.deepEqual(figures.precision_recall!.data[1]!.y, [1, 1, 0.2]);
  const { x, y } = figures.precision_recall!.data[0]!;
  assert.deepEqual((x as number[]).slice(0, 5), [0, 0.25, 0.25, 0.25, 0.5]);
  assert.deepEqual((y as number[]).slice(0, 5), [1, 1, 0.5, 0.6667, 0.6667]);
  assert.equal(at(figures.precision_recall!.layout, "shapes.0.y0"), CURVES[0]!.prevalence);
});

Deno.test("score histograms count each class by itself", () => {
  const { data } = figures.score_histograms!;
  assert.deepEqual(data[0]!.y, [0.1667, 0.3333, 0.1667, 0.1667, 0.1667, 0.1667]);
  assert.deepEqual(data[1]!.y, [0, 0.25, 0.25, 0.25, 0.25, 0.25]);
  assert.deepEqual(data[5]!.y, [0, 0, 0, 0, 0, 0]);
});

Deno.test("the confusion matrix has the truth in rows, and shares of the row", () => {
  const { z, text } = figures.confusion!.data[0]!;
  assert.deepEqual(z, [[0.5, 0.5], [0.25, 0.75]]);
  assert.deepEqual(text, [["3<br>50.0 %", "3<br>50.0 %"], ["1<br>25.0 %", "3<br>75.0 %"]]);
});

Deno.test("each step of the threshold slider has its confusion matrix and its rates", () => {
  const { data, layout } = figures.threshold!;
  assert.equal(at(layout, "sliders.0.active"), 1);
  assert.deepEqual(data[0]!.z, [[0.5, 0.5], [0.25, 0.75]]);
  assert.deepEqual(trace(figures.threshold!, "Sensitivity (recall)").y, [0.75, 0.75, 0.25]);
  assert.deepEqual(trace(figures.threshold!, "Specificity").y, [0.3333, 0.5, 0.8333]);
  assert.deepEqual(trace(figures.threshold!, "Precision").y, [0.4286, 0.5, 0.5]);
  const step = at(layout, "sliders.0.steps.2") as { label: string; args: [Record<string, Json[]>, number[]] };
  assert.equal(step.label, "0.75");
  assert.deepEqual(step.args[1], [0, 4, 5]);
  assert.deepEqual(step.args[0].z, [[[0.833, 0.167], [0.75, 0.25]], null, null]);
  assert.deepEqual(step.args[0].y![1], [0.25, 0.8333, 0.5]);
});

Deno.test("the rates at a threshold are written a line apart, in their order, also where they are alike", () => {
  const truth = Uint8Array.from({ length: 20 }, (_, i) => i % 2);
  for (
    const scores of [
      Float64Array.from(truth, (y) => 0.1 + 0.8 * y), // three rates of 1
      Float64Array.from(truth, (y) => 0.9 - 0.8 * y), // three of 0
      Float64Array.from(truth, (y, i) => i < 10 ? 0.1 + 0.8 * y : 0.9 - 0.8 * y), // three of a half
    ]
  ) {
    const { data, layout } = thresholdFigure({ label: "Mass", truth, scores }, {
      start: 0.53,
      slider: false,
    });
    const [marks, texts] = [data[4]!, data[5]!];
    const heights = (texts.y as number[]).toSorted((a, b) => a - b);
    assert(heights[1]! - heights[0]! >= 0.0799 && heights[2]! - heights[1]! >= 0.0799, `${heights}`);
    assert(heights[0]! >= 0 && heights[2]! <= 1.04, `${heights}`);
    assert.deepEqual(texts.text, (marks.y as number[]).map((rate) => rate.toFixed(2)));
    assert.deepEqual(marks.x, [0.53, 0.53, 0.53]);
    assert.equal(layout.sliders, undefined);
    const [sensitivity, specificity, precision] = texts.text as string[];
    const rates = `sensitivity ${sensitivity}, specificity ${specificity}, precision ${precision}`;
    assert.equal(at(layout, "title.text"), `Mass at 0.53: ${rates}`);
  }
});

Deno.test("maps of random weights lie near their number of layers, a bar where there is an interval", () => {
  const { data, layout } = figures.map_randomisation!;
  assert.deepEqual(data.map(({ x }) => x), [[0.9, 19.9], [20.1]]);
  assert.deepEqual(data.map(({ y }) => y), [[0.4, 0.05], [-0.1]]);
  assert.deepEqual(at(data[0]!, "error_y.array"), [0.2, 0.25]);
  assert.deepEqual(at(data[1]!, "error_y.array"), [0]);
  assert.deepEqual([at(layout, "shapes.0.y0"), at(layout, "shapes.0.y1")], [0.5, 0.5]);
});

Deno.test("abstention leaves a gap where nothing is decided, and shows a finding at a time", () => {
  const { data, layout } = figures.abstention!;
  assert.deepEqual(data[0]!.y, [0.25, 0.1, null]);
  assert.deepEqual(data.map(({ visible }) => visible), [true, false, true, false]);
  assert.deepEqual(at(layout, "updatemenus.0.buttons.1.args.0.visible"), [false, true, false, true]);
});

Deno.test("decision curves are fractions of a perfect test's, by prevalence on the slider and by finding in the menu", () => {
  const { data, layout } = figures.decision_curves!;
  // Of Effusion at 0.5 three of four are found with three false alarms: 3/10 - 3/10 * 1; on all, 4/10 - 6/10.
  assert.deepEqual([data[0]!.y, data[2]!.y].map((y) => (y as number[])[2]), [0, -0.5]);
  assert.deepEqual(data.map(({ visible }) => visible), [true, false, true, false]);
  assert.deepEqual(at(layout, "updatemenus.0.buttons.1.args.0.visible"), [false, true, false, true]);
  const steps = at(layout, "sliders.0.steps") as { label: string; args: [{ y: number[][] }] }[];
  assert.deepEqual(steps[0]!.args[0].y, data.map(({ y }) => y));
  // At a prevalence of 0.1 acting on all from 0.1 on is worth as much as acting on none.
  assert.equal(steps[1]!.args[0].y[2]![0], 0);
  assert.equal(steps[1]!.args[0].y[3]![2], -8);
});

Deno.test("the leak is a share of the test images", () => {
  assert.deepEqual(trace(figures.shared_patients!, "Patient also in training").x, [0.82, 0]);
  assert.deepEqual(trace(figures.shared_patients!, "Patient not in training").customdata, [18, 100]);
});

Deno.test("the live figure has room for the epochs to come", () => {
  const range = at(figures.live_training!.layout, "xaxis.range") as number[];
  assert(range[0]! <= 0 && range[1]! >= 5);
  assert.deepEqual(trace(figures.live_training!, "Training loss").x, [0, 1]);
});

Deno.test("pictures are narrow enough for a phone, unless panels, cells or a legend would be crowded", () => {
  const widths = Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [name, pictureWidth(figure)]),
  );
  for (const name of ["label_counts", "auc_noise", "auc_by_label", "loss_by_epoch"]) {
    assert.equal(widths[name], 520, name);
  }
  for (const name of ["finding_pairs", "threshold", "roc_by_label", "live_training"]) {
    assert.equal(widths[name], 760, name);
  }
});
