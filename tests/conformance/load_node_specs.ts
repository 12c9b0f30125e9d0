import { readdirSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { binding } from "../../lib/tensorflow/backend.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

const require = createRequire(import.meta.resolve("@tensorflow/tfjs-node-gpu/dist/node.js"));
const folder = dirname(require.resolve("./node.js"));
const TEST_OBJECTS = join(import.meta.dirname!, "../fixtures/tensorflow/test_objects");

/** What Node's loader of CommonJS modules lets others replace. */
interface Loader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}

/** What is used of jasmine's globals. */
interface JasmineGlobals {
  describe(name: string, specs: () => void): void;
  beforeAll(work: () => void): void;
}

/**
 * Loads the unit tests of the npm package for Node, which declare their specs to the jasmine that is installed as a
 * global. Where they take the package's index, which wants the addon, they get `lib/tensorflow`, and its binding in
 * the addon's place. The files that they read, which the package does not bring, are those of
 * `tests/fixtures/tensorflow/test_objects`.
 *
 * @param jasmineUtilities tfjs-core's `jasmine_util`, as the specs of tfjs-core have it.
 * @param workingFolder An empty folder, for the specs to work in.
 */
export function loadNodeSpecs(jasmineUtilities: unknown, workingFolder: string): void {
  copyFolder(TEST_OBJECTS, join(workingFolder, "test_objects"));
  Deno.writeTextFileSync(join(workingFolder, "package.json"), "{}"); // A file that is no image.
  Deno.chdir(workingFolder);
  const ADDON = "the addon";
  const replaced = new Map<string, unknown>([
    // Specs replace functions of it, which a module's namespace does not let them.
    ["./index", { ...tf }],
    ["../index", { ...tf }],
    ["@mapbox/node-pre-gyp", { find: () => ADDON }],
    [ADDON, binding],
    ["@tensorflow/tfjs-core/dist/jasmine_util", jasmineUtilities],
    ["tmp", { dirSync: () => ({ name: Deno.makeTempDirSync({ dir: workingFolder }) }) }],
  ]);
  const jasmine = globalThis as unknown as JasmineGlobals;
  const { describe } = jasmine;
  // tfjs-core's check of kernels, which its own specs switch on, takes what a gradient keeps for a leak.
  jasmine.describe = (name, specs) =>
    describe(name, () => {
      jasmine.beforeAll(() => tf.env().set("IS_TEST", false));
      specs();
    });
  require("./callbacks.js").progressBarHelper.log = () => {};
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = (request, parent, isMain) =>
    replaced.has(request) ? replaced.get(request) : load.call(loader, request, parent, isMain);
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    for (const file of files.filter((file) => file.endsWith("_test.js"))) require(join(folder, file));
  } finally {
    loader._load = load;
    jasmine.describe = describe;
  }
}

/** Copies a folder. (A link to it, or Node's `cpSync`, would need rights on the folders above.) */
function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    (isDirectory ? copyFolder : Deno.copyFileSync)(join(from, name), join(to, name));
  }
}
