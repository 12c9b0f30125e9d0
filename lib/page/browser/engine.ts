import type { PageData } from "../page_data.ts";
import { type BackendName, BACKENDS } from "./backend_names.ts";
import { backendsByLikelySpeed, useBackend } from "./backends.ts";
import { chooseEngine, type Engine } from "./choose_engine.ts";
import { makeScorer } from "./scorer.ts";

/**
 * Starts the network on the fastest backend that computes what was computed when the page was built.
 *
 * @param wanted The only backend to try, where the page's address names one.
 * @throws {Error} Where no backend has right scores.
 */
export function startEngine(data: PageData, wanted: string | null): Promise<Engine> {
  const names = wanted === null
    ? backendsByLikelySpeed()
    : (Object.keys(BACKENDS) as BackendName[]).filter((name) => name === wanted);
  return chooseEngine(data, { names, use: useBackend, make: () => makeScorer(data) });
}
