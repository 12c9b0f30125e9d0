import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FindingScale, judgeFinding } from "../../lib/evaluation/finding_scale.ts";
import { scaleFrom } from "../../lib/page/browser/scales.ts";
import { buildPage } from "../../lib/page/build_page.ts";
import { describeRun } from "../../lib/page/describe_run.ts";
import { openPredictor } from "../../lib/runs/predictor.ts";
import { temporaryFolder } from "../_folders.ts";
import { makeRun } from "../export/_untrained_run.ts";

/** Networks, and how many bytes their pages may have when a server compresses them. */
const MOST = [["resnet20v2", 2e6], ["efficientnet-lite0", 12e6]] as const;

/** More than a page keeps the scores of. */
const VALIDATION_IMAGES = 3000;

/** What the default run's model card and its images' directions take, which a run that was never trained lacks. */
const LACKING = 70_000;

for (const [network, most] of MOST) {
  Deno.test(`the page of ${network} has less than ${most / 1e6} MB as servers send it`, async () => {
    await using folder = await temporaryFolder();
    const run = join(folder.path, "run");
    await makeRun(run, { network, imageSize: 64 }, { images: VALIDATION_IMAGES });
    // What is no file in a document's place is not waited for.
    await new Deno.Command("mkfifo", { args: [join(run, "model-card.md")] }).output();
    const { files } = await buildPage(run, {
      rule: { rule: "youden" },
      weights: "float16",
      singleFile: false,
      examples: [],
    });
    const bytes = Object.values(files).reduce((sum, text) => sum + gzipSync(text).length, LACKING);
    console.log(`${network}: ${(bytes / 1e6).toFixed(2)} MB`);
    assert(bytes > most / 4 && bytes < most, String(bytes));
  });
}

Deno.test("of many validation images a page keeps some scores, and percentiles stay right to 0.1", async () => {
  await using folder = await temporaryFolder();
  const run = join(folder.path, "run");
  await makeRun(run, { network: "resnet11v2", imageSize: 32 }, { images: VALIDATION_IMAGES });
  using predictor = await openPredictor(run, { rule: { rule: "youden" } });
  const { scales } = await describeRun(predictor);
  const percentile = (scale: FindingScale, score: number) => 100 * judgeFinding(scale, score).percentile!;
  for (const [label, scale] of scales.entries()) {
    const kept = scaleFrom(scale);
    assert.equal(kept.scores.length, 1000);
    for (let score = 0; score <= 1; score += 0.01) {
      const [found, expected] = [percentile(kept, score), percentile(predictor.scales[label]!, score)];
      assert(
        Math.abs(found - expected) <= 0.1 + 1e-9,
        `${scale.finding}, ${score}: ${found} for ${expected}`,
      );
    }
  }
});
