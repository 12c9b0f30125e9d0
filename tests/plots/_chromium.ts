import type { Browser } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The Chromium of this machine; null, which is said, where there is none. */
export const CHROMIUM = PATHS.find((path) => isFile(path)) ?? null;
if (CHROMIUM === null) {
  console.log("No Chromium (apt-get install chromium): the tests in a browser are skipped");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Starts Chromium without a window; it asks the network for nothing. */
export async function startChromium(): Promise<Browser> {
  // When it is loaded, playwright-core looks into /proc, for which Deno wants all permissions; this keeps it from that.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  const quiet = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
  ];
  return await chromium.launch({
    executablePath: CHROMIUM!,
    args: ["--no-sandbox", "--disable-gpu", "--disable-sync", ...quiet],
  });
}
