import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { exportedModules } from "../support/exported_modules.ts";
import { PROJECT } from "../support/project.ts";

/** What of the project's settings the package takes over. */
interface ProjectSettings {
  name: string;
  version: string;
  license: string;
  imports: Record<string, string>;
}

/** Files that the package has beside its code. */
const PAPERS = ["README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE"];

/** What is no part of the library: command lines, and what runs beside Deno's Jupyter kernel. */
const LEFT_OUT = ["lib/tasks/", "lib/notebook/kernel/"];

/** Cannot be installed by npm's own means (see ensureTensorFlow), and need not be where nothing is traced. */
const OPTIONAL = new Set(["@tensorflow/tfjs-node-gpu"]);

const COMPILER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  rewriteRelativeImportExtensions: true,
  verbatimModuleSyntax: true,
};

/**
 * Builds the library as a package for npm, in an empty folder: each file of the library as JavaScript with its
 * types, the files that they read, and a `package.json` with the exports and the pinned packages that the code imports.
 */
export async function buildPackage(folder: string): Promise<void> {
  const packages = new Set<string>();
  for (const file of await filesIn(join(PROJECT, "lib"))) {
    const path = relative(PROJECT, file);
    if (LEFT_OUT.some((folder) => path.startsWith(folder))) continue;
    const target = join(folder, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    if (!path.endsWith(".ts")) {
      await Deno.copyFile(file, target);
      continue;
    }
    const source = await Deno.readTextFile(file);
    const code = ts.transpileModule(source, { compilerOptions: COMPILER, fileName: file }).outputText;
    const types = ts.transpileDeclaration(source, { compilerOptions: COMPILER, fileName: file }).outputText;
    await Deno.writeTextFile(target.replace(/ts$/, "js"), withJavaScriptNames(code));
    await Deno.writeTextFile(target.replace(/ts$/, "d.ts"), withJavaScriptNames(types));
    for (const name of packagesIn(code)) packages.add(name);
  }
  for (const paper of PAPERS) await Deno.copyFile(join(PROJECT, paper), join(folder, paper));
  const settings: ProjectSettings = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify(packageSettings(settings, packages), null, 2) + "\n",
  );
}

function packageSettings(
  { name, version, license, imports }: ProjectSettings,
  packages: ReadonlySet<string>,
): Record<string, unknown> {
  const versions = new Map(
    Object.values(imports).map((target) => target.match(/^npm:\/?((?:@[^/]+\/)?[^@/]+)@([^/]+)/))
      .filter((match) => match !== null).map(([, name, version]) => [name!, version!]),
  );
  const pinned = (optional: boolean) =>
    Object.fromEntries(
      [...packages].filter((name) => OPTIONAL.has(name) === optional).sort()
        .map((name) => [name, versions.get(name)]),
    );
  return {
    name,
    version,
    license,
    description: "Chest X-ray classification: data sets, networks, training, evaluation and explanation",
    type: "module",
    exports: Object.fromEntries(
      Object.entries(exportedModules()).map(([name, file]) => [
        name,
        { types: file.replace(/ts$/, "d.ts"), default: file.replace(/ts$/, "js") },
      ]),
    ),
    engines: { node: ">=20" },
    dependencies: pinned(false),
    optionalDependencies: pinned(true),
  };
}

/** Names files of the project as they are called in the package, where TypeScript leaves that: in types and in URLs. */
function withJavaScriptNames(code: string): string {
  return code.replace(/(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g, "$1$2.js$1");
}

/** The packages that code imports. */
function packagesIn(code: string): string[] {
  const specifiers = [...code.matchAll(/\b(?:from|import|resolve)\s*\(?\s*"([^"]+)"/g)].map(([, name]) =>
    name!
  );
  return specifiers.filter((name) => !/^(\.|node:|file:)/.test(name))
    .map((name) => name.split("/").slice(0, name.startsWith("@") ? 2 : 1).join("/"));
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await filesIn(join(folder, name)));
    else files.push(join(folder, name));
  }
  return files.sort();
}
