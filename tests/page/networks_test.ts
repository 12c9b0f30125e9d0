import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { networkNamed } from "../../lib/model/networks.ts";
import { createModel } from "../../lib/model/model.ts";
import { bundle } from "../../lib/page/bundle.ts";
import { packNetwork } from "../../lib/page/pack_network.ts";
import type { PageData, PageScale } from "../../lib/page/page_data.ts";
import { wasmFiles } from "../../lib/page/wasm_files.ts";
import { pageFiles } from "../../lib/page/page_html.ts";
import { random } from "../../lib/support/random.ts";
import { temporaryFolder } from "../_folders.ts";
import { livelyWeight, setFormulaWeights } from "../model/_formula.ts";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";

const FINDINGS = ["Effusion", "Mass", "Nodule"];
const SIZE = 64;

/** A scale without a validation set. */
function bareScale(finding: string): PageScale {
  const nothing = { scores: "", cumulative: "", thresholds: "", sensitivity: "", specificity: "" };
  return {
    finding,
    positives: 0,
    negatives: 0,
    reason: "none",
    platt: null,
    threshold: null,
    auc: null,
    ...nothing,
  };
}

Deno.test({
  name: "networks of the registry compute in a browser what they compute by TensorFlow's C library",
  ignore: CHROMIUM === null,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using folder = await temporaryFolder();
    const program = await bundle();
    const files = await wasmFiles();
    const { integer } = random(7, "page");
    const images = [Uint8Array.from({ length: SIZE * SIZE }, () => integer(256))];
    const browser = await startChromium();
    try {
      for (
        // DenseNet-121 and ResNet-50 pass as well, but their weights and graphs take a minute.
        const [name, pooling] of [
          ["resnet11v2", "flatten"],
          ["efficientnet-lite0", "global"],
        ] as const
      ) {
        const network = { name, imageSize: SIZE, pooling, dropout: 0 };
        const model = createModel(networkNamed(name, { ...network, outputs: FINDINGS.length }), {
          seed: null,
        });
        setFormulaWeights(model, livelyWeight);
        const data: PageData = {
          run: name,
          network,
          preparation: "squeezed",
          scales: FINDINGS.map(bareScale),
          warnings: [],
          likeness: null,
          ...await packNetwork(model, { images, precision: "float16" }),
          examples: [],
          modelCard: "",
          files,
        };
        model.dispose();
        const file = join(folder.path, `${name}.html`);
        await Deno.writeTextFile(file, pageFiles(data, program, { singleFile: true })["index.html"]!);
        const page = await browser.newPage();
        await page.goto(`${pathToFileURL(file)}?backend=wasm`);
        const app = page.locator("[data-ready]");
        await app.waitFor({ timeout: 120_000 });
        assert.equal(
          await app.getAttribute("data-ready"),
          "wasm",
          await page.locator(".backend").textContent() ?? "",
        );
        const off = await Promise.all(["logits", "map"].map((what) => app.getAttribute(`data-${what}-off`)));
        assert(Number(off[0]) < 1e-4 && Number(off[1]) < 1e-3, `${name}: ${off}`);
        assert(
          data.selfTest.logits.some((logit) => Math.abs(logit) > 0.01),
          `${name}: ${data.selfTest.logits}`,
        );
        await page.close();
      }
    } finally {
      await browser.close();
    }
  },
});
