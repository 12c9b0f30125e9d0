import { resolve } from "node:path";
import { InputError } from "../../support/input_error.ts";
import type { Entry } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { imageNames, isNotKnown, mapRows, remember } from "../table_cells.ts";
import { locateImages } from "./_locate_images.ts";
import type { Format } from "./_format.ts";
import { counted } from "../../support/decimals.ts";
import { findTables, listData } from "./_listing.ts";

const COLUMNS = ["ImageID", "Projection", "PatientID", "Labels"];

/**
 * torchxrayvision's findings of PadChest, and the texts by which it finds them in an image's labels: the finding's own
 * name in small letters (so `nodule` finds `pseudonodule` too) and these.
 */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "Air Trapping": [],
  "Aortic Atheromatosis": [],
  "Aortic Elongation": [],
  Atelectasis: [],
  Bronchiectasis: [],
  Cardiomegaly: [],
  Consolidation: ["air bronchogram"],
  "Costophrenic Angle Blunting": [],
  Edema: [],
  Effusion: [],
  Emphysema: [],
  Fibrosis: [],
  "Flattened Diaphragm": [],
  Fracture: [],
  Granuloma: [],
  "Hemidiaphragm Elevation": [],
  Hernia: [],
  "Hilar Enlargement": ["adenopathy", "pulmonary artery enlargement"],
  Infiltration: [
    "infiltrates",
    "interstitial pattern",
    "ground glass pattern",
    "reticular interstitial pattern",
    "reticulonodular interstitial pattern",
    "alveolar pattern",
    "consolidation",
    "air bronchogram",
  ],
  Mass: [],
  Nodule: [],
  Pleural_Thickening: ["pleural thickening"],
  Pneumonia: [],
  Pneumothorax: [],
  Scoliosis: [],
  "Support Devices": ["device", "pacemaker"],
  Tuberculosis: [],
  // With the apostrophe that ends a label: "nsg tube", not "tube thoracostomy".
  Tube: ["tube'", "stent'"],
};

/** Images of the published copy that are missing or damaged, as torchxrayvision lists them. */
const DAMAGED = new Set([
  "216840111366964012819207061112010307142602253_04-014-084.png",
  "216840111366964012989926673512011074122523403_00-163-058.png",
  "216840111366964012959786098432011033083840143_00-176-115.png",
  "216840111366964012558082906712009327122220177_00-102-064.png",
  "216840111366964012339356563862009072111404053_00-043-192.png",
  "216840111366964013076187734852011291090445391_00-196-188.png",
  "216840111366964012373310883942009117084022290_00-064-025.png",
  "216840111366964012283393834152009033102258826_00-059-087.png",
  "216840111366964012373310883942009170084120009_00-097-074.png",
  "216840111366964012819207061112010315104455352_04-024-184.png",
  "216840111366964012819207061112010306085429121_04-020-102.png",
  "216840111366964012989926673512011083134050913_00-168-009.png",
  "216840111366964012373310883942009152114636712_00-102-045.png",
  "216840111366964012819207061112010281134410801_00-129-131.png",
  "216840111366964012487858717522009280135853083_00-075-001.png",
  "216840111366964012989926673512011151082430686_00-157-045.png",
  "216840111366964013686042548532013208193054515_02-026-007.png",
  "216840111366964013590140476722013058110301622_02-056-111.png",
  "216840111366964013590140476722013043111952381_02-065-198.png",
  "216840111366964013829543166512013353113303615_02-092-190.png",
  "216840111366964013962490064942014134093945580_01-178-104.png",
]);

const VIEWS: ReadonlyMap<string, Entry["view"]> = new Map([
  ["PA", "PA"],
  ["AP", "AP"],
  ["AP_horizontal", "AP"],
  ["L", "lateral"],
]);

/** Of whom the data set's authors say that they are grown up: born more than ten years before it was published. */
const BORN_BEFORE = 2019 - 10;

/** PadChest (Bustos et al., 2020), with torchxrayvision's 28 findings. */
export const padchest: Format = {
  title: "PadChest",
  needs:
    `PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv (columns ${COLUMNS.join(", ")}, PatientBirth, ` +
    "PatientSex_DICOM, StudyDate_DICOM); images by ImageID, beside it or in the folders of ImageDir",
  recognises: (listing) => findTables(listing, COLUMNS).length > 0,
  async read({ data }) {
    const dir = resolve(data);
    const [table] = findTables(await listData(dir), COLUMNS);
    if (table === undefined) {
      throw new InputError(`${data}: no table of PadChest. It needs ${padchest.needs}`);
    }
    const { csv, columns } = await readTable(table, {
      image: "ImageID",
      patient: "PatientID",
      view: "Projection",
      labels: "Labels",
      birth: "PatientBirth",
      sex: "PatientSex_DICOM",
      date: "StudyDate_DICOM",
    });
    const findings = Object.keys(TEXTS);
    const labels = remember((text) => {
      const small = text.toLowerCase();
      return findings.filter((finding) =>
        [...(finding === "Tube" ? [] : [finding.toLowerCase()]), ...TEXTS[finding]!].some((each) =>
          small.includes(each)
        )
      );
    });
    const left = { unlabelled: 0, damaged: 0, young: 0, otherView: 0 };
    const imageName = imageNames();
    const entries = mapRows(csv, (row): Entry[] => {
      const cell = (column: keyof typeof columns) => row[columns[column]]!;
      const image = imageName(cell("image"));
      const birth = cell("birth") === "" ? NaN : Number(cell("birth"));
      const skip = (reason: keyof typeof left) => {
        left[reason]++;
        return [];
      };
      const view = VIEWS.get(cell("view"));
      if (view === undefined) return skip("otherView");
      if (isNotKnown(cell("labels"))) return skip("unlabelled");
      if (DAMAGED.has(image)) return skip("damaged");
      if (!(birth < BORN_BEFORE)) return skip("young");
      const year = Number(cell("date").slice(0, 4));
      return [{
        image,
        labels: labels(cell("labels")),
        unknown: [],
        followUp: null,
        patient: cell("patient"),
        age: year >= birth && year - birth <= 120 ? year - birth : null,
        sex: cell("sex") === "F" || cell("sex") === "M" ? cell("sex") as "F" | "M" : null,
        view,
      }];
    }).flat();
    return {
      dir,
      table,
      findings,
      entries,
      boxes: [],
      official: null,
      hasPatients: true,
      notes: [
        [left.unlabelled, "without labels"],
        [left.damaged, "damaged in the published copy"],
        [left.young, "of children, or of patients whose year of birth is not known,"],
        [left.otherView, "of other views than PA, AP and lateral"],
      ].filter(([count]) => count !== 0)
        .map(([count, what]) =>
          `${counted(count as number, "image")} ${what} left out, as torchxrayvision does.`
        ),
      findImages: () => locateImages(dir, entries),
    };
  },
};
