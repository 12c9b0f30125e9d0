import type { ImageFolder } from "./image_folder.ts";
import { type Preparation, prepareImage } from "./preparation.ts";
import { readImage } from "./read_image.ts";

/**
 * The same images, each made a square in a network's own way and rounded to 256 grey levels. Images that a data set
 * keeps as squares in a file of its own (MedMNIST's) are as they were.
 */
export function preparedFolder(folder: ImageFolder, preparation: Preparation): ImageFolder {
  if (preparation === "squeezed" || folder.decode) return folder;
  return {
    ...folder,
    preparation,
    async decode(image, size) {
      const { image: source } = await readImage(folder.images.get(image)!);
      return prepareImage(source, { size, preparation }).pixels;
    },
  };
}
