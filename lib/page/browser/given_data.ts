import type { PageData } from "../page_data.ts";

/** What the page knows, which its first script has put there. */
export function pageData(): PageData {
  return (globalThis as unknown as { thoraxPage: PageData }).thoraxPage;
}
