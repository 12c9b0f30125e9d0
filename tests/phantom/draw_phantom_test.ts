import assert from "node:assert/strict";
import { NIH_FINDINGS, type NihFinding } from "../../lib/dataset/nih_findings.ts";
import type { PhantomCase } from "../../lib/phantom/cases.ts";
import { drawAnatomy } from "../../lib/phantom/anatomy.ts";
import { drawPhantom, type PhantomBox } from "../../lib/phantom/draw_phantom.ts";
import { cardiomegaly } from "../../lib/phantom/findings/cardiomegaly.ts";
import { emphysema } from "../../lib/phantom/findings/emphysema.ts";
import { random } from "../../lib/support/random.ts";

const DIFFUSE: readonly NihFinding[] = ["Edema", "Emphysema"];
const FILM_MILLIMETRES = 420;

function caseOf(patient: number, labels: readonly NihFinding[] = [], followUp = 0): PhantomCase {
  const image = `${String(patient).padStart(8, "0")}_${String(followUp).padStart(3, "0")}.png`;
  return {
    ...{ image, patient, followUp, labels, view: patient % 3 === 0 ? "AP" : "PA" },
    ...{ age: 50, sex: patient % 2 === 0 ? "F" : "M" },
  };
}

function isInside({ x0, x1, y0, y1 }: PhantomBox, x: number, y: number): boolean {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

/** The mean absolute difference of two images, inside and outside of the boxes. */
function differences(a: Uint8Array, b: Uint8Array, { boxes, size }: { boxes: PhantomBox[]; size: number }) {
  const sums = { inside: 0, outside: 0 };
  const counts = { inside: 0, outside: 0 };
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size];
    const place = boxes.some((box) => isInside(box, x, y)) ? "inside" : "outside";
    sums[place] += Math.abs(a[i]! - b[i]!);
    counts[place]++;
  }
  return { inside: sums.inside / counts.inside, outside: sums.outside / counts.outside };
}

Deno.test("drawPhantom() gives the same picture for the same case and seed, another for another visit", () => {
  const [one, again] = [0, 0].map(() => drawPhantom(caseOf(4, ["Mass"]), { seed: 9, size: 96 }));
  assert.deepEqual(again, one);
  assert.equal(one!.pixels.length, 96 * 96);
  const visit = drawPhantom(caseOf(4, ["Mass"], 1), { seed: 9, size: 96 });
  const stranger = drawPhantom(caseOf(5, ["Mass"]), { seed: 9, size: 96 });
  const reseeded = drawPhantom(caseOf(4, ["Mass"]), { seed: 10, size: 96 });
  for (const other of [visit, stranger, reseeded]) assert.notDeepEqual(other.pixels, one!.pixels);
});

Deno.test("drawPhantom() shows each finding: its picture differs from the same chest without it", () => {
  for (const label of NIH_FINDINGS) {
    let inside = 0;
    let outside = 0;
    let boxed = 0;
    for (let patient = 1; patient <= 12; patient++) {
      const normal = drawPhantom(caseOf(patient), { seed: 3, size: 96 });
      const ill = drawPhantom(caseOf(patient, [label]), { seed: 3, size: 96 });
      assert.equal(normal.boxes.length, 0);
      assert(ill.boxes.every((box) => box.label === label));
      boxed += ill.boxes.length > 0 ? 1 : 0;
      const difference = differences(normal.pixels, ill.pixels, { boxes: ill.boxes, size: 96 });
      assert(
        difference.outside < 12,
        `${label}, patient ${patient}: ${difference.outside} outside of its boxes`,
      );
      if (ill.boxes.length > 0) inside += difference.inside / 12;
      outside += difference.outside / 12;
    }
    if (DIFFUSE.includes(label)) {
      assert.equal(boxed, 0, `${label} has no place`);
      assert(outside > 1.5, `${label}: changes the picture by ${outside}`);
    } else {
      assert.equal(boxed, 12, `${label} has a place in every picture`);
      assert(inside > 8 && inside > 4 * outside, `${label}: ${inside} inside, ${outside} outside`);
    }
  }
});

