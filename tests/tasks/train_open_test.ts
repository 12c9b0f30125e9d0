import axe from "axe-core";
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";
import { writeImages } from "../training/_images.ts";
import { testProject } from "./_project.ts";

Deno.test({
  name: "train --open shows the run while it goes on, with its figures and Grad-CAM, and becomes the report",
  ignore: CHROMIUM === null,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using project = await testProject();
    await writeImages(join(project.path, "images"), { images: 200 });
    // Stands in for the program that opens a browser: it writes down what it was given.
    const opener = join(project.path, "bin", "xdg-open");
    await Deno.mkdir(dirname(opener));
    await Deno.writeTextFile(opener, `#!/bin/sh\necho "$1" > "${project.path}/opened"\n`, { mode: 0o755 });
    const before = Deno.env.get("PATH")!;
    Deno.env.set("PATH", `${dirname(opener)}:${before}`);
    const browser = await startChromium();
    let training: Deno.ChildProcess | undefined;
    try {
      training = await project.start("train", [
        ...["--data", "images", "--run", "run", "--depth", "11", "--image-size", "32"],
        ...["--epochs", "4", "--open"],
      ]).finally(() => Deno.env.set("PATH", before));
      const said = training.stderr.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!/http:\/\/127\.0\.0\.1:\d+\//.test(text)) {
        const { value, done } = await said.read();
        if (done) throw new Error(text);
        text += value;
      }
      const rest = (async () => {
        for (let piece; !(piece = await said.read()).done;) text += piece.value;
      })();
      const address = text.match(/http:\/\/127\.0\.0\.1:\d+\//)![0];
      assert.equal((await fetch(`${address}config.json`)).status, 404);
      assert.equal((await fetch(address, { headers: { origin: "http://evil.example" } })).status, 403);
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", ({ message }) => errors.push(message));
      await page.addInitScript(`addEventListener("securitypolicyviolation", ({ violatedDirective }) => {
        throw new Error("the policy refuses " + violatedDirective);
      });`);
      await page.goto(address);
      const picture = page.locator("#picture[src^='data:image/png']");
      await picture.waitFor({ timeout: 60_000 });
      // What is looked at stands still meanwhile.
      training.kill("SIGSTOP");
      assert.match(String(await picture.getAttribute("alt")), /, after epoch \d+\n.*validation set$/);
      await page.locator("#training .scatterlayer .trace").first().waitFor();
      await page.locator("#auc .scatterlayer .point").first().waitFor();
      const shown = await page.locator("#highlights").innerText();
      assert.match(
        shown,
        /Epoch\s+\d+ of 4\s+Time left\s+\S.*\s+Loss\s+\d\.\d{4}\s+Mean validation AUC\s+[01]\.\d{3}/,
      );
      assert.equal(await page.locator("#findings tr").count(), 14);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate("axe.run()") as {
        violations: { id: string; nodes: { html: string }[] }[];
      };
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0]!.html]), []);
      const folder = Deno.env.get("THORAX_SCREENSHOTS");
      if (folder !== undefined) {
        await page.screenshot({ path: join(folder, "light.png"), fullPage: true });
        await page.emulateMedia({ colorScheme: "dark" });
        await page.screenshot({ path: join(folder, "dark.png"), fullPage: true });
        await page.setViewportSize({ width: 390, height: 800 });
        await page.waitForTimeout(1500);
        await page.screenshot({ path: join(folder, "phone.png"), fullPage: true });
      }
      training.kill("SIGCONT");
      await page.waitForURL(`${address}report.html`, { timeout: 120_000 });
      await page.locator("html[data-figures]").waitFor();
      assert.match(await page.locator("h1").innerText(), /run/);
      await rest;
      assert.equal((await training.status).code, 0, text);
      assert.match(text, new RegExp(`The run is shown at ${address}`));
      assert.equal((await Deno.readTextFile(join(project.path, "opened"))).trim(), address);
      assert.match(text, /Done in .*report\.html/);
      assert.deepEqual(errors, []);
      training = undefined;
    } finally {
      training?.kill("SIGKILL");
      await browser.close();
    }
  },
});
