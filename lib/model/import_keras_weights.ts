import { InputError } from "../support/input_error.ts";
import type { KerasLayer } from "../weight_files/keras_layer.ts";
import { readKerasWeights } from "../weight_files/keras_weights.ts";
import type { FoundWeights } from "./found_weights.ts";
import type { Model, Parameter } from "./model.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";

const KINDS = ["convolutions", "batch normalisations", "dense layers"] as const;
type Kind = (typeof KINDS)[number];

/** A layer with weights, in a model or in a file. */
interface Layer {
  name: string;
  kind: Kind;
}

/** A layer in a file. */
interface FoundLayer extends Layer {
  weights: KerasLayer["weights"];
}

/**
 * Reads the weights that Keras saved of a model's network, under the model's names.
 *
 * Layers are found by name where the file has all of the model's names (slashes in them are underscores to us, as in
 * Keras 2's DenseNet); the last layer may have any. Otherwise, as where Keras counted on in its automatic names
 * (`conv2d_57` for the first), the layers of each class are paired in the order in which they were made, which is
 * what those numbers tell. The file may lack the last layer.
 *
 * @throws {InputError} The file cannot be read, keeps no names of layers, or holds another network's layers.
 */
export async function importKerasWeights(model: Model, file: string): Promise<FoundWeights> {
  const layers = await readKerasWeights(file);
  if (layers.some(({ named }) => !named)) {
    throw new InputError(`${file}: keeps no names of layers: save the weights as .h5, or with Keras 3`);
  }
  const found = layers.map((layer): FoundLayer => ({ ...layer, kind: kindOf([...layer.weights.values()]) }));
  const own = layersOf(model);
  const body = own.filter(({ name }) => name !== model.network.head);
  const [head, ...otherHeads] = found.filter(({ kind }) => kind === "dense layers");
  const foundBody = found.filter(({ kind }) => kind !== "dense layers");
  const pairs = pairByName(body, foundBody) ?? pairByOrder(body, foundBody);
  if (!pairs || otherHeads.length > 0) {
    throw new InputError(
      `${file}: has ${countKinds(found)}, where ${model.network.name} has ${countKinds(own)}`,
    );
  }
  if (head) pairs.push([model.network.head, head]);
  const tensors = new Map(
    pairs.flatMap(([name, { weights }]) =>
      [...weights].map(([weight, tensor]): [string, StoredTensor] => [`${name}/${weight}`, tensor])
    ),
  );
  return { tensors, labels: null, notes: [`${tensors.size} weights of ${model.network.name}, from Keras`] };
}

/** Layers of a file with the names that a model has for them. */
type Pairs = [name: string, layer: FoundLayer][];

function pairByName(own: readonly Layer[], found: readonly FoundLayer[]): Pairs | null {
  if (own.length !== found.length) return null;
  const names = new Set(own.map(({ name }) => name));
  const pairs = found.map((layer): Pairs[0] => [layer.name.replaceAll("/", "_"), layer]);
  return pairs.every(([name]) => names.delete(name)) ? pairs : null;
}

function pairByOrder(own: readonly Layer[], found: readonly FoundLayer[]): Pairs | null {
  if (!found.every(({ name }) => /^(conv2d|batch_normalization)(_\d+)?$/.test(name))) return null;
  const pairs: Pairs = [];
  for (const kind of KINDS) {
    const wanted = own.filter((layer) => layer.kind === kind);
    const given = found.filter((layer) => layer.kind === kind);
    if (wanted.length !== given.length) return null;
    given.sort((a, b) => numberOf(a.name) - numberOf(b.name));
    wanted.forEach(({ name }, i) => pairs.push([name, given[i]!]));
  }
  return pairs;
}

function numberOf(name: string): number {
  return Number(name.match(/\d+$/)?.[0] ?? 0);
}

function layersOf({ parameters, statistics }: Model): Layer[] {
  const layers = new Map<string, Parameter[]>();
  for (const parameter of [...parameters, ...statistics]) {
    const layer = parameter.name.slice(0, parameter.name.lastIndexOf("/"));
    layers.set(layer, [...layers.get(layer) ?? [], parameter]);
  }
  return [...layers].map(([name, weights]) => ({ name, kind: kindOf(weights) }));
}

/** A layer's kind by its weights: only the kernels of convolutions have four axes, those of dense layers two. */
function kindOf(weights: readonly { shape: readonly number[] }[]): Kind {
  const axes = Math.max(...weights.map(({ shape }) => shape.length));
  return axes === 4 ? "convolutions" : axes === 2 ? "dense layers" : "batch normalisations";
}

function countKinds(layers: readonly Layer[]): string {
  return KINDS.map((kind) => `${layers.filter((layer) => layer.kind === kind).length} ${kind}`).join(", ");
}
