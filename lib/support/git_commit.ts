import { join, resolve } from "node:path";

/**
 * The commit that a folder's working tree is at, read from git's own files; null where the folder is not one of git's, or
 * they may not be read.
 */
export function gitCommit(folder: string): string | null {
  const dir = gitFolder(folder);
  const head = read(join(dir, "HEAD"));
  const ref = head?.match(/^ref: (\S+)$/)?.[1];
  if (ref === undefined) return commitIn(head);
  const shared = resolve(dir, read(join(dir, "commondir")) ?? ".");
  const packed = read(join(shared, "packed-refs"))?.split("\n").find((line) => line.endsWith(` ${ref}`));
  return commitIn(read(join(dir, ref)) ?? read(join(shared, ref)) ?? packed?.split(" ")[0]);
}

/** Where git keeps what it knows: in `.git`, or where that file says, as in one of several working trees. */
function gitFolder(folder: string): string {
  const path = join(folder, ".git");
  const elsewhere = read(path)?.match(/^gitdir: (.+)$/)?.[1];
  return elsewhere === undefined ? path : resolve(folder, elsewhere);
}

function commitIn(text: string | null | undefined): string | null {
  return text?.match(/^[0-9a-f]{40,64}$/)?.[0] ?? null;
}

/** A small file's text without its last line feed; null where there is none or it may not be read. */
function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path).trimEnd();
  } catch {
    return null;
  }
}
