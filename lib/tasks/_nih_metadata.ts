import { resolve } from "node:path";

/** The metadata of all 112,120 NIH images, where set-up puts them. */
export const NIH_METADATA = resolve(import.meta.dirname!, "../../data/nih/Data_Entry_2017_v2020.csv.gz");
