import { join } from "node:path";
import { exportedModules } from "../../lib/support/exported_modules.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { temporaryFolder } from "../_folders.ts";
import { readmeExamples } from "./readme_examples.ts";

/** How a program ended. */
export interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

/** A project that is none of this one: an empty folder with an import map of its own. */
export interface Elsewhere extends AsyncDisposable {
  path: string;
  /** Runs an example of README there, with the permissions that README says. */
  example(name: string, args?: readonly string[]): Promise<Ending>;
  /** Runs a program there. */
  run(program: string, args: readonly string[]): Promise<Ending>;
}

/** Makes a project that maps `thorax/NAME` to the library's files: those here, or those of a package in a folder. */
export async function elsewhere({ packageFolder }: { packageFolder?: string } = {}): Promise<Elsewhere> {
  const folder = await temporaryFolder();
  const { path } = folder;
  const [root, ending] = packageFolder === undefined ? [PROJECT, "ts"] : [packageFolder, "js"];
  const imports = Object.fromEntries(
    Object.entries(exportedModules()).map(([name, file]) => [
      name.replace(".", "thorax"),
      join(root, file).replace(/ts$/, ending),
    ]),
  );
  await Deno.writeTextFile(join(path, "deno.json"), JSON.stringify({ imports }));

  async function run(program: string, args: readonly string[]): Promise<Ending> {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      cwd: path,
      env: { NO_COLOR: "1", TENSORFLOW_LIBRARY: Deno.env.get("TENSORFLOW_LIBRARY") ?? "" },
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  }

  return {
    path,
    run,
    async example(name, args = []) {
      const { code, permissions } = (await readmeExamples()).find((example) => example.name === name)!;
      await Deno.writeTextFile(join(path, name), code);
      return await run(Deno.execPath(), ["run", "--no-prompt", "--check", ...permissions, name, ...args]);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
