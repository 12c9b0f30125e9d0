import assert from "node:assert/strict";
import { InputError } from "../../lib/support/input_error.ts";
import { brief, oneLine, printable, quote, quoteJson } from "../../lib/support/printable.ts";

Deno.test("printable() escapes what a terminal would obey or hide, once", () => {
  const half = String.fromCharCode(0xd800);
  const escaped = printable(`a\x1b]0;x\x07\n\t\r\0\x7f\x9b\u200b\u202e\u2028\ufeff${half}\u{e0041}é😀b`);
  assert.equal(
    escaped,
    String.raw`a\x1b]0;x\x07\n\t\r\x00\x7f\x9b\u200b\u202e\u2028\ufeff\ud800\u{e0041}é😀b`,
  );
  assert.equal(printable(escaped), escaped);
});

Deno.test("quote() and quoteJson() cut after 200 characters and say how many there were", () => {
  assert.equal(quote("Mass"), '"Mass"');
  assert.equal(quote("\n"), '"\\n"');
  assert.equal(brief("\n".repeat(300)), `${"\\n".repeat(200)}... (300 characters)`);
  assert.equal(quote("x".repeat(200)), `"${"x".repeat(200)}"`);
  assert.equal(quote("x".repeat(118_000)), `"${"x".repeat(200)}... (118,000 characters)"`);
  assert.equal(quoteJson({ a: "\u202e" }), '{"a":"\\u202e"}');
  assert.equal(quoteJson(undefined), "undefined");
  assert.equal(quoteJson(Array(150).fill(0)).length, 200 + "... (301 characters)".length);
});

Deno.test("an InputError is one printable line of bounded length, whatever went into it", () => {
  assert.equal(new InputError("a\n.csv: bad \x1b[31m").message, "a\\n.csv: bad \\x1b[31m");
  assert.equal(oneLine(" a\n\nb\n"), "a\\n\\nb");
  assert(new InputError("x".repeat(1e6)).message.length < 4100);
});
