import assert from "node:assert/strict";
import { between, counted, decimals, percent, signedDecimals } from "../../lib/support/decimals.ts";
import { mean } from "../../lib/support/mean.ts";

Deno.test("figures have one form: three decimals, per cent with one, thousands apart; a dash for none", () => {
  assert.deepEqual([0.70549, 1, null].map(decimals), ["0.705", "1.000", "-"]);
  assert.deepEqual([0.0124, -0.0124, 0, null].map(signedDecimals), ["+0.012", "-0.012", "+0.000", "-"]);
  assert.equal(between({ low: 0.69149, high: 0.7188 }), "0.691 to 0.719");
  assert.equal(between(null), "-");
  assert.deepEqual([0.7684, 1, NaN, null, undefined].map((value) => percent(value)), [
    "76.8 %",
    "100.0 %",
    "-",
    "-",
    "-",
  ]);
  assert.deepEqual([percent(0.7684, 0), percent(0.00123, 2)], ["77 %", "0.12 %"]);
  assert.deepEqual([
    counted(112120),
    counted(1, "image"),
    counted(0, "image"),
    counted(2, "entry", "entries"),
  ], [
    "112,120",
    "1 image",
    "0 images",
    "2 entries",
  ]);
});

Deno.test("a mean passes over what is undefined, and of nothing there is none", () => {
  assert.equal(mean([1, null, 2, undefined, 6]), 3);
  assert.equal(mean(new Float32Array([0.5, 1.5])), 1);
  assert.ok(Number.isNaN(mean([])));
  assert.ok(Number.isNaN(mean([null])));
  assert.ok(Number.isNaN(mean([1, NaN])));
});
