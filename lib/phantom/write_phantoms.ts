import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import sharp from "sharp";
import { InputError } from "../support/input_error.ts";
import { namesIn, openDraftFolder } from "../support/draft_folder.ts";
import { brief } from "../support/printable.ts";
import { random } from "../support/random.ts";
import { readText } from "../support/read_text.ts";
import { adoptSummed, checkSummed, type SummedFolder, SUMS_FILE } from "../support/summed_folder.ts";
import { about } from "../support/system_error.ts";
import { syncFolder } from "../support/write_atomically.ts";
import type { DrawRequest } from "./_draw_worker.ts";
import { PHANTOM_SETTINGS, phantomSettingsIn } from "./phantom_folder.ts";
import { type PhantomCase, planCases, type PlanOptions } from "./cases.ts";
import type { Phantom, PhantomBox } from "./draw_phantom.ts";
import { noisyLabels } from "./label_noise.ts";
import { ifMissing } from "../support/if_missing.ts";

/** The settings of a phantom set. */
export interface PhantomOptions extends PlanOptions {
  /** How many images; 4,800 by default. */
  images?: number;
  /** The seed of everything that is drawn; 1 by default. */
  seed?: number;
  /** The width and height of the images in pixels; 256 by default. */
  size?: number;
  /** Whether findings are faint, so that networks differ in how many they see; false by default. */
  hard?: boolean;
  /**
   * How wrong the labels are, 0 to 1: at 1 as those of the NIH by the radiologists (`AUDITED_TRUST`); 0 by default. The findings
   * that were drawn are then in `true_findings.csv`.
   */
  labelNoise?: number;
  /** How many threads draw; one a core by default. The bytes written do not depend on it. */
  workers?: number;
  /** Whether another set, or one whose files were changed, is replaced; other files never are. Default: false. */
  overwrite?: boolean;
  /** Called after every image. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the work: it throws the signal's reason and leaves nothing behind. */
  signal?: AbortSignal | undefined;
}

type Settings =
  & Required<Pick<PhantomOptions, "images" | "seed" | "size" | "hard" | "labelNoise">>
  & PlanOptions
  & {
    overwrite: boolean;
  };

/** What stands in a phantom set's folder. */
export interface PhantomSet {
  /** The number of images. */
  images: number;
  /** The number of patients. */
  patients: number;
  /** The number of bounding boxes. */
  boxes: number;
  /** Whether the same set was there already, so that nothing was drawn. */
  existed: boolean;
}

/** The default set. */
export const PHANTOM_DEFAULTS = { images: 4800, seed: 1, size: 256 } as const;

/** Changed whenever the same settings give other images. */
const VERSION = 3;
const METADATA_HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender," +
  "View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";
const BOXES_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,";
const BOX_PIXELS = 1024;
const TEST_SHARE = 0.2;

/**
 * Writes a set of generated chest radiographs in the NIH's layout: `images/*.png`, `Data_Entry_2017.csv`,
 * `BBox_List_2017.csv` (in pixels of a 1024x1024 image), and `train_val_list.txt` and `test_list.txt` with one patient
 * in five in the second; with label noise also `true_findings.csv`; `SHA256SUMS` has their checksums. They are drawn in a draft beside the folder and moved there once
 * complete. The same settings give the same bytes; a set that is there already is left as it is, and drawn anew where an
 * older version made it and nobody changed it. Of two calls at a time, also in two processes, one draws and the other waits.
 *
 * @throws {InputError} Where the folder holds anything else, and a set is not to be overwritten: nothing of it is removed.
 */
