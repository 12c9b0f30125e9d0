import { basename, dirname, resolve } from "node:path";
import { isDraftName } from "../lib/support/draft_folder.ts";

/** What work did with the names in folders. */
export interface Renamings {
  /** How many files and folders it renamed into their places. */
  count: number;
  /** The folders of those places whose names it did not flush to the disk afterwards; drafts, which go, are not among them. */
  unsynced: string[];
}

/** Does work, and says whether what it renamed would outlive a power failure. */
export async function renamingsOf(work: () => Promise<unknown>): Promise<Renamings> {
  const { rename, renameSync, open } = Deno;
  const { sync } = Deno.FsFile.prototype;
  const opened = new Map<Deno.FsFile, string>();
  const unsynced = new Set<string>();
  let count = 0;
  function note(to: string | URL): void {
    const folder = dirname(resolve(String(to)));
    if (isDraftName(basename(folder))) return;
    count++;
    unsynced.add(folder);
  }
  Deno.rename = async (from, to) => {
    await rename(from, to);
    note(to);
  };
  Deno.renameSync = (from, to) => {
    renameSync(from, to);
    note(to);
  };
  Deno.open = async (path, options) => {
    const file = await open(path, options);
    opened.set(file, resolve(String(path)));
    return file;
  };
  Deno.FsFile.prototype.sync = async function () {
    await sync.call(this);
    unsynced.delete(opened.get(this) ?? "");
  };
  try {
    await work();
  } finally {
    Object.assign(Deno, { rename, renameSync, open });
    Deno.FsFile.prototype.sync = sync;
  }
  return { count, unsynced: [...unsynced] };
}
