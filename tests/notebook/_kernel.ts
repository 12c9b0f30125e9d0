import type { MimeBundle } from "../../lib/notebook/_display.ts";

/** A message that was sent to the notebook. */
export interface SentMessage {
  type: string;
  data: MimeBundle;
  /** Which display it is for. */
  id: string;
}

/** Stands in for the Deno kernel until it is disposed of, and keeps what is sent to the notebook. */
export function pretendKernel(): Disposable & { sent: SentMessage[] } {
  const sent: SentMessage[] = [];
  const jupyter = {
    broadcast(type: string, content: { data: MimeBundle; transient: { display_id: string } }) {
      sent.push({ type, data: content.data, id: content.transient.display_id });
      return Promise.resolve();
    },
  };
  Object.assign(Deno, { jupyter });
  return { sent, [Symbol.dispose]: () => void Reflect.deleteProperty(Deno, "jupyter") };
}
