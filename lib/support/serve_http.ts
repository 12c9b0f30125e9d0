import { InputError } from "./input_error.ts";

/** Where and how long HTTP is served. */
export interface ServeHttpOptions {
  /** The address that is listened on. Default: 127.0.0.1, which only this machine reaches. */
  host?: string;
  /** 0 for any that is free. */
  port: number;
  /** Ends it: no new connection is taken, and what is being answered has `GRACE` to end. */
  signal: AbortSignal;
  /** Is told the address once it is listened to. */
  onListening(address: string): void;
}

/** Answers a request of a client, whose address is given. */
export type HttpHandler = (request: Request, client: string) => Response | Promise<Response>;

/** Milliseconds that answers under way have when serving ends. */
const GRACE = 5000;

/** Milliseconds that the last answer has to be sent. */
const SENDING = 100;

/**
 * Serves HTTP until the signal ends it.
 *
 * @throws {InputError} Where the address is none of this machine's, or the port is taken or may not be listened to.
 */
export async function serveHttp(
  handler: HttpHandler,
  { host = "127.0.0.1", port, signal, onListening }: ServeHttpOptions,
): Promise<void> {
  let underWay = 0;
  let onIdle = () => {};
  const counted: HttpHandler = async (request, client) => {
    if (signal.aborted) return new Response(null, { status: 503 });
    underWay++;
    try {
      return await handler(request, client);
    } finally {
      if (--underWay === 0) onIdle();
    }
  };
  const controller = new AbortController();
  const server = listen(counted, { host, port, onListening, signal: controller.signal });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  // Deno's own `shutdown` waits for ever for a client that keeps a request open.
  if (underWay > 0) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GRACE);
      onIdle = () => {
        clearTimeout(timer);
        setTimeout(resolve, SENDING);
      };
    });
  }
  controller.abort();
  await server.finished;
}

function listen(
  handler: HttpHandler,
  { host, port, onListening, signal }: Required<ServeHttpOptions>,
): Deno.HttpServer {
  const where = `port ${port} of ${host}`;
  try {
    return Deno.serve({
      hostname: host,
      port,
      signal,
      onListen: ({ port }) => onListening(`http://${host.includes(":") ? `[${host}]` : host}:${port}/`),
    }, (request, { remoteAddr }) => handler(request, (remoteAddr as Deno.NetAddr).hostname));
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new InputError(`${where} is taken: name another with --port`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new InputError(`${where} may not be listened to: name another with --port`);
    }
    if (error instanceof Deno.errors.AddrNotAvailable || isUnknownHost(error)) {
      throw new InputError(`--host ${host}: is no address of this machine`);
    }
    throw error;
  }
}

/** Whether a name could not be resolved, for which Deno has no class of errors. */
function isUnknownHost(error: unknown): boolean {
  return error instanceof Error && /failed to lookup address|No such host|not known/i.test(error.message);
}
