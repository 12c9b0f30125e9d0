import { plotlyFile } from "../plots/_plotly.ts";
import { serveHttp } from "../support/serve_http.ts";
import { sha256Base64 } from "../support/sha256.ts";
import { checkSender } from "./check_sender.ts";
import { LIVE_HTML, LIVE_SCRIPT, LIVE_STYLE } from "./live_html.ts";
import { type LiveReporter, liveReporter } from "./live_reporter.ts";
import { Refusal } from "./refusal.ts";

/** A page of this machine that shows a run while it goes on. */
export interface LivePage extends AsyncDisposable {
  /** Its address. */
  address: string;
  /** What the run is to be told. */
  reporter: LiveReporter;
}

/** Milliseconds between two events at least. */
const PAUSE = 1000;

/** Milliseconds that pages have to fetch the report when the run has ended. */
const FAREWELL = 5000;

/** By what is plotly.js' own style known, which is empty when it is put into the page. */
const NOTHING = `'sha256-${sha256Base64("")}'`;

/** What may be loaded: the page's own files; it may be framed by pages of this machine, as notebooks are. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${NOTHING}`,
  "connect-src 'self'",
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
].join("; ");

const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/**
 * Opens a page that shows a run: loss, AUC by finding, time left and the last Grad-CAM, by server-sent events (HTML
 * standard, 9.2). When the run has ended it becomes the report. Only this machine reaches it. Disposing of it waits until
 * those who look at it have the report.
 *
 * @param options `port`: default any that is free.
 * @throws {InputError} Where the port is taken.
 */
export async function openLivePage({ port = 0 }: { port?: number } = {}): Promise<LivePage> {
  const reporter = liveReporter();
  const viewers = viewersOf(reporter);
  const ending = new AbortController();
  const listening = Promise.withResolvers<string>();
  const served = serveHttp((request) => {
    try {
      return answer(request, { reporter, viewers });
    } catch (error) {
      if (error instanceof Refusal) return error.response();
      throw error;
    }
  }, { port, signal: ending.signal, onListening: listening.resolve });
  served.catch(listening.reject);
  const address = await listening.promise;
  return {
    address,
    reporter,
    async [Symbol.asyncDispose]() {
      reporter.end();
      await viewers.leave();
      reporter[Symbol.dispose]();
      ending.abort();
      await served;
    },
  };
}

/** Those who look at the page. */
interface Viewers {
  /** Begins to tell one what is to be seen. */
  welcome(): Response;
  /** One has fetched the report. */
  onReport(): void;
  /** Tells all how it ended, and waits until each has what it needs. */
  leave(): Promise<void>;
}

function viewersOf(reporter: LiveReporter): Viewers {
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let awaited = 0;
  let onAll = () => {};

  const event = () => new TextEncoder().encode(`data: ${JSON.stringify(reporter.state())}\n\n`);

  function tell(): void {
    clearTimeout(timer);
    timer = undefined;
    if (streams.size === 0) return;
    const bytes = event();
    for (const stream of streams) stream.enqueue(bytes);
  }

  reporter.onChange = () => {
    if (timer !== undefined || streams.size === 0) return;
    timer = setTimeout(tell, PAUSE);
    Deno.unrefTimer(timer);
  };

  return {
    welcome() {
      let own: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(stream) {
          own = stream;
          streams.add(stream);
          stream.enqueue(event());
        },
        cancel: () => void streams.delete(own),
      });
      return new Response(body, { headers: { ...HEADERS, "content-type": "text/event-stream" } });
    },
    onReport() {
      if (--awaited <= 0) onAll();
    },
    async leave() {
      tell();
      awaited = streams.size;
      if (awaited > 0 && reporter.report() !== null) {
        const late = setTimeout(() => onAll(), FAREWELL);
        await new Promise<void>((resolve) => onAll = resolve);
        clearTimeout(late);
      }
      // What was said or fetched last is still under way.
      await new Promise((resolve) => setTimeout(resolve, PAUSE / 4));
      for (const stream of streams) stream.close();
      streams.clear();
    },
  };
}

function answer(
  request: Request,
  { reporter, viewers }: { reporter: LiveReporter; viewers: Viewers },
): Response {
  checkSender(request, { token: null, isLocal: true });
  if (request.method !== "GET") {
    throw new Refusal(405, `${request.method}: only GET is answered here`, { allow: "GET" });
  }
  const file = (text: string, type: string) =>
    new Response(text, {
      headers: {
        ...HEADERS,
        "content-type": `text/${type}; charset=utf-8`,
        "content-security-policy": POLICY,
      },
    });
  const report = reporter.report();
  switch (new URL(request.url).pathname) {
    case "/":
      return report === null
        ? file(LIVE_HTML, "html")
        : Response.redirect(new URL("/report.html", request.url));
    case "/live.css":
      return file(LIVE_STYLE, "css");
    case "/live.js":
      return file(LIVE_SCRIPT, "javascript");
    case "/plotly.js":
      return file(Deno.readTextFileSync(plotlyFile()), "javascript");
    case "/events":
      return viewers.welcome();
    case "/report.html":
      if (report === null) break;
      viewers.onReport();
      // The report brings its own policy.
      return new Response(Deno.readFileSync(report), {
        headers: { ...HEADERS, "content-type": "text/html; charset=utf-8" },
      });
  }
  throw new Refusal(404, "there is no such page");
}
