import { resolve } from "node:path";
import { PROJECT } from "./project.ts";

/**
 * A path from the command line. `deno task` changes to the project's folder before it starts a program; a relative
 * path means the folder that the user was in.
 */
export function givenPath(text: string): string {
  const start = Deno.cwd() === PROJECT ? Deno.env.get("INIT_CWD") : undefined;
  return start === undefined || start === PROJECT ? text : resolve(start, text);
}
