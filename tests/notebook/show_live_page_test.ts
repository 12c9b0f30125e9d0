import assert from "node:assert/strict";
import { showLivePage } from "../../lib/notebook/show_live_page.ts";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";
import { pretendKernel } from "./_kernel.ts";

Deno.test({
  name: "a notebook's cell frames the live page, which says what it is told and how it ended",
  ignore: CHROMIUM === null,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    using kernel = pretendKernel();
    const browser = await startChromium();
    await using page = await showLivePage();
    const { "text/html": html, "text/plain": text } = kernel.sent[0]!.data;
    assert.equal(text, `The run is shown at ${page.address}`);
    await using notebook = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(`<!doctype html>${html}`, { headers: { "content-type": "text/html" } }),
    );
    try {
      const tab = await browser.newPage();
      await tab.goto(`http://localhost:${notebook.addr.port}/`);
      const frame = tab.frameLocator("iframe");
      await frame.locator("#work", { hasText: "Starting" }).waitFor();
      page.reporter.onProgress!("Decoding images", 30, 120);
      page.reporter.onWarning!("a patient's images are <b>few</b>");
      await frame.locator("#warnings", { hasText: "a patient's images are <b>few</b>" }).waitFor();
      assert.equal(await frame.locator("#work").innerText(), "Decoding images");
      assert.equal(await frame.locator("#done").getAttribute("value"), "0.25");
      await page[Symbol.asyncDispose]();
      await frame.locator("#work", { hasText: "Stopped before the end" }).waitFor();
    } finally {
      await browser.close();
    }
  },
});
