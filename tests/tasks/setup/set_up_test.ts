import assert from "node:assert/strict";
import { join } from "node:path";
import { checkPlatform } from "../../../lib/support/setup/set_up.ts";
import { CAPABLE, fakeMachine, type Machine } from "./_machine.ts";

const ALL = "tensorflow,metadata";
const EVERYTHING = ["venv", "pip install training.txt", "pip download metadata.txt"];

async function assertComplete({ project }: Machine) {
  assert.deepEqual(await names(join(project, ".venv", "stamps")), [
    "environment",
    "nih_metadata",
    "tensorflow",
  ]);
  assert.equal(await Deno.readTextFile(join(project, "data/nih/Data_Entry_2017_v2020.csv.gz")), "entries");
  assert.deepEqual(await names(join(project, "data/nih")), [
    "BBox_List_2017.csv.gz",
    "Data_Entry_2017_v2020.csv.gz",
    "google2019_nih-chest-xray-labels.csv.gz",
  ]);
  assert.ok((await names(join(project, ".venv/lib/python3.99/site-packages"))).includes("tensorflow"));
  assert.ok(!(await names(join(project, ".venv"))).includes("scratch"));
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}

Deno.test("set-up installs what is missing, and the second time does nothing, even without Python", async () => {
  await using machine = await fakeMachine();
  const first = await machine.setUp(ALL);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /\nReady: TensorFlow for the CPU, NIH metadata\.\n$/);
  assert.deepEqual(await machine.calls(), EVERYTHING);
  await assertComplete(machine);
  assert.deepEqual(await machine.setUp(ALL, { path: "/nowhere" }), {
    code: 0,
    stderr: "Info Failed to resolve 'python3' for allow-run: cannot find binary path\n",
  });
  assert.deepEqual(await machine.calls(), []);
});

Deno.test("only what is missing or out of date is installed again", async (t) => {
  await using machine = await fakeMachine();
  await machine.setUp(ALL);
  await machine.calls();
  await t.step("metadata deleted", async () => {
    await Deno.remove(join(machine.project, "data/nih/BBox_List_2017.csv.gz"));
    assert.equal((await machine.setUp(ALL)).code, 0);
    assert.deepEqual(await machine.calls(), ["pip download metadata.txt"]);
  });
  await t.step("library deleted", async () => {
    await Deno.remove(join(machine.project, ".venv/lib/python3.99/site-packages/tensorflow"), {
      recursive: true,
    });
    assert.equal((await machine.setUp(ALL)).code, 0);
    assert.deepEqual(await machine.calls(), ["pip install training.txt"]);
  });
  for (const library of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]) {
    await t.step(`${library} cut short`, async () => {
      const file = join(machine.project, ".venv/lib/python3.99/site-packages/tensorflow", library);
      await Deno.truncate(file, 3);
      assert.equal((await machine.setUp(ALL)).code, 0);
      assert.deepEqual(await machine.calls(), ["pip install training.txt"]);
      assert.equal(await Deno.readTextFile(file), "library\n");
    });
  }
  await t.step("a library with another byte, which only a set-up that is asked to check finds", async () => {
    const file = join(machine.project, ".venv/lib/python3.99/site-packages/tensorflow/libtensorflow_cc.so.2");
    await Deno.writeTextFile(file, "librarx\n");
    assert.equal((await machine.setUp(ALL)).code, 0);
    assert.deepEqual(await machine.calls(), []);
    const { code, stderr } = await machine.setUp(ALL, { check: true });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^TensorFlow is not as it was installed \(by SHA-256\): it is installed again\.$/m);
    assert.deepEqual(await machine.calls(), ["pip install training.txt"]);
    assert.equal(await Deno.readTextFile(file), "library\n");
    await machine.setUp(ALL, { check: true });
    assert.deepEqual(await machine.calls(), []);
  });
  await t.step("another list", async () => {
    await Deno.writeTextFile(join(machine.project, ".venv/stamps/tensorflow"), "cpu 0123\n");
    assert.equal((await machine.setUp(ALL)).code, 0);
    assert.deepEqual(await machine.calls(), ["pip install training.txt"]);
  });
  await t.step("environment deleted", async () => {
    await Deno.remove(join(machine.project, ".venv"), { recursive: true });
    assert.equal((await machine.setUp(ALL)).code, 0);
    assert.deepEqual(await machine.calls(), EVERYTHING);
  });
  await assertComplete(machine);
});

