import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { defineTask, runTask } from "../../lib/tasks/_command.ts";
import { drawArchitecture } from "./architecture.ts";
import { circles, crowdedRooms, LARGEST_ROOM, layoutOf, strangers, upwardImports } from "./complaints.ts";
import { readImports, readLines } from "./imports.ts";

/** The picture in CONTRIBUTING.md. */
const PICTURE = join(PROJECT, ".github", "architecture.svg");

const rooms = defineTask("rooms", {
  description:
    "Checks the rooms of lib/ as README lists them, lowest first: no file imports from a room above its own, no imports " +
    `go in a circle, no room holds more than ${
      100 * LARGEST_ROOM
    } % of the lines, and nothing at the top of the project ` +
    "goes unnamed in README. Then checks that the picture of the " +
    "rooms, .github/architecture.svg, is that of the imports.",
  examples: [
    ["deno task rooms", "checks, as deno task ok does"],
    ["deno task rooms --draw", "draws the picture anew"],
  ],
})
  .option("--draw", "draw the picture anew")
  .action(async ({ draw = false }: { draw?: boolean }) => {
    const layout = layoutOf(await Deno.readTextFile(join(PROJECT, "README.md")));
    const imports = await readImports();
    const complaints = [
      ...upwardImports(imports, layout),
      ...circles(imports),
      ...crowdedRooms(await readLines()),
      ...strangers(await topLevel(), layout),
    ];
    for (const complaint of complaints) console.error(complaint);
    if (complaints.length > 0) {
      throw new InputError(`the rooms are not in order: ${complaints.length} complaints`);
    }
    const picture = drawArchitecture(imports, layout);
    if (draw) await Deno.writeTextFile(PICTURE, picture);
    else if (await Deno.readTextFile(PICTURE).catch(() => "") !== picture) {
      throw new InputError(`${PICTURE} shows other imports: type \`deno task rooms --draw\``);
    }
  });

/** What stands at the top of the project, without dot files and what git ignores. */
async function topLevel(): Promise<string[]> {
  const ignored = (await Deno.readTextFile(join(PROJECT, ".gitignore"))).split("\n");
  const entries = await Array.fromAsync(Deno.readDir(PROJECT));
  return entries.map(({ name, isDirectory }) => [name, isDirectory ? `${name}/` : name] as const)
    .filter(([name, shown]) => !name.startsWith(".") && !ignored.includes(shown))
    .map(([name]) => name).sort();
}

if (import.meta.main) await runTask(rooms);
