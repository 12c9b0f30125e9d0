import assert from "node:assert/strict";
import { relative } from "node:path";
import { PROJECT } from "../lib/support/project.ts";

/** Words that people read nowhere, and what the field says instead. */
const WORDS: readonly [word: RegExp, instead: string][] = [
  [/(?:\b(?:training|validation|test)|\$\{part\})[\s*]+parts?\b/i, "training set, validation set, test set"],
  [/\bchoice[ _]?metric/i, "selection metric"],
  [/\bchoice of (?:an|the) epoch\b/i, "checkpoint selection"],
  [/\bby heart\b/i, "memorise, overfit"],
  [/\btaught\b/i, "trained on"],
  [/\bpixels a side\b/i, "image size (pixels)"],
  [/\bimages a (?:step|batch)\b/i, "batch size"],
  [/\btimes that each training image\b/i, "number of epochs"],
  [/\bfirst weights\b/i, "initial weights"],
  [
    /\bhow the learning rate goes\b|\bhighest (?:learning )?rate\b/i,
    "learning-rate schedule, peak learning rate",
  ],
  [/\bhealthy-sayer\b|\bmemory alone\b/i, "majority-class baseline; patient-identity baseline"],
  [/\b(?:take|taking|in) turns\b/i, "interleaved"],
  [/\bof ours\b/i, "of Thorax"],
  [/\b(?:the|a|mean|which) share (?:of|that)\b|"Share of|\bin shares of\b/i, "fraction, proportion"],
  [/\bgive or take\b/i, "±"],
  [/\bin parts of the (?:image|side)/i, "as a fraction of"],
  [/\bmodel learnt from\b/i, "was trained on"],
  [/\bdealt out (?:anew|among)\b/i, "shuffled"],
  [/\bour (?:own names|bare)\b|\bmeasures us\b/i, "Thorax"],
  [/\bwithoutComputing\b|\bisPartOfMore\b|\bnoteVariables\b/, "trace, evalShape"],
  [/\bdata2\b|\/_?\w*_?(?:util|utils|helper|helpers|manager)\.ts\b/i, "what the thing is for"],
];

/**
 * Sentences of earlier versions that measurements contradict, and what was measured: they stand nowhere, however their
 * lines are broken.
 */
const REFUTED: readonly [sentence: RegExp, measured: string][] = ([
  [
    "leaves the AUC alone",
    "a test set thinned to a fifth of its normal images has a mean AUC of .811 instead of .838",
  ],
  ["notebook 5 puts this right", "specificity, precision, calibration and costs shift too"],
  ["right of the diamond is owed to", "the classifier that sees no image may be ahead"],
  ["one case in ten", "radiologists see a pneumothorax in 46 % of the images labelled with one"],
  ["quite different behaviour", "two of the four rules may choose one threshold"],
  ["Published results use them", "four of the table's do not"],
  ["are what makes the difference", "size, augmentation and schedule differ too"],
  ["costs no accuracy", "seen where every AUC was .99"],
] as const).map((
  [text, measured],
) => [new RegExp(text.replaceAll(" ", '(?:\\s|\\\\n|[",])+'), "i"), measured]);

/** In prose the two have their full names; in code `truth` and `box` are enough. */
const PROSE: readonly [word: RegExp, instead: string][] = [
  [/(?<!ground[ -])\btruth\b(?! table)/i, "ground truth, labels"],
];

/** What a reader of the project reads: a text by its file. */
async function* textsOf(pathspecs: readonly string[]): AsyncGenerator<{ file: string; text: string }> {
  const { stdout, success } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard", ...pathspecs],
    cwd: PROJECT,
  }).output();
  assert(success, "the files of the project are listed by git");
  for (const name of new TextDecoder().decode(stdout).split("\n").filter((name) => name !== "")) {
    const file = `${PROJECT}/${name}`;
    const text = await Deno.readTextFile(file).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
    yield { file: relative(PROJECT, file), text };
  }
}

/** Where a text has one of the words, as `FILE:LINE: WORD (INSTEAD)`. */
function found(
  { file, text }: { file: string; text: string },
  words: readonly [word: RegExp, instead: string][],
): string[] {
  return words.flatMap(([word, instead]) =>
    [...text.matchAll(new RegExp(word, `${word.flags}g`))].map(({ index, 0: said }) =>
      `${file}:${text.slice(0, index).split("\n").length}: ${JSON.stringify(said)} (${instead})`
    )
  );
}

/** Markdown without its code. */
function proseOf(markdown: string): string {
  return markdown.replace(/^```.*?^```/gms, (code) => code.replace(/[^\n]/g, "")).replace(/`[^`\n]*`/g, "``");
}

Deno.test("the field's words are used: none of those that the glossary replaces stands anywhere", async () => {
  const faults: string[] = [];
  for await (
    const text of textsOf(["lib", "README.md", "CONTRIBUTING.md", ".github/SECURITY.md", "notebooks"])
  ) {
    faults.push(...found(text, WORDS));
  }
  for await (const { file, text } of textsOf(["README.md", "CONTRIBUTING.md", ".github/SECURITY.md"])) {
    faults.push(...found({ file, text: proseOf(text) }, PROSE));
  }
  // What earlier versions called it is still read.
  const old =
    /^lib\/(?:training\/(?:history|select_epoch)|evaluation\/read_metrics)\.ts:\d+: "choice_?metric"/i;
  assert.deepEqual(faults.filter((fault) => !old.test(fault)), []);
});

Deno.test("no sentence stands anywhere that its numbers refuted", async () => {
  const faults: string[] = [];
  for await (const text of textsOf(["lib", "README.md", "CHANGELOG.md", "notebooks"])) {
    faults.push(...found(text, REFUTED));
  }
  assert.deepEqual(faults, []);
  const cell = '"That leaves\\n",\n    "the AUC alone; weights are\\n",\n "what makes the difference"';
  assert.equal(found({ file: "a.ipynb", text: cell }, REFUTED).length, 2);
});

Deno.test("a word that is not to be used is found with its line", () => {
  const faults = found({ file: "a.md", text: "# A\n\nThe validation\npart, learnt by heart." }, WORDS);
  assert.deepEqual(faults, [
    'a.md:3: "validation\\npart" (training set, validation set, test set)',
    'a.md:4: "by heart" (memorise, overfit)',
  ]);
  assert.equal(proseOf("a `truth`\n```ts\nconst truth = 1;\n```\nb"), "a ``\n\n\n\nb");
});
