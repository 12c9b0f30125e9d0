/**
 * What each part of a recipe is worth: trains variants of a configuration by five-fold cross-validation over several
 * seeds, in processes side by side, and writes a table.
 *
 *     deno run -A tests/bench/ablation.ts --data DIR --out FOLDER [--jobs 2] [--seeds 0,1,2,3,4] [--variants a,b]
 *     deno run -A tests/bench/ablation.ts --out FOLDER --table
 *
 * One training gives several rows, since epochs, averages of weights, running statistics and changed images are chosen after
 * it. Folds are the same for all variants and seeds; what was trained is in FOLDER and is not trained again.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { batches } from "../../lib/dataset/batches.ts";
import { DEFAULT_AUGMENTATION } from "../../lib/dataset/augmentation.ts";
import { foldsByPatient } from "../../lib/dataset/folds.ts";
import { recomputeStatistics } from "../../lib/training/recompute_statistics.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { scoreImages, type Scorer, scorer } from "../../lib/training/score.ts";
import { selectEpoch } from "../../lib/training/select_epoch.ts";
import { readSelectedWeights } from "../../lib/training/selected_weights.ts";
import { checkSettings, readConfiguration, type Settings } from "../../lib/training/settings.ts";
import { train } from "../../lib/training/train.ts";
import { openTrainingData, type TrainingData } from "../../lib/training/training_data.ts";
import { initialState } from "../../lib/training/training_state.ts";
import { findWeights } from "../../lib/runs/find_weights.ts";
import { auc } from "../../lib/evaluation/auc.ts";
import { inParallel } from "../../lib/support/in_parallel.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { random } from "../../lib/support/random.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

/** The variants, each as what it changes of `transfer`; those of most interest come first. */
const VARIANTS: Readonly<Record<string, Partial<Settings>>> = {
  "transfer": {},
  "random initial weights": { weights: null, headEpochs: 0, firstLayerRate: 1 },
  "plain cross-entropy": { loss: "plain" },
  "12 epochs": { epochs: 12 },
  "224x224": { imageSize: 224 },
  "no augmentation": { augmentation: { shift: 0, rotation: 0, zoom: 0, brightness: 0, flip: false } },
  "label smoothing 0.1": { labelSmoothing: 0.1 },
  "learning rate 3e-4": { learningRate: 3e-4 },
  "momentum 0.99": { batchNormMomentum: 0.99 },
  "frozen statistics": { frozenStatistics: true },
  "all layers at one rate": { firstLayerRate: 1 },
};

const FOLDS = 5;
const FOLD_SEED = 0;
/** How much of the average of weights stays at each step: it is over some fifty steps. */
const EMA = 0.98;
/** How many changed copies of an image are scored beside it. */
const COPIES = 8;

interface Flags {
  data?: string;
  out: string;
  jobs: number;
  seeds: number[];
  variants: string[];
}

function flagsOf(args: readonly string[]): Flags {
  const value = (name: string) => args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  return {
    ...(value("--data") ? { data: value("--data")! } : {}),
    out: value("--out") ?? "ablation",
    jobs: Number(value("--jobs") ?? 1),
    seeds: (value("--seeds") ?? "0,1,2,3,4").split(",").map(Number),
    variants: value("--variants")?.split(",") ?? Object.keys(VARIANTS),
  };
}

/** The file of one variant's and seed's out-of-fold logits. */
function resultFile(out: string, variant: string, seed: number): string {
  return join(out, `${variant.replaceAll(/[^a-z0-9.]+/gi, "-")}_${seed}.json`);
}

async function settingsOf(variant: string, data: string, seed: number): Promise<Settings> {
  const config = await readConfiguration("transfer");
  return checkSettings({ ...config, ...VARIANTS[variant]!, data, seed }, "ablation");
}

