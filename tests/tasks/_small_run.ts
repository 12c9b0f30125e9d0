import assert from "node:assert/strict";
import { join } from "node:path";
import { writeImages } from "../training/_images.ts";
import { type TestProject, testProject } from "./_project.ts";

/** A project with a run of one epoch. */
export interface SmallRun extends TestProject {
  /** The run's folder. */
  dir: string;
  /** The images that it was trained on, 32x32. */
  images: string;
}

/** What a small run's images are. */
export interface SmallRunOptions {
  /** Whether they pass for phantoms. Default: false. */
  phantom?: boolean;
  /** How many there are. Default: 120, of which some 6 are for validation. */
  count?: number;
}

/** Trains a small network for an epoch, in a project of its own. */
export async function smallRun({ phantom = false, count = 120 }: SmallRunOptions = {}): Promise<SmallRun> {
  const project = await testProject();
  const [dir, images] = [join(project.path, "run"), join(project.path, "images")];
  await writeImages(images, { images: count });
  if (phantom) await Deno.writeTextFile(join(images, "phantoms.json"), "{}");
  const flags = ["--data", images, "--run", dir, "--epochs", "1", "--depth", "11", "--image-size", "32"];
  const unchecked = ["--checked-maps", "0", "--shortcut-images", "0"];
  const { code, stderr } = await project.run("train", [...flags, ...unchecked]);
  assert.equal(code, 0, stderr);
  return { ...project, dir, images };
}
