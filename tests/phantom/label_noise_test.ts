import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { RADIOLOGIST_FINDINGS } from "../../lib/dataset/radiologist_findings.ts";
import { readRadiologistLabels } from "../../lib/dataset/radiologist_labels.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { labelAgreement } from "../../lib/evaluation/label_audit.ts";
import { planCases } from "../../lib/phantom/cases.ts";
import { AUDITED_TRUST, noisyLabels } from "../../lib/phantom/label_noise.ts";
import { NIH_METADATA, NIH_RADIOLOGISTS } from "../../lib/support/project.ts";

Deno.test("the trust in labels is what the audit of the NIH's own finds, and the mean of it elsewhere", async () => {
  const agreement = labelAgreement(
    await readRadiologistLabels(NIH_RADIOLOGISTS, { set: "all" }),
    await readMetadata(NIH_METADATA),
  );
  const rounded = (value: number) => Math.round(1000 * value) / 1000;
  const audited = agreement.map(({ finding, sensitivity, predictiveValue }) => ({
    finding,
    sensitivity: sensitivity!.value,
    predictiveValue: predictiveValue!.value,
  }));
  const mapped = new Set<string>();
  for (const { finding, ...trust } of audited) {
    for (const label of RADIOLOGIST_FINDINGS[finding].labels) {
      mapped.add(label);
      assert.deepEqual(AUDITED_TRUST[label], {
        sensitivity: rounded(trust.sensitivity),
        predictiveValue: rounded(trust.predictiveValue),
      }, label);
    }
  }
  const mean = (of: "sensitivity" | "predictiveValue") =>
    rounded(audited.reduce((sum, trust) => sum + trust[of], 0) / audited.length);
  const others = { sensitivity: mean("sensitivity"), predictiveValue: mean("predictiveValue") };
  for (const label of NIH_FINDINGS.filter((label) => !mapped.has(label))) {
    assert.deepEqual(AUDITED_TRUST[label], others, label);
  }
});

Deno.test("noisyLabels() are right as often as it is said, wholly without noise", () => {
  const cases = planCases(40_000, 2);
  assert(
    cases.every((subject) =>
      String(noisyLabels(subject, { seed: 2, strength: 0 })) === String(subject.labels)
    ),
  );
  for (const strength of [0.5, 1]) {
    const labelled = cases.map((subject) => new Set(noisyLabels(subject, { seed: 2, strength })));
    for (const finding of NIH_FINDINGS) {
      const { sensitivity, predictiveValue } = AUDITED_TRUST[finding];
      const counts = { present: 0, labelled: 0, both: 0 };
      cases.forEach(({ labels }, i) => {
        const [isPresent, isLabelled] = [labels.includes(finding), labelled[i]!.has(finding)];
        counts.present += Number(isPresent);
        counts.labelled += Number(isLabelled);
        counts.both += Number(isPresent && isLabelled);
      });
      const seen = counts.both / counts.present;
      const right = counts.both / counts.labelled;
      // Five standard errors, and what the prevalence of one set differs by: visits of a patient go together.
      const bound = 5 * Math.sqrt(0.25 / counts.both) + 0.02;
      assert(Math.abs(seen - (1 - strength * (1 - sensitivity))) < bound, `${finding}: sensitivity ${seen}`);
      assert(Math.abs(right - (1 - strength * (1 - predictiveValue))) < bound, `${finding}: PPV ${right}`);
    }
  }
});
