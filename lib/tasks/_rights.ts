/**
 * What is done with the path that a flag is given: it is read, alone or with what lies beside it (a table's images), or
 * its folder is written into (drafts lie beside files), or a folder is written into that is made where it is missing.
 */
export type PathUse = "read" | "beside" | "file" | "folder";

/** What set-up has to have put there before a task starts. */
export type SetUpPart = "tensorflow" | "metadata" | "lab" | "imagenet" | "openvino" | "clients";

/** What a task may do, besides reading the project's own folder. Anything that is not named here it may not. */
export interface Rights {
  /** The program. Default: that of the task's name beside this file. */
  program?: string;
  /** What has to be set up first. */
  needs?: readonly SetUpPart[];
  /** The flags whose value is a path. */
  paths?: Readonly<Record<string, PathUse>>;
  /** Flags that write into a folder where the user is, and its name. */
  folders?: Readonly<Record<string, string>>;
  /** Whether arguments without a flag are paths that are read, patterns of paths, or `-`: any path. */
  readsArguments?: true;
  /** Whether `--config` and the `config.json` of `--run` name further folders and files to be read. */
  readsSettings?: true;
  /** Folders of the project that are written into. */
  writes?: readonly string[];
  /** The flag without which nothing is written, so that what may be written otherwise is only read. */
  writesWith?: string;
  /** Native libraries that are loaded; `images` are those that decode and draw images. */
  loads?: readonly ("tensorflow" | "images")[];
  /** Whether `--engine openvino` loads OpenVINO, which is then set up too. */
  engine?: true;
  /** Programs that are run; `deno` is the one that runs this, `esbuild` npm's, "any" leaves all free. */
  runs?: "any" | readonly string[];
  /** Environment variables that are read or set; "any" leaves all free. All others seem not to be there. */
  variables?: "any" | readonly string[];
  /** What is asked of the operating system; "any" leaves all free. */
  asks?: "any" | readonly string[];
  /** Whether the network is used; `local` only listens to this machine, and can reach nothing but it. */
  network?: true | "local";
  /** The flag that names a further address that is listened on. */
  listensOn?: string;
  /** The flag by which a page of this machine is served and opened in the browser. */
  opensWith?: string;
  /** Whether `--workers` or TF_CONFIG name addresses that are listened on and connected to. */
  workers?: true;
  /** Whether any file may be read and written, as programs of other makers need it. */
  anyFile?: true;
}

const TENSORFLOW_VARIABLES = [
  "TENSORFLOW_LIBRARY",
  "TENSORFLOW_THREADS",
  "TENSORFLOW_VERBOSE",
  "THORAX_LOG",
  "TF_CPP_MIN_LOG_LEVEL",
  "TF_ENABLE_ONEDNN_OPTS",
  "ONEDNN_MAX_CPU_ISA",
];

/** The flags that say where a data set is. */
const DATA_PATHS = { "--data": "read", "--table": "beside", "--images": "read" } as const;

/** What training and scoring need. */
const NETWORK = {
  needs: ["tensorflow", "metadata"],
  loads: ["tensorflow", "images"],
  variables: TENSORFLOW_VARIABLES,
  asks: ["systemMemoryInfo"],
} as const satisfies Rights;

/** What training asks of the system. */
const TRAINING_ASKS = [...NETWORK.asks, "cpus"] as const;

