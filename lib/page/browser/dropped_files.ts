/// <reference lib="dom" />
import { isImageName } from "../../dataset/image_kind.ts";

/** A file that the user gave, under the name by which he knows it. */
export interface GivenFile {
  name: string;
  file: File;
}

/** Files that were chosen; of a folder, those that may be images by their names. */
export function chosenFiles(files: FileList): GivenFile[] {
  return Array.from(files, (file) => ({ name: file.webkitRelativePath || file.name, file }))
    .filter(({ name, file }) => name === file.name || isImageName(file.name));
}

/** Files that were dropped, those in dropped folders too where they may be images by their names. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<GivenFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles(files);
  const found = await Promise.all(entries.map((entry) => filesOf(entry, entry.isFile)));
  return found.flat();
}

async function filesOf(entry: FileSystemEntry, isNamed: boolean): Promise<GivenFile[]> {
  if (entry.isFile) {
    if (!isNamed && !isImageName(entry.name)) return [];
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // A reader gives some of the entries at a time, and none when all have come.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) break;
    inside.push(...some);
  }
  inside.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return (await Promise.all(inside.map((each) => filesOf(each, false)))).flat();
}
