import { oneLine } from "../support/printable.ts";

/** Why a request is not answered: a status of HTTP (RFC 9110, 15) and one line for the client. */
export class Refusal extends Error {
  /** `Refusal`. */
  override name = "Refusal";

  /** Makes a refusal; `headers` are sent with it. */
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(oneLine(message));
  }

  /** The refusal as a line of JSON. */
  response(): Response {
    return Response.json({ error: this.message }, { status: this.status, headers: this.headers });
  }
}
