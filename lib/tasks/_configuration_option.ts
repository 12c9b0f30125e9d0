import { Option } from "commander";
import { givenPath } from "../support/given_path.ts";
import { configurationNames } from "../training/configurations.ts";
import type { ValueOptions } from "./_command.ts";

/**
 * `--config <file>`: the name of a configuration of the project, or the path of a file of settings, such as a run's
 * `config.json`; relative to the folder that the user stands in.
 */
export function configurationOption(options: ValueOptions<string>): Option {
  const names = configurationNames();
  const option = new Option("--config <file>", options.description)
    .argParser((text: string) => text === "" || names.includes(text) ? text : givenPath(text));
  return options.default === undefined ? option : option.default(options.default);
}
