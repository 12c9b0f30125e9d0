import assert from "node:assert/strict";
import { UNKNOWN } from "../../lib/dataset/entry.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import {
  type AnyPredictions,
  readAnyPredictions,
  type ReadAnyPredictionsOptions,
} from "../../lib/evaluation/external_predictions.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { entriesOf, withFile } from "../dataset/_files.ts";

/** 1_0, 1_1 and 2_0; the second has a Mass and a Pleural_Thickening, the third an Effusion of which nobody is sure. */
const ENTRIES = entriesOf([2, 1]).map((entry, index) => ({
  ...entry,
  labels: index === 1 ? ["Mass", "Pleural_Thickening"] : [],
  unknown: index === 2 ? ["Effusion"] : [],
}));

type Options = Partial<ReadAnyPredictionsOptions>;

async function read(content: string, options: Options = {}): Promise<AnyPredictions> {
  let found: AnyPredictions | undefined;
  await withFile("predictions.csv", content, async (file) => {
    found = await readAnyPredictions(file, { entries: ENTRIES, findings: NIH_FINDINGS, ...options });
  });
  return found!;
}

async function refuses(content: string, message: string, options: Options = {}): Promise<void> {
  await withFile("predictions.csv", content, async (file) => {
    await assert.rejects(
      readAnyPredictions(file, { entries: ENTRIES, findings: NIH_FINDINGS, ...options }),
      new InputError(file + message),
      content,
    );
  });
}

/** The notes but the one that says how many findings a mean is over. */
function notesOf({ notes }: AnyPredictions): string[] {
  return notes.filter((note) => !note.startsWith("A mean is over"));
}

Deno.test("readAnyPredictions() finds the columns of one form, and joins the metadata", async () => {
  const files: [content: string, form: string, images: string[]][] = [
    ["image,Mass_score,Pleural_Thickening_score\n1_1.png,.9,-1e-3\n2_0.png,0.1,2\n", "LABEL_score", [
      "image",
    ]],
    [
      "Image Index,prob_Pleural Thickening,split,prob_Mass\n1_1.png,-.001,test,0.9\n2_0.png,2,test,0.1\n",
      "prob_LABEL",
      ["Image Index"],
    ],
    ["path,MASS,pleural thickening\nnih/images_001/1_1.png,9e-1,-0.001\nnih/2_0.png,0.1,2.0\n", "LABEL", [
      "path",
    ]],
    [
      "filename,Mass,pleural,y_pred_mass,Y-Pred-Pleural\n1_1.png,1,1,.9,-.001\n2_0.png,0,0,.1,2\n",
      "y_pred_LABEL",
      [
        "filename",
      ],
    ],
    [
      ",Image Index,path, Mass, Pleural\\Thickening\n0,1_1.png,C:\\nih\\1_1.png, 0.9, -.001\n1,2_0.png,x/2_0.png,.1,2",
      "LABEL",
      [
        "Image Index",
        "path",
      ],
    ],
    // A column by another name, and names without an ending or with another.
    [",Mass,Pleural_Thickening\n1_1,.9,-.001\n2_0,.1,2\n", "LABEL", [""]],
    ["jpeg,Mass,Pleural_Thickening\n1_1.jpg,.9,-.001\n2_0.jpeg,.1,2\n", "LABEL", ["jpeg"]],
  ];
  for (const [content, form, images] of files) {
    const { predictions, entries, columns } = await read(content);
    assert.deepEqual(predictions, {
      labels: ["Mass", "Pleural_Thickening"],
      images: ["1_1.png", "2_0.png"],
      patients: ["1", "2"],
      truth: Uint8Array.of(1, 1, 0, 0),
      scores: Float64Array.of(0.9, -0.001, 0.1, 2),
    }, content);
    assert.deepEqual(entries, [ENTRIES[1], ENTRIES[2]]);
    assert.deepEqual([columns.form, columns.images], [form, images], content);
    assert.equal(columns.missing.length, 12);
  }
});

