import { ok, rejects, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { openvinoScorer } from "../../lib/export/openvino_scorer.ts";
import { createModel } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { checkOpenvinoPlatform, openvinoFileIn, openvinoVersion } from "../../lib/openvino/library.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { scorer } from "../../lib/training/score.ts";

// OpenVINO is there where `deno task setup --openvino` was called; the oracle is TensorFlow.
const ignore = !existsSync(openvinoFileIn(PROJECT) ?? "");

for (const network of ["resnet11v2", "efficientnet-lite0"]) {
  Deno.test({
    name: `OpenVINO scores as TensorFlow does: ${network}`,
    ignore,
    async fn() {
      const model = createModel(networkNamed(network, { imageSize: 32, outputs: 3 }), { seed: 1 });
      const [one, two] = [openvinoScorer(model, { precision: "float32" }), scorer(model)];
      for (const count of [3, 1]) {
        // Two at a time, each of which has to get its own answer.
        const batches = [0.25, 0.75].map((mean) =>
          tf.randomUniform([count, 32, 32, 1], 0, mean, "float32", 1)
        );
        const [found, expected] = await Promise.all(
          [one, two].map((score) =>
            Promise.all(batches.map(async (batch) => await (await score.run(batch)).data()))
          ),
        );
        const largest = Math.max(...expected!.flatMap((values) => [...values].map(Math.abs)));
        const off = Math.max(
          ...found!.flatMap((values, i) =>
            [...values].map((value, j) => Math.abs(value - expected![i]![j]!))
          ),
        );
        ok(off <= 1e-5 * Math.max(largest, 1), `${off} of ${largest}`);
        ok(Math.abs(expected![0]![0]! - expected![1]![0]!) > 1e-3, "the batches are told apart");
      }
      one.dispose();
      two.dispose();
      model.dispose();
    },
  });
}

Deno.test({
  name: "OpenVINO refuses images of another number of values, and says its version",
  ignore,
  async fn() {
    const model = createModel(networkNamed("resnet11v2", { imageSize: 32, outputs: 3 }), { seed: 1 });
    const score = openvinoScorer(model, { precision: "float32" });
    await rejects(score.run(tf.zeros([1, 16, 16, 1])), /takes 1024 values, not 256/);
    ok(/^\d{4}\.\d+\.\d+$/.test(openvinoVersion()), openvinoVersion());
    throws(() => openvinoScorer(model, { precision: "bfloat16" }), InputError);
    score.dispose();
    model.dispose();
  },
});

Deno.test("where OpenVINO is not used, that is said", () => {
  throws(() => checkOpenvinoPlatform({ os: "darwin", arch: "aarch64" }), /Linux on x64 only/);
});
