import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { densenet121 } from "../../lib/model/densenet121.ts";
import { loadWeights } from "../../lib/model/load_weights.ts";
import { createModel, forward, type Model } from "../../lib/model/model.ts";
import { exportTorchWeights } from "../../lib/model/torch_weights.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { readTorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";
import { formulaImages } from "./_formula.ts";
import { torchFormula } from "./_torch_formula.ts";

// Made by PyTorch with tests/oracles/torch_saves.py.
const FIXTURES = join(import.meta.dirname!, "../fixtures/model/torch");
const OUTPUTS: { torchxrayvision: number[][]; half: number[]; bfloat16: number[] } = JSON.parse(
  await Deno.readTextFile(join(FIXTURES, "outputs.json")),
);
const SIZE = 64;
const STARTS_ANEW = "the last layer starts anew: the file does not say what its outputs are";

/** The network of the files: a DenseNet with a few layers and feature maps. */
function smallModel({ seed = 0 } = {}): Model {
  const small = { blocks: [1, 1, 2, 1], growth: 2, stem: 4 };
  return createModel(densenet121({ imageSize: SIZE, outputs: 14, ...small }), { seed });
}

function bodyOf(weights: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  return new Map([...weights].filter(([name]) => !name.startsWith("classifier")));
}

/** What the files hold, by PyTorch's names. */
function expectedWeights(): Map<string, StoredTensor> {
  const model = smallModel();
  const weights = [...exportTorchWeights(model)].map(([name, { shape }]) =>
    [name, torchFormula(name, shape)] as const
  );
  model.dispose();
  return new Map(weights);
}

const SAVED: [file: string, notes: (string | RegExp)[]][] = [
  ["bare.pth", ["74 weights of densenet121", STARTS_ANEW]],
  ["bare_legacy.pth", ["74 weights of densenet121", STARTS_ANEW]],
  ["channels_last.pth", ["74 weights of densenet121", STARTS_ANEW]],
  ["double.pth", ["74 weights of densenet121, F64 made float32", STARTS_ANEW]],
  ["state_dict.pt", ['74 weights of densenet121 under "state_dict."', STARTS_ANEW]],
  ["data_parallel.bin", ['74 weights of densenet121 under "module."', STARTS_ANEW]],
  ["chexnet.pth.tar", [
    '74 weights of densenet121 under "state_dict.module.densenet121."',
    /^9 others are left out: "optimizer\.state\.0\.step", /,
    STARTS_ANEW,
  ]],
  ["with_optimizer.tar", [
    '74 weights of densenet121 under "model_state_dict."',
    /^100 others are left out: "optimizer_state_dict\.state\.0\.step", /,
    STARTS_ANEW,
  ]],
  ["whole.pt", ["74 weights of densenet121", STARTS_ANEW]],
  ["whole_legacy.pt", ['74 weights of densenet121 under "module."', STARTS_ANEW]],
  ["whole_nested.pt", [
    '74 weights of densenet121 under "net.backbone."',
    '1 others are left out: "net.loss.pos_weight"',
    STARTS_ANEW,
  ]],
];

for (const [file, notes] of SAVED) {
  Deno.test(`${file}: the network is found, and the last layer is left as it was`, async () => {
    const model = smallModel();
    const before = exportTorchWeights(model);
    const loaded = await loadWeights(model, join(FIXTURES, file), { findings: NIH_FINDINGS });
    equal(loaded.head, false);
    equal(loaded.notes.length, notes.length);
    for (const [i, note] of notes.entries()) {
      if (note instanceof RegExp) match(loaded.notes[i]!, note);
      else equal(loaded.notes[i], note);
    }
    const after = exportTorchWeights(model);
    deepEqual(bodyOf(after), bodyOf(expectedWeights()));
    for (const name of ["classifier.weight", "classifier.bias"]) deepEqual(after.get(name), before.get(name));
    model.dispose();
  });
}

Deno.test("lightning.ckpt names its classes as the run does, so that its last layer is taken", async () => {
  const model = smallModel();
  const file = join(FIXTURES, "lightning.ckpt");
  const { head, notes } = await loadWeights(model, file, { findings: NIH_FINDINGS });
  equal(head, true);
  equal(notes[0], '74 weights of densenet121 under "state_dict.model."');
  equal(notes.at(-1), "the last layer is the file's");
  deepEqual(exportTorchWeights(model), expectedWeights());
  const others = NIH_FINDINGS.toReversed();
  const reversed = await loadWeights(smallModel(), file, { findings: others });
  equal(reversed.head, false);
  match(
    reversed.notes.at(-1)!,
    /^the last layer starts anew: its outputs are Atelectasis, Cardiomegaly, .*, Pneumothorax$/,
  );
  model.dispose();
});

