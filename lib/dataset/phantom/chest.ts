import type { Random } from "../../random.ts";
import type { ChestShape } from "./anatomy.ts";
import { drawBody } from "./body/draw_body.ts";
import { drawBones, drawSpine } from "./body/draw_bones.ts";
import { drawHeart } from "./body/draw_heart.ts";
import { drawLead } from "./body/draw_lead.ts";
import { drawLung } from "./body/draw_lung.ts";
import { drawBreast, drawStomach } from "./body/draw_soft_parts.ts";
import { drawTexture } from "./body/draw_texture.ts";
import { drawVessels } from "./body/draw_vessels.ts";

/** A chest as fields of size x size pixels, row by row. What a film shows is worked out from them at the end. */
export interface Chest {
  size: number;
  shape: ChestShape;
  /** Soft tissue and bone in the way of the rays; 1 is about an abdomen. */
  tissue: Float32Array;
  /** Air in the way of the rays, 0 to about 1: what tissue is relieved by. */
  air: Float32Array;
  /** Vessels and other lines inside the lung, seen as far as there is air around them. */
  lines: Float32Array;
  /** The share of a pixel that is lung, whatever covers it. */
  lung: Float32Array;
}

/** Draws a chest without findings: body, lungs, heart, vessels and bones. */
export function drawChest(
  shape: ChestShape,
  { size, patient, visit }: { size: number; patient: Random; visit: Random },
): Chest {
  const field = () => new Float32Array(size * size);
  const chest = { size, shape, tissue: field(), air: field(), lines: field(), lung: field() };
  drawBody(chest);
  for (const lung of shape.lungs) drawLung(chest, lung);
  drawHeart(chest);
  drawStomach(chest);
  for (const lung of shape.lungs) drawVessels(chest, lung, patient);
  drawSpine(chest);
  for (const lung of shape.lungs) drawBones(chest, lung);
  if (shape.breasts.radius > 0) { for (const lung of shape.lungs) drawBreast(chest, lung); }
  drawTexture(chest, visit);
  for (let lead = 0; lead < shape.leads; lead++) drawLead(chest, visit);
  return chest;
}
