/**
 * Does work that a kill cuts off before its nth renaming of a file, so that nothing is tidied up afterwards either.
 *
 * @returns Whether there was such a renaming.
 */
export async function killedAtRenaming(nth: number, work: () => Promise<unknown>): Promise<boolean> {
  const { rename, remove } = Deno;
  const kill = new Error("killed");
  let renamings = 0;
  Deno.rename = (from, to) => {
    if (renamings++ < nth) return rename(from, to);
    Deno.remove = () => Promise.resolve();
    return Promise.reject(kill);
  };
  try {
    await work();
    return false;
  } catch (error) {
    if (error !== kill) throw error;
    return true;
  } finally {
    Deno.rename = rename;
    Deno.remove = remove;
  }
}
