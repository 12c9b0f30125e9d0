import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import { ifMissing } from "../if_missing.ts";

/** What TensorFlow is to run on. */
export type Device = "cpu" | "gpu";

/** A pinned list of Python packages beside this program. */
export interface RequirementList {
  /** File name in `lib/support/requirements/`. */
  file: string;
  /** What the wheels have, in MB (10^6 bytes). */
  download: number;
  /** What the wheels and what comes out of them take on the disk while they are installed, in MB (10^6 bytes). */
  megabytes: number;
}

/** One thing that set-up installs, and how to tell that it is there. */
export interface Component {
  /** What its stamp is called. */
  name: string;
  /** What the progress display calls it. */
  title: string;
  /** Its packages; a list for GPUs only where that differs. */
  lists: { cpu: RequirementList; gpu?: RequirementList };
  /** Whether the files that it is needed for are there. */
  isPresent(project: string): boolean;
  /** Whether those files have the bytes that they were installed with; this may take seconds. */
  isSound?(project: string): Promise<boolean>;
  /** Downloads and installs it. */
  install(list: RequirementList, environment: Environment): Promise<void>;
}

/** The folder of the requirement lists. */
export const REQUIREMENTS = join(import.meta.dirname!, "..", "requirements");

/** What a finished installation says of itself. */
export interface Stamp {
  /** The device that the component was installed for. */
  device: Device;
  /** Whether it is still what its list asks for, with its files in place. */
  isCurrent: boolean;
}

/** Reads a component's stamp, one short line, so that a second set-up costs nothing; null where there is none. */
export function readStamp(component: Component, project: string): Stamp | null {
  let text: string;
  try {
    text = Deno.readTextFileSync(stampFile(component, project));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const device = text.startsWith("gpu ") ? "gpu" : "cpu";
  return { device, isCurrent: text === stampText(component, device) && component.isPresent(project) };
}

/** Says that a component is installed: the last thing that its installation does. */
export async function writeStamp(
  component: Component,
  { project, device }: { project: string; device: Device },
) {
  await Deno.writeTextFile(stampFile(component, project), stampText(component, device));
}

/** Takes a component's stamp away before its files change. */
export async function removeStamp(component: Component, project: string): Promise<void> {
  await Deno.remove(stampFile(component, project)).catch(ifMissing);
}

/** The list that a component is installed from on a device. */
export function listFor({ lists }: Component, device: Device): RequirementList {
  return device === "gpu" && lists.gpu !== undefined ? lists.gpu : lists.cpu;
}

function stampFile({ name }: Component, project: string): string {
  return join(project, ".venv", "stamps", name);
}

function stampText(component: Component, device: Device): string {
  const list = Deno.readFileSync(join(REQUIREMENTS, listFor(component, device).file));
  return `${device} ${createHash("sha256").update(list).digest("hex")}\n`;
}
