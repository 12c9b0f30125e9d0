import assert from "node:assert/strict";
import { join } from "node:path";
import { buildPackage } from "../../lib/tasks/_build_package.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { temporaryFolder } from "../_folders.ts";

Deno.test("the package for npm is packed by npm, and Node computes an AUC with it", async () => {
  await using folder = await temporaryFolder();
  const built = join(folder.path, "built");
  await Deno.mkdir(built);
  await buildPackage(built);
  const run = async (program: string, args: string[], cwd: string) => {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd, stdin: "null" }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    return text.decode(stdout);
  };
  const file = (await run("npm", ["pack", "--silent", "--pack-destination", folder.path], built)).trim();
  const modules = join(folder.path, "project", "node_modules", "@thorax");
  await Deno.mkdir(modules, { recursive: true });
  await run("tar", ["xzf", join(folder.path, file)], modules);
  await Deno.rename(join(modules, "package"), join(modules, "thorax"));
  // The one package that it imports; npm itself would install all, TensorFlow's of 80 MB among them.
  const random = await Deno.realPath(join(PROJECT, "node_modules", "pure-rand"));
  await Deno.symlink(random, join(folder.path, "project", "node_modules", "pure-rand"));
  const program = `import { auc, aucWithInterval } from "@thorax/thorax/evaluation";
    console.log(auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), aucWithInterval([0, 0, 0, 1, 1, 1], [1, 2, 3, 2.5, 4, 5]).auc);`;
  await Deno.writeTextFile(join(folder.path, "project", "auc.mjs"), program);
  assert.equal(await run("node", ["auc.mjs"], join(folder.path, "project")), "0.75 0.8888888888888888\n");
});
