import assert from "node:assert/strict";
import { join } from "node:path";
import { endingOf } from "./_project.ts";

const PROGRAM = join(import.meta.dirname!, "_interrupted.ts");

/** A process that works until Ctrl-C, which has begun. */
async function begin(kind: "listens" | "goes on" | "fails" | "hangs") {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", PROGRAM, kind],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = process.stderr.getReader();
  const decoder = new TextDecoder();
  let seen = "";
  async function until(text: string): Promise<void> {
    while (!seen.includes(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`ended before "${text}": ${seen}`);
      seen += decoder.decode(value);
    }
  }
  async function ending() {
    reader.releaseLock();
    const { code, stderr } = await endingOf(process);
    return { code, text: seen + stderr };
  }
  await until("begun");
  /** Presses Ctrl-C again and again, since what comes too soon counts as the first. */
  async function endingOfRepeated() {
    const presses = setInterval(() => process.kill("SIGINT"), 200);
    process.status.finally(() => clearInterval(presses));
    return await ending();
  }
  return { process, until, ending, endingOfRepeated };
}

Deno.test("the first Ctrl-C lets work end at a good moment and says so, with status 130", async () => {
  const { process, ending } = await begin("listens");
  process.kill("SIGINT");
  assert.deepEqual(await ending(), {
    code: 130,
    text: "begun\nStopping (Ctrl-C again: at once)\nStopped. Go on tomorrow.\n",
  });
});

Deno.test("the same Ctrl-C twice, as deno task hands it on, counts once; a second one ends the process at once", async () => {
  const { process, until, endingOfRepeated } = await begin("goes on");
  process.kill("SIGINT");
  await until("still here after 700 ms");
  const { code, text } = await endingOfRepeated();
  assert.equal(code, 130);
  assert.equal(text.match(/Stopping/g)?.length, 1);
});

Deno.test("Ctrl-C is heard while the program is caught in a loop, and a second one ends it", async () => {
  const { endingOfRepeated } = await begin("hangs");
  assert.deepEqual(await endingOfRepeated(), {
    code: 130,
    text: "begun\nStopping (Ctrl-C again: at once)\n",
  });
});

Deno.test("an error of another kind is not taken for Ctrl-C", async () => {
  const { process, ending } = await begin("fails");
  process.kill("SIGINT");
  const { code, text } = await ending();
  assert.equal(code, 1);
  assert.match(text, /Error: Something else/);
});
