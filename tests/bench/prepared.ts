import { existsSync } from "node:fs";
import { runFolder } from "../../lib/training/run_folder.ts";
import { madeFolder, startOurs } from "./peers.ts";
import type { DataCommand } from "./sides/_training_data.ts";
import type { PreparedCache } from "./sides/prepare.ts";

/** Phantom images to train on, in the image cache: as our sides open them, and as the peers read them. */
export interface PreparedImages {
  ours: DataCommand;
  peers: PreparedCache;
}

/** Draws phantom images where they are not there yet, and makes their cache. */
export async function prepareImages(
  { images, size }: { images: number; size: number },
): Promise<PreparedImages> {
  await using side = startOurs("prepare");
  const folder = await drawn(side, { images, size });
  const ours = { folder, cacheFolder: `${folder}-cache`, size };
  return { ours, peers: await side.ask<PreparedCache>({ do: "cache", ...ours }) };
}

/** Draws phantom images where they are not there yet, and gives the paths of their PNGs. */
export async function preparePngs({ images, size }: { images: number; size: number }): Promise<string[]> {
  await using side = startOurs("prepare");
  return pngsIn(`${await drawn(side, { images, size })}/images`);
}

/** A run that has ended, and an image to ask it about. */
export interface PreparedRun {
  /** The run's folder. */
  dir: string;
  /** A PNG of 1024x1024. */
  image: string;
}

/** Trains a ResNet v2 on 200 phantom images of 1024x1024 for an epoch, where that was not done yet. */
export async function prepareRun({ depth, size }: { depth: number; size: number }): Promise<PreparedRun> {
  await using side = startOurs("prepare");
  const folder = await drawn(side, { images: 200, size: 1024 });
  const dir = madeFolder(`run-resnet${depth}-${size}`);
  if (!existsSync(runFolder(dir).report)) await side.ask({ do: "train", folder, dir, depth, size });
  return { dir, image: pngsIn(`${folder}/images`)[0]! };
}

/** The paths of the PNGs in a folder, in the order of their names. */
export function pngsIn(folder: string): string[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".png"));
  return names.sort().map((name) => `${folder}/${name}`);
}

async function drawn(
  side: ReturnType<typeof startOurs>,
  { images, size }: { images: number; size: number },
): Promise<string> {
  const folder = madeFolder(`phantoms-${images}-${size}`);
  await side.ask({ do: "draw", folder, images, size });
  return folder;
}
