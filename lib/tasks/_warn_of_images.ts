import { resolve } from "node:path";
import { type Entry, isSamePatient } from "../dataset/entry.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import { describeDoubts, doubtfulImages } from "../dataset/image_doubts.ts";
import { readSplitSet } from "../dataset/split_file.ts";
import { isPhantomFolder } from "../phantom/phantom_folder.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import { readRunConfig } from "../training/run_config.ts";
import type { RunFolder } from "../training/run_folder.ts";
import { warn } from "./_command.ts";
import { counted } from "../support/decimals.ts";

/** Images that a run's network is asked about. */
export interface AskedImages {
  /** The folder that they are from. */
  dir: string;
  cache: ImageCache;
  entries: readonly Entry[];
}

const TRAINED_ON_PHANTOMS =
  "the run was trained on generated phantom images: what it says of real radiographs means nothing";
const ASKED_ABOUT_PHANTOMS = "these are phantom images, and the network was trained on others";

/**
 * Warns where figures of other images would mislead: images that show nothing, phantoms for a network that was trained on
 * others or the reverse, and images that the network was trained on.
 */
export async function warnOfImages(run: RunFolder, { dir, cache, entries }: AskedImages): Promise<void> {
  const doubts = describeDoubts(doubtfulImages(cache), entries.length);
  if (doubts !== null) warn(doubts);
  const { phantom, settings, imported } = await readRunConfig(run);
  const isPhantom = isPhantomFolder(dir);
  if (isPhantom !== phantom) warn(phantom ? TRAINED_ON_PHANTOMS : ASKED_ABOUT_PHANTOMS);
  if (imported) return; // What it was trained on is not known.
  // Phantoms of every set have the same names, so those of another set are not those of the training.
  const isSameFolder = resolve(dir) === resolve(settings.data ?? PHANTOM_FOLDER);
  if (!isSameFolder && (isPhantom || phantom)) return;
  const trained = await readSplitSet(run.split, "training");
  const known = entries.filter(({ image, patient }) => isSamePatient(trained.get(image) ?? "", patient));
  if (known.length === 0) return;
  const [number, all] = [known, entries].map(({ length }) => counted(length));
  warn(
    `the network was trained on ${number} of these ${all} images, by their names and patients: their figures flatter it`,
  );
}
