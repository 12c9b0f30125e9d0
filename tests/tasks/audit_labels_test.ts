import assert from "node:assert/strict";
import { join } from "node:path";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { readRadiologistLabels } from "../../lib/dataset/radiologist_labels.ts";
import { random } from "../../lib/support/random.ts";
import { NIH_METADATA, NIH_RADIOLOGISTS, noNih } from "../dataset/_nih.ts";
import { testProject } from "./_project.ts";

Deno.test({
  name: "deno task audit-labels sets labels beside radiologists, and judges predictions by both",
  ignore: noNih,
  fn: async () => {
    await using project = await testProject();
    await Deno.mkdir(join(project.path, "data"), { recursive: true });
    await Deno.symlink(join(NIH_METADATA, ".."), join(project.path, "data/nih"));
    const inside = (name: string) => join(project.path, name);
    const seen = await readRadiologistLabels(NIH_RADIOLOGISTS);
    const labels = new Map((await readMetadata(NIH_METADATA)).map(({ image, labels }) => [image, labels]));
    const stream = random(3, "test");
    // A network that has learnt the labels, mistakes and all.
    const rows = seen.map(({ image }) =>
      `${image},${Number(labels.get(image)!.includes("Pneumothorax")) + 1.2 * stream.uniform()}`
    );
    await Deno.writeTextFile(inside("scores.csv"), ["image,Pneumothorax", ...rows, ""].join("\n"));

    const { code, stdout, stderr } = await project.run("audit-labels", [
      ...["--predictions", "scores.csv", "--set", "test", "--out", "audit.json"],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^1,962 images of 860 patients \(their test set\)/m);
    assert.match(stdout, /^Pneumothorax +195 +200 +97 +0\.485 \(0\.\d{3} to 0\.\d{3}\) +0\.497 /m);
    assert.match(stdout, /^Nodule or mass +200|^Nodule or mass .* no scores$/m);
    const { agreement, auc, mapping } = JSON.parse(await Deno.readTextFile(inside("audit.json")));
    assert.equal(agreement[0].images, 1962);
    assert.ok(mapping["Airspace opacity"].doubt.length > 50);
    assert.ok(auc[0].byLabels > 0.9 && auc[0].interval.high < 0, JSON.stringify(auc[0]));

    await Deno.writeTextFile(inside("none.csv"), "image,Mass\n00000001_000.png,0.5\n");
    for (
      const [flags, message] of [
        [["--predictions", "none.csv"], /^error: .*none\.csv: none of its 1 images is among the 4,376 .*\n$/],
        [["--out", "audit.txt"], /^error: .*ends in \.json/],
        [["--run", "missing"], /^error: .*There is no such folder/],
      ] as const
    ) {
      const refused = await project.run("audit-labels", flags);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, message);
      assert.equal(refused.stdout.includes("PPV"), false);
    }
  },
});
