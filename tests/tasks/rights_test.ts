import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { permissionFlags } from "../../lib/tasks/_permissions.ts";
import { RIGHTS } from "../../lib/tasks/_rights.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { temporaryFolder } from "../_folders.ts";

const PROBE = join(import.meta.dirname!, "_probe.ts");

/** What a program with a task's rights could do of what it tried. */
async function tried(
  task: string,
  args: readonly string[],
  attempts: Record<string, unknown>,
): Promise<Record<string, string>> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--no-prompt", "--frozen"],
      ...await permissionFlags(RIGHTS[task]!, args),
      PROBE,
      JSON.stringify(attempts),
    ],
    cwd: PROJECT,
    env: { NO_COLOR: "1", SECRET: "secret" },
  });
  const { stdout, stderr } = await process.output();
  const text = new TextDecoder();
  assert.equal(text.decode(stderr), "");
  return JSON.parse(text.decode(stdout));
}

Deno.test("every task starts with rights of its own, and each is a task", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  for (const [name, { command }] of Object.entries<{ command: string }>(tasks)) {
    assert.equal(
      command,
      `deno run --frozen --allow-read --allow-env --allow-run lib/tasks/start.ts ${name}`,
    );
  }
  assert.deepEqual(Object.keys(RIGHTS).sort(), Object.keys(tasks).sort());
});

