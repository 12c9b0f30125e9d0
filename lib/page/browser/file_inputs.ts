/// <reference lib="dom" />
import { type Attributes, element } from "./dom.ts";
import { chosenFiles, type GivenFile } from "./dropped_files.ts";

/** The two hidden inputs that labels for `files` and `folder` open. */
export function makeFileInputs(
  { onGiven }: { onGiven: (given: readonly GivenFile[]) => void },
): HTMLElement[] {
  return [
    fileInput({ id: "files", multiple: true }, onGiven),
    fileInput({ id: "folder", webkitdirectory: true }, onGiven),
  ];
}

function fileInput(
  attributes: Attributes,
  onGiven: (given: readonly GivenFile[]) => void,
): HTMLInputElement {
  const input = element("input", {
    type: "file",
    className: "spoken",
    ...attributes,
    onchange: () => {
      onGiven(chosenFiles(input.files!));
      input.value = "";
    },
  });
  return input;
}
