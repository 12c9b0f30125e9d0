import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import { readRunConfig } from "../../lib/training/run_config.ts";
import { restartRun } from "../../lib/runs/restart_run.ts";
import { claimRun, writeRunFiles } from "../../lib/training/run_folder.ts";
import type { TrainingData } from "../../lib/training/training_data.ts";
import { readProvenance } from "../../lib/training/provenance.ts";
import { checkSettings } from "../../lib/training/settings.ts";

const data = {
  cache: {},
  entries: [],
  findings: ["Mass", "Nodule"],
  split: { training: [], validation: [], test: [] },
  [Symbol.dispose]() {},
} as unknown as TrainingData;

Deno.test("a run starts anew where one was, and nowhere else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const dir = join(folder, "run");
    using first = await restartRun(dir, { settings: checkSettings({ epochs: 3 }, "test"), data });
    await writeRunFiles(first.folder, { [first.folder.history]: "" });
    await Deno.writeTextFile(join(dir, "notes.txt"), "mine");
    using run = await restartRun(dir, { settings: checkSettings({ epochs: 4 }, "test"), data });
    assert.equal((await readRunConfig(run.folder)).settings.epochs, 4);
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["SHA256SUMS", "config.json", "notes.txt", "provenance.json", "split.csv"]);
    assert.equal((await readProvenance(run.folder))?.sessions.length, 1);
    {
      using _claim = await claimRun(run.folder);
      await assert.rejects(
        restartRun(dir, { settings: checkSettings({}, "test"), data }),
        /at work on this/,
      );
    }
    assert.equal((await readRunConfig(run.folder)).settings.epochs, 4);

    await Deno.writeTextFile(run.folder.split, "edited");
    await assert.rejects(
      restartRun(dir, { settings: run.settings, data }),
      /split.csv: is not as it was written/,
    );
    assert.equal(await Deno.readTextFile(run.folder.split), "edited");

    const other = join(folder, "letters");
    await Deno.mkdir(other);
    await Deno.writeTextFile(join(other, "letter.txt"), "dear");
    await assert.rejects(restartRun(other, { settings: checkSettings({}, "test"), data }), InputError);
    await Deno.writeTextFile(join(other, "config.json"), "{}");
    await assert.rejects(restartRun(other, { settings: checkSettings({}, "test"), data }), InputError);
    assert.equal(await Deno.readTextFile(join(other, "letter.txt")), "dear");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
