/** How a side's process is started. */
export interface SideProgram {
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** What a side is asked to do: the name of one of its commands, and what that is given. */
export interface SideCommand {
  do: string;
  readonly [name: string]: unknown;
}

/**
 * A process that is measured. It reads one command a line as JSON and answers each with one line; between them it
 * rests, so that several can be interleaved.
 */
export interface Side extends AsyncDisposable {
  /**
   * Asks for something and waits for the answer.
   *
   * @throws {Error} Where the side fails; the message holds the end of what it wrote to standard error.
   */
  ask<T>(command: SideCommand): Promise<T>;
}

/** Starts a side. Disposing of it ends its process. */
export function startSide({ program, args, env = {} }: SideProgram): Side {
  const child = new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const commands = child.stdin.getWriter();
  const answers = linesOf(child.stdout);
  let complaints = "";
  const listening = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      complaints = (complaints + text).slice(-2000);
    }
  })();

  async function ask<T>(command: SideCommand): Promise<T> {
    await commands.write(new TextEncoder().encode(JSON.stringify(command) + "\n")).catch(() => {});
    const { value } = await answers.next();
    if (value !== undefined) return JSON.parse(value);
    const { code } = await child.status;
    await listening;
    throw new Error(`${args.at(-1)} ended with status ${code} at "${command.do}":\n${complaints}`);
  }

  async function end(): Promise<void> {
    await commands.close().catch(() => {});
    await child.status;
    await listening;
    await answers.return();
  }

  return { ask, [Symbol.asyncDispose]: end };
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
