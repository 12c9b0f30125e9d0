import { join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";

/** A program that README shows, with the command line that runs it. */
export interface ReadmeExample {
  /** Its file's name, such as `auc.ts`. */
  name: string;
  code: string;
  /** What `deno run` is given before the name: the permissions. */
  permissions: string[];
}

/** The programs of README's sections on the library: a block of TypeScript, then the `deno run` that runs it. */
export async function readmeExamples(): Promise<ReadmeExample[]> {
  const text = await Deno.readTextFile(join(PROJECT, "README.md"));
  const sections = text.split(/^## /m).filter((section) =>
    /^(As a library|TensorFlow for Deno)\n/.test(section)
  );
  const blocks = sections.join("").matchAll(/```ts\n(.*?)```\n\n```sh\ndeno run(.*?) (\w+\.ts)/gs);
  return [...blocks].map(([, code, permissions, name]) => ({
    name: name!,
    code: code!,
    permissions: permissions!.trim().split(" ").filter((flag) => flag !== ""),
  }));
}