export async function writePhantoms(dir: string, options: PhantomOptions = {}): Promise<PhantomSet> {
  const { images, seed, size, overwrite = false } = { ...PHANTOM_DEFAULTS, ...options };
  const { visits, hard = false, labelNoise = 0 } = options;
  const settings = { images, seed, size, visits, hard, labelNoise, overwrite };
  const found = await findSet(dir, settings);
  if (found !== null) return found;
  const place = resolve(dir);
  const cases = planCases(images, seed, settings);
  const old = await ownFiles(dir);
  return await about(dir, async () => {
    await using draft = await openDraftFolder(dirname(place), {
      files: [
        ...filesOf(cases, settings).map((file) => join(SET, file)),
        ...old.map((file) => join(OLD, file)),
      ],
      key: `phantoms ${basename(place)}`,
    });
    return await findSet(dir, settings) ??
      await drawSet(dir, { ...options, ...settings, cases, draft: draft.dir, old });
  });
}

/** The folders of a draft: the set that is drawn, and the one that it replaces. */
const SET = "set";
const OLD = "old";

const TEXTS = [
  "Data_Entry_2017.csv",
  "BBox_List_2017.csv",
  "train_val_list.txt",
  "test_list.txt",
  PHANTOM_SETTINGS,
];

/** What was drawn, as `Data_Entry_2017.csv` would say it; a set has it where that has other labels. */
const TRUE_FINDINGS = "true_findings.csv";

/** The files of a set, by their paths in its folder. */
function filesOf(cases: readonly PhantomCase[], { labelNoise }: Pick<Settings, "labelNoise">): string[] {
  const truth = labelNoise > 0 ? [TRUE_FINDINGS] : [];
  return [...cases.map(({ image }) => join("images", image)), ...TEXTS, ...truth, SUMS_FILE];
}

function sumsOf(dir: string): SummedFolder {
  return { dir, kind: "phantoms" };
}

/** The files that a set has by its own table, by their paths in its folder; none where it has none. */
async function ownFiles(dir: string): Promise<string[]> {
  const table = join(dir, TEXTS[0]!);
  if (!existsSync(table) || !existsSync(phantomSettingsIn(dir))) return [];
  const rows = (await readText(table)).trimEnd().split("\n").slice(1);
  const images = rows.map((row) => row.split(",")[0]!).filter((image) => /^[\w.-]+\.png$/.test(image));
  const files = [...images.map((image) => join("images", image)), ...TEXTS, TRUE_FINDINGS, SUMS_FILE];
  return files.filter((file) => existsSync(join(dir, file)));
}

/**
 * Makes sure that a folder holds no other files than a set's own, and those as they were drawn where they are not to be
 * overwritten. Sets of before there were checksums are taken as they are.
 *
 * @throws {InputError} Naming the first other or changed one.
 */
async function checkOwn(dir: string, own: readonly string[], overwrite: boolean): Promise<void> {
  const changed = overwrite ? [] : await checkSummed(sumsOf(dir)) ?? [];
  const [first] = changed.filter(({ isMissing }) => !isMissing);
  if (first) throw new InputError(`${first.message}: move it away, or have it drawn anew with --overwrite`);
  const known = new Set([...own, "images"]);
  const names = await namesIn(dir);
  const images = (await namesIn(join(dir, "images"))).map((name) => join("images", name));
  const other = [...names, ...images].sort().find((name) => !known.has(name));
  if (other !== undefined) {
    throw new InputError(
      `${join(dir, other)}: is not of the phantom set that is to be drawn anew: move it away`,
    );
  }
}

/** The very set that is wanted, where it is there already. */
async function findSet(dir: string, settings: Settings): Promise<PhantomSet | null> {
  if (await inspect(dir, settings) !== "same") return null;
  if (settings.overwrite && !await isIntact(dir)) return null;
  const cases = planCases(settings.images, settings.seed, settings);
  const boxes = await countRows(join(dir, "BBox_List_2017.csv"));
  return { images: settings.images, patients: patientsOf(cases), boxes, existed: true };
}

/** Whether a set's files are as they were drawn, as far as it has checksums. */
async function isIntact(dir: string): Promise<boolean> {
  const damages = await checkSummed(sumsOf(dir)).catch((error) => {
    if (!(error instanceof InputError)) throw error;
    return [error];
  });
  return (damages ?? []).length === 0;
}