/** Trains all folds of a variant with a seed and stores the logits of each fold's test images. */
async function trainVariant(variant: string, seed: number, { data: dir, out }: Flags): Promise<void> {
  const settings = await settingsOf(variant, dir!, seed);
  using data = await openTrainingData(settings);
  const { findings } = data;
  const rows = new Map<string, Float32Array>();
  const places = new Map(data.entries.map((entry, place) => [entry, place]));
  const splits = foldsByPatient(data.entries, { folds: FOLDS, seed: FOLD_SEED, stratify: findings });
  for (const [fold, split] of splits.entries()) {
    const started = performance.now();
    const logits = await trainFold({ ...data, split }, settings);
    for (const [row, values] of Object.entries(logits)) {
      const all = rows.get(row) ?? new Float32Array(data.entries.length * findings.length);
      rows.set(row, all);
      split.test.forEach((entry, i) => {
        all.set(
          values.subarray(i * findings.length, (i + 1) * findings.length),
          places.get(entry)! * findings.length,
        );
      });
    }
    console.log(
      `${variant}, seed ${seed}, fold ${fold}: ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  }
  const folds = data.entries.map((entry) => splits.findIndex(({ test }) => test.includes(entry)));
  const stored = {
    findings,
    images: data.entries.map(({ image }) => image),
    patients: data.entries.map(({ patient }) => patient),
    folds,
    truth: data.entries.map(({ labels }) => findings.map((finding) => Number(labels.includes(finding)))),
    logits: Object.fromEntries(
      [...rows].map(([row, values]) => [row, new Uint8Array(values.buffer).toBase64()]),
    ),
  };
  await Deno.writeTextFile(`${resultFile(out, variant, seed)}.part`, JSON.stringify(stored));
  await Deno.rename(`${resultFile(out, variant, seed)}.part`, resultFile(out, variant, seed));
}

/** Trains one fold; the logits [test images, findings] of each way to take weights and images. */
async function trainFold(data: TrainingData, settings: Settings): Promise<Record<string, Float32Array>> {
  const { findings, cache, split } = data;
  const dir = await Deno.makeTempDir({ prefix: "thorax_ablation_" });
  const run = runFolder(dir);
  await Deno.mkdir(run.checkpoints, { recursive: true });
  const state = await initialState(settings, { findings, weights: findWeights(settings) });
  const { model } = state;
  const score = scorer(model, settings);
  const variables = [model.weights, model.moving];
  const averages = variables.map((variable) => tf.variable(variable as tf.Tensor, false));
  const assign = (values: readonly tf.Tensor[]) =>
    variables.forEach((variable, i) => variable.assign(values[i] as tf.Tensor1D));
  try {
    const { history } = await train(settings, {
      state,
      data,
      run,
      onStep: () =>
        tf.tidy(() =>
          averages.forEach((average, i) =>
            average.assign(tf.add(tf.mul(average, EMA), tf.mul(variables[i]!, 1 - EMA)))
          )
        ),
    });
    const found: Record<string, Float32Array> = {};
    const take = async (name: string) => found[name] = await testLogits(score, data, settings);
    const recompute = () => recomputeStatistics(model, { cache, entries: split.training }, { ...settings });
    const epochs = (options: { selection: "best" | "last"; averagedEpochs?: number }) =>
      readSelectedWeights(run, model, { selection: selectEpoch(history, options), findings });
    await take("last epoch");
    found["last epoch, changed copies"] = await changedLogits(score, data, settings, found["last epoch"]!);
    await recompute();
    await take("last epoch, recomputed statistics");
    await epochs({ selection: "best" });
    await take("best epoch");
    await epochs({ selection: "last", averagedEpochs: 3 });
    await take("mean of 3 epochs");
    await recompute();
    await take("mean of 3 epochs, recomputed statistics");
    assign(averages);
    await take("moving average of weights");
    await recompute();
    await take("moving average of weights, recomputed statistics");
    return found;
  } finally {
    score.dispose();
    tf.dispose(averages);
    state[Symbol.dispose]();
    await Deno.remove(dir, { recursive: true });
  }
}

async function testLogits(score: Scorer, { cache, findings, split }: TrainingData, { batchSize }: Settings) {
  return (await scoreImages(score, { cache, findings, entries: split.test }, { batchSize })).logits;
}

/** The mean of the logits of an image and of copies that are changed as in training. */
async function changedLogits(
  score: Scorer,
  { cache, findings, split: { test } }: TrainingData,
  { batchSize, seed }: Settings,
  plain: Float32Array,
): Promise<Float32Array> {
  const sums = Float64Array.from(plain);
  const { size } = cache;
  for (let copy = 0; copy < COPIES; copy++) {
    const training = { seed, epoch: copy, augmentation: DEFAULT_AUGMENTATION };
    for (const { images, indices } of batches(cache, test, { findings, batchSize, training })) {
      const full = new Float32Array(batchSize * size * size);
      full.set(images);
      const input = tf.tensor4d(full, [batchSize, size, size, 1]);
      const output = await score.run(input).finally(() => input.dispose());
      const logits = output.dataSync();
      output.dispose();
      indices.forEach((place, row) => {
        for (let i = 0; i < findings.length; i++) {
          sums[place * findings.length + i]! += logits[row * findings.length + i]!;
        }
      });
    }
  }
  return Float32Array.from(sums, (sum) => sum / (COPIES + 1));
}

/** Trains what is not stored yet, some processes at a time. */
async function trainAll(flags: Flags): Promise<void> {
  await Deno.mkdir(flags.out, { recursive: true });
  const jobs = flags.variants.flatMap((variant) => flags.seeds.map((seed) => ({ variant, seed })))
    .filter(({ variant, seed }) => !existsSync(resultFile(flags.out, variant, seed)));
  await inParallel(jobs, { workers: flags.jobs }, async ({ variant, seed }) => {
    const one = [
      "--data",
      flags.data!,
      "--out",
      flags.out,
      "--variants",
      variant,
      "--seeds",
      String(seed),
      "--one",
    ];
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--config",
        join(PROJECT, "deno.json"),
        import.meta.filename!,
        ...one,
      ],
    });
    const { success } = await command.spawn().status;
    if (!success) console.log(`${variant}, seed ${seed}: failed`);
  });
}

/** What is stored of one variant and seed. */
interface Stored {
  findings: string[];
  patients: string[];
  folds: number[];
  truth: number[][];
  logits: Record<string, Float32Array>;
}

/** Findings with fewer positives count for nothing in the mean. */
const LEAST_POSITIVES = 8;
/** The rows that all others are compared with. */
const REFERENCE = ["transfer", "best epoch"] as const;
const RESAMPLES = 300;

/**
 * The mean over findings of the AUC within folds: the fraction of pairs of an image with and one without the finding, both
 * of one fold, that the scores put right, since scores of two networks do not compare.
 */
function meanAuc(stored: Stored, scores: Float32Array, images: readonly number[]): number {
  const { findings, truth, folds } = stored;
  const aucs: number[] = [];
  for (let finding = 0; finding < findings.length; finding++) {
    if (truth.filter((row) => row[finding] === 1).length < LEAST_POSITIVES) continue;
    let [won, pairs] = [0, 0];
    for (let fold = 0; fold < FOLDS; fold++) {
      const own = images.filter((image) => folds[image] === fold);
      const labels = own.map((image) => truth[image]![finding]!);
      const positives = labels.filter((label) => label === 1).length;
      const value = auc(labels, own.map((image) => scores[image * findings.length + finding]!));
      if (value === null) continue;
      won += value * positives * (labels.length - positives);
      pairs += positives * (labels.length - positives);
    }
    if (pairs > 0) aucs.push(won / pairs);
  }
  return mean(aucs);
}

/** Writes the table of all that is stored. */
async function writeTable({ out }: Flags): Promise<void> {
  const stored = new Map<string, Stored[]>();
  for (const variant of Object.keys(VARIANTS)) {
    for (let seed = 0; seed < 10; seed++) {
      const file = resultFile(out, variant, seed);
      if (!existsSync(file)) continue;
      const { logits, ...others } = JSON.parse(await Deno.readTextFile(file));
      const decoded = Object.entries(logits as Record<string, string>)
        .map(([row, text]) => [row, new Float32Array(Uint8Array.fromBase64(text).buffer)]);
      stored.set(variant, [...stored.get(variant) ?? [], { ...others, logits: Object.fromEntries(decoded) }]);
    }
  }
  const first = stored.get(REFERENCE[0])![0]!;
  const all = [...first.patients.keys()];
  const byPatient = Map.groupBy(all, (image) => first.patients[image]!);
  const patients = [...byPatient.values()];
  const { integer } = random(0, "ablation");
  const resamples = Array.from(
    { length: RESAMPLES },
    () => patients.flatMap(() => patients[integer(patients.length)]!),
  );
  const aucs = (runs: readonly Stored[], row: string, images: readonly number[]) =>
    runs.map((run) => meanAuc(run, run.logits[row]!, images));
  const drawn = (runs: readonly Stored[], row: string) =>
    resamples.map((images) => mean(aucs(runs, row, images)));
  const reference = drawn(stored.get(REFERENCE[0])!, REFERENCE[1]);
  const referenceAuc = mean(aucs(stored.get(REFERENCE[0])!, REFERENCE[1], all));
  console.log(
    "| variant | weights | mean AUC (seeds) | difference (95 % by patient) |\n| --- | --- | --- | --- |",
  );
  for (const [variant, runs] of stored) {
    for (const row of Object.keys(runs[0]!.logits)) {
      const values = aucs(runs, row, all);
      const differences = drawn(runs, row).map((value, i) => value - reference[i]!).sort((a, b) => a - b);
      const [low, high] = [
        differences[Math.floor(0.025 * RESAMPLES)]!,
        differences[Math.ceil(0.975 * RESAMPLES) - 1]!,
      ];
      console.log(
        `| ${variant} | ${row} | ${mean(values).toFixed(3)} (${Math.min(...values).toFixed(3)} to ${
          Math.max(...values).toFixed(3)
        }, ${values.length}) | ${signed(mean(values) - referenceAuc)} (${signed(low)} to ${signed(high)}) |`,
      );
    }
  }
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const flags = flagsOf(Deno.args);
if (Deno.args.includes("--table")) await writeTable(flags);
else if (Deno.args.includes("--one")) await trainVariant(flags.variants[0]!, flags.seeds[0]!, flags);
else await trainAll(flags);
