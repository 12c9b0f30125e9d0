import type { PageData } from "../page_data.ts";
import { type BackendName, BACKENDS, backendsByLikelySpeed, useBackend } from "./backends.ts";
import { makeScorer, type Scorer } from "./scorer.ts";
import { isRight, selfTest, type SelfTestResult } from "./self_test.ts";

/** A network that computes what it computed when the page was built. */
export interface Engine {
  scorer: Scorer;
  /** What it computes with. */
  backend: BackendName;
  /** How far it was off what it should compute. */
  off: SelfTestResult;
  /** Whether its heat maps may be shown. */
  hasMaps: boolean;
  /** How long the start took, its self-test included. */
  milliseconds: number;
  /** Half sentences on the backends that were not taken. */
  notes: string[];
}

/**
 * Starts the network on the fastest backend whose self-test succeeds; where none has right maps, on one with right scores.
 *
 * @param wanted The only backend to try, where the page's address names one.
 * @throws {Error} Where no backend has right scores.
 */
export async function startEngine(data: PageData, wanted: string | null): Promise<Engine> {
  const start = performance.now();
  const names = wanted === null
    ? backendsByLikelySpeed()
    : (Object.keys(BACKENDS) as BackendName[]).filter((name) => name === wanted);
  const notes: string[] = [];
  let withoutMaps: BackendName | null = null;
  for (const name of names) {
    const engine = await tryBackend(data, name, notes);
    if (engine === null) continue;
    if (engine.hasMaps) return { ...engine, milliseconds: performance.now() - start };
    engine.scorer.dispose();
    withoutMaps ??= name;
  }
  const engine = withoutMaps === null ? null : await tryBackend(data, withoutMaps, []);
  if (engine === null) throw new Error(`This browser cannot run the network: ${notes.join("; ")}`);
  return { ...engine, notes, milliseconds: performance.now() - start };
}

async function tryBackend(
  data: PageData,
  name: BackendName,
  notes: string[],
): Promise<Omit<Engine, "milliseconds"> | null> {
  const title = BACKENDS[name];
  if (!await useBackend(name)) {
    notes.push(`${title} is not there`);
    return null;
  }
  let scorer: Scorer | undefined;
  try {
    scorer = makeScorer(data);
    const off = await selfTest(data, scorer);
    const right = isRight(off);
    if (right.scores) {
      if (!right.maps) notes.push(`${title} computes wrong heat maps`);
      return { scorer, backend: name, off, hasMaps: right.maps, notes };
    }
    notes.push(`${title} computes wrong scores`);
  } catch (error) {
    notes.push(`${title} failed (${(error as Error).message})`);
  }
  scorer?.dispose();
  return null;
}
