import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { readJson } from "../support/read_json.ts";
import { statRegular } from "../support/regular_file.ts";
import { sha256, sha256OfFile } from "../support/sha256.ts";
import { type CacheFile, checksumsOf, isWhole, readRecords } from "./cache_file.ts";
import { cacheLine } from "./cache_line.ts";
import type { ImageCache } from "./decoded_images.ts";
import { areFindings } from "./findings.ts";
import { type Subset, SUBSETS } from "./split.ts";
import { storedImages } from "./stored_images.ts";

/** The file that makes a folder one of shards; it is written last. */
export const MANIFEST = "shards.json";

/** The files beside the images: a row an image, and a row a bounding box. */
export const ENTRIES_FILE = "entries.csv";
export const BOXES_FILE = "boxes.csv";

/** The settings that decide which images shards have, how they are divided and labelled; a training has to have the same. */
export const SHARD_SETTINGS = [
  "imageSize",
  "split",
  "testFraction",
  "validationFraction",
  "stratify",
  "keepNormal",
  "drawNormal",
  "undersample",
  "uncertain",
  "blank",
  "views",
] as const;

/** What `shards.json` says; it has a checksum of its own besides. */
export interface ShardManifest {
  /** 1 for those of before there were checksums of tables. */
  version: 1 | 2;
  /** What the data set is called. */
  title: string;
  /** Width and height of the images in pixels. */
  imageSize: number;
  /** How many files the training set is divided into. */
  shards: number;
  findings: string[];
  hasPatients: boolean;
  /** Those of `SHARD_SETTINGS`. */
  settings: Record<string, unknown>;
  /** The SHA-256 of the tables by their names; none in version 1. */
  tables: Record<string, string>;
}

/** The text of `shards.json`. */
export function manifestJson(manifest: Omit<ShardManifest, "version">): string {
  const content: ShardManifest = { version: 2, ...manifest };
  return JSON.stringify({ ...content, checksum: sha256(JSON.stringify(content)) }, null, 2) + "\n";
}

/**
 * Reads what a folder of shards is.
 *
 * @throws {InputError} Where it is none, damaged, or of another version.
 */
export async function readManifest(dir: string): Promise<ShardManifest> {
  const file = join(dir, MANIFEST);
  const { checksum, ...manifest } = (await readJson(file) ?? {}) as Record<string, unknown>;
  const isSound = manifest["version"] === 1 || checksum === sha256(JSON.stringify(manifest));
  if (!isSound || !isManifest(manifest)) {
    throw new InputError(`${file}: damaged, or of another version: write the shards anew`);
  }
  return { ...manifest, tables: manifest.tables ?? {} };
}

/**
 * Makes sure that a table of a folder of shards is as it was written.
 *
 * @throws {InputError} Where it is not.
 */
export async function checkTable(
  dir: string,
  { name, tables }: Pick<ShardManifest, "tables"> & { name: string },
): Promise<void> {
  const file = join(dir, name);
  statRegular(file);
  const sum = tables[name];
  if (sum === undefined || await sha256OfFile(file) === sum) return;
  throw new InputError(`${file}: is not as it was written (by its SHA-256): copy it again`);
}

function isManifest(value: unknown): value is ShardManifest {
  const { version, title, imageSize, shards, findings, hasPatients, settings, tables } = value as Partial<
    ShardManifest
  >;
  const isCount = (value: unknown) => Number.isInteger(value) && value as number > 0;
  const hasTables = version === 1 || version === 2 && typeof tables === "object" && tables !== null;
  return hasTables && typeof title === "string" && isCount(imageSize) && isCount(shards) &&
    areFindings(findings) && typeof hasPatients === "boolean" && typeof settings === "object" &&
    settings !== null;
}

/** The name of a file of images: one of the training set's shards, or a whole set. */
export function shardFile(subset: Subset, { shard, shards }: { shard: number; shards: number }): string {
  return subset === "training" ? `training-${shard}-of-${shards}.images` : `${subset}.images`;
}

/** The images of each file by its name: of the training set every nth, as workers take them. */
export function imagesByFile(
  sets: Readonly<Record<Subset, readonly string[]>>,
  { shards }: { shards: number },
): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const subset of SUBSETS) {
    const count = subset === "training" ? shards : 1;
    for (let shard = 0; shard < count; shard++) {
      const images = sets[subset].filter((_, i) => i % count === shard);
      if (images.length > 0) files.set(shardFile(subset, { shard, shards }), images);
    }
  }
  return files;
}

/** How a file of images is laid out: as an image cache is, but that its line is told by the names. */
export function layoutOf(
  file: string,
  { images, size }: { images: readonly string[]; size: number },
): CacheFile {
  const key = sha256(JSON.stringify(images)).slice(0, 16);
  return {
    file,
    images,
    size,
    header: new TextEncoder().encode(cacheLine({ size, images: images.length, key })),
  };
}

/** A file of images that is open. */
interface OpenFile {
  file: Deno.FsFile;
  /** The CRC-32 of each image, once it is read. */
  checksums: Uint32Array | null;
}

/**
 * Opens some images of a folder of shards; only the files that have them have to be there.
 *
 * @throws {InputError} Where such a file is missing or damaged, or images of another size are wanted.
 */
export function openShards(
  dir: string,
  { files, names, size, stored }: {
    files: ReadonlyMap<string, readonly string[]>;
    names: readonly string[];
    /** Width and height of the images that are wanted. */
    size: number;
    /** Width and height of those that are stored. */
    stored: number;
  },
): ImageCache {
  if (size !== stored) {
    throw new InputError(`${dir}: its images are of ${stored}x${stored} pixels, not of ${size}x${size}`);
  }
  const places = new Map<string, { layout: CacheFile; index: number }>();
  for (const [name, images] of files) {
    const layout = layoutOf(join(dir, name), { images, size });
    images.forEach((image, index) => places.set(image, { layout, index }));
  }
  const opened = new Map<CacheFile, OpenFile>();

  function open(layout: CacheFile): OpenFile {
    const known = opened.get(layout);
    if (known) return known;
    if (!existsSync(layout.file)) {
      throw new InputError(
        `${layout.file}: is not here, and this worker needs its images: copy it, or name a shared path`,
      );
    }
    if (!isWhole(layout)) throw new InputError(`${layout.file}: was cut short: copy it again`);
    const file = Deno.openSync(layout.file);
    const made: OpenFile = { file, checksums: null };
    opened.set(layout, made);
    made.checksums = checksumsOf(readRecords(file, layout));
    return made;
  }

  const dispose = () => {
    for (const { file } of opened.values()) file.close();
    opened.clear();
  };
  const placeOf = (name: string) => {
    const place = places.get(name);
    if (!place) throw new InputError(`${dir}: has no image ${name}`);
    return place;
  };
  let checksums: Uint32Array;
  try {
    checksums = Uint32Array.from(names, (name) => {
      const { layout, index } = placeOf(name);
      return open(layout).checksums![index]!;
    });
  } catch (error) {
    dispose();
    throw error;
  }
  return storedImages({
    names,
    size,
    checksums,
    placeOf: (image) => {
      const { layout, index } = placeOf(names[image]!);
      return { file: open(layout).file, layout, index };
    },
    wayOut: "copy it again",
    dispose,
  });
}
