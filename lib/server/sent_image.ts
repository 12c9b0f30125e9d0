import type { ImageFile } from "../dataset/find_images.ts";
import { Refusal } from "./refusal.ts";

/** What an image is called that came without a name. */
const UNNAMED = "image";

/**
 * Takes the image out of what a request brought: the bytes as they are, whatever type they claim to be, or the one file of
 * a form (`multipart/form-data`, RFC 7578).
 *
 * @throws {Refusal} With 400 where a form is none or has no file, or several.
 */
export async function sentImage(
  bytes: Uint8Array<ArrayBuffer>,
  type: string | null,
): Promise<ImageFile> {
  if (!/^multipart\/form-data\b/i.test(type ?? "")) return { path: "", name: UNNAMED, bytes };
  const files = [...(await formOf(bytes, type!)).values()].filter((value) => value instanceof File);
  if (files.length !== 1) throw new Refusal(400, `the form has ${files.length} files, not one image`);
  const [file] = files;
  return { path: "", name: file!.name || UNNAMED, bytes: new Uint8Array(await file!.arrayBuffer()) };
}

async function formOf(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw new Refusal(400, "not the form (multipart/form-data) that it claims to be");
  }
}