/** The rights of every `deno task`. */
export const RIGHTS: Readonly<Record<string, Rights>> = {
  setup: { writes: [".venv", "data"], runs: ["python3"], asks: ["statfs"] },
  split: {
    needs: ["metadata"],
    paths: { ...DATA_PATHS, "--lists": "read", "--out": "file" },
    writes: ["data/cache", "data/outputs"],
  },
  shard: {
    needs: ["metadata"],
    paths: { ...DATA_PATHS, "--lists": "read", "--out": "folder" },
    loads: ["images"],
    writes: ["data/cache"],
  },
  inspect: { paths: DATA_PATHS, writes: ["data/cache"], loads: ["images"] },
  train: {
    ...NETWORK,
    workers: true,
    opensWith: "--open",
    variables: [...TENSORFLOW_VARIABLES, "TF_CONFIG"],
    asks: TRAINING_ASKS,
    paths: {
      ...DATA_PATHS,
      "--split-file": "read",
      "--lists": "read",
      "--weights": "read",
      "--config": "read",
      "--run": "folder",
    },
    readsSettings: true,
    writes: ["data"],
  },
  "find-rate": {
    ...NETWORK,
    program: "lib/tasks/find_rate.ts",
    asks: TRAINING_ASKS,
    paths: { ...DATA_PATHS, "--config": "read", "--weights": "read", "--out": "file" },
    readsSettings: true,
    writes: ["data"],
  },
  evaluate: {
    ...NETWORK,
    engine: true,
    paths: { ...DATA_PATHS, "--run": "folder" },
    writes: ["data/cache"],
  },
  predict: {
    ...NETWORK,
    paths: { "--run": "read", "--out": "file", "--pictures": "folder" },
    folders: { "--explain": "heat-maps" },
    writes: ["data/outputs"],
    readsArguments: true,
  },
  page: {
    ...NETWORK,
    paths: { "--run": "read", "--out": "folder", "--example": "read" },
    writes: ["data/outputs"],
    runs: ["esbuild"],
    network: "local",
  },
  serve: {
    ...NETWORK,
    variables: [...TENSORFLOW_VARIABLES, "THORAX_TOKEN"],
    paths: { "--run": "read" },
    network: "local",
    listensOn: "--host",
  },
  runs: {
    paths: { "--dir": "folder" },
    readsArguments: true,
    writes: ["data/runs", "data/cache"],
    writesWith: "--yes",
  },
  import: { ...NETWORK, paths: { "--run": "folder" }, readsArguments: true, writes: ["data/runs"] },
  compare: { paths: { "--run": "read" } },
  export: { ...NETWORK, paths: { "--run": "read", "--out": "file" }, writes: ["data/outputs"] },
  weights: { paths: { "--out": "file" }, writes: ["data/weights", "data/outputs"], network: true },
  leak: {
    ...NETWORK,
    asks: TRAINING_ASKS,
    paths: { ...DATA_PATHS, "--config": "read", "--out": "folder" },
    readsSettings: true,
    writes: ["data"],
  },
  metrics: {
    needs: ["metadata"],
    paths: { ...DATA_PATHS, "--predictions": "read", "--validation": "read", "--out": "folder" },
  },
  "audit-labels": {
    program: "lib/tasks/audit_labels.ts",
    needs: ["metadata"],
    paths: { "--run": "read", "--predictions": "read", "--out": "file" },
    writes: ["data/outputs"],
  },
  phantom: { paths: { "--out": "file" }, writes: ["data"], loads: ["images"] },
  lab: {
    needs: ["tensorflow", "metadata", "lab"],
    writes: [".venv/share"],
    runs: [".venv/bin/jupyter-lab"],
    asks: ["uid"],
  },
  notebooks: {
    needs: ["tensorflow", "metadata", "lab"],
    writes: [".venv/share", "notebooks", ".artefacts", ".cells"],
    runs: ["deno", ".venv/bin/python"],
    variables: ["HOME"],
  },
  check: { writes: [".cells-check"], runs: ["deno"], variables: ["HOME"] },
  test: { needs: ["tensorflow", "metadata", "lab", "clients"], runs: ["deno"] },
  ok: { runs: ["deno"] },
  conformance: {
    ...NETWORK,
    program: "tests/conformance/conformance.ts",
    needs: ["tensorflow"],
    writes: [".artefacts"],
    asks: [...NETWORK.asks, "uid", "gid"],
  },
  pack: { paths: { "--out": "folder" }, writes: [".artefacts"], variables: "any" },
  docs: { writes: [".artefacts"], runs: ["deno"] },
  rooms: { program: "tests/rooms/rooms.ts", writes: [".artefacts", ".github"], runs: ["deno"] },
  fuzz: { program: "tests/fuzz/fuzz.ts", needs: ["tensorflow"], anyFile: true, runs: ["deno"] },
  soak: {
    ...{ program: "tests/soak/soak.ts", needs: ["tensorflow", "metadata", "lab"], anyFile: true },
    ...{ loads: ["tensorflow", "images"], runs: "any", variables: "any", asks: "any" },
  },
  bench: {
    ...{ program: "tests/bench/bench.ts", anyFile: true, network: "local" },
    ...{ runs: "any", variables: "any", asks: "any" },
  },
};
