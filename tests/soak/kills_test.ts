import assert from "node:assert/strict";
import { join } from "node:path";
import { testProject } from "../tasks/_project.ts";
import { killInStage } from "./kills.ts";
import { drawing, runStages } from "./stages.ts";

// `deno task soak` kills each stage twenty times, and set-up and training too; tests/tasks/train_test.ts kills training.
Deno.test("killed while it draws, decodes or tests, a task goes on, and nothing is lost or other than uninterrupted", async (t) => {
  await using project = await testProject();
  const [decoding, , testing] = await runStages(project, { images: 80, size: 160, epochs: 1 });
  for (const stage of [drawing(project, { images: 40 }), decoding!, testing!]) {
    await t.step(stage.name, async () => {
      const mine = [`${stage.folder}.partial`, join(project.path, "config.json.4711.partial")];
      assert.deepEqual(await killInStage(stage, { kills: 1, seed: 1, mine }), { kills: 1, lost: [] });
    });
  }
});
