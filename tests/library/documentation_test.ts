import assert from "node:assert/strict";
import { PROJECT } from "../../lib/support/project.ts";
import { complaintsIn, documentationComplaints } from "./documentation_complaints.ts";

Deno.test("all that the library exports is documented", async () => {
  assert.deepEqual(await documentationComplaints(), []);
});

Deno.test("complaints about this project's files are told, those about packages are not", () => {
  const of = (message: string, file: string) =>
    `error[missing-jsdoc]: ${message}\n --> /a/${file}:7:1\n  |\n7 | export const a = 1;\n  | ^\n\n`;
  const missing = "exported symbol is missing JSDoc documentation";
  const text = of(missing, "lib/dataset/a.ts") + of(missing, "node_modules/b/lib/b.d.ts") +
    of("public type 'a' references private type 'Tensor2D'", "lib/model/c.ts") +
    of("public type 'a' references private type 'Hidden'", "lib/model/d.ts");
  assert.deepEqual(complaintsIn(text), [
    `lib/dataset/a.ts:7: ${missing}`,
    "lib/model/d.ts:7: public type 'a' references private type 'Hidden'",
  ]);
});

Deno.test("the library could be published: no type of what it exports has to be inferred", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check", "--quiet"],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
