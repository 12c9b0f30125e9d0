import { basename } from "node:path";
import { areFindings } from "../dataset/findings.ts";
import { NIH_FINDINGS, NIH_PAPER_FINDINGS } from "../dataset/nih_findings.ts";
import type { Preparation } from "../dataset/preparation.ts";
import type { FoundWeights } from "../model/found_weights.ts";
import { readWeights, type WeightFormat, weightFormat } from "../model/load_weights.ts";
import { createModel, importWeights, type Model } from "../model/model.ts";
import type { Network } from "../model/network.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import type { ImportKind } from "../training/import_kinds.ts";
import { asFloat32, type StoredTensor } from "../weight_files/stored_tensor.ts";
import { listedWeights } from "./torchxrayvision_files.ts";

/** What is known of a kind of published weights. */
export interface PublishedKind {
  /** What its files may be. */
  formats: readonly WeightFormat[];
  /** The network's name; null where the file or the user says it. */
  network: string | null;
  /** Height and width of its images; null as well. */
  imageSize: number | null;
  /** What follows its last feature map; null as well. */
  pooling: "flatten" | "global" | null;
  /** How images are made squares for it. */
  preparation: Preparation;
  /** The class that says how grey images are scaled, where all files are of one. */
  of?: string;
  /** What the outputs are where neither the file nor the user says it and there are as many. */
  labels: readonly string[] | null;
}

const DENSENET = { network: "densenet121", imageSize: 224, pooling: "global" } as const;

/** What is known of each kind. */
export const PUBLISHED_KINDS: Readonly<Record<ImportKind, PublishedKind>> = {
  "torchxrayvision": {
    ...DENSENET,
    formats: ["torch", "safetensors"],
    preparation: "centre-crop",
    of: "torchxrayvision.models.DenseNet",
    labels: null,
  },
  "chexnet": {
    ...DENSENET,
    formats: ["torch", "safetensors"],
    preparation: "squeezed",
    labels: NIH_PAPER_FINDINGS,
  },
  "chexnet-keras": { ...DENSENET, formats: ["keras"], preparation: "squeezed", labels: NIH_PAPER_FINDINGS },
  "keras": {
    ...{ network: "resnet56v2", imageSize: 128, pooling: "flatten" },
    formats: ["keras"],
    preparation: "squeezed",
    labels: NIH_FINDINGS,
  },
  "thorax": {
    ...{ network: null, imageSize: null, pooling: null },
    formats: ["safetensors"],
    preparation: "squeezed",
    labels: null,
  },
};

/** How {@linkcode readPublished} takes a file. */
export interface ReadPublishedOptions {
  /** What wrote the file. */
  kind: ImportKind;
  /** Makes the network with so many outputs. */
  network: (outputs: number) => Network;
  /** What the outputs are, in their order, where the user says it; empty for those to be left out. */
  labels?: readonly string[] | undefined;
  /** The user's thresholds for those outputs; NaN for none. */
  thresholds?: readonly number[] | undefined;
}

/** Published weights in a network of Thorax. */
export interface PublishedWeights {
  /** The network; its outputs are those that have names. */
  model: Model;
  /** What its outputs are. */
  findings: string[];
  /** The score from which on each is called present; null for those without one, or where there are none. */
  thresholds: (number | null)[] | null;
  /** What was taken, what was left out and what was assumed, a sentence each. */
  notes: string[];
}

/**
 * Makes a network out of a file of published weights. Outputs without a name are left out.
 *
 * @throws {InputError} The file is of another kind or another network, its outputs have no names, or not as many as it has
 * outputs.
 */
