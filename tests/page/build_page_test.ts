import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPage } from "../../lib/page/build_page.ts";
import { temporaryFolder } from "../_folders.ts";
import { makeRun } from "../export/_untrained_run.ts";

/** Networks, and how many bytes their pages may have when a server compresses them. */
const MOST = [["resnet20v2", 2e6], ["efficientnet-lite0", 12e6]] as const;

/** As many as the default run's. */
const VALIDATION_IMAGES = 255;

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