Deno.test("readAnyPredictions() understands what other data sets call the same finding, and says whose name it is", async () => {
  const { predictions, columns } = await read(
    "Path,Pleural Effusion,Infiltrate,Lung Lesion,Support Devices,Pleural Other,Cardiomegally\n" +
      "1_0.png,.1,.2,.3,.4,.5,.6\n2_0.png,.2,.3,.4,.5,.6,.7",
  );
  assert.deepEqual(predictions.labels, ["Effusion", "Infiltration"]);
  assert.deepEqual([...predictions.truth], [0, 0, UNKNOWN, 0]);
  assert.deepEqual(columns.scores.map(({ name, synonymOf }) => [name, synonymOf]), [
    ["Pleural Effusion", "CheXpert, MIMIC-CXR, PadChest and VinDr-CXR"],
    ["Infiltrate", "the NIH's bounding boxes and Indiana University"],
  ]);
  assert.deepEqual(columns.left, [
    { name: "Lung Lesion", reason: "Mass, Nodule together, as CheXpert and MIMIC-CXR has it" },
    { name: "Support Devices", reason: "no finding of the data set" },
    { name: "Pleural Other", reason: "no finding of the data set" },
    { name: "Cardiomegally", reason: "misspelt? Cardiomegaly has no column" },
  ]);
});

Deno.test("readAnyPredictions() takes ground truth for ground truth, and compares it with the metadata", async () => {
  const { columns, predictions, ...said } = await read(
    "image,Mass,Nodule,Effusion,Mass_prob\n1_0.png,0,0,,.1\n1_1.png,0,0,1,.2\n2_0.png,0,1,1,.3",
  );
  assert.deepEqual(predictions.labels, ["Mass"]);
  assert.deepEqual(columns.truth.map(({ name, compared, differing }) => [name, compared, differing]), [
    ["Mass", 3, 1],
    ["Nodule", 3, 1],
    ["Effusion", 1, 1],
  ]);
  assert.deepEqual(notesOf({ columns, predictions, ...said }), [
    `The ground truth in "Mass" is another than the metadata's in 1 of 3 rows; the metadata's is used.`,
    `The ground truth in "Nodule" is another than the metadata's in 1 of 3 rows; the metadata's is used.`,
    `The ground truth in "Effusion" is another than the metadata's in 1 of 1 row; the metadata's is used.`,
  ]);
  // Words for it, and what CheXpert has for uncertain.
  const words = await read("image,Mass_label,mass\n1_0.png,False,.1\n1_1.png,TRUE,.3\n2_0.png,-1,.2");
  assert.deepEqual(words.columns.truth.map(({ name, compared, differing }) => [name, compared, differing]), [
    ["Mass_label", 2, 0],
  ]);
});

Deno.test("readAnyPredictions() refuses a file of which it cannot tell what the scores are", async () => {
  const rows = (...cells: string[]) =>
    ["1_0.png", "1_1.png", "2_0.png"].map((image, i) => `${image},${cells[i]}`).join("\n");
  // Ground truth alone, or for one finding of two.
  await refuses(
    `image,Mass,Pleural_Thickening\n${rows("0,0", "1,1", "0,0")}`,
    ', row 1: columns "Mass", "Pleural_Thickening": 0 and 1 only, as the metadata says in every row: that is ground ' +
      "truth, no score (if it is one, say so with --columns LABEL)",
  );
  await refuses(
    `image,Mass,Nodule\n${rows("0,.1", "1,.2", "0,.3")}`,
    ', row 1: column "Mass": 0 and 1 only, as the metadata says in every row: that is ground truth, no score (if it is ' +
      "one, say so with --columns LABEL)",
  );
  await refuses(
    `image,Mass_label\n${rows("0", "1", "0")}`,
    ', row 1: no column of scores: "Mass_label" are ground truth by their names',
  );
  // A finding beside the same with a word that nobody knows.
  await refuses(
    `image,Mass,Mass_densenet\n${rows("0,.1", "0,.2", "1,.3")}`,
    ', row 1: it cannot be told which columns hold the scores, "Mass", "Mass_densenet": say it with --columns "LABEL_densenet"',
  );
  await refuses(
    `image,densenet_Mass,densenet_Nodule,Mass\n${rows(".1,.2,1", ".1,.3,0", ".3,.4,0")}`,
    ', row 1: it cannot be told which columns hold the scores, "Mass", "densenet_Mass": say it with ' +
      '--columns "densenet_LABEL"',
  );
  await refuses(
    `image,Mass_densenet,Nodule_densenet\n${rows(".1,.2", ".1,.3", ".3,.4")}`,
    ', row 1: no column of scores; if "Mass_densenet" and 1 more are scores, say so with --columns "LABEL_densenet"',
  );
  // What pandas makes of two tables with a column each, and of one with two.
  await refuses(
    `image,Mass_x,Mass_y\n${rows("0,.1", "1,.2", "0,.3")}`,
    ', row 1: no column of scores; if "Mass_x", "Mass_y" are scores, say so with --columns "LABEL_x"',
  );
  await refuses(
    `image,Mass,Mass.1\n${rows("1,.1", "0,.2", "0,.3")}`,
    ', row 1: it cannot be told which columns hold the scores, "Mass", "Mass.1": say it with --columns "LABEL_1"',
  );
  // Scores in two forms, also where each finding has one.
  await refuses(
    `image,Mass_prob,pred_Mass\n${rows(".1,.2", ".1,.3", ".3,.4")}`,
    ', row 1: scores in several forms, "Mass_prob", "pred_Mass": say which with --columns "LABEL_prob"',
  );
  await refuses(
    `image,Mass_logit,pred_Nodule\n${rows(".1,.2", ".1,.3", ".3,.4")}`,
    ', row 1: scores in several forms, "Mass_logit", "pred_Nodule": say which with --columns "LABEL_logit"',
  );
  await refuses(
    `image,Mass_prob,Nodule\n${rows(".1,.2", ".1,.3", ".3,.4")}`,
    ', row 1: scores in several forms, "Mass_prob", "Nodule": say which with --columns "LABEL_prob"',
  );
  await refuses(
    `image,Effusion,Pleural Effusion\n${rows(".1,.2", ".1,.3", ".3,.4")}`,
    ', row 1: columns "Effusion" and "Pleural Effusion" mean the same finding, Effusion',
  );
  await refuses(
    "image,Tumour,Atelectisis\n1_0.png,1,0",
    ', row 1: no column of a finding in "image,Tumour,Atelectisis"; misspelt may be "Atelectisis" (Atelectasis?)',
  );
});