Deno.test("a task reads and writes its own paths and no others, and runs, loads and connects to nothing", async (t) => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  for (const name of ["data", "run", "out", "other"]) {
    await Deno.mkdir(path(name));
    await Deno.writeTextFile(join(path(name), "file"), "text");
  }
  await Deno.writeTextFile(path("data-and-more"), "text");
  await Deno.writeTextFile(path("data/a,b"), "text");
  await Deno.mkdir(path("settings"));
  await Deno.mkdir(join(PROJECT, "data", "cache"), { recursive: true });
  await Deno.writeTextFile(
    path("settings/own.jsonc"),
    `{ "data": ${JSON.stringify(path("data"))} } // comment`,
  );
  await Deno.writeTextFile(path("run/config.json"), JSON.stringify({ settings: { data: path("data") } }));
  await Deno.mkdir(path("folds/fold-1"), { recursive: true });
  await Deno.copyFile(path("run/config.json"), path("folds/fold-1/config.json"));
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = (server.addr as Deno.NetAddr).port;

  /** What no task may do. */
  const forbidden = {
    "read another folder": { read: join(path("other"), "file") },
    "read a file whose name begins like the folder's": { read: path("data-and-more") },
    "read the system": { read: "/etc/passwd" },
    "read its own environment": { read: "/proc/self/environ" },
    "write into another folder": { write: join(path("other"), "new") },
    "write into the folder above": { write: path("new") },
    "write beside the project's code": { write: join(PROJECT, "lib", "new.ts") },
    "change the tasks": { write: join(PROJECT, "deno.json") },
    "change a library": { write: join(PROJECT, ".venv", "lib", "new.so") },
    "change a package": { write: join(PROJECT, "node_modules", "new.js") },
    "link to the system": { link: ["/etc/passwd", join(path("run"), "passwd")] },
    "run a shell": { run: "sh" },
    "run Python": { run: "python3" },
    "run Deno": { run: Deno.execPath() },
    "run a program by Node's way": { spawn: "/bin/sh" },
    "open libc by name": { dlopen: "libc.so.6" },
    "open libc by path": { dlopen: libc() },
    "load libc as an addon": { addon: libc() },
    "connect": { connect: port },
    "ask for more": { request: "run" },
    "see another's variable": { variable: "SECRET" },
    "ask who uses the machine": { sys: "hostname" },
  };
  const refused = Object.fromEntries(Object.keys(forbidden).map((name) => [name, "refused"]));
  refused["see another's variable"] = "undefined";

  const cases: [name: string, task: string, args: string[], allowed: Record<string, unknown>][] = [
    ["train", "train", ["--data", path("data"), `--run=${path("run")}`], {
      "read the data": { read: join(path("data"), "file") },
      "write the run": { write: join(path("run"), "new") },
      "write a cache": { write: join(PROJECT, "data", "cache", ".probe") },
    }],
    ["train with settings", "train", ["--config", path("settings/own.jsonc"), "--run", path("run")], {
      "read the data": { read: join(path("data"), "file") },
    }],
    ["train that goes on", "train", ["--resume", "--run", path("run")], {
      "read the data": { read: join(path("data"), "file") },
    }],
    ["cross-validation that goes on", "train", ["--resume", "--run", path("folds")], {
      "read the data": { read: join(path("data"), "file") },
    }],
    ["predict", "predict", ["--run", path("run"), join(path("data"), "file")], {
      "read the image": { read: join(path("data"), "file") },
      "read the run": { read: join(path("run"), "file") },
    }],
    ["predict with a comma in a path", "predict", ["--run", path("run"), path("data/a,b")], {
      "read the image": { read: path("data/a,b") },
    }],
    ["split", "split", ["--data", path("data"), "--out", join(path("out"), "split.csv")], {
      "write the split": { write: join(path("out"), "split.csv") },
    }],
    ["metrics", "metrics", ["--predictions", join(path("data"), "file"), "--out", path("out")], {
      "read the scores": { read: join(path("data"), "file") },
      "write the report": { write: join(path("out"), "report.html") },
    }],
    ["compare", "compare", ["--run", path("run"), "--run", path("data")], {
      "read the first": { read: join(path("run"), "file") },
      "read the second": { read: join(path("data"), "file") },
    }],
  ];
  for (const [name, task, args, allowed] of cases) {
    await t.step(name, async () => {
      const able = Object.fromEntries(Object.keys(allowed).map((name) => [name, "done"]));
      assert.deepEqual(await tried(task, args, { ...allowed, ...forbidden }), { ...able, ...refused });
    });
  }
  await t.step(
    "who listens does so where it was told, and without --open nothing is listened to",
    async () => {
      const nets = async (task: string, args: readonly string[]) =>
        (await permissionFlags(RIGHTS[task]!, args)).filter((flag) => flag.startsWith("--allow-net"));
      assert.deepEqual(await nets("serve", ["--run", path("run")]), ["--allow-net=127.0.0.1"]);
      assert.deepEqual(await nets("serve", ["--host", "0.0.0.0"]), ["--allow-net=127.0.0.1,0.0.0.0"]);
      assert.deepEqual(await nets("serve", ["--host", "::"]), ["--allow-net=127.0.0.1,[::]"]);
      assert.deepEqual(await nets("train", []), []);
      assert.deepEqual(await nets("train", ["--open"]), ["--allow-net=127.0.0.1"]);
      assert.deepEqual(await nets("predict", ["--open"]), []);
    },
  );
  await t.step("what judges figures alone loads no native library", async () => {
    const attempts = { "load TensorFlow": { tensorflow: true } };
    for (const task of ["split", "metrics", "compare", "audit-labels", "runs"]) {
      assert.deepEqual(await tried(task, [], attempts), { "load TensorFlow": "refused" }, task);
    }
  });
  await t.step("a task that only reads cannot write what it was given", async () => {
    const attempts = {
      "write into the run": { write: join(path("run"), "new") },
      "write a cache": { write: join(PROJECT, "data", "cache", ".probe") },
      "load TensorFlow": { tensorflow: true },
    };
    assert.deepEqual(
      await tried("compare", ["--run", path("run")], attempts),
      Object.fromEntries(Object.keys(attempts).map((name) => [name, "refused"])),
    );
  });
  assert.deepEqual(await Array.fromAsync(Deno.readDir(path("other")), ({ name }) => name), ["file"]);
  assert.ok(!existsSync(path("new")));
});

function libc(): string {
  return [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/usr/lib/libSystem.dylib",
  ].find((file) => existsSync(file)) ?? "/lib64/libc.so.6";
}

Deno.test("with workers a task may do what it may without, and reach the workers' ports besides", async () => {
  const args = ["--data", "images", "--run", "run"];
  const without = await permissionFlags(RIGHTS["train"]!, args);
  assert.ok(!without.some((flag) => flag.startsWith("--allow-net")));
  const added = async (more: string[]) => {
    const flags = await permissionFlags(RIGHTS["train"]!, [...args, ...more]);
    assert.deepEqual(flags.filter((flag) => without.includes(flag)), without);
    return flags.filter((flag) => !without.includes(flag));
  };
  assert.deepEqual(await added(["--workers", "10.0.0.1:2222,b:2223", "--worker", "1"]), [
    "--allow-net=10.0.0.1:2222,b:2223",
  ]);
  // What the task refuses opens nothing.
  assert.deepEqual(await added(["--workers", "8.8.8.8:2222,b:2223", "--worker", "1"]), []);
  assert.deepEqual(await added(["--workers", "b:2223,*", "--worker", "0"]), []);
});