type DrawSetOptions = PhantomOptions & Settings & {
  cases: readonly PhantomCase[];
  /** The folder to draw in. */
  draft: string;
  /** The files of the set that is replaced. */
  old: readonly string[];
};

async function drawSet(dir: string, options: DrawSetOptions): Promise<PhantomSet> {
  const { images, seed, workers = navigator.hardwareConcurrency, cases, labelNoise, draft, old } = options;
  const labelled = labelNoise === 0
    ? cases
    : cases.map((subject) => ({ ...subject, labels: noisyLabels(subject, { seed, strength: labelNoise }) }));
  if (await inspect(dir, options) !== "nothing") await checkOwn(dir, old, options.overwrite);
  const set = join(draft, SET);
  await Deno.mkdir(join(set, "images"), { recursive: true });
  const drawn = await drawAll(cases, join(set, "images"), { ...options, workers });
  const boxes = drawn.flatMap((boxes, nth) =>
    boxes.filter(({ label }) => labelled[nth]!.labels.includes(label))
      .map((box) => boxRow(cases[nth]!.image, box))
  );
  const table = (subjects: readonly PhantomCase[]) =>
    lines([METADATA_HEADER, ...subjects.map((subject) => metadataRow(subject, seed))]);
  const isTest = (subject: PhantomCase) => isForTest(subject, seed);
  const texts = [
    table(labelled),
    lines([BOXES_HEADER, ...boxes]),
    lines(cases.filter((subject) => !isTest(subject)).map(({ image }) => image)),
    lines(cases.filter(isTest).map(({ image }) => image)),
    describe(VERSION, options),
  ];
  for (const [i, name] of TEXTS.entries()) await Deno.writeTextFile(join(set, name), texts[i]!);
  if (labelNoise > 0) await Deno.writeTextFile(join(set, TRUE_FINDINGS), table(cases));
  await adoptSummed(sumsOf(set), filesOf(cases, options).filter((file) => file !== SUMS_FILE));
  await syncFolder(join(set, "images"));
  await syncFolder(set);
  if (await inspect(dir, options) !== "nothing") {
    await checkOwn(dir, old, options.overwrite);
    await Deno.rename(dir, join(draft, OLD));
  }
  await Deno.rename(set, dir);
  await syncFolder(dirname(resolve(dir)));
  return { images, patients: patientsOf(cases), boxes: boxes.length, existed: false };
}

function patientsOf(cases: readonly PhantomCase[]): number {
  return cases.at(-1)?.patient ?? 0;
}

/** Draws and writes all images; gives the boxes of each case. */
async function drawAll(
  cases: readonly PhantomCase[],
  folder: string,
  { seed, size, hard, workers, onProgress, signal }:
    & Pick<PhantomOptions, "onProgress" | "signal">
    & Pick<Settings, "seed" | "size" | "hard">
    & { workers: number },
): Promise<PhantomBox[][]> {
  const found: PhantomBox[][] = cases.map(() => []);
  const artists = Array.from({ length: workers }, () => openArtist({ seed, size, hard }));
  let next = 0;
  let done = 0;
  async function work(draw: (nth: number, subject: PhantomCase) => Promise<Phantom>): Promise<void> {
    try {
      for (let nth = next++; nth < cases.length; nth = next++) {
        signal?.throwIfAborted();
        const subject = cases[nth]!;
        const { pixels, boxes } = await draw(nth, subject);
        const image = sharp(pixels, { raw: { width: size, height: size, channels: 1 } });
        const png = await image.toColourspace("b-w").png({ compressionLevel: 4, adaptiveFiltering: true })
          .toBuffer();
        await Deno.writeFile(join(folder, subject.image), png);
        found[nth] = boxes;
        onProgress?.(++done, cases.length);
      }
    } finally {
      next = cases.length;
    }
  }
  try {
    // All are waited for, so that after an error no image is still being written.
    const ended = await Promise.allSettled(
      artists.flatMap(({ draw }) => [work(draw), work(draw), work(draw)]),
    );
    for (const outcome of ended) if (outcome.status === "rejected") throw outcome.reason;
  } finally {
    for (const { worker } of artists) worker.terminate();
  }
  return found;
}

