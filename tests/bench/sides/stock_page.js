/**
 * The least that a page does with an exported graph: it loads it, runs it once, and for a chosen image shows every output
 * (logits, probabilities, maps). It marks what it did as the project's own page does.
 */
const { tf } = globalThis;
tf.wasm.setWasmPaths("/");
await tf.setBackend("wasm");
const model = await tf.loadGraphModel("model.json");
const size = model.inputs[0].shape[1];
const outputs = model.outputs.map(({ name }) => name);
await run(tf.zeros([1, size, size, 1]));
document.body.dataset.ready = tf.getBackend();

document.querySelector("#files").addEventListener("change", async ({ target }) => {
  const bitmap = await createImageBitmap(target.files[0]);
  target.value = "";
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, size, size);
  const { data } = context.getImageData(0, 0, size, size);
  const grey = Float32Array.from({ length: size * size }, (_, i) => data[4 * i]);
  const values = await run(tf.tensor4d(grey, [1, size, size, 1]));
  const line = document.createElement("li");
  line.textContent = values.map((each) => each.length).join(", ");
  document.querySelector(".strip").append(line);
});

async function run(images) {
  const results = model.execute(images, outputs);
  return await Promise.all(results.map((result) => result.data()));
}
