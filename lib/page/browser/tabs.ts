/// <reference lib="dom" />
import { element } from "./dom.ts";

/** Panels of which one is shown, with a tab for each (WAI-ARIA's tabs: arrow keys go from one to the next). */
export function makeTabs(panels: readonly (readonly [title: string, content: HTMLElement])[]): HTMLElement {
  const tabs = panels.map(([title], i) =>
    element("button", {
      type: "button",
      role: "tab",
      id: `tab-${i}`,
      "aria-controls": `panel-${i}`,
      onclick: () => choose(i),
      onkeydown: (event: KeyboardEvent) => {
        const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (step === 0) return;
        event.stopPropagation();
        const next = (i + step + tabs.length) % tabs.length;
        choose(next);
        tabs[next]!.focus();
      },
    }, title)
  );
  const bodies = panels.map(([, content], i) =>
    element("div", { role: "tabpanel", id: `panel-${i}`, "aria-labelledby": `tab-${i}` }, content)
  );

  function choose(chosen: number): void {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      bodies[i]!.hidden = i !== chosen;
    });
  }

  choose(0);
  return element(
    "div",
    { className: "tabs" },
    element("div", { role: "tablist", "aria-label": "What is shown" }, ...tabs),
    ...bodies,
  );
}
