// Prints as many ports as the argument says that nobody listens on, as JSON. A program of its own, for only it may listen
// on any port.

const listeners = Array.from({ length: Number(Deno.args[0]) }, () => {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
});
console.log(JSON.stringify(listeners.map(({ addr }) => (addr as Deno.NetAddr).port)));
for (const listener of listeners) listener.close();
