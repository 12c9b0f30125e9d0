import { basename } from "node:path";
import type { Predictor } from "../runs/predictor.ts";
import type { HttpHandler } from "../support/serve_http.ts";
import { admission, type AdmissionLimits } from "./admission.ts";
import { answer } from "./answer.ts";
import { checkSender } from "./check_sender.ts";
import { openApi } from "./openapi.ts";
import { openJudge } from "./open_judge.ts";
import { Refusal } from "./refusal.ts";
import { quote } from "../support/printable.ts";

/** What a service allows. */
export interface ServiceLimits {
  /** The most bytes of a request. */
  size: number;
  /** Milliseconds in which a request has to come, and as many in which it has to be answered. */
  time: number;
  /** How many requests are worked on at once. */
  atOnce: AdmissionLimits;
}

/** Who may ask a service, and how much. */
export interface ServiceOptions extends ServiceLimits {
  /** What has to be said by `Authorization: Bearer`; null where nothing is asked. */
  token: string | null;
  /** Whether only this machine is listened to. */
  isLocal: boolean;
  /** Is told of an error that is nobody's mistake but Thorax'. */
  onDefect(error: unknown): void;
}

/** A run that answers over HTTP. */
export interface PredictionService extends Disposable {
  /** Answers a request. */
  handle: HttpHandler;
}

/** Makes a predictor a service: `POST /predict`, `POST /explain` and `GET /openapi.json`. */
export async function openPredictionService(
  predictor: Predictor,
  options: ServiceOptions,
): Promise<PredictionService> {
  const judge = await openJudge(predictor);
  const run = basename(predictor.loaded.run.dir);
  const description = openApi(predictor, { ...options, name: run, hasToken: options.token !== null });
  const admit = admission(options.atOnce);
  const service = { judge, admit, limits: options, head: { run, runWarnings: predictor.warnings } };

  async function route(request: Request, client: string): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    checkSender(request, options);
    switch (pathname) {
      case "/openapi.json":
        checkMethod(request, ["GET", "HEAD"]);
        return Response.json(description);
      case "/predict":
      case "/explain": {
        checkMethod(request, ["POST"]);
        const wantsPicture = pathname === "/explain" || prefersPicture(request.headers.get("accept"));
        checkParameters(searchParams);
        checkEncoding(request);
        const finding = judge.findingOf(searchParams.get("finding"));
        return await answer(request, { ...service, client, wantsPicture, finding });
      }
      default:
        throw new Refusal(404, `${pathname}: there are POST /predict, POST /explain and GET /openapi.json`);
    }
  }

  return {
    async handle(request, client) {
      try {
        return await route(request, client);
      } catch (error) {
        if (error instanceof Refusal) return error.response();
        options.onDefect(error);
        return new Refusal(500, "a defect of Thorax: its own window says more").response();
      }
    },
    [Symbol.dispose]: () => judge[Symbol.dispose](),
  };
}

function checkMethod({ method }: Request, methods: readonly string[]): void {
  if (methods.includes(method)) return;
  throw new Refusal(405, `${method}: only ${methods[0]} is answered here`, { allow: methods.join(", ") });
}

/** Refuses what would be passed over in an address: other parameters, and one that is there twice. */
function checkParameters(given: URLSearchParams): void {
  const names = [...given.keys()];
  const other = names.find((name) => name !== "finding");
  if (other !== undefined) throw new Refusal(400, `parameter ${quote(other)}: there is "finding" alone`);
  if (names.length > 1) throw new Refusal(400, `parameter "finding": is there ${names.length} times`);
}

/** Refuses bodies that are compressed, or say so: they are read as they come. */
function checkEncoding({ headers }: Request): void {
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() === "identity") return;
  throw new Refusal(415, `content-encoding ${quote(encoding)}: send the image as it is`);
}

/** Whether a client names PNGs or pictures before JSON (RFC 9110, 12.5.1), or without it. */
function prefersPicture(accept: string | null): boolean {
  const weights = new Map(
    (accept ?? "").split(",").map((range) => {
      const [type, ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return [type, quality === undefined ? 1 : Number(quality.slice(2))] as const;
    }),
  );
  const weigh = (types: readonly string[]) => weights.get(types.find((type) => weights.has(type)) ?? "") ?? 0;
  return weigh(["image/png", "image/*"]) > weigh(["application/json", "application/*", "*/*"]);
}