Deno.test("readAnyPredictions() leaves decisions aside that stand beside the scores", async () => {
  const { columns, predictions } = await read(
    "image,Mass_pred,Mass_prob\n1_0.png,0,.1\n1_1.png,1,.7\n2_0.png,1,.6",
  );
  assert.equal(columns.form, "LABEL_prob");
  assert.deepEqual([...predictions.scores], [0.1, 0.7, 0.6]);
  assert.deepEqual(columns.left, [{ name: "Mass_pred", reason: "not the scores that are judged" }]);
});

Deno.test("readAnyPredictions() takes the form that the user names", async () => {
  const content =
    "image,Mass,Mass_densenet,Mass_resnet 50\n1_0.png,0,.1,.5\n1_1.png,1,.2,.6\n2_0.png,0,.3,.7";
  const scores: [form: string, scores: number[]][] = [
    ["LABEL_densenet", [0.1, 0.2, 0.3]],
    ["LABEL_ResNet 50", [0.5, 0.6, 0.7]],
    ["LABEL", [0, 1, 0]],
  ];
  for (const [columns, expected] of scores) {
    assert.deepEqual([...(await read(content, { columns })).predictions.scores], expected);
  }
  assert.deepEqual(notesOf(await read(content, { columns: "LABEL" })), [
    `0 and 1 in "Mass" are the metadata's ground truth in every row: are they scores?`,
    "Two values only, so decisions and no scores; the ROC has one point between its ends: Mass.",
  ]);
  await refuses(
    content,
    `, row 1: no column of the form "LABEL_vit" in "image,Mass,Mass_densenet,Mass_resnet 50"`,
    {
      columns: "LABEL_vit",
    },
  );
  await withFile("predictions.csv", content, async (file) => {
    await assert.rejects(
      readAnyPredictions(file, { entries: ENTRIES, findings: NIH_FINDINGS, columns: "densenet" }),
      new InputError('"densenet" has to hold LABEL once, as in "LABEL_prob"'),
    );
  });
});

Deno.test("readAnyPredictions() understands other data sets' names in the form that the user names", async () => {
  const content =
    "image,Pleural Effusion_densenet,Mass_densenet\n1_0.png,.1,.2\n1_1.png,.2,.3\n2_0.png,.3,.4";
  const { predictions, columns } = await read(content, { columns: "LABEL_DenseNet" });
  assert.deepEqual(predictions.labels, ["Effusion", "Mass"]);
  assert.deepEqual(columns.left, []);
});

