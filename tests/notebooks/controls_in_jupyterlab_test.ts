import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { CHROMIUM } from "../plots/_chromium.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { startJupyterLab } from "./_jupyterlab.ts";

/** A copy of a notebook of the fixtures beside it, which is removed in the end. */
async function copyOf(name: string): Promise<Disposable & { path: string }> {
  const path = join("tests", "fixtures", "notebooks", `copy-${crypto.randomUUID().slice(0, 8)}.ipynb`);
  await Deno.copyFile(join(PROJECT, "tests", "fixtures", "notebooks", name), join(PROJECT, path));
  return { path, [Symbol.dispose]: () => Deno.removeSync(join(PROJECT, path)) };
}

Deno.test({
  name: "controls in JupyterLab",
  ignore: CHROMIUM === null,
  async fn(t) {
    await using lab = await startJupyterLab();
    // Two copies: one is run and saved, the other is opened as it was saved and never run.
    using own = await copyOf("controls.ipynb");
    using saved = await copyOf("controls.ipynb");
    await using notebook = await lab.open(own.path);
    const { page } = notebook;
    const cell = (index: number) => page.locator(".jp-CodeCell").nth(index);
    const shows = (index: number, text: string) =>
      cell(index).locator(".jp-OutputArea-output", { hasText: text }).waitFor();
    const right = async (index: number, times: number) => {
      await cell(index).locator(".noUi-handle").focus();
      for (let i = 0; i < times; i++) await page.keyboard.press("ArrowRight");
    };

    await t.step("they are drawn, with what the function makes of their values", async () => {
      await notebook.runAll();
      await notebook.finished(120);
      await shows(0, "Mass at 0.5, pressed 0 times, undefined of undefined bytes");
      assert.deepEqual(await notebook.errors(), []);
    });

    await t.step("a moved slider calls TypeScript in the kernel", async () => {
      await right(0, 3);
      await shows(0, "Mass at 0.53, pressed 0 times");
    });

    await t.step(
      "what a control's function prints stands below its cell, though another ran last",
      async () => {
        await shows(0, "chosen: 0.53");
        assert.equal(await cell(1).getByText("chosen:").count(), 0);
      },
    );

    await t.step("a choice, a button and a file do", async () => {
      await cell(0).locator("select").selectOption("Nodule");
      await shows(0, "Nodule at 0.53");
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        cell(0).locator("button.widget-upload").click(),
      ]);
      await chooser.setFiles({ name: "chest.png", mimeType: "image/png", buffer: Buffer.from(bytes) });
      await shows(0, "chest.png of 300000 bytes");
      const again = cell(0).locator("button", { hasText: "Again" });
      await again.click();
      await shows(0, "pressed 1 times");
      await again.click();
      await shows(0, "Error: Pressed twice");
      await again.click();
      await shows(0, "pressed 3 times");
    });

    await t.step("a figure is drawn anew by a moved slider", async () => {
      await right(1, 4);
      const height = () =>
        cell(1).locator(".js-plotly-plot").evaluate((plot) =>
          (plot as unknown as { data: { y: number[] }[] }).data[0]!.y[0]!
        );
      while (await height() !== 5) await page.waitForTimeout(50);
    });
    await notebook.screenshots("controls");

    await t.step(
      "a saved notebook shows the last state when it is opened again, before anything runs",
      async () => {
        await page.keyboard.press("Escape");
        await page.locator('[data-command="docmanager:save"]').first().click();
        const file = join(PROJECT, own.path);
        const isStored = async () => /"value": 0\.53/.test(await Deno.readTextFile(file));
        for (let waits = 0; !await isStored(); waits++) {
          assert.ok(waits < 300, "the slider's value is not in the file after half a minute");
          await page.waitForTimeout(100);
        }
        await Deno.copyFile(file, join(PROJECT, saved.path));
        await using again = await lab.open(saved.path);
        const first = again.page.locator(".jp-CodeCell").first();
        await first.locator(".noUi-handle").waitFor();
        assert.equal(await first.locator(".widget-readout").first().textContent(), "0.53");
        assert.equal(await first.locator("select option:checked").textContent(), "Nodule");
        await first.getByText("Nodule at 0.53, pressed 3 times, chest.png of 300000 bytes").waitFor();
      },
    );
  },
});
