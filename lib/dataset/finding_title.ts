/**
 * A finding as people write it: `Pleural_Thickening` is "Pleural thickening". Abbreviations stay as they are, and so does
 * what was written for people already.
 *
 * @param finding As files spell it.
 */
export function findingTitle(finding: string): string {
  const words = finding.replace(/[_ ]([A-Z])(?![A-Z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`)
    .replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
