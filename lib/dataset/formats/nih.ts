import { readBoxes } from "../boxes.ts";
import { findDatasetFiles, NIH_TABLES, openDatasetFolder } from "../dataset_folder.ts";
import { readNihLists } from "../image_list.ts";
import { readMetadata } from "../metadata.ts";
import { NIH_FINDINGS } from "../nih_findings.ts";
import type { Format } from "./_format.ts";
import { findNamed } from "./_listing.ts";

/** NIH ChestX-ray14 (Wang et al., CVPR 2017), in the NIH's layout or in Kaggle's, and Kaggle's sample of it. */
export const nih: Format = {
  title: "NIH ChestX-ray14",
  needs: `${NIH_TABLES.join(" or ")}; images in images_001/images/ and its like, images/ or beside; ` +
    "BBox_List_2017.csv, train_val_list.txt and test_list.txt where there are any",
  recognises: (listing) => findNamed(listing, NIH_TABLES) !== null,
  async read({ data }) {
    const { dir, metadataFile, boxesFile, trainValList, testList } = await findDatasetFiles(data);
    return {
      dir,
      table: metadataFile,
      findings: NIH_FINDINGS,
      entries: await readMetadata(metadataFile),
      boxes: boxesFile === null ? [] : await readBoxes(boxesFile),
      official: trainValList === null || testList === null
        ? null
        : await readNihLists(trainValList, testList),
      hasPatients: true,
      notes: [],
      findImages: () => openDatasetFolder(data),
    };
  },
};