export async function readPublished(
  file: string,
  { kind, network, ...said }: ReadPublishedOptions,
): Promise<PublishedWeights> {
  const { formats, of, labels: usual } = PUBLISHED_KINDS[kind];
  const format = weightFormat(file);
  if (!formats.includes(format)) {
    throw new InputError(`${file}: is a file of ${FORMATS[format]}, which --from ${kind} does not read`);
  }
  const frame = createModel(network(1), { seed: null });
  const found = await readWeights(frame, file, { of }).finally(frame.dispose);
  if (of !== undefined && !found.isGrey) {
    throw new InputError(`${file}: its first layer takes colours, where those of ${kind} take grey images`);
  }
  const { head } = network(1);
  const outputs = found.tensors.get(`${head}/kernel`)?.shape.at(-1);
  if (outputs === undefined) throw new InputError(`${file}: has no last layer that scores findings`);
  const listed = kind === "torchxrayvision" ? listedWeights(basename(file)) : null;
  const { labels, note } = labelsOf(found, { said: said.labels, listed, usual, outputs, file });
  const kept = labels.flatMap((label, output) => label === "" ? [] : [output]);
  const findings = kept.map((output) => labels[output]!);
  if (!areFindings(findings)) {
    throw new InputError(`${file}: its findings ${labels.map(quote).join(", ")} are not different names`);
  }
  const points = said.thresholds ?? found.operatingPoints ??
    listed?.thresholds.map((value) => value ?? NaN) ?? null;
  if (points !== null && points.length !== outputs) {
    throw new InputError(`${file}: ${points.length} thresholds for ${outputs} outputs`);
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of found.tensors) {
    const floats = asFloat32(tensor) ?? tensor;
    tensors.set(name, name.startsWith(`${head}/`) ? columnsOf(floats, kept) : floats);
  }
  const model = createModel(network(kept.length), { seed: null });
  try {
    importWeights(model, tensors, file);
  } catch (error) {
    model.dispose();
    throw error;
  }
  const left = outputs - kept.length;
  return {
    model,
    findings,
    thresholds: points === null ? null : kept.map((output) => thresholdOf(points[output]!)),
    notes: [
      ...found.notes,
      note,
      ...(left > 0 ? [`${left} of its ${outputs} outputs have no name and are left out`] : []),
    ],
  };
}

const FORMATS: Readonly<Record<WeightFormat, string>> = {
  keras: "Keras",
  torch: "PyTorch",
  safetensors: "safetensors",
};

function labelsOf(
  found: FoundWeights,
  { said, listed, usual, outputs, file }: {
    said: readonly string[] | undefined;
    listed: { labels: readonly string[] } | null;
    usual: readonly string[] | null;
    outputs: number;
    file: string;
  },
): { labels: readonly string[]; note: string } {
  if (said !== undefined) {
    if (said.length === outputs) return { labels: said, note: "what its outputs are was said" };
    throw new InputError(
      `--findings: names ${said.length} findings, and ${file} has ${outputs} outputs (leave the name of one that is ` +
        'not wanted empty, as in "Edema,,Mass")',
    );
  }
  if (found.labels?.length === outputs) {
    return { labels: found.labels, note: "the file says what its outputs are" };
  }
  if (listed?.labels.length === outputs) {
    return {
      labels: listed.labels,
      note:
        "what its outputs are and their thresholds are those that torchxrayvision lists for a file of this name",
    };
  }
  if (usual?.length === outputs) {
    return {
      labels: usual,
      note: `its outputs are taken to be ${usual.join(", ")}: say another order with --findings`,
    };
  }
  throw new InputError(
    `${file}: does not say what its ${outputs} outputs are: name them in their order with --findings A,B,C`,
  );
}

/** Some columns of a last layer's kernel or bias, whose last axis is the outputs. */
function columnsOf(tensor: StoredTensor, columns: readonly number[]): StoredTensor {
  const outputs = tensor.shape.at(-1)!;
  if (tensor.dtype !== "F32" || columns.length === outputs) return tensor;
  const rows = tensor.data.length / outputs;
  const data = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    columns.forEach((column, i) => data[row * columns.length + i] = tensor.data[row * outputs + column]!);
  }
  return { dtype: "F32", shape: [...tensor.shape.slice(0, -1), columns.length], data };
}

function thresholdOf(value: number): number | null {
  return value > 0 && value < 1 ? value : null;
}
