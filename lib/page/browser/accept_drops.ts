/// <reference lib="dom" />
import { droppedFiles, type GivenFile } from "./dropped_files.ts";

/** Takes files and folders that are dropped on an element, which has the class `dropping` while they are above it. */
export function acceptDrops(
  target: HTMLElement,
  { onGiven }: { onGiven: (given: readonly GivenFile[]) => void },
): void {
  target.addEventListener("dragover", (event) => {
    event.preventDefault();
    target.classList.add("dropping");
  });
  target.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) target.classList.remove("dropping");
  });
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    target.classList.remove("dropping");
    if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(onGiven);
  });
}
