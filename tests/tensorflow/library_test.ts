import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkLibrary } from "../../lib/tensorflow/check_library.ts";
import { checkVersion, libraryFile, libraryName } from "../../lib/tensorflow/library.ts";
import { sharpLibrary } from "../../lib/support/image_libraries.ts";
import { runScript } from "./_script.ts";

const ADD = `
  const { tf } = await import(lib + "mod.ts");
  try {
    console.log(tf.add(tf.tensor1d([1, 2]), 1).dataSync().join());
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }`;

Deno.test("libraryName() knows the systems' names", () => {
  assert.equal(libraryName("linux"), "libtensorflow_cc.so.2");
  assert.equal(libraryName("darwin"), "libtensorflow_cc.2.dylib");
});

Deno.test("A TensorFlow that is too old is refused in one line that names those which work", () => {
  for (const version of ["2.16.1", "2.21.0", "2.30.0-rc1", "3.0.0"]) checkVersion(version, "library.so");
  for (const version of ["2.15.1", "2.9.0", "1.21.0"]) {
    assert.throws(() => checkVersion(version, "library.so"), {
      name: "InputError",
      message:
        `library.so is TensorFlow ${version}, which is too old: 2.16 to 2.21 work; run \`deno task setup\``,
    });
  }
});

Deno.test("libraryFile() takes the file that TENSORFLOW_LIBRARY names", () => {
  const before = Deno.env.get("TENSORFLOW_LIBRARY");
  const file = Deno.makeTempFileSync();
  try {
    Deno.env.set("TENSORFLOW_LIBRARY", file);
    assert.equal(libraryFile(), file);
    Deno.env.set("TENSORFLOW_LIBRARY", "/no/such/library.so");
    assert.throws(libraryFile, {
      name: "InputError",
      message: "TENSORFLOW_LIBRARY names /no/such/library.so, which does not exist",
    });
  } finally {
    if (before === undefined) Deno.env.delete("TENSORFLOW_LIBRARY");
    else Deno.env.set("TENSORFLOW_LIBRARY", before);
    Deno.removeSync(file);
  }
});

Deno.test("The first operation says that a library is missing or is none; an import does not", async () => {
  const file = await Deno.makeTempFile({ suffix: ".so" });
  await Deno.writeTextFile(file, "no library");
  const missing = await runScript(ADD, { env: { TENSORFLOW_LIBRARY: "/no/such/library.so" } });
  const none = await runScript(ADD, { env: { TENSORFLOW_LIBRARY: file } });
  await Deno.remove(file);
  assert.equal(
    missing.output,
    "InputError: TENSORFLOW_LIBRARY names /no/such/library.so, which does not exist\n",
  );
  assert.ok(
    none.output.startsWith(`InputError: The TensorFlow library ${file} cannot be loaded`),
    none.output,
  );
  assert.equal(none.output.trimEnd().split("\n").length, 1);
  assert.equal(missing.error + none.error, "");
});

Deno.test("a library that was cut short is refused before it is loaded, and so is the one beside it", async () => {
  const whole = libraryFile();
  checkLibrary(whole);
  const folder = await Deno.makeTempDir();
  const copyStart = async (name: string, length: number) => {
    using original = await Deno.open(join(dirname(whole), name));
    const bytes = new Uint8Array(length);
    await original.read(bytes);
    await Deno.writeFile(join(folder, name), bytes);
  };
  try {
    const library = join(folder, libraryName());
    await copyStart(libraryName(), 1e6);
    const { output } = await runScript(ADD, { env: { TENSORFLOW_LIBRARY: library } });
    assert.match(
      output,
      /^InputError: .*_cc.* is cut short: it has 1000000 bytes and needs \d{8,}; run `deno task setup`\n$/,
    );
    await Deno.writeTextFile(library, "");
    await copyStart(libraryName().replace("_cc", "_framework"), 1e5);
    assert.throws(() => checkLibrary(library), {
      name: "InputError",
      message: /_framework.* is cut short: it has 100000/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("TENSORFLOW_THREADS has to be a number of threads", async () => {
  const { output } = await runScript(ADD, { env: { TENSORFLOW_THREADS: "many" } });
  assert.equal(
    output,
    "InputError: TENSORFLOW_THREADS is many: it has to be a whole number from 1 to 127\n",
  );
});

Deno.test("TensorFlow's start-up lines stay off the terminal", async () => {
  const quiet = await runScript(ADD);
  assert.deepEqual(quiet, { code: 0, output: "2,3\n", error: "" });
  const verbose = await runScript(ADD, {
    env: { TENSORFLOW_VERBOSE: "1", TF_CPP_MIN_LOG_LEVEL: "0" },
  });
  assert.equal(verbose.output, "2,3\n");
  assert.notEqual(verbose.error, "");
});

Deno.test("Permission for the files of its own library and of sharp's is enough", async () => {
  const code = `
    const { libraryVersion, tf } = await import(lib + "mod.ts");
    console.log(tf.add(tf.tensor1d([1, 2]), 1).dataSync().join(), tf.tensor1d(["a", "bc"]).dataSync().join());
    for (const name of ["libc.so.6", "/usr/lib/libSystem.dylib"]) {
      try {
        Deno.dlopen(name, {});
      } catch (error) {
        console.log(error.name);
      }
    }
    console.log(libraryVersion());`;
  const permissions = [
    `--allow-ffi=${libraryFile()},${sharpLibrary()}`,
    `--allow-read=${fileURLToPath(new URL("../..", import.meta.url))}`,
    "--allow-env=TF_CPP_MIN_LOG_LEVEL,TF_ENABLE_ONEDNN_OPTS",
    "--ignore-env",
  ];
  const { output, error } = await runScript(code, { permissions });
  assert.equal(error, "");
  assert.match(output, /^2,3 a,bc\nNotCapable\nNotCapable\n\d+\.\d+\.\d+\n$/);
});
