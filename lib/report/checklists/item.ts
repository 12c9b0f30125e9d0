import type { Fact } from "./_facts.ts";

/** An item of a checklist for authors. */
export interface ChecklistItem {
  /** Its number, as the checklist has it. */
  number: string;
  /** What it asks for, in this project's words. */
  asks: string;
  /** What a run says for it; left out where no run can. */
  fact?: Fact;
  /** What is the author's to write; left out where the run says all of it. */
  author?: string;
}

/** A checklist for authors. */
export interface Checklist {
  /** Its name. */
  title: string;
  /** Where it was published. */
  reference: string;
  /** Against what the items' numbers and subjects were checked, and what was not. */
  checked: string;
  /** Its items, by the headings of a paper. */
  sections: readonly { title: string; items: readonly ChecklistItem[] }[];
}
