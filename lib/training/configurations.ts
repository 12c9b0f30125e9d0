import { join } from "node:path";

const CONFIGURATIONS = join(import.meta.dirname!, "configurations");

/** The names of the configurations that come with the project. */
export function configurationNames(): string[] {
  return [...Deno.readDirSync(CONFIGURATIONS)].map(({ name }) => name.replace(/\.jsonc$/, "")).sort();
}

/** The file of a configuration that comes with the project, whether or not there is one of that name. */
export function configurationFile(name: string): string {
  return join(CONFIGURATIONS, `${name}.jsonc`);
}
