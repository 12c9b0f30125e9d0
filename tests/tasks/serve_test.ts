import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import sharp from "sharp";
import type { PredictionRow } from "../../lib/runs/prediction_row.ts";
import type { TestProject } from "./_project.ts";
import { smallRun } from "./_small_run.ts";

const FIXTURES = resolve(import.meta.dirname!, "../fixtures/dataset");
const IMAGES = [
  "png/grey_16.png",
  "png/palette_8.png",
  "jpeg/colours.jpg",
  "dicom/window.dcm",
  "dicom/jpeg_2000.dcm",
];
const TOKEN = "a-token-that-is-long-enough";

/** What is answered. */
type Prediction = PredictionRow & { run: string; runWarnings: string[] };

/** A server that was started by the task. */
interface Serving {
  address: string;
  /** Presses Ctrl-C and waits for the end. */
  end(): Promise<{ code: number; stderr: string }>;
}

async function startServer(project: TestProject, args: readonly string[]): Promise<Serving> {
  const server = await project.start("serve", [...args, "--port", "0"]);
  const complaints = new Response(server.stderr).text();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("Ctrl-C")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it ended: ${said} ${await complaints}`);
    said += value;
  }
  return {
    address: said.match(/http:\/\/\S+?(?=\/ )/)![0].replace("0.0.0.0", "127.0.0.1"),
    async end() {
      server.kill("SIGINT");
      while (!(await reader.read()).done);
      return { code: (await server.status).code, stderr: await complaints };
    },
  };
}

/** Begins a request over a connection of its own, with one of nine bytes once the server asks for them. */
async function begin(address: string, headers: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(address);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head =
    `POST /predict HTTP/1.1\r\nHost: ${hostname}\r\n${headers}Content-Length: 9\r\nExpect: 100-continue\r\n`;
  await connection.write(new TextEncoder().encode(`${head}\r\n`));
  assert.match(await answerOf(connection, "\r\n\r\n"), /^HTTP\/1\.1 100 /);
  await connection.write(new Uint8Array(1));
  return connection;
}

/** What comes over a connection, up to a text. */
async function answerOf(connection: Deno.TcpConn, end = "}"): Promise<string> {
  let answer = "";
  const buffer = new Uint8Array(4096);
  for (let count; !answer.includes(end) && (count = await connection.read(buffer)) !== null;) {
    answer += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return answer;
}

/** What a request is answered that comes by another name. */
async function answerAs(host: string, address: string): Promise<string> {
  const { hostname, port } = new URL(address);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(
    new TextEncoder().encode(`POST /predict HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`),
  );
  return await answerOf(connection);
}

Deno.test({
  name: "serve answers over HTTP what predict says, and a mistake with a line of JSON",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (test) => {
    await using project = await smallRun();
    const images = IMAGES.map((name) => join(FIXTURES, name));
    const bytes = images.map((path) => Deno.readFileSync(path));
    const predicted = await project.run("predict", ["--run", project.dir, "--out", "all.jsonl", ...images]);
    assert.equal(predicted.code, 0, predicted.stderr);
    const rows: PredictionRow[] = (await Deno.readTextFile(join(project.path, "all.jsonl"))).trim().split(
      "\n",
    )
      .map((line) => JSON.parse(line));

    await test.step("alone, together, as a form, as a picture; described by OpenAPI", async () => {
      const { address, end } = await startServer(project, ["--run", project.dir, "--max-megabytes", "1"]);
      const post = async (path: string, body: BodyInit, headers: HeadersInit = {}) =>
        await fetch(`${address}${path}`, { method: "POST", body, headers });
      const errorOf = async (response: Response) => {
        const text = await response.text();
        assert.equal(text.split("\n").length, 1, text);
        const { error } = JSON.parse(text);
        return [response.status, error];
      };

      const description = await (await fetch(`${address}/openapi.json`)).json();
      const validator = new Validator();
      const { valid, errors } = await validator.validate(structuredClone(description));
      assert(valid, JSON.stringify(errors));
      assert.equal(validator.version, "3.1");
      const broken = await new Validator().validate({
        ...structuredClone(description),
        paths: { predict: 1 },
      });
      assert(!broken.valid, "the validator refuses nothing");
      const ajv = new Ajv2020.default({ strict: false });
      ajv.addSchema(description, "api");
      const isPrediction = ajv.compile<Prediction>({ $ref: "api#/components/schemas/Prediction" });

      const alone: unknown = await (await post("/predict", bytes[0]!)).json();
      const many = await Promise.all(
        [...bytes, ...bytes].map(async (each): Promise<unknown> =>
          await (await post("/predict", each)).json()
        ),
      );
      for (const [i, found] of [alone, ...many.slice(0, 5), ...many.slice(5)].entries()) {
        assert(isPrediction(found), JSON.stringify(isPrediction.errors));
        const row = rows[i === 0 ? 0 : (i - 1) % 5]!;
        assert.equal(found.run, "run");
        assert.deepEqual([found.format, found.width, found.warnings], [row.format, row.width, row.warnings]);
        for (const [finding, { probability, threshold, above, score }] of Object.entries(row.findings)) {
          const other: PredictionRow["findings"][string] = found.findings[finding]!;
          assert(Math.abs(other.score - score) < 1e-5, `${finding}: ${other.score}, expected ${score}`);
          assert.equal(other.above, above);
          assert.equal(other.threshold, threshold);
          assert(probability === null || Math.abs(other.probability! - probability) < 1e-4);
        }
      }
      assert(!isPrediction({ ...(alone as Prediction), findings: {} }), "the schema refuses nothing");

      const form = new FormData();
      form.append("image", new Blob([bytes[3]!]), "chest.dcm");
      assert.equal((await (await post("/predict", form)).json()).image, "chest.dcm");
      const picture = await post("/predict?finding=pleural%20effusion", bytes[0]!, { accept: "image/png" });
      assert.equal(picture.headers.get("content-type"), "image/png");
      const [drawn, same, other] = await Promise.all([
        picture.bytes(),
        (await post("/explain?finding=Effusion", bytes[0]!)).bytes(),
        (await post("/explain?finding=Mass", bytes[0]!)).bytes(),
      ]);
      assert.equal((await sharp(drawn).metadata()).format, "png");
      assert.deepEqual(same, drawn);
      assert.notDeepEqual(other, drawn);

      const [badForm, tooMany] = [new FormData(), new FormData()];
      for (const name of ["a", "b"]) tooMany.append(name, new Blob(["x"]), name);
      assert.deepEqual(await errorOf(await post("/predict", "no image")), [
        422,
        "image: not a PNG, JPEG or DICOM file",
      ]);
      assert.deepEqual(await errorOf(await post("/predict", "")), [422, "image: the file is empty"]);
      assert.deepEqual(await errorOf(await post("/predict?threshold=0.5", bytes[0]!)), [
        400,
        'parameter "threshold": there is "finding" alone',
      ]);
      assert.deepEqual(await errorOf(await post("/explain?finding=Mass&finding=Nodule", bytes[0]!)), [
        400,
        'parameter "finding": is there 2 times',
      ]);
      assert.deepEqual(await errorOf(await post("/predict", bytes[0]!, { "content-encoding": "gzip" })), [
        415,
        'content-encoding "gzip": send the image as it is',
      ]);
      assert.equal((await errorOf(await post("/predict", bytes[2]!.subarray(0, 300))))[0], 422);
      assert.equal((await errorOf(await post("/predict", badForm)))[0], 400);
      assert.deepEqual(await errorOf(await post("/predict", tooMany)), [
        400,
        "the form has 2 files, not one image",
      ]);
      for (const path of ["/explain", "/predict"]) {
        const [status, error] = await errorOf(await post(`${path}?finding=Gout`, bytes[0]!));
        assert.equal(status, 400);
        assert.match(error, /^finding "Gout": is none of the run's: Atelectasis, .*, Pneumothorax$/, path);
      }
      assert.equal((await errorOf(await fetch(`${address}/predict`)))[0], 405);
      assert.equal((await errorOf(await fetch(`${address}/config.json`)))[0], 404);
      assert.deepEqual(await errorOf(await post("/predict", new Uint8Array(1e6 + 1))), [
        413,
        "more than the 1000000 bytes that are taken",
      ]);
      const chunked = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(3e5)),
      });
      assert.equal((await post("/predict", chunked).catch(() => null))?.status ?? 413, 413);
      const foreign = await post("/predict", bytes[0]!, { origin: "http://evil.example" });
      assert.equal((await errorOf(foreign))[0], 403);
      assert.match(await answerAs("evil.example", address), /^HTTP\/1\.1 421 /);
      const slow = await Promise.all(Array.from({ length: 16 }, () => begin(address, "")));
      const refused = await post("/predict", bytes[0]!);
      assert.deepEqual([refused.headers.get("retry-after"), ...await errorOf(refused)], [
        "1",
        429,
        "16 requests of yours are under way: try again later",
      ]);
      for (const connection of slow) await connection.write(new Uint8Array(8));
      for (const connection of slow) {
        assert.match(await answerOf(connection), /^HTTP\/1\.1 422 /);
        connection.close();
      }
      assert.equal((await post("/predict", bytes[0]!)).status, 200);
      const { code, stderr } = await end();
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /defect|\n\s+at /);
    });

    await test.step("limits of time and number, and a token", async () => {
      const args = ["--run", project.dir, "--timeout", "4", "--at-once", "1"];
      const { address, end } = await startServer(project, [...args, "--host", "0.0.0.0", "--token", TOKEN]);
      using slow = await begin(address, `Authorization: Bearer ${TOKEN}\r\n`);
      const post = async (headers: HeadersInit) =>
        await fetch(`${address}/predict`, { method: "POST", body: bytes[0]!, headers });
      for (const headers of [{}, { authorization: "Bearer no" }, { authorization: TOKEN }]) {
        const { status, headers: sent } = await post(headers);
        assert.deepEqual([status, sent.get("www-authenticate")], [401, "Bearer"]);
      }
      const second = await post({ authorization: `Bearer ${TOKEN}` });
      assert.deepEqual([second.status, second.headers.get("retry-after")], [503, "1"]);
      assert.match(await answerOf(slow), /^HTTP\/1\.1 408 [^]*\{"error":"did not come within 4 s"\}/);
      const { status, body } = await post({ authorization: `Bearer ${TOKEN}` });
      assert.equal(status, 200);
      await body!.cancel();
      assert.equal((await end()).code, 0);
    });

    await test.step("what cannot be is one line", async () => {
      for (
        const [args, line] of [
          [["--host", "0.0.0.0"], /^error: --host 0\.0\.0\.0: others can reach it, so a token is needed/],
          [["--host", "0.0.0.0", "--token", "short"], /^error: the token has to have 16 characters/],
          [
            ["--host", "203.0.113.1", "--token", TOKEN],
            /^error: --host 203\.0\.113\.1: is no address of this/,
          ],
          [["--run", join(project.path, "none")], /^error: .*none/],
        ] as [string[], RegExp][]
      ) {
        const { code, stderr } = await project.run("serve", ["--run", project.dir, ...args]);
        assert.equal(code, 1, stderr);
        assert.match(stderr.trim().split("\n").at(-1)!, line);
      }
    });
  },
});
