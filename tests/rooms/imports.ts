import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT, SCRATCH } from "../../lib/support/project.ts";

/** The files that each file of a room imports, types too, all as paths in the project, such as `lib/dataset/split.ts`. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** The lines of every file of `lib/`, by its path in the project. */
export async function readLines(): Promise<Map<string, number>> {
  const files = await filesIn(join(PROJECT, "lib"));
  return new Map(
    await Promise.all(files.map(async (file) => {
      const text = await Deno.readTextFile(file);
      return [relative(PROJECT, file), text.split("\n").length - 1] as const;
    })),
  );
}

/** What `deno info --json` says of a module. */
interface Module {
  specifier: string;
  dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
}

/** Asks Deno what every file of `lib/` imports. */
export async function readImports(): Promise<Imports> {
  const files = await filesIn(join(PROJECT, "lib"));
  const all = join(SCRATCH, "all.ts");
  await Deno.mkdir(SCRATCH, { recursive: true });
  await Deno.writeTextFile(all, files.map((file) => `import ${JSON.stringify(file)};\n`).join(""));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", all],
    cwd: PROJECT,
  }).output();
  await Deno.remove(all);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { modules }: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  const imports = modules.map(({ specifier, dependencies = [] }) => {
    const targets = dependencies.map(({ code, type }) => code?.specifier ?? type?.specifier);
    return [inProject(specifier), targets.map(inProject).filter((file) => file !== null)] as const;
  });
  // The library's front door, lib/mod.ts, stands in no room and may import from all.
  return new Map(imports.filter((each): each is [string, string[]] => /^lib\/.*\//.test(each[0] ?? "")));
}

function inProject(specifier: string | undefined): string | null {
  if (!specifier?.startsWith("file://")) return null;
  const path = relative(PROJECT, fileURLToPath(specifier));
  return path.startsWith("..") || path.startsWith("node_modules") ? null : path;
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await filesIn(join(folder, name)));
    else if (name.endsWith(".ts")) files.push(join(folder, name));
  }
  return files.sort();
}
