/** A Python file of this folder, which goes with a format. */
export function pythonModule(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`./${name}.py`, import.meta.url));
}

/** What a file's name has before an ending. */
export function stemOf(name: string, ending: string): string {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}
