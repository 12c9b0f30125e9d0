import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { peerLibrary } from "./folder.ts";
import { madeFolder, startNode, startOurs, tfjsFolder } from "./peers.ts";
import type { Side } from "./side.ts";
import { PROJECT } from "../../lib/support/project.ts";

/**
 * Starts TensorFlow.js as it comes: its layers in Node on its own addon, which is compiled against the same library
 * as Thorax'. Where there is no Node or no C++ compiler, its layers run on our bridge instead; the name says so.
 */
export async function startStockTfjs(
  note: (text: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<{ name: string; side: Side }> {
  const addon = await compileAddon();
  if ("file" in addon) {
    return { name: "TensorFlow.js 4.22.0, tfjs-node's addon", side: startNode(addon.file, env) };
  }
  note(`tfjs-node's addon cannot be had (${addon.reason}): its layers run on our bridge instead`);
  return {
    name: "TensorFlow.js 4.22.0 layers, eager on our bridge",
    side: startOurs("tfjs_on_our_bridge", env),
  };
}

async function compileAddon(): Promise<{ file: string } | { reason: string }> {
  const node = await tryProgram("node", ["--version"]);
  if (node !== null) return { reason: node };
  const file = join(madeFolder("tfjs"), "tfjs_binding.node");
  await Deno.mkdir(dirname(file), { recursive: true });
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(tfjsFolder(), "binding", name));
  const tensorflow = dirname(peerLibrary(PROJECT)!);
  const failure = await tryProgram("c++", [
    ...["-O2", "-std=c++17", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...[`-I${join(tensorflow, "include")}`, `-I${nodeHeaders()}`],
    ...sources,
    ...(Deno.build.os === "darwin"
      ? ["-undefined", "dynamic_lookup", "-ltensorflow_cc.2", "-ltensorflow_framework.2"]
      : ["-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"]),
    ...[`-L${tensorflow}`, `-Wl,-rpath,${tensorflow}`],
    ...["-o", file],
  ]);
  return failure === null ? { file } : { reason: failure };
}

function nodeHeaders(): string {
  return join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");
}

/** Runs a program; gives the last thing that it wrote where it fails, null where it does not. */
async function tryProgram(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { success, stderr } = await new Deno.Command(program, { args: [...args], stdout: "null" }).output();
    return success ? null : new TextDecoder().decode(stderr).trim().split("\n").at(-1)!;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${program} is missing`;
    throw error;
  }
}