/** Starts a thread that draws; several requests may wait at it at a time. */
function openArtist(options: Omit<DrawRequest, "nth" | "subject">) {
  const worker = new Worker(new URL("./_draw_worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, PromiseWithResolvers<Phantom>>();
  worker.onmessage = ({ data: { nth, pixels, boxes } }: MessageEvent<Phantom & { nth: number }>) => {
    waiting.get(nth)?.resolve({ pixels, boxes });
    waiting.delete(nth);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values()) reject(new Error(event.message));
  };
  function draw(nth: number, subject: PhantomCase): Promise<Phantom> {
    const answer = Promise.withResolvers<Phantom>();
    waiting.set(nth, answer);
    worker.postMessage({ nth, subject, ...options } satisfies DrawRequest);
    return answer.promise;
  }
  return { worker, draw };
}

function metadataRow(subject: PhantomCase, seed: number): string {
  const { image, labels, followUp, patient, age, sex, view } = subject;
  const wide = view === "PA" && random(seed, "phantom detector", patient).uniform() < 0.6;
  const [width, height, spacing] = wide ? [2992, 2991, 0.14] : [2500, 2500, 0.168];
  const findings = labels.length === 0 ? "No Finding" : labels.join("|");
  return [image, findings, followUp, patient, age, sex, view, width, height, spacing, spacing].join(",");
}

function boxRow(image: string, { label, x0, y0, x1, y1 }: PhantomBox): string {
  const name = label === "Infiltration" ? "Infiltrate" : label;
  const [left, top, right, bottom] = [x0, y0, x1, y1].map((share) => Math.round(4 * BOX_PIXELS * share) / 4);
  return [image, name, left, top, right! - left!, bottom! - top!].join(",");
}

function isForTest({ patient }: PhantomCase, seed: number): boolean {
  return random(seed, "phantom test list", patient).uniform() < TEST_SHARE;
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => row + "\n").join("");
}

/**
 * What a folder holds: nothing, the very set that is wanted, the same as an older version of these drawings made it, or
 * another set that is to be overwritten.
 *
 * @throws InputError where it holds anything else.
 */
async function inspect(dir: string, settings: Settings): Promise<"nothing" | "same" | "outdated" | "other"> {
  let empty = true;
  try {
    for await (const _ of Deno.readDir(dir)) empty = false;
  } catch (error) {
    ifMissing(error);
  }
  if (empty) return "nothing";
  const file = phantomSettingsIn(dir);
  const found = existsSync(file) ? await readText(file) : undefined;
  if (found === undefined) {
    throw new InputError(`${dir}: the folder is not empty and holds no phantom images; name another`);
  }
  if (found === describe(VERSION, settings)) return "same";
  const outdated = Array.from({ length: VERSION }, (_, version) => describe(version, settings));
  if (outdated.includes(found)) return "outdated";
  if (settings.overwrite) return "other";
  throw new InputError(
    `${dir}: holds other phantom images (${
      brief(found.trim())
    }); name another folder, or replace them with --overwrite`,
  );
}

/** What a set is, in one line: that of a set without noise and faint findings says nothing of them, as before there were any. */
function describe(
  version: number,
  { images, seed, size, visits, hard, labelNoise }: Omit<Settings, "overwrite">,
): string {
  const more = { ...(hard ? { hard } : {}), ...(labelNoise > 0 ? { labelNoise } : {}) };
  return JSON.stringify({ version, images, seed, size, visits, ...more }) + "\n";
}

async function countRows(file: string): Promise<number> {
  return (await readText(file)).trimEnd().split("\n").length - 1;
}
