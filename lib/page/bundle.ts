import { build, type Plugin, stop } from "esbuild";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { esbuildProgram } from "../support/esbuild_program.ts";
import { InputError } from "../support/input_error.ts";
import { PROJECT } from "../support/project.ts";

const BROWSER = join(PROJECT, "lib/page/browser");

/** What Node has and a page does not need: packages ask for them and then go without. */
const ABSENT =
  /^(node:)?(buffer|crypto|fs|fs\/promises|os|path|perf_hooks|string_decoder|util|worker_threads|zlib)$/;

/**
 * Puts TensorFlow.js of browsers in the place of TensorFlow's C library, and nothing in that of Node's modules. Modules of
 * lib/ do nothing when they are loaded, so whatever of them a page does not call is left out.
 */
const forBrowsers: Plugin = {
  name: "for-browsers",
  setup(build) {
    build.onResolve({ filter: /\/tensorflow\/mod\.ts$/ }, () => ({
      path: join(PROJECT, "lib/tensorflow/browser.ts"),
    }));
    build.onResolve({ filter: ABSENT }, ({ path }) => ({ path, namespace: "absent", sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "module.exports = {};" }));
    build.onResolve(
      { filter: /^\..*\.ts$/ },
      ({ path, resolveDir, importer }) =>
        importer.includes("node_modules") ? undefined : { path: join(resolveDir, path), sideEffects: false },
    );
  },
};

/** What `bundle` makes. */
export interface Bundle {
  /** The page's program. */
  script: string;
  /** The page's style. */
  style: string;
}

/**
 * Bundles the page's program with what it uses of lib/, and of TensorFlow.js, into one text.
 *
 * @throws {InputError} Where esbuild is not there.
 */
export async function bundle(): Promise<Bundle> {
  const program = esbuildProgram();
  if (!existsSync(program)) {
    throw new InputError(
      `${program} is missing: npm has no esbuild for this machine, or deno install was not run`,
    );
  }
  try {
    const { outputFiles } = await build({
      entryPoints: [join(BROWSER, "main.ts"), join(BROWSER, "style.css")],
      outdir: BROWSER,
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      target: ["chrome110", "firefox115", "safari16.4"],
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
      plugins: [forBrowsers],
    });
    const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))!.text;
    return { script: textOf(".js"), style: textOf(".css") };
  } finally {
    await stop();
  }
}
