import { join } from "node:path";
import sharp from "sharp";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { random } from "../../lib/support/random.ts";

/** What images a folder is to have. */
export interface ImagesOptions {
  /** How many. Default: 150. */
  images?: number;
  /** Their width and height in pixels. Default: 32. */
  size?: number;
  /** Others for another seed. Default: 1. */
  seed?: number;
}

const HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position";

/**
 * Writes images in the NIH's layout in no time: noise with a bright row for each finding, two images a patient,
 * a box for each mass. Every label has positives in every seventh image.
 */
export async function writeImages(folder: string, options: ImagesOptions = {}): Promise<void> {
  const { images = 150, size = 32, seed = 1 } = options;
  const { uniform } = random(seed, "images of a test");
  const rows = [HEADER];
  const boxes = ["Image Index,Finding Label,Bbox [x,y,w,h],,,"];
  await Deno.mkdir(join(folder, "images"), { recursive: true });
  for (let nth = 0; nth < images; nth++) {
    const name = `${String(nth).padStart(8, "0")}_000.png`;
    const labels = NIH_FINDINGS.filter((_, label) => (nth + 3 * label) % 7 === 0 && uniform() < 0.6);
    const pixels = Uint8Array.from({ length: size * size }, (_, at) => {
      const row = Math.floor(at / size * NIH_FINDINGS.length / size);
      return 120 * uniform() + (labels.includes(NIH_FINDINGS[row]!) ? 100 : 0);
    });
    await sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
      .toColourspace("b-w").png().toFile(join(folder, "images", name));
    const patient = Math.floor(nth / 2) + 1;
    rows.push(
      [name, labels.join("|") || "No Finding", nth % 2, patient, 30 + nth % 50, nth % 3 ? "M" : "F", "PA"]
        .join(),
    );
    if (labels.includes("Mass")) boxes.push(`${name},Mass,256,640,512,128`);
  }
  await Deno.writeTextFile(join(folder, "Data_Entry_2017.csv"), rows.join("\n") + "\n");
  await Deno.writeTextFile(join(folder, "BBox_List_2017.csv"), boxes.join("\n") + "\n");
}