Deno.test("drawPhantom() keeps to the rule of 3 cm between nodules and masses", () => {
  for (let patient = 1; patient <= 40; patient++) {
    const { boxes } = drawPhantom(caseOf(patient, ["Mass", "Nodule"]), { seed: 8, size: 64 });
    for (const { label, x0, x1, y0, y1 } of boxes) {
      if (x0 === 0 || y0 === 0 || x1 === 1 || y1 === 1) continue;
      const turn = 1.12;
      const width = FILM_MILLIMETRES * (x1 - x0);
      if (label === "Mass") assert(width > 30 * turn, `patient ${patient}: a mass of ${width} mm`);
      else assert(width < 30 * turn, `patient ${patient}: a nodule of ${width} mm`);
    }
  }
});

Deno.test("drawPhantom() draws the same anatomy on each visit of a patient, and another in another patient", () => {
  const shapes = (["AP", "PA"] as const).flatMap((view) =>
    [1, 2, 3].map((visit) => ({
      view,
      shape: drawAnatomy({ view, sex: "M", age: 60 }, random("patient", 1), random("visit", visit)),
    }))
  );
  const stranger = drawAnatomy({ view: "PA", sex: "M", age: 60 }, random("patient", 2), random("visit", 1));
  const [ap, pa] = [shapes[0]!.shape, shapes[3]!.shape];
  for (const { view, shape } of shapes) {
    const same = view === "AP" ? ap : pa;
    assert.deepEqual({ ...shape.ribs, ...shape.breasts }, { ...same.ribs, ...same.breasts });
    assert.equal(shape.lungs[0].outer, pa.lungs[0].outer);
    assert.notEqual(stranger.lungs[0].outer, shape.lungs[0].outer);
    assert(shape.lungs[0].dome < shape.lungs[1].dome, "the right dome is the higher one");
  }
  const ratio = ({ heart, lungs: [right, left] }: typeof ap) =>
    (heart.left + heart.right) / (right.outer + left.outer);
  assert(ratio(ap) > ratio(pa), "the heart looks larger from in front");
  assert(ap.lungs[0].dome < pa.lungs[0].dome, "patients in bed breathe less deeply");
});

Deno.test("cardiomegaly is a heart over half the chest, emphysema a flat diaphragm", () => {
  for (let patient = 1; patient <= 200; patient++) {
    const [own, visit] = [random("own", patient), random("visit", patient)];
    const shape = drawAnatomy({ view: patient % 2 ? "AP" : "PA", sex: "F", age: 60 }, own, visit);
    const ratio = () =>
      (shape.heart.left + shape.heart.right) / (shape.lungs[0].outer + shape.lungs[1].outer);
    const doming = () => shape.lungs.map(({ base, dome }) => base - dome);
    const [before, domed] = [ratio(), doming()];
    cardiomegaly(own, visit).bend!(shape);
    emphysema(own, visit).bend!(shape);
    assert(before < 0.55 && ratio() > 0.5, `${before} without and ${ratio()} with cardiomegaly`);
    doming().forEach((height, side) => assert(height < 0.45 * domed[side]!, "flat"));
  }
});

Deno.test("drawPhantom() draws hard findings fainter, in the same places, and a chest without findings as ever", () => {
  const options = { seed: 3, size: 96 };
  const healthy = drawPhantom(caseOf(2), { ...options, hard: true });
  assert.deepEqual(healthy, drawPhantom(caseOf(2), options));
  for (const label of NIH_FINDINGS) {
    const sums = { plain: 0, hard: 0 };
    for (let patient = 1; patient <= 8; patient++) {
      const normal = drawPhantom(caseOf(patient), options);
      const plain = drawPhantom(caseOf(patient, [label]), options);
      const hard = drawPhantom(caseOf(patient, [label]), { ...options, hard: true });
      if (label !== "Cardiomegaly") assert.equal(hard.boxes.length, plain.boxes.length, label);
      const change = (pixels: Uint8Array) =>
        pixels.reduce((sum, value, i) => sum + Math.abs(value - normal.pixels[i]!), 0);
      sums.plain += change(plain.pixels);
      sums.hard += change(hard.pixels);
    }
    const faintness = sums.hard / sums.plain;
    assert(faintness > 0.1 && faintness < 0.9, `${label}: ${faintness} of the change`);
  }
});
