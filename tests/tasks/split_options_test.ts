import assert from "node:assert/strict";
import { refuseIdle } from "../../lib/tasks/_split_options.ts";

Deno.test("flags that would say nothing beside the split that is made are refused by name", () => {
  const complaint = (flags: Parameters<typeof refuseIdle>[0], message: string) =>
    assert.throws(() => refuseIdle(flags, { kind: "official" }), { name: "InputError", message });
  const file = "not together with --split-file, which says what is in each set";
  complaint({ splitFile: "a.csv", split: "patient" }, `--split: ${file}`);
  complaint({ splitFile: "a.csv", keepNormal: 0.2 }, `--keep-normal: ${file}`);
  complaint({ testFraction: 0.1 }, "--test-fraction: says nothing of a split as the data set itself does");
  complaint(
    { split: "original", validationFraction: 0.1 },
    "--validation-fraction: says nothing of a split as the original notebook did, by image",
  );
  refuseIdle({ splitFile: "a.csv" }, { kind: "patient" });
  refuseIdle({ validationFraction: 0.1, lists: "a" }, { kind: "official" });
  refuseIdle({ split: "image", testFraction: 0.1, stratify: true }, { kind: "official" });
});
