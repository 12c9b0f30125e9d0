import { existsSync, readdirSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadNodeSpecs } from "./load_node_specs.ts";

const sharedCore = createRequire(import.meta.resolve("@tensorflow/tfjs")).resolve("@tensorflow/tfjs-core");
const folder = dirname(sharedCore);

/** Which specs are loaded beside those of tfjs-core. */
export interface SpecSources {
  /** An empty folder, for the specs of the package for Node to work in; without it they are not loaded. */
  nodeFolder?: string | undefined;
}

/** Where tfjs-core's specs of operations, optimisers, gradients, tensors and buffers lie. */
const SPEC_FILES = /^(ops\/.*|optimizers\/.*|gradients|tensor|buffer)_test\.js$/;

/**
 * Loads tfjs-core's own unit tests, which declare their specs to the jasmine that is installed as a global.
 *
 * They are ES modules whose imports name no file extension, so a hook finds the files. What they import from
 * tfjs-core's index comes from the very module that `lib/tensorflow` uses; the inner modules that some import
 * beside it share its engine, flags and kernels through `globalThis`.
 *
 * @param backend The name that the backend under test is registered under.
 */
export async function loadSpecs(backend: string, { nodeFolder }: SpecSources = {}): Promise<void> {
  Object.assign(globalThis, { require: createRequire(import.meta.url) });
  const hooks = registerHooks({ resolve: resolveInCore });
  try {
    const utilities = await importFromCore("jasmine_util.js") as JasmineUtilities;
    utilities.setTestEnvs([{ name: "test-tensorflow", backendName: backend, flags: {}, isDataSync: true }]);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    for (const file of files.filter((file) => SPEC_FILES.test(file))) await importFromCore(file);
    if (nodeFolder !== undefined) loadNodeSpecs(utilities, nodeFolder);
  } finally {
    hooks.deregister();
  }
}

/** What is called of tfjs-core's `jasmine_util`. */
interface JasmineUtilities {
  setTestEnvs(
    environments: { name: string; backendName: string; flags: object; isDataSync: boolean }[],
  ): void;
}

const resolveInCore: ResolveHook = (specifier, context, next) => {
  const parent = context.parentURL?.startsWith("file:") ? fileURLToPath(context.parentURL) : "";
  return next(isInCore(parent) ? fileOf(specifier, parent) ?? specifier : specifier, context);
};

type ResolveHook = NonNullable<Parameters<typeof registerHooks>[0]["resolve"]>;

function isInCore(file: string): boolean {
  return file.startsWith(join(folder, "/"));
}

/** The address of what a module of tfjs-core imports, or null where it is no module of its own. */
function fileOf(specifier: string, parent: string): string | null {
  if (specifier === "seedrandom") return import.meta.resolve("./seedrandom.ts");
  if (!specifier.startsWith(".")) return null;
  const path = join(dirname(parent), specifier);
  const file = [`${path}.js`, join(path, "index.js")].find(existsSync);
  if (file === undefined) return null;
  return pathToFileURL(file === join(folder, "index.js") ? sharedCore : file).href;
}

function importFromCore(file: string): Promise<unknown> {
  return import(pathToFileURL(join(folder, file)).href);
}