Deno.test("a set-up that was killed is finished by the next", async (t) => {
  const after = {
    venv: EVERYTHING,
    install: ["pip install training.txt", "pip download metadata.txt"],
    download: ["pip download metadata.txt"],
  };
  for (const [moment, calls] of Object.entries(after)) {
    await t.step(`killed in ${moment}`, async () => {
      await using machine = await fakeMachine();
      await machine.tell("hold", moment);
      const setUp = machine.start(ALL);
      await machine.untilHolding();
      setUp.kill("SIGKILL");
      await setUp.output();
      await machine.calls();
      await machine.tell("hold", null);
      const { code, stderr } = await machine.setUp(ALL);
      assert.equal(code, 0, stderr);
      assert.deepEqual(await machine.calls(), calls);
      await assertComplete(machine);
    });
  }
});

Deno.test("the Python of a set-up that was killed is waited for", async () => {
  await using machine = await fakeMachine();
  await machine.tell("hold", "venv");
  const killed = machine.start(ALL);
  await machine.untilHolding();
  killed.kill("SIGKILL");
  await killed.output();
  const next = machine.start(ALL);
  const reader = next.stderr.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "Waiting for another set-up of this folder to end ...\n");
  reader.releaseLock();
  assert.deepEqual(await machine.calls(), ["venv"]);
  await machine.tell("hold", null);
  assert.equal((await next.output()).code, 0);
  assert.deepEqual(await machine.calls(), EVERYTHING);
  await assertComplete(machine);
});

Deno.test("two set-ups at once wait for each other", async () => {
  await using machine = await fakeMachine();
  await machine.tell("hold", "install");
  const first = machine.start(ALL);
  await machine.untilHolding();
  const second = machine.start(ALL);
  const reader = second.stderr.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "Waiting for another set-up of this folder to end ...\n");
  reader.releaseLock();
  await machine.tell("hold", null);
  assert.deepEqual([(await first.output()).code, (await second.output()).code], [0, 0]);
  assert.deepEqual(await machine.calls(), EVERYTHING);
  await assertComplete(machine);
});

Deno.test("TensorFlow comes for the GPU where one is found or asked for, and stays as it was chosen", {
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
}, async () => {
  await using machine = await fakeMachine();
  const install = async (device?: string) => {
    const { code, stderr } = await machine.setUp("tensorflow", device === undefined ? {} : { device });
    assert.equal(code, 0, stderr);
    return (await machine.calls()).filter((call) => call !== "venv");
  };
  const [cpu, gpu] = [["pip install training.txt"], ["pip install training_gpu.txt"]];
  await machine.tell("probe", JSON.stringify({ ...CAPABLE, hasGpu: true }));
  assert.deepEqual(await install(), gpu);
  assert.deepEqual(await install("gpu"), []);
  assert.deepEqual(await install("cpu"), cpu);
  assert.deepEqual(await install(), []);
  await Deno.writeTextFile(join(machine.project, ".venv/stamps/tensorflow"), "cpu 0123\n");
  assert.deepEqual(await install(), cpu);
  assert.deepEqual(await install("gpu"), gpu);
});

