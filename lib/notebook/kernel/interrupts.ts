import { broadcast } from "./_broadcast.ts";

/** The name under which cells find {@linkcode until}; see `parse_cell.ts`. */
const UNTIL = Symbol.for("thorax.until");

/** What ends a cell that waits when the user interrupts it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super(
      "the cell was stopped while it waited. Variables keep their values; what it had started may go on.",
    );
  }
}

type Listener = Parameters<typeof Deno.addSignalListener>[1];

/**
 * Keeps an interrupt from ending the kernel. It ends the cell's wait, unless something that the cell runs listens to
 * interrupts itself, as training does; a second interrupt ends the wait all the same.
 */
export function standByForInterrupts(): void {
  const waits = new Set<(error: Error) => void>();
  const listeners = new Set<Listener>();
  let heard = 0;

  const until = <T>(awaited: T | PromiseLike<T>): Promise<T> | T | PromiseLike<T> => {
    if (awaited === null || typeof (awaited as PromiseLike<T>)?.then !== "function") return awaited;
    heard = 0;
    return new Promise<T>((resolve, reject) => {
      waits.add(reject);
      Promise.resolve(awaited).then(resolve, reject).finally(() => waits.delete(reject));
    });
  };
  async function* each<T>(iterable: AsyncIterable<T> | Iterable<T | PromiseLike<T>>): AsyncGenerator<T> {
    const iterator = Symbol.asyncIterator in iterable
      ? iterable[Symbol.asyncIterator]()
      : iterable[Symbol.iterator]();
    while (true) {
      const { value, done } = await until(iterator.next() as PromiseLike<IteratorResult<T>>);
      if (done) return;
      yield value;
    }
  }
  Object.defineProperty(globalThis, UNTIL, { value: Object.assign(until, { each }) });

  const { addSignalListener, removeSignalListener } = Deno;
  addSignalListener("SIGINT", () => {
    void broadcast("thorax_interrupt_heard", {});
    if (listeners.size > 0 && heard++ === 0) return;
    for (const reject of waits) reject(new Interrupted());
    waits.clear();
  });
  Deno.addSignalListener = (signal, listener) => {
    if (signal === "SIGINT") listeners.add(listener);
    addSignalListener(signal, listener);
  };
  Deno.removeSignalListener = (signal, listener) => {
    if (signal === "SIGINT") listeners.delete(listener);
    removeSignalListener(signal, listener);
  };
}
