/** The values of a flag on a command line, given as `--flag value` or `--flag=value`. */
export function valuesOf(flag: string, args: readonly string[]): string[] {
  return flagsOf(args).flatMap((arg, i) => {
    if (arg.startsWith(`${flag}=`)) return [arg.slice(flag.length + 1)];
    return arg === flag && args[i + 1] !== undefined ? [args[i + 1]!] : [];
  });
}

/** Everything on a command line that is no flag: arguments, and values of flags too. */
export function wordsOf(args: readonly string[]): string[] {
  const flags = flagsOf(args);
  return [...flags.filter((arg) => !arg.startsWith("-")), ...args.slice(flags.length + 1)];
}

/** Whether a flag is given, with a value or without. */
export function isGiven(flag: string, args: readonly string[]): boolean {
  return flagsOf(args).some((arg) => arg === flag || arg.startsWith(`${flag}=`));
}

/** Whether a command line asks for help only. */
export function asksForHelp(args: readonly string[]): boolean {
  return flagsOf(args).some((arg) => arg === "--help" || arg === "-h");
}

/** Whether a command line asks for OpenVINO to score. */
export function wantsOpenvino(args: readonly string[]): boolean {
  return valuesOf("--engine", args).includes("openvino");
}

/** The same command line with `--split FILE.csv` in its long form, `--split-file FILE.csv`. */
export function withSplitFile(args: readonly string[]): string[] {
  const flags = flagsOf(args).map((arg, i, all) => {
    if (/^--split=.*\.csv$/i.test(arg)) return arg.replace("--split=", "--split-file=");
    return arg === "--split" && /\.csv$/i.test(all[i + 1] ?? "") ? "--split-file" : arg;
  });
  return [...flags, ...args.slice(flags.length)];
}

/** What stands before `--`, after which there are no flags. */
function flagsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end < 0 ? args : args.slice(0, end);
}