for (const [file, type] of [["half.pth", "half"], ["bfloat16.pth", "bfloat16"]] as const) {
  Deno.test(`${file} is widened`, async () => {
    const model = smallModel();
    const { notes } = await loadWeights(model, join(FIXTURES, file), { findings: NIH_FINDINGS });
    equal(notes[0], `74 weights of densenet121, ${type === "half" ? "F16" : "BF16"} made float32`);
    const { data } = exportTorchWeights(model).get("features.conv0.weight")!;
    deepEqual(data.slice(0, 20), Float32Array.from(OUTPUTS[type]));
    model.dispose();
  });
}

for (const file of ["torchxrayvision.pt", "torchxrayvision_legacy.pt"]) {
  Deno.test(`${file}, a whole module for grey images, gives its own outputs`, async () => {
    const model = smallModel();
    const { head, notes } = await loadWeights(model, join(FIXTURES, file), { findings: NIH_FINDINGS });
    deepEqual({ head, notes }, {
      head: true,
      notes: [
        "74 weights of densenet121",
        "its first layer, for one channel of -1024 to 1024, as torchxrayvision's, is spread over three",
        "the last layer is the file's",
      ],
    });
    const logits = tf.tidy(() => {
      const images = tf.tensor4d(formulaImages("images", 2 * SIZE ** 2), [2, SIZE, SIZE, 1]);
      return forward(model, images, { training: false }).logits.dataSync() as Float32Array;
    });
    const expected = OUTPUTS.torchxrayvision.flat();
    const largest = Math.max(...expected.map(Math.abs));
    ok(Math.max(...expected.map((value, i) => Math.abs(value - logits[i]!))) < 1e-4 * largest);
    model.dispose();
  });
}

Deno.test("a first layer for grey images of an unknown scale is taken as this network's own, and that is said", async () => {
  const model = smallModel();
  const { notes } = await loadWeights(model, join(FIXTURES, "torchxrayvision_state.pt"), {
    findings: NIH_FINDINGS,
  });
  equal(
    notes[1],
    "its first layer, for one channel (taken to be scaled by a mean of 0.449 and a deviation of 0.226), is spread over three",
  );
  const kernel = torchFormula("features.conv0.weight", [4, 1, 7, 7]);
  const spread = exportTorchWeights(model).get("features.conv0.weight")!;
  // On an image of one value x, the sum over the channels is kernel * (x - 0.449) / 0.226.
  for (const x of [0, 0.3, 1]) {
    const sum = [[0.485, 0.229], [0.456, 0.224], [0.406, 0.225]].reduce(
      (sum, [mean, deviation], c) => sum + (spread.data[c * 49]! as number) * (x - mean!) / deviation!,
      0,
    );
    ok(Math.abs(sum - (kernel.data[0]! as number) * (x - 0.449) / 0.226) < 1e-5);
  }
  model.dispose();
});

Deno.test("what a checkpoint says of its modules and classes is kept", async () => {
  const { tensors, classes, texts } = await readTorchCheckpoint(join(FIXTURES, "torchxrayvision.pt"));
  equal(classes.get(""), "torchxrayvision.models.DenseNet");
  equal(classes.get("features.denseblock3.denselayer2"), "torchxrayvision.models._DenseLayer");
  deepEqual([...texts], [["pathologies", [...NIH_FINDINGS]]]);
  equal(tensors.get("features.norm0.num_batches_tracked")!.dtype, "I64");
});

Deno.test("a checkpoint of another network is refused, naming three of its tensors", async () => {
  const file = join(FIXTURES, "../torch_nested.pth");
  const model = smallModel();
  await rejects(loadWeights(model, file, { findings: NIH_FINDINGS }), {
    name: "InputError",
    message: `${file}: holds no weights of PyTorch for densenet121: ` +
      'it has "state_dict.rows", "state_dict.channels_last", "state_dict.part"',
  });
  const deeper = createModel(
    densenet121({ imageSize: SIZE, outputs: 14, blocks: [1, 1, 1, 1], growth: 2, stem: 4 }),
    {
      seed: 0,
    },
  );
  const bare = join(FIXTURES, "bare.pth");
  await rejects(loadWeights(deeper, bare, { findings: NIH_FINDINGS }), {
    message: `${bare}: "features.transition3.norm.weight" is [6], where densenet121 has [4]`,
  });
  model.dispose();
  deeper.dispose();
});
