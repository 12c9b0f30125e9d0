/** Whether a process may mount a small disk of its own; unprivileged users may on most Linux systems. */
export const smallDisk = await mayMount();

async function mayMount(): Promise<boolean> {
  const { success } = await new Deno.Command("unshare", {
    args: ["-Urm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"],
    stdout: "null",
    stderr: "null",
  }).output().catch(() => ({ success: false }));
  if (!success) console.warn("unshare and mount are not permitted, so tests of a full disk are skipped");
  return success;
}

/** A shell's command that runs a task with a disk of 2.5 MB in the place of a folder; it is gone with the process. */
export function withSmallDisk(folder: string): string {
  return `exec unshare -Urm sh -c 'mount -t tmpfs -o size=2500k tmpfs ${folder}; ` +
    `"$@"; code=$?; find ${folder} -type f; exit $code' sh "$@"`;
}
