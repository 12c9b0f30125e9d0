import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";
import { CAPABLE, fakeMachine } from "../tasks/setup/_machine.ts";

Deno.test("ensureTensorFlow installs the library into an empty project, once", async () => {
  await using machine = await fakeMachine();
  await machine.tell("probe", JSON.stringify(CAPABLE));
  const [empty, copy] = [join(machine.project, "empty"), join(machine.project, "copy")];
  await Deno.mkdir(empty);
  await Deno.mkdir(copy);
  for (const name of ["lib", "deno.json", "deno.lock", "node_modules"]) {
    await Deno.symlink(join(PROJECT, name), join(copy, name));
  }
  const program = join(empty, "program.ts");
  await Deno.writeTextFile(
    program,
    `import { ensureTensorFlow } from ${JSON.stringify(join(copy, "lib/tensorflow/ensure_tensorflow.ts"))};
    console.log(await ensureTensorFlow(), Deno.env.get("TENSORFLOW_LIBRARY"));`,
  );
  const run = async (env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--config", join(copy, "deno.json"), "--allow-read", "--allow-env"],
        ...["--allow-write=" + empty, "--allow-run=python3", "--allow-sys=statfs", program],
      ],
      cwd: empty,
      env: { PATH: `${machine.project}/fake:/usr/bin:/bin`, FAKE: `${machine.project}/fake`, ...env },
    }).output();
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout).trim(), stderr: text.decode(stderr) };
  };
  const file = join(empty, ".tensorflow/.venv/lib/python3.99/site-packages/tensorflow/libtensorflow_cc.so.2");
  const first = await run();
  assert.equal(first.stdout, `${file} ${file}`, first.stderr);
  assert.match(first.stderr, /Ready: TensorFlow for the CPU\./);
  assert.deepEqual(await machine.calls(), ["venv", "pip install training.txt"]);
  assert.equal((await run()).stdout, `${file} ${file}`);
  assert.deepEqual(await machine.calls(), []);
  const missing = await run({ TENSORFLOW_LIBRARY: "/nowhere.so" });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /TENSORFLOW_LIBRARY names \/nowhere\.so, which does not exist/);
});
