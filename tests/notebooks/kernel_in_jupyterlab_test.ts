import assert from "node:assert/strict";
import { join, relative } from "node:path";
import type { Locator } from "playwright-core";
import { PROJECT } from "../../lib/support/project.ts";
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

    await t.step(
      "an edited module is taken by the next cell that imports it, and the stale cell is told of",
      async () => {
        const folder = await Deno.makeTempDir({ dir: join(PROJECT, "tests/fixtures"), prefix: "edited-" });
        try {
          const edit = (answer: number) =>
            Deno.writeTextFile(join(folder, "edited.ts"), `export const answer = ${answer};\n`);
          await edit(41);
          await Deno.writeTextFile(join(folder, "edited.ipynb"), importingNotebook());
          await using notebook = await lab.open(relative(PROJECT, join(folder, "edited.ipynb")));
          const cell = (index: number) => notebook.page.locator(".jp-CodeCell").nth(index);
          const run = async (index: number) => {
            await cell(index).locator(".cm-content").click();
            await notebook.page.keyboard.press("Shift+Enter");
          };
          await run(0);
          await cell(0).locator(".jp-OutputArea-output", { hasText: /^41$/ }).waitFor();
          await edit(42);
          await run(1);
          await cell(1).locator(".jp-OutputArea-output", { hasText: /^42$/ }).waitFor();
          const told = "Edited: edited.ts. Cells that import it from now on get the new version. " +
            "A cell that imported from there still has the old version: run it again.";
          await cell(1).getByText(told).waitFor();
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      },
    );
  },
});

/** A notebook of two cells that import the same from `edited.ts` beside it. */
function importingNotebook(): string {
  const code = (id: string) => ({
    ...{ cell_type: "code", id, metadata: {}, execution_count: null, outputs: [] },
    source: ['import { answer } from "./edited.ts";\n', "answer"],
  });
  return JSON.stringify({
    cells: [code("first"), code("second")],
    metadata: { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

/** Puts the cursor behind a cell's last character. */
async function atEnd(cell: Locator): Promise<void> {
  await cell.locator(".cm-content").click();
  await cell.page().keyboard.press("Control+End");
}
