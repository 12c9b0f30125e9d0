import jasmineCore from "jasmine-core";
import { loadSpecs, type SpecSources } from "./load_specs.ts";

/** What became of one spec. */
export interface SpecResult {
  /**
   * The names of the suites that it stands in and its own, such as `conv2d x=[1,4,4] f=[2,2] s=1`; where several
   * specs are named alike, the later ones end in `(2)`, `(3)` and so on.
   */
  name: string;
  status: "passed" | "failed" | "skipped";
  /** What failed, in jasmine's words; empty unless it failed. */
  messages: string[];
}

/** Which specs run, and what happens around each. */
export interface SpecOptions extends SpecSources {
  /** The name that the backend under test is registered under. */
  backend: string;
  /** Runs only specs with this text in their name. */
  filter?: string;
  /** Is called before a spec starts. */
  before?: () => void;
  /** Is called when a spec has ended. What it throws counts as a failure of that spec. */
  after?: () => void;
  /** Is called with the number of specs that have ended. */
  progress?: (done: number) => void;
}

/** The part of jasmine that is used here; its package describes no types. */
interface Jasmine {
  DEFAULT_TIMEOUT_INTERVAL: number;
  getEnv(): {
    configure(settings: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
    addReporter(reporter: {
      specDone(result: {
        fullName: string;
        status: string;
        failedExpectations: { message: string }[];
      }): void;
    }): void;
    beforeEach(work: () => void): void;
    afterEach(work: () => void): void;
    execute(): Promise<unknown>;
  };
}

/** Runs tfjs-core's own specs of operations, optimisers, gradients, tensors and buffers, and others, in their order. */
export async function runSpecs(options: SpecOptions): Promise<SpecResult[]> {
  const { backend, filter = "", nodeFolder, before, after, progress } = options;
  const jasmine: Jasmine = jasmineCore.boot();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  const environment = jasmine.getEnv();
  const nameOf = (fullName: string) => fullName.replaceAll(" test-tensorflow {}", "");
  environment.configure({
    random: false,
    specFilter: (spec) => nameOf(spec.getFullName()).includes(filter),
  });
  if (before) environment.beforeEach(before);
  if (after) environment.afterEach(after);
  await loadSpecs(backend, { nodeFolder });

  const results: SpecResult[] = [];
  const seen = new Map<string, number>();
  environment.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      const name = nameOf(fullName);
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      if (status === "excluded") return;
      results.push({
        name: count === 1 ? name : `${name} (${count})`,
        status: status === "passed" || status === "failed" ? status : "skipped",
        messages: failedExpectations.map(({ message }) => message),
      });
      progress?.(results.length);
    },
  });
  const { log, warn } = console;
  console.log = console.warn = () => {}; // What specs print is theirs to look at, not the user's.
  try {
    await environment.execute();
  } finally {
    Object.assign(console, { log, warn });
  }
  return results;
}
