import { delimiter, join } from "node:path";

/** What opens an address in the browser that the user prefers, by operating system. */
const OPENERS: Readonly<Record<string, string>> = {
  linux: "xdg-open",
  darwin: "open",
  windows: "explorer",
};

/** The program that opens addresses on this machine, by its path; null where there is none. */
export function browserOpener(path = Deno.env.get("PATH") ?? ""): string | null {
  const name = OPENERS[Deno.build.os];
  if (name === undefined) return null;
  const file = Deno.build.os === "windows" ? `${name}.exe` : name;
  return path.split(delimiter).map((folder) => join(folder, file)).find(isFile) ?? null;
}

/** Opens an address in the browser, and says whether there was one to be asked. */
export function openBrowser(address: string): boolean {
  try {
    const opener = OPENERS[Deno.build.os];
    if (opener === undefined) return false;
    const process = new Deno.Command(opener, {
      args: [address],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    })
      .spawn();
    process.unref();
    return true;
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
