/// <reference lib="dom" />
/// <reference lib="dom.asynciterable" />
import { isImageName } from "../../dataset/image_kind.ts";

/** A file that the user gave, under the name by which he knows it. */
export interface GivenFile {
  name: string;
  file: File;
}

/** What was dropped. */
export interface DroppedFiles {
  given: GivenFile[];
  /** A line for each folder that the browser does not let the page read. */
  failures: string[];
}

/** Files that were chosen; of a folder, those that may be images by their names. */
export function chosenFiles(files: FileList): GivenFile[] {
  return Array.from(files, (file) => ({ name: file.webkitRelativePath || file.name, file }))
    .filter(({ name, file }) => name === file.name || isImageName(file.name));
}

/** Files that were dropped, those in dropped folders too where they may be images by their names. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<DroppedFiles> {
  // All at once: the browser takes the items back when the event is over.
  const dropped = Array.from(items, (item) => {
    const entry = item.webkitGetAsEntry();
    const folder = entry?.isDirectory ? openFolder(entry as FileSystemDirectoryEntry, item) : null;
    return { entry, folder, file: item.getAsFile() };
  }).filter(({ entry }) => entry !== null);
  if (dropped.length === 0) return { given: chosenFiles(files), failures: [] };
  const failures: string[] = [];
  const found = await Promise.all(dropped.map(async ({ entry, folder, file }) => {
    if (folder === null) return file === null ? [] : [{ name: file.name, file }];
    try {
      return await folder;
    } catch (error) {
      failures.push(
        `${entry!.name}: this browser does not open a folder that is dropped here (${
          (error as Error).message
        }): choose it by the button`,
      );
      return [];
    }
  }));
  return { given: found.flat(), failures };
}

/** By handle, where the browser has them: Chromium opens no entry on a page from the disk. */
function openFolder(entry: FileSystemDirectoryEntry, item: DataTransferItem): Promise<GivenFile[]> {
  const { getAsFileSystemHandle } = item as {
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
  };
  const handle = getAsFileSystemHandle?.call(item);
  return handle === undefined
    ? filesOfEntry(entry)
    : handle.then((handle) => filesOfHandle(handle as FileSystemDirectoryHandle, entry.name));
}

async function filesOfHandle(folder: FileSystemDirectoryHandle, path: string): Promise<GivenFile[]> {
  const inside: FileSystemHandle[] = [];
  for await (const handle of folder.values()) inside.push(handle);
  const found = await Promise.all(
    inside.sort(byName).map(async (handle) => {
      const name = `${path}/${handle.name}`;
      if (handle.kind === "directory") return await filesOfHandle(handle as FileSystemDirectoryHandle, name);
      if (!isImageName(handle.name)) return [];
      return [{ name, file: await (handle as FileSystemFileHandle).getFile() }];
    }),
  );
  return found.flat();
}

async function filesOfEntry(folder: FileSystemDirectoryEntry): Promise<GivenFile[]> {
  const reader = folder.createReader();
  const inside: FileSystemEntry[] = [];
  // A reader gives some of the entries at a time, and none when all have come.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) break;
    inside.push(...some);
  }
  const found = await Promise.all(
    inside.sort(byName).map(async (entry) => {
      if (entry.isDirectory) return await filesOfEntry(entry as FileSystemDirectoryEntry);
      if (!isImageName(entry.name)) return [];
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject)
      );
      return [{ name: entry.fullPath.replace(/^\//, ""), file }];
    }),
  );
  return found.flat();
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}
