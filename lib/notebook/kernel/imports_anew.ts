import { registerHooks } from "node:module";

/** The name under which a cell finds {@linkcode importAnew}. */
const ANEW = Symbol.for("thorax.anew");

/**
 * Lets cells import edited modules anew: between `from` and `end`, a module with a version is imported as one that
 * was not there before; all others stay the same, so that what they hold (such as TensorFlow) is kept. The hooks stand
 * for the imports of one cell only: with them, CommonJS packages that need ES modules cannot be loaded.
 */
export function standByForImportsAnew(): void {
  let hooks: { deregister(): void } | undefined;
  const end = () => {
    hooks?.deregister();
    hooks = undefined;
  };
  const from = (versions: Record<string, number>) => {
    end();
    hooks = registerHooks({
      resolve(specifier, context, nextResolve) {
        const resolved = nextResolve(specifier, context);
        const version = versions[resolved.url];
        return version === undefined ? resolved : { ...resolved, url: `${resolved.url}?version=${version}` };
      },
    });
  };
  Object.defineProperty(globalThis, ANEW, { value: { from, end } });
}
