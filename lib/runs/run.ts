import type { Memory } from "../model/memory.ts";
import type { RunFolder } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { TrainingState } from "../training/training_state.ts";

/**
 * A run that is open: what its steps read and change. Disposing of it frees its data, its network and the optimizer, and
 * lets other processes work on its folder.
 */
export interface Run extends TrainingState {
  /** Where its files lie. */
  folder: RunFolder;
  /** Its settings. */
  settings: Settings;
  /** The folder or table of the data set. */
  dataPath: string;
  /** Its images, divided into sets. */
  data: TrainingData;
  /** What its training takes. */
  memory: Memory;
  /** Whether files of the run that were changed since it wrote them are written anew. */
  overwrite: boolean;
  /** Lets other processes work on the folder already; the rest stays open. */
  release(): void;
}
