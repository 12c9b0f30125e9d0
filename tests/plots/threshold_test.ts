import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pageHtml } from "../../lib/report/page.ts";
import { CHROMIUM, startChromium } from "./_chromium.ts";
import { everyFigure } from "./_figures.ts";

Deno.test({
  name: "in a browser the threshold slider moves the confusion matrix and the marks",
  ignore: CHROMIUM === null,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const file = join(folder, "page.html");
      const blocks = [{ figure: everyFigure().threshold! }];
      const sections = [{ title: "Threshold", howToRead: "", blocks }];
      await Deno.writeTextFile(
        file,
        await pageHtml({ title: "T", lead: "", highlights: [], warnings: [], sections, footer: [] }),
      );
      await using browser = await startChromium();
      const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("html[data-figures]");
      const cells = () => page.locator(".heatmaplayer text").allTextContents();
      const marks = () => page.locator(".textpoint").allTextContents();
      assert.deepEqual(await cells(), ["350.0 %", "350.0 %", "125.0 %", "375.0 %"]);
      assert.deepEqual(await marks(), ["0.75", "0.50", "0.50"]);
      const rail = page.locator(".slider-rail-touch-rect");
      const { width, height } = (await rail.boundingBox())!;
      await rail.click({ position: { x: width - 2, y: height / 2 } });
      await page.locator(".textpoint", { hasText: "0.83" }).waitFor();
      assert.deepEqual(await cells(), ["583.3 %", "116.7 %", "375.0 %", "125.0 %"]);
      assert.deepEqual(await marks(), ["0.25", "0.83", "0.50"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
