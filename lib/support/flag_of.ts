/** The flag of a setting: `--batch-size` of `batchSize`. */
export function flagOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
}
