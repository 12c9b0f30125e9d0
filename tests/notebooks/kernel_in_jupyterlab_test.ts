import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { CHROMIUM } from "../plots/_chromium.ts";
import { startJupyterLab } from "./_jupyterlab.ts";

Deno.test({
  name: "the kernel in JupyterLab",
  ignore: CHROMIUM === null,
  async fn(t) {
    await using lab = await startJupyterLab();
    await using notebook = await lab.open("tests/fixtures/notebooks/mistakes_and_help.ipynb");
    const { page } = notebook;
    const cell = (index: number) => page.locator(".jp-CodeCell").nth(index);
    const run = async (index: number) => {
      await cell(index).locator(".cm-content").click();
      await page.keyboard.press("Shift+Enter");
    };
    const ended = (index: number) => cell(index).locator(".jp-InputPrompt", { hasText: /\[\d+\]/ }).waitFor();
    const output = (index: number) => cell(index).locator(".jp-OutputArea-output");

    await t.step("entries are a table", async () => {
      await run(0);
      await ended(0);
      assert.match(await output(0).first().innerText(), /Image\s+Findings\s+Patient/);
    });

    await t.step("a syntax error is shown under its cell", async () => {
      await run(1);
      await output(1).getByText("SyntaxError: line 1, column 12: '}' expected").first().waitFor();
    });

    await t.step("a type error is shown under its cell", async () => {
      await run(2);
      await output(2).getByText("Property 'labls' does not exist on type 'Entry'").first().waitFor();
    });

    await t.step("Tab completes a member, with its type", async () => {
      await atEnd(cell(3));
      await page.keyboard.press("Tab");
      const completed = cell(3).locator(".cm-content", { hasText: "entries[0].patient" });
      await completed.or(page.locator(".jp-Completer")).first().waitFor();
    });

    await t.step("Shift+Tab shows signature and documentation", async () => {
      await atEnd(cell(4));
      await page.keyboard.press("Shift+Tab");
      await page.locator(".jp-Tooltip", { hasText: "Reads and checks" }).waitFor();
      await page.keyboard.press("Escape");
    });

    for (const index of [5, 6]) {
      await t.step(`the square ends cell ${index + 1}, and variables live on`, async () => {
        await run(index);
        await page.waitForTimeout(1500);
        await notebook.interrupt();
        await output(index).getByText("Interrupted").first().waitFor();
        await run(7);
        await ended(7);
        assert.equal((await output(7).last().innerText()).trim(), "42");
      });
    }

    await t.step("an error in a timer is shown", async () => {
      await run(8);
      await output(8).getByText("Error: late").first().waitFor();
    });
    await notebook.screenshots("kernel");
  },
});

/** Puts the cursor behind a cell's last character. */
async function atEnd(cell: Locator): Promise<void> {
  await cell.locator(".cm-content").click();
  await cell.page().keyboard.press("Control+End");
}
