import { spawnSync } from "node:child_process";
import { libraryFile } from "../../lib/tensorflow/library.ts";

/** What is tried, by its kind; each throws where it is refused. */
const KINDS: Record<string, (what: never) => unknown> = {
  read: (path: string) => Deno.readTextFile(path),
  async write(path: string) {
    await Deno.writeTextFile(path, "");
    await Deno.remove(path);
  },
  link: ([from, to]: [string, string]) => Deno.link(from, to),
  run: (program: string) => new Deno.Command(program, { args: ["--version"] }).output(),
  // Node's own does not throw where Deno refuses; the program has just not run.
  spawn(program: string) {
    if (spawnSync(program, ["-c", "true"]).status !== 0) throw new Deno.errors.NotCapable(program);
  },
  dlopen: (path: string) => Deno.dlopen(path, {}).close(),
  tensorflow: () => Deno.dlopen(libraryFile(), {}),
  async addon(path: string) {
    const { default: process } = await import("node:process");
    process.dlopen({ exports: {} }, path);
  },
  connect: async (port: number) => (await Deno.connect({ hostname: "127.0.0.1", port })).close(),
  async request(name: Deno.PermissionName) {
    const { state } = await Deno.permissions.request({ name } as Deno.PermissionDescriptor);
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
  variable: (name: string) => Deno.env.get(name) ?? "undefined",
  sys: () => Deno.hostname(),
};

const outcomes: Record<string, string> = {};
for (const [name, attempt] of Object.entries<Record<string, never>>(JSON.parse(Deno.args[0]!))) {
  const [[kind, what]] = Object.entries(attempt) as [[string, never]];
  try {
    const value = await KINDS[kind]!(what);
    outcomes[name] = kind === "variable" ? value as string : "done";
  } catch (error) {
    outcomes[name] = isRefusal(error) ? "refused" : `failed: ${error}`;
  }
}
console.log(JSON.stringify(outcomes));

function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && /access to|NotCapable/.test(error.message));
}
