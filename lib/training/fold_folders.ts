import { existsSync } from "node:fs";
import { join } from "node:path";
import { runFolder } from "./run_folder.ts";

/** A fold's run in the folder of a cross-validation; the fold is counted from 1. */
export function foldDir(dir: string, fold: number): string {
  return join(dir, `fold-${fold}`);
}

/** Whether a folder holds a cross-validation that was begun, and so no run of its own. */
export function isCrossValidation(dir: string): boolean {
  return !existsSync(runFolder(dir).config) && existsSync(runFolder(foldDir(dir, 1)).config);
}
