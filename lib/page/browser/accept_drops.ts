/// <reference lib="dom" />
import { type DroppedFiles, droppedFiles } from "./dropped_files.ts";

/** Takes files and folders that are dropped on an element, which has the class `dropping` while they are above it. */
export function acceptDrops(
  target: HTMLElement,
  { onDropped }: { onDropped: (dropped: DroppedFiles) => void },
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
    if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(onDropped);
  });
}
