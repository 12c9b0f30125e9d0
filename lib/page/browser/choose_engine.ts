import type { PageData } from "../page_data.ts";
import { type BackendName, BACKENDS } from "./backend_names.ts";
import type { Scorer } from "./scorer.ts";
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

/** How backends are tried. */
export interface Trial {
  /** The backends to try, the most wanted first. */
  names: readonly BackendName[];
  /** Makes a backend compute from now on; false where the browser does not have it. */
  use(name: BackendName): Promise<boolean>;
  /** Makes the network on the backend of the moment. */
  make(): Scorer;
}

/**
 * Takes the first backend whose self-test succeeds; where none has right maps, the first with right scores.
 *
 * @throws {Error} Where no backend has right scores.
 */
export async function chooseEngine(data: PageData, trial: Trial): Promise<Engine> {
  const start = performance.now();
  const notes: string[] = [];
  let withoutMaps: BackendName | null = null;
  for (const name of trial.names) {
    const engine = await tryBackend(data, name, { trial, notes });
    if (engine === null) continue;
    if (engine.hasMaps) return { ...engine, milliseconds: performance.now() - start };
    engine.scorer.dispose();
    withoutMaps ??= name;
  }
  const engine = withoutMaps === null ? null : await tryBackend(data, withoutMaps, { trial, notes: [] });
  if (engine === null) throw new Error(`This browser cannot run the network: ${notes.join("; ")}`);
  return { ...engine, notes, milliseconds: performance.now() - start };
}

async function tryBackend(
  data: PageData,
  name: BackendName,
  { trial, notes }: { trial: Trial; notes: string[] },
): Promise<Omit<Engine, "milliseconds"> | null> {
  const title = BACKENDS[name];
  if (!await trial.use(name)) {
    notes.push(`${title} is not there`);
    return null;
  }
  let scorer: Scorer | undefined;
  try {
    scorer = trial.make();
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
