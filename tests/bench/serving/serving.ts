// `deno task serve` beside a FastAPI + PyTorch server of the same network: requests a second and how long they take, by
// how many clients ask at once. The two are interleaved, each alone at its turn. It needs a run of a ResNet v2, an image,
// and a Python with torch, safetensors, fastapi, uvicorn, pillow and numpy:
//
//   deno run --allow-all tests/bench/serving/serving.ts RUN IMAGE PYTHON [ROUNDS] [SECONDS]

import { dirname, join } from "node:path";
import { PROJECT } from "../../../lib/support/project.ts";
import { freePorts } from "../../../lib/tasks/_local_workers.ts";
import { median } from "../result.ts";

/** How many clients ask at once, each as soon as it has its answer. */
const CLIENTS = [1, 8];

/** A server under test. */
interface Server {
  name: string;
  address: string;
  process: Deno.ChildProcess;
}

/** What a turn found. */
interface Found {
  rate: number;
  p50: number;
  p95: number;
}

const [run, image, python, rounds = "3", seconds = "10"] = Deno.args;
if (run === undefined || image === undefined || python === undefined) {
  console.error("error: serving.ts RUN IMAGE PYTHON [ROUNDS] [SECONDS]");
  Deno.exit(1);
}
const folder = await Deno.makeTempDir();
const { settings: { imageSize, network } } = JSON.parse(await Deno.readTextFile(join(run, "config.json")));
const servers = [await startOurs(run), await startFastApi(run)];
try {
  const bytes = await Deno.readFile(image);
  await compareScores(bytes);
  console.log(`${network}, ${imageSize}x${imageSize}; ${image}, ${bytes.length} bytes`);
  for (const clients of CLIENTS) {
    const found = servers.map((): Found[] => []);
    for (const { address } of servers) await ask(address, { bytes, clients, seconds: 3 });
    for (let round = 0; round < Number(rounds); round++) {
      for (const [i, { address }] of servers.entries()) {
        found[i]!.push(await ask(address, { bytes, clients, seconds: Number(seconds) }));
      }
    }
    servers.forEach(({ name }, i) => {
      const of = (key: keyof Found) => median(found[i]!.map((each) => each[key])).toFixed(1);
      console.log(
        `${clients} clients, ${name}: ${of("rate")} requests/s, p50 ${of("p50")} ms, p95 ${of("p95")} ms`,
      );
    });
  }
} finally {
  for (const { process } of servers) {
    process.kill("SIGINT");
    await process.status;
  }
  await Deno.remove(folder, { recursive: true });
}

async function startOurs(run: string): Promise<Server> {
  const args = ["task", "serve", "--run", run, "--port", "0"];
  const process = new Deno.Command(Deno.execPath(), { args, cwd: PROJECT, stdout: "piped" }).spawn();
  const said = await untilSaid(process, /http:\S+(?=\/ )/);
  return { name: "Thorax", address: said, process };
}

async function startFastApi(run: string): Promise<Server> {
  const out = join(folder, "network.safetensors");
  const args = ["task", "export", "--run", run, "--format", "torch", "--out", out];
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: PROJECT }).output();
  if (!success) throw new Error(`${run}: is not exported for PyTorch`);
  const module = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".py"))!.name;
  const [port] = await freePorts(1);
  const process = new Deno.Command(python!, {
    args: [
      join(import.meta.dirname!, "fastapi_server.py"),
      out,
      join(dirname(out), module),
      `${port}`,
      `${imageSize}`,
    ],
    stdout: "piped",
  }).spawn();
  await untilSaid(process, /ready/);
  const address = `http://127.0.0.1:${port}`;
  while (
    !await fetch(address).then((response) => response.body?.cancel(), () => "closed").then((end) =>
      end !== "closed"
    )
  ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { name: "FastAPI + PyTorch", address, process };
}

async function untilSaid(process: Deno.ChildProcess, what: RegExp): Promise<string> {
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!what.test(said)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it ended before it was ready: ${said}`);
    said += value;
  }
  reader.releaseLock();
  return said.match(what)![0];
}

/** Both have to see the same, but for how the image was shrunk. */
async function compareScores(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const [ours, theirs] = await Promise.all(
    servers.map(async ({ address }) => await (await post(address, bytes)).json()),
  );
  const scores = Object.values<{ score: number }>(ours.findings).map(({ score }) => score);
  const off = Math.max(...scores.map((score, i) => Math.abs(score - theirs.scores[i])));
  console.log(`scores differ by ${off.toPrecision(2)} at most`);
  if (!(off < 0.02)) throw new Error("they are not the same network");
}

async function post(address: string, body: Uint8Array<ArrayBuffer>): Promise<Response> {
  const response = await fetch(`${address}/predict`, { method: "POST", body });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

async function ask(
  address: string,
  { bytes, clients, seconds }: { bytes: Uint8Array<ArrayBuffer>; clients: number; seconds: number },
): Promise<Found> {
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() - start < 1000 * seconds) {
      const before = performance.now();
      await (await post(address, bytes)).text();
      times.push(performance.now() - before);
    }
  }));
  const rate = 1000 * times.length / (performance.now() - start);
  times.sort((a, b) => a - b);
  return { rate, p50: times[Math.floor(0.5 * times.length)]!, p95: times[Math.floor(0.95 * times.length)]! };
}
