import { basename, join, resolve } from "node:path";
import { InputError } from "../../support/input_error.ts";
import { type Entry, plainEntry } from "../entry.ts";
import { listFolder } from "../image_folder.ts";
import { NIH_PAPER_FINDINGS } from "../nih_findings.ts";
import type { Format } from "./_format.ts";
import { type NpyArray, unpackNpz } from "./_npz.ts";

const SUBSETS = ["train", "val", "test"] as const;

/** MedMNIST's chest X-rays (Yang et al., 2023): ChestMNIST and PneumoniaMNIST, of every size. */
export const medmnist: Format = {
  title: "MedMNIST",
  needs:
    "chestmnist.npz, pneumoniamnist.npz or one of a larger size (train_images, train_labels, val_images, " +
    "val_labels, test_images, test_labels); its split is --split official",
  recognises: ({ names }) => names.filter(isNpz).length === 1,
  async read({ data, findings: named }) {
    const file = await findNpz(data);
    const arrays = await unpackNpz(
      file,
      SUBSETS.flatMap((subset) => [`${subset}_images`, `${subset}_labels`]),
    );
    const name = basename(file, ".npz");
    const subsets = SUBSETS.map((subset) => {
      const [images, labels] = [arrays.get(`${subset}_images`)!, arrays.get(`${subset}_labels`)!];
      checkArrays(file, subset, { images, labels });
      return { subset, images, labels };
    });
    const columns = subsets[0]!.labels.shape[1] ?? 1;
    const findings = findingsOf(name, columns, named) ?? refuse(file, columns);
    const places = new Map<string, { array: NpyArray; index: number }>();
    const entries: Entry[] = [];
    const inSubset = Object.fromEntries(SUBSETS.map((subset) => [subset, new Set<string>()])) as Record<
      typeof SUBSETS[number],
      Set<string>
    >;
    for (const { subset, images, labels } of subsets) {
      if ((labels.shape[1] ?? 1) !== columns) {
        throw new InputError(`${file}: ${subset}_labels has another number of columns than train_labels`);
      }
      const values = labels.read(0, labels.shape[0]!);
      for (let index = 0; index < images.shape[0]!; index++) {
        const image = `${subset}-${String(index).padStart(5, "0")}`;
        const own = values.subarray(index * columns, (index + 1) * columns);
        const other = own.find((value) => value > 1);
        if (other !== undefined) {
          throw new InputError(
            `${file}: ${subset}_labels, row ${index}: ${other} is not 0 or 1 (it is no set of findings)`,
          );
        }
        places.set(image, { array: images, index });
        inSubset[subset].add(image);
        entries.push(plainEntry(image, findings.filter((_, column) => own[column] === 1)));
      }
    }
    return {
      dir: file,
      table: file,
      findings,
      entries,
      boxes: [],
      official: { training: inSubset.train, validation: inSubset.val, test: inSubset.test },
      hasPatients: false,
      notes: [
        "Patients are not said: --split official takes MedMNIST's own split, --split image one by image.",
      ],
      findImages: () =>
        Promise.resolve({
          dir: file,
          images: new Map(entries.map(({ image }) => [image, file])),
          read(image: string) {
            const { array, index } = places.get(image)!;
            const [, height, width] = array.shape as [number, number, number];
            return { values: array.read(index, index + 1), width, height, white: 255 };
          },
        }),
    };
  },
};

function isNpz(name: string): boolean {
  return name.toLowerCase().endsWith(".npz");
}

async function findNpz(data: string): Promise<string> {
  const path = resolve(data);
  if (isNpz(path)) return path;
  const names = [...(await listFolder(path)).keys()].filter(isNpz).sort();
  if (names.length === 1) return join(path, names[0]!);
  throw new InputError(
    names.length === 0
      ? `${data}: no .npz. It needs ${medmnist.needs}`
      : `${data}: several .npz (${names.join(", ")}): name one with --data`,
  );
}

function checkArrays(
  file: string,
  subset: string,
  { images, labels }: Record<"images" | "labels", NpyArray>,
): void {
  for (const [name, array] of [[`${subset}_images`, images], [`${subset}_labels`, labels]] as const) {
    if (array.shape[0] === 0) throw new InputError(`${file}: ${name} is empty`);
  }
  if (images.shape.length !== 3) {
    const shape = `[${images.shape.join(", ")}]`;
    throw new InputError(`${file}: ${subset}_images has the shape ${shape}, not [images, height, width]`);
  }
  if (labels.shape[0] !== images.shape[0]) {
    throw new InputError(
      `${file}: ${labels.shape[0]} ${subset}_labels for ${images.shape[0]} ${subset}_images`,
    );
  }
}

function findingsOf(
  name: string,
  columns: number,
  named: readonly string[] | null,
): readonly string[] | null {
  if (columns === NIH_PAPER_FINDINGS.length) return NIH_PAPER_FINDINGS;
  if (columns === 1 && name.toLowerCase().includes("pneumonia")) return ["Pneumonia"];
  return named?.length === columns ? named : null;
}

function refuse(file: string, columns: number): never {
  throw new InputError(`${file}: labels in ${columns} columns: name them in their order with --findings A,B`);
}
