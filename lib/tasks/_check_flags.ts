import { type Command, Option } from "commander";

/** An option that may be given more than once: its values become a list. */
export class ListOption<T = unknown> extends Option {
  /** @param read Checks a value and converts it. */
  constructor(flags: string, description: string, read: (text: string) => T) {
    super(flags, description);
    this.argParser((text, before: readonly T[] = []) => [...before, read(text)]);
  }
}

/**
 * Checks a command line for slips that would pass for something else: a flag where another one's value should be, and a
 * flag that is given twice with different values. Where a flag is unknown, what it may have been meant for is not asked
 * for, so that Commander names the unknown one.
 *
 * @throws {CommanderError} Of the first slip.
 */
export function checkFlags(command: Command, args: readonly string[]): void {
  const seen = new Map<Option, string>();
  const find = (flag: string | undefined) => command.options.find(({ long }) => long === flag);
  const end = args.indexOf("--");
  const given = end < 0 ? args : args.slice(0, end);
  for (let i = 0; i < given.length; i++) {
    const [, flag, joined] = given[i]!.match(/^(--[^=]+)(?:=(.*))?$/s) ?? [];
    if (flag === undefined) continue;
    if (flag === "--help") return;
    const option = find(flag);
    if (option === undefined) {
      for (const each of command.options) each.makeOptionMandatory(false);
      return;
    }
    if (!option.required && !option.optional) continue;
    const next = find(given[i + 1]?.replace(/=.*/s, "")) === undefined ? given[i + 1] : undefined;
    if (joined === undefined && next === undefined) {
      if (option.optional) continue;
      command.error(`error: option '${option.flags}' argument missing`);
    }
    if (joined === undefined) i++;
    const [before, value] = [seen.get(option), (joined ?? next)!];
    seen.set(option, value);
    if (before === undefined || before === value || option instanceof ListOption) continue;
    command.error(`error: option '${option.flags}' is given twice, as '${before}' and as '${value}'`);
  }
}
