import type { Browser } from "playwright-core";
import { CHROMIUM, startChromium } from "../../plots/_chromium.ts";
import { interleave, type Measure, secondsOf } from "../measure.ts";
import { madeFolder, runTask } from "../peers.ts";
import { prepareRun } from "../prepared.ts";
import { compare, median } from "../result.ts";
import { filesOf, servePageFiles, stockPage } from "../page_sides.ts";

const NETWORK = { depth: 20, size: 64 };

/** What a page is asked: to show itself, then what it says of an image with the maps of all findings, and of it again. */
interface PageTimes {
  /** Seconds from the address to the first image's scores and maps. */
  opened: number;
  /** Seconds that one more image takes. */
  next: number;
}

/** The time from a page's address to what it says of an image, and from an image to its scores and maps. */
export const PAGE: Measure = {
  name: "page",
  description: "from a page's address to an image's scores and maps, in Chromium by WebAssembly",
  async run({ rounds, note }) {
    if (CHROMIUM === null) {
      note("There is no Chromium, so pages are not measured.");
      return [];
    }
    const { dir, image } = await prepareRun(NETWORK);
    const [page, model] = [madeFolder("page"), madeFolder("page-tfjs")];
    await runTask("page", "--run", dir, "--out", page, "--no-serve", "--overwrite");
    await runTask("export", "--run", dir, "--format", "tfjs", "--out", model, "--overwrite");
    const browser = await startChromium();
    try {
      await using own = servePageFiles(filesOf(page));
      await using stock = servePageFiles(stockPage(model));
      const turns = [own, stock].map(({ address }) => () =>
        timePage(browser, `${address}?backend=wasm`, image)
      );
      for (const turn of turns) await turn();
      const times = await interleave(Math.max(3, rounds), turns);
      const [ours, peer] = times.map((each) => ({
        opened: median(each.map(({ opened }) => opened)),
        next: median(each.map(({ next }) => next)),
      }));
      return ([["a page, to the first image's maps", "opened"], ["a page, one more image", "next"]] as const)
        .map(([measure, which]) =>
          compare(measure, {
            unit: "s",
            ours: ours![which],
            peer: "stock TensorFlow.js 4.22.0, the exported graph alone",
            peerValue: peer![which],
          })
        );
    } finally {
      await browser.close();
    }
  },
};

/** Opens a page in a context of its own, in which nothing is cached, and gives it an image twice. */
async function timePage(browser: Browser, address: string, image: string): Promise<PageTimes> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const give = async (count: number) => {
      await page.locator("#files").setInputFiles(image);
      await page.locator(".strip li").nth(count - 1).waitFor();
      await page.evaluate("new Promise(requestAnimationFrame)");
    };
    const opened = await secondsOf(async () => {
      await page.goto(address);
      await page.locator("[data-ready]").waitFor();
      await give(1);
    });
    return { opened, next: await secondsOf(() => give(2)) };
  } finally {
    await context.close();
  }
}
