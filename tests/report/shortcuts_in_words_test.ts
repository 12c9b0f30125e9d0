import assert from "node:assert/strict";
import { shortcutsInWords } from "../../lib/report/shortcuts_in_words.ts";

const mean = (value: number | null, half: number | null) => ({
  meanAuc: value,
  meanAucInterval: value === null || half === null ? null : { low: value - half, high: value + half },
});
const region = (name: string, value: number | null, half: number | null, difference = -0.2) => ({
  region: name,
  covered: 0.45,
  ...mean(value, half),
  difference: value === null ? null : difference,
  differenceInterval: half === null ? null : { low: difference - 0.1, high: difference + 0.1 },
  labels: [],
});

function sentences(...regions: ReturnType<typeof region>[]): string[] {
  return shortcutsInWords({ images: 1234, patients: 900, whole: mean(0.8, 0.02), regions });
}

Deno.test("sentences about covered regions follow the intervals", () => {
  const [whole, lungs, border, corners] = sentences(
    region("lungs", 0.65, 0.05),
    region("all-but-border", 0.52, 0.05),
    region("corners", 0.79, 0.02, -0.01),
  );
  assert.equal(whole, "Of 1,234 test images as they are the mean AUC is 0.800 (0.780 to 0.820).");
  assert.equal(
    lungs,
    "With the lungs covered (45 % of the pixels) it is 0.650 (0.600 to 0.700), more than chance: something beside the lungs " +
      "gives findings away: the heart, devices, the posture, the view or markers.",
  );
  assert.match(
    border!,
    /^With everything but a border .* 0\.520 \(0\.470 to 0\.570\), which may be chance: /,
  );
  assert.match(corners!, /changes the mean AUC by -0\.010 \(-0\.110 to 0\.090\), which may be chance\.$/);
  assert.match(
    sentences(region("corners", 0.6, 0.02))[1]!,
    /by -0\.200 .*: by more than chance, so scores rest on/,
  );
});

Deno.test("without an AUC nothing is said, without an interval that nothing tells", () => {
  assert.equal(sentences(region("lungs", null, null), region("corners", null, null)).length, 1);
  assert.match(
    sentences(region("lungs", 0.7, null))[1]!,
    /0\.700; nothing tells whether that is more than chance\.$/,
  );
});
