import { NIH_FINDINGS } from "../dataset/nih_findings.ts";
import type { SplitKind } from "../dataset/make_split.ts";
import type { Split } from "../dataset/split.ts";
import type { Settings } from "../training/settings.ts";
import { publishedTestSet } from "./literature.ts";
import { counted } from "../support/decimals.ts";

/** Beside which published results figures can be set: those of one test set, or of none, and why. */
export type Comparability =
  | { testSet: "official" | "original"; reason?: undefined }
  | { testSet: null; reason: string };

/** The images that published results had for training and validation, by their test set. */
const OTHER_IMAGES = { official: 86_524, original: 54_256 } as const;

/** What decides about a run. */
export interface ComparedRun {
  settings: Pick<Settings, "keepNormal">;
  phantom: boolean;
  split: Split;
  findings: readonly string[];
}

/**
 * Beside which published results a run can be set: its test set, its findings and what undersampling left for training
 * have to be theirs.
 */
export function runComparability({ settings, phantom, split, findings }: ComparedRun): Comparability {
  if (phantom) return none("Its images are phantoms.");
  const of = comparable(split.test.map(({ image }) => image), findings);
  if (of.testSet === null) return of;
  const others = split.training.length + split.validation.length;
  if (others !== OTHER_IMAGES[of.testSet]) {
    return none(
      `It had ${counted(others)} images for training and validation, and the published results had ` +
        `${counted(OTHER_IMAGES[of.testSet])}${
          settings.keepNormal < 1 ? " (images with no finding were undersampled)" : ""
        }.`,
    );
  }
  return of;
}

/** Beside which published results predictions can be set, whose training is known from what the user says only. */
export function predictionsComparability(
  { images, split, findings }: {
    images: readonly string[];
    split: SplitKind | null;
    findings: readonly string[];
  },
): Comparability {
  if (split === null) {
    return none(
      "How its images were split from those that the model was trained on is not known (--split would say it).",
    );
  }
  const of = comparable(images, findings);
  if (of.testSet === null || of.testSet === split) return of;
  return none(`These are the test images of another split than --split ${split} says.`);
}

function comparable(images: readonly string[], findings: readonly string[]): Comparability {
  const testSet = publishedTestSet(images);
  if (testSet === null) {
    return none(
      `Its ${counted(images.length)} test images are neither all of the NIH's test list nor the original ` +
        "notebook's test set.",
    );
  }
  const lacking = NIH_FINDINGS.filter((finding) => !findings.includes(finding));
  return lacking.length === 0 ? { testSet } : none(`It has no scores of ${lacking.join(", ")}.`);
}

function none(reason: string): Comparability {
  return { testSet: null, reason };
}
