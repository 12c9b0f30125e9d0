import { existsSync } from "node:fs";
import { basename } from "node:path";
import { PREPARATIONS } from "../dataset/preparation.ts";
import { createModel } from "../model/model.ts";
import { networkNamed } from "../model/networks.ts";
import { importedCard } from "../report/model_card.ts";
import { InputError } from "../support/input_error.ts";
import { sha256OfFile } from "../support/sha256.ts";
import { checkpointFile } from "../training/checkpoint.ts";
import type { ImportKind } from "../training/import_kinds.ts";
import type { ImportedWeights } from "../training/imported_weights.ts";
import { readRunConfig, runConfigJson } from "../training/run_config.ts";
import {
  checkFree,
  claimRun,
  type RunFolder,
  runFolder,
  tidyRun,
  writeRunFiles,
} from "../training/run_folder.ts";
import { checkSettings, type Settings } from "../training/settings.ts";
import { readSafetensors } from "../weight_files/safetensors.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";
import { clearRun } from "./clear_run.ts";
import { makeRunFolder } from "./make_run_folder.ts";
import { PUBLISHED_KINDS, readPublished } from "./read_published.ts";

/** What is said of published weights beside their file. */
export interface ImportRunOptions {
  /** What wrote the file. */
  kind: ImportKind;
  /** The run's folder, missing or empty. Default: the next free one in data/runs, named after the kind. */
  dir?: string | undefined;
  /** The network's name, where it is not that of the kind. */
  network?: string | undefined;
  /** Height and width of its images, where they are not those of the kind. */
  imageSize?: number | undefined;
  /** What follows its last feature map, where it is not what the kind has. */
  pooling?: Settings["pooling"] | undefined;
  /** What the outputs are, in their order; empty for those to be left out. */
  labels?: readonly string[] | undefined;
  /** The score from which on each output is called present; NaN for none. */
  thresholds?: readonly number[] | undefined;
  /** Whose weights they are, and where they were published. */
  source?: string | undefined;
  /** The licence under which they were published. */
  licence?: string | undefined;
  /** Whether a run in the folder is replaced. Default: false. */
  overwrite?: boolean;
}

/** A run made out of published weights. */
export interface ImportedRun {
  /** Its folder. */
  run: RunFolder;
  /** Its settings: those of the network, the rest without meaning. */
  settings: Settings;
  /** The findings, in the order of the scores. */
  findings: readonly string[];
  /** Where the weights are from. */
  imported: ImportedWeights;
  /** What was taken, left out and assumed, a sentence each. */
  notes: string[];
}

/**
 * Makes a run folder out of a file of published weights: config.json, the weights as those of epoch 0, and a model card. It
 * has no split, no history and no predictions.
 *
 * @throws {InputError} For what {@linkcode readPublished} refuses, what is not said and has to be, and where the folder
 * holds something else; nothing is written then.
 */
export async function importRun(file: string, options: ImportRunOptions): Promise<ImportedRun> {
  const { kind, labels, overwrite = false } = options;
  const { preparation } = PUBLISHED_KINDS[kind];
  const said: SaidOfWeights = kind === "thorax" ? await metadataOf(file) : {};
  const thresholds = options.thresholds ?? said.thresholds;
  const source = options.source ?? said.source ??
    (kind === "torchxrayvision" ? `torchxrayvision, ${basename(file)}` : undefined);
  if (source === undefined) {
    throw new InputError(
      `${file}: does not say whose weights it holds: say it with --source, as in "NAME, ADDRESS, VERSION"`,
    );
  }
  const settings = settingsOf(file, { ...options, said });
  const network = (outputs: number) => networkNamed(settings.network, { ...settings, outputs });
  const published = await readPublished(file, { kind, network, labels, thresholds });
  const { model, findings, notes } = published;
  try {
    const imported: ImportedWeights = {
      from: kind,
      file: basename(file),
      sha256: await sha256OfFile(file),
      source,
      licence: options.licence ?? said.licence ?? null,
      preparation: said.preparation ?? preparation,
      thresholds: published.thresholds,
    };
    const run = runFolder(options.dir ?? await makeRunFolder(kind));
    using _claim = await claimRun(run);
    if (overwrite && existsSync(run.config)) await readRunConfig(run);
    else await checkFree(run, { resumes: false });
    await tidyRun(run);
    await clearRun(run, { overwrite });
    const name = basename(run.dir);
    await writeRunFiles(run, {
      [run.checkpoint(0)]: checkpointFile(model, { epoch: 0, findings }),
      [run.modelCard]: importedCard({ name, settings, findings, imported }),
      [run.config]: runConfigJson({ settings, findings, imported }),
    }, { overwrite });
    return { run, settings, findings, imported, notes };
  } finally {
    model.dispose();
  }
}

/** What a file that `export` wrote says of its network beside the weights. */
interface SaidOfWeights {
  network?: string | undefined;
  imageSize?: number | undefined;
  pooling?: Settings["pooling"] | undefined;
  preparation?: ImportedWeights["preparation"] | undefined;
  thresholds?: number[] | undefined;
  source?: string | undefined;
  licence?: string | undefined;
}

async function metadataOf(file: string): Promise<SaidOfWeights> {
  const { metadata, tensors } = await readSafetensors(file);
  const { network, image_size: size, preparation, source, licence } = metadata;
  const imageSize = size === undefined ? undefined : Number(size);
  return {
    network,
    imageSize,
    pooling: network && imageSize ? poolingIn(tensors, { network, imageSize }) : undefined,
    preparation: PREPARATIONS.find((name) => name === preparation),
    thresholds: thresholdsIn(metadata.thresholds),
    source,
    licence,
  };
}

/** What follows a network's last feature map, by the size of its last layer. */
function poolingIn(
  tensors: ReadonlyMap<string, StoredTensor>,
  { network: name, imageSize }: { network: string; imageSize: number },
): Settings["pooling"] {
  const network = networkNamed(name, { imageSize, pooling: "global", outputs: 1 });
  const model = createModel(network, { seed: null });
  model.dispose();
  const kernel = `${network.head}/kernel`;
  const inputs = model.parameters.find(({ name }) => name === kernel)?.shape[0];
  return inputs === tensors.get(kernel)?.shape[0] ? "global" : "flatten";
}

/** The thresholds that `export` wrote, NaN for findings without one; undefined where there are none. */
function thresholdsIn(text: string | undefined): number[] | undefined {
  try {
    const found: unknown = JSON.parse(text ?? "null");
    return Array.isArray(found) ? found.map((value) => typeof value === "number" ? value : NaN) : undefined;
  } catch {
    return undefined;
  }
}

function settingsOf(
  file: string,
  { kind, said, ...given }: ImportRunOptions & { said: SaidOfWeights },
): Settings {
  const usual = PUBLISHED_KINDS[kind];
  const network = given.network ?? said.network ?? usual.network;
  if (network === null) {
    throw new InputError(`${file}: does not say which network it is of: --network says it`);
  }
  const imageSize = given.imageSize ?? said.imageSize ?? usual.imageSize;
  if (imageSize === null) {
    throw new InputError(`${file}: does not say how large its images are: --image-size says it`);
  }
  const pooling = given.pooling ?? said.pooling ?? usual.pooling ?? "global";
  return checkSettings({ network, imageSize, pooling }, file);
}