Deno.test("readAnyPredictions() says what is no probability, and takes the sigmoid of logits", async () => {
  const content = "image,Mass,Nodule,Hernia\n1_0.png,-3,.5,1\n1_1.png,2.004,.5,.25\n2_0.png,0,.5,.5";
  assert.deepEqual(notesOf(await read(content)), [
    "One value in every row, which orders nothing: Nodule.",
    "The scores of Mass are no probabilities (-3 to 2): no calibration but Platt's scaling and isotonic regression " +
    "(--logits makes probabilities of logits).",
  ]);
  const { predictions, ...said } = await read(content, { logits: true });
  // 1 / (1 + math.exp(-x)) in Python; the order is that of the findings: Hernia, Mass, Nodule.
  assert.deepEqual(Array.from(predictions.scores, (score) => score.toFixed(12)), [
    ...["0.731058578630", "0.047425873178", "0.622459331202"],
    ...["0.562176500886", "0.881216413034", "0.622459331202"],
    ...["0.622459331202", "0.500000000000", "0.622459331202"],
  ]);
  assert.deepEqual(notesOf({ predictions, ...said }), [
    "One value in every row, which orders nothing: Nodule.",
  ]);
  const percent = await read("image,Mass\n1_0.png,3\n1_1.png,98.5\n2_0.png,0");
  assert.match(
    notesOf(percent).join(),
    /^The scores of Mass are no probabilities \(0 to 98\.5\).*\(percent are to be divided by 100\)\.$/,
  );
  const probabilities = await read("image,Mass\n1_0.png,.3\n1_1.png,.5\n2_0.png,0", { logits: true });
  assert.match(notesOf(probabilities).join(), /^All scores are between 0 and 1 already/);
});

Deno.test("readAnyPredictions() says where the patients are others, and names without an ending", async () => {
  const notes = notesOf(await read("image,Patient ID,Mass\n1_0,1.0,.1\n1_1,01,.2\n2_0.png,1,.3"));
  assert.deepEqual(notes, [
    '2 images in "image" were found without the file\'s ending, such as "1_0".',
    `The patient in "Patient ID" is another than the metadata's in 1 of 3 rows; the metadata's is used.`,
  ]);
});

Deno.test("readAnyPredictions() refuses what it cannot read, with file, row and value", async () => {
  const cases: [content: string, message: string][] = [
    ["image,Mass", " has a header and no rows"],
    ["name,Mass\n9_0.png,.1", ', row 1: no column "image" in "name,Mass"'],
    [
      "image,path,Mass\n1_0.png,a/1_0.png,.1\n1_1.png,a/2_0.png,.1",
      ', row 3: "image" "1_1.png" and "path" "a/2_0.png" are different images',
    ],
    ["image,Mass\n1_0.png,.1\n9_9.png,1", ', row 3: image "9_9.png" is not in the metadata'],
    ["image,Mass\n9_8.png,.1\n9_9.png,1", ', row 2: image "9_8.png" is not in the metadata'],
    ["image,Mass\n1_0.png,.1\n\na\\1_0.png,1", ', row 4: image "a\\1_0.png" is already in a row above'],
    ["image,Mass\n1_0.png,nan", ', row 2: Mass "nan" is not a finite number'],
    ["image,Mass\n1_0.png,0.4\u001b[2J", ', row 2: Mass "0.4\\x1b[2J" is not a finite number'],
    ["image,Mass,mass\n1_0.png,.1,.2", ', row 1: columns "Mass" and "mass" mean the same finding, Mass'],
  ];
  for (const [content, message] of cases) await refuses(content, message);
});

Deno.test("readAnyPredictions() reads weights, and refuses what is none", async () => {
  const found = await read("image,weight,Mass_score\n1_1.png,5,.9\n2_0.png,1,.1\n");
  assert.deepEqual(found.predictions.weights, Float64Array.of(5, 1));
  assert.deepEqual(notesOf(found), ['Images count by their weights in "weight".']);
  assert.equal((await read("image,Mass_score\n1_1.png,.9\n")).predictions.weights, undefined);
  await refuses("image,weight,Mass_score\n1_1.png,0,.9\n", ', row 2: weight "0" is not a number above 0');
  await refuses(
    "image,weight,sample_weight,Mass_score\n1_1.png,1,1,.9\n",
    ', row 1: weights in "weight" and "sample_weight"',
  );
});
