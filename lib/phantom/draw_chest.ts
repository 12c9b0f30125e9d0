import type { Random } from "../support/random.ts";
import type { ChestShape } from "./anatomy.ts";
import { drawBody } from "./body/draw_body.ts";
import { drawBones, drawSpine } from "./body/draw_bones.ts";
import { drawHeart } from "./body/draw_heart.ts";
import { drawLead } from "./body/draw_lead.ts";
import { drawLung } from "./body/draw_lung.ts";
import { drawBreast, drawStomach } from "./body/draw_soft_parts.ts";
import { drawTexture } from "./body/draw_texture.ts";
import { drawVessels } from "./body/draw_vessels.ts";
import type { Chest } from "./chest.ts";

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