Deno.test("what is missing ends set-up with one line that says what to type", async (t) => {
  const install = Deno.build.os === "darwin"
    ? "`brew install python3`"
    : "`apt install python3 python3-venv` as root (or what your system has for it)";

  async function assertError(
    expected: string | RegExp,
    given: Parameters<Machine["start"]>,
    machine: Machine,
  ) {
    const { code, stderr } = await machine.setUp(...given);
    assert.equal(code, 1);
    const lines = stderr.trimEnd().split("\n").filter((line) =>
      !/^(Setting up|Info Failed to resolve)/.test(line)
    );
    if (typeof expected === "string") assert.deepEqual(lines, [`error: ${expected}`]);
    else assert.match(lines.join("\n"), expected);
  }

  await t.step("no python3", async () => {
    await using machine = await fakeMachine();
    const expected = `python3 is missing: type ${install}, then run this again`;
    await assertError(expected, [ALL, { path: "/nowhere" }], machine);
  });
  await t.step("an old python3", async () => {
    await using machine = await fakeMachine();
    await machine.tell("probe", JSON.stringify({ ...CAPABLE, version: [3, 9] }));
    const expected =
      `python3 is version 3.9, but 3.10 or newer is needed: type ${install}, then run this again`;
    await assertError(expected, [ALL], machine);
  });
  await t.step("no python3-venv", async () => {
    await using machine = await fakeMachine();
    await machine.tell("probe", JSON.stringify({ ...CAPABLE, canMakeEnvironments: false }));
    const expected = "python3-venv is missing: type `apt install python3-venv` as root, then run this again";
    await assertError(expected, [ALL], machine);
  });
  await t.step("too little disk space", async () => {
    await using machine = await fakeMachine();
    const expected =
      /^error: \S+: set-up needs 1000000000\.0 GB of disk space and \d+\.\d GB are free: free some, .*again$/;
    await assertError(expected, ["huge"], machine);
    assert.deepEqual(await machine.calls(), []);
  });
  await t.step("a disk that fills up", async () => {
    await using machine = await fakeMachine();
    await machine.tell(
      "pip_says",
      "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
    );
    await assertError("The disk is full: free some space, then run this again", [ALL], machine);
    await machine.tell("pip_says", null);
    assert.equal((await machine.setUp(ALL)).code, 0);
    await assertComplete(machine);
  });
  await t.step("somebody else's .venv", async () => {
    await using machine = await fakeMachine();
    await Deno.mkdir(join(machine.project, ".venv/bin"), { recursive: true });
    const expected = `${machine.project}/.venv was not made by set-up: move it away, then run this again`;
    await assertError(expected, [ALL], machine);
    assert.deepEqual(await names(join(machine.project, ".venv")), ["bin"]);
  });
});

Deno.test("set-up says so where TensorFlow publishes no library", () => {
  checkPlatform({ os: "linux", arch: "x86_64" });
  checkPlatform({ os: "linux", arch: "aarch64" });
  checkPlatform({ os: "darwin", arch: "aarch64" });
  assert.throws(
    () => checkPlatform({ os: "windows", arch: "x86_64" }),
    /^InputError: .* run this project in WSL 2$/,
  );
  assert.throws(
    () => checkPlatform({ os: "darwin", arch: "x86_64" }),
    /^InputError: .* for darwin on x86_64: use Linux/,
  );
});

Deno.test("without a network, the real Python and pip end in one line too", async () => {
  await using machine = await fakeMachine();
  const { code, stderr } = await machine.setUp("tensorflow", {
    path: Deno.env.get("PATH")!,
    env: {
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_RETRIES: "1",
      PIP_FIND_LINKS: "",
      PIP_NO_INDEX: "0",
    },
  });
  assert.equal(code, 1);
  assert.match(
    stderr.trimEnd().split("\n").at(-1)!,
    /^error: The Python packages cannot be downloaded.*: connect to the network .*, then run this again$/,
  );
});

Deno.test("a library that is not the wheel's own is not taken for installed", async () => {
  await using machine = await fakeMachine();
  await machine.tell("sha256", "other");
  const { code, stderr } = await machine.setUp(ALL);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /error: .*\/tensorflow\/libtensorflow_cc.so.2 was damaged while it was written: check the disk, then run this again\n$/,
  );
  await machine.tell("sha256", null);
  await machine.calls();
  assert.equal((await machine.setUp(ALL)).code, 0);
  assert.deepEqual(await machine.calls(), EVERYTHING.slice(1));
});
