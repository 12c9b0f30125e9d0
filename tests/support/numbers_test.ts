import assert from "node:assert/strict";
import { decimalOf, isNumber } from "../../lib/support/numbers.ts";

/** Texts of up to three of these characters. */
const CHARACTERS = [
  "",
  "0",
  "1",
  "9",
  "+",
  "-",
  ".",
  "e",
  "E",
  "x",
  "b",
  "o",
  "f",
  "F",
  " ",
  "\n",
  "\u00a0",
  "_",
  "n",
];

Deno.test("decimalOf() reads decimal numbers and nothing else that Number() reads", () => {
  const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
  const texts = CHARACTERS.flatMap((a) => CHARACTERS.flatMap((b) => CHARACTERS.map((c) => a + b + c)));
  for (const text of [...texts, "1e400", "-Infinity", "0x1f", "0b11", "-1.5e+3", "1.5e-7"]) {
    const isDecimal = decimal.test(text) && Number.isFinite(Number(text));
    assert.equal(isNumber(text), isDecimal, JSON.stringify(text));
    assert.equal(decimalOf(text), isDecimal ? Number(text) : NaN, JSON.stringify(text));
  }
});
