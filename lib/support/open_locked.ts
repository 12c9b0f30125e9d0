/**
 * Opens a file, made where it is missing, once no other process or call has it open this way and it still has its name.
 * Closing the file lets the next one in; who removes it should do so before.
 */
export async function openLocked(path: string): Promise<Deno.FsFile> {
  while (true) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(true);
    const named = await Deno.stat(path).catch(() => null);
    if (named?.ino === (await file.stat()).ino) return file;
    file.close();
  }
}
