import assert from "node:assert/strict";
import { join } from "node:path";
import { writeImages } from "../training/_images.ts";
import { testProject } from "./_project.ts";

Deno.test("find-rate draws the curve, writes it, and leaves nothing else", async () => {
  await using project = await testProject();
  const images = join(project.path, "images");
  await writeImages(images, { images: 60 });
  const out = join(project.path, "rates.csv");
  const flags = ["--data", images, "--image-size", "32", "--batch-size", "16", "--steps", "24", "--out", out];
  const { code, stdout, stderr } = await project.run("find-rate", flags);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^learning rate +loss\n1e-6 +\d\.\d{4}/);
  assert.match(
    stdout,
    /^(Suggestion: --learning-rate \d(\.\d)?e[+-]\d, |The loss did not fall at any rate)/m,
  );
  const [header, ...rows] = (await Deno.readTextFile(out)).trim().split("\n");
  assert.equal(header, "learning_rate,loss,smoothed_loss");
  assert(rows.length > 10 && rows.length <= 24);
  assert.deepEqual(rows[0]!.split(",")[0], "0.000001");
  const wrong = await project.run("find-rate", [...flags, "--lowest", "1"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^error: --lowest 1: has to be below --highest 1\n$/);
});
