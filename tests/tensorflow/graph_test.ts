import assert from "node:assert/strict";
import { runScript } from "./_script.ts";
import { binding } from "../../lib/tensorflow/backend.ts";
import { dropout, graph, randomNormal, randomUniform, seedRandom, tf } from "../../lib/tensorflow/mod.ts";

function values(x: tf.Tensor): number[] {
  return [...x.dataSync()];
}

/** Runs a test body and checks that it leaves no tensor and no variable behind. */
function leavingNothing(work: () => void): void {
  const before = { numTensors: tf.memory().numTensors, stored: binding.getNumOfTensors() };
  try {
    tf.tidy(work);
  } finally {
    tf.disposeVariables();
  }
  assert.deepEqual({ numTensors: tf.memory().numTensors, stored: binding.getNumOfTensors() }, before);
}

Deno.test("graph() gives what the function gives, in each form of result", () => {
  leavingNothing(() => {
    const x = tf.tensor1d([1, 2, 3]);
    const one = graph((x: tf.Tensor) => tf.mul(x, 2));
    const list = graph((x: tf.Tensor) => [tf.mul(x, 2), tf.sum(x)]);
    const named = graph((x: tf.Tensor) => ({ doubled: tf.mul(x, 2), total: tf.sum(x) }));
    const nothing = graph((_: tf.Tensor) => {});
    for (let run = 0; run < 2; run++) {
      assert.deepEqual(values(one(x)), [2, 4, 6]);
      assert.deepEqual(list(x).map(values), [[2, 4, 6], [6]]);
      const { doubled, total } = named(x);
      assert.deepEqual([values(doubled), values(total)], [[2, 4, 6], [6]]);
      assert.equal(nothing(x), undefined);
    }
    assert.deepEqual([one, list, named, nothing].map(({ traces }) => traces), [1, 1, 1, 1]);
    for (const made of [one, list, named, nothing]) made.dispose();
  });
});

Deno.test("A result may be an argument, a captured tensor, or the same tensor twice", () => {
  leavingNothing(() => {
    const [x, outside] = [tf.tensor1d([1, 2]), tf.tensor1d([7])];
    const same = graph((x: tf.Tensor) => {
      const sum = tf.add(x, outside);
      return [x, outside, sum, sum];
    });
    for (let run = 0; run < 2; run++) {
      const results = same(x);
      assert.deepEqual(results.map(values), [[1, 2], [7], [8, 9], [8, 9]]);
      results.forEach((result) => result.dispose());
    }
    assert.deepEqual([values(x), values(outside)], [[1, 2], [7]]);
    same.dispose();
  });
});

Deno.test("A new graph is recorded for new shapes, types and settings, and kept", () => {
  leavingNothing(() => {
    const power = graph((x: tf.Tensor, exponent: number, name: string | null) => {
      return tf.pow(x, name === "root" ? 1 / exponent : exponent);
    });
    const x = tf.tensor1d([4, 9]);
    assert.deepEqual(values(power(x, 2, null)), [16, 81]);
    assert.deepEqual(values(power(tf.tensor1d([1, 5]), 2, null)), [1, 25]);
    assert.equal(power.traces, 1);
    assert.deepEqual(values(power(x, 2, "root")), [2, 3]);
    assert.deepEqual(values(power(tf.tensor1d([2]), 2, null)), [4]);
    assert.deepEqual(values(power(tf.tensor1d([2, 3], "int32"), 2, null)), [4, 9]);
    assert.deepEqual(values(power(x, Infinity, null)), [Infinity, Infinity]);
    assert.deepEqual(values(power(x, -Infinity, null)), [0, 0]);
    assert.equal(power.traces, 6);
    power(x, 2, "root");
    assert.equal(power.traces, 6);
    power.dispose();
  });
});

Deno.test("Variables are read and assigned at every run", () => {
  leavingNothing(() => {
    const count = tf.variable(tf.scalar(10));
    const next = graph((step: tf.Tensor) => {
      count.assign(tf.add(count, step));
      return tf.mul(count, 100);
    });
    assert.deepEqual(values(next(tf.scalar(1))), [1100]);
    assert.deepEqual(values(count), [11]);
    count.assign(tf.scalar(50));
    assert.deepEqual(values(next(tf.scalar(2))), [5200]);
    assert.deepEqual(values(count), [52]);
    assert.equal(next.traces, 1);
    next.dispose();
    assert.deepEqual(values(count), [52]);
  });
});

Deno.test("Variables may swap their values, and may share one outside", () => {
  leavingNothing(() => {
    const shared = tf.tensor1d([5]);
    const [a, b] = [tf.variable(shared), tf.variable(shared)];
    a.assign(tf.tensor1d([1]));
    const swap = graph(() => {
      const old = tf.clone(a);
      a.assign(b);
      b.assign(old);
    });
    for (const expected of [[5, 1], [1, 5], [5, 1]]) {
      swap();
      assert.deepEqual([values(a)[0], values(b)[0]], expected);
    }
    b.assign(tf.tensor1d([9]));
    assert.deepEqual([values(a), values(shared)], [[5], [5]]);
    swap.dispose();
  });
});

Deno.test("Tensors from outside are captured by reference and outlive their disposal", () => {
  leavingNothing(() => {
    const table = tf.tensor1d(Float32Array.from({ length: 10_000 }, (_, i) => i));
    const look = graph((places: tf.Tensor) => tf.gather(table, places as tf.Tensor1D));
    assert.deepEqual(values(look(tf.tensor1d([3, 9999], "int32"))), [3, 9999]);
    table.dispose();
    assert.deepEqual(values(look(tf.tensor1d([7, 0], "int32"))), [7, 0]);
    look.dispose();
  });
});

Deno.test("Values made inside may be many, uniform, texts or of any type", () => {
  leavingNothing(() => {
    const many = Float32Array.from({ length: 5000 }, (_, i) => i % 7);
    const made = graph((x: tf.Tensor) => ({
      many: tf.sum(tf.mul(tf.tensor1d(many), x)),
      uniform: tf.sum(tf.fill([300, 300], 0.5)),
      ones: tf.sum(tf.ones([200, 200], "int32")),
      texts: tf.equal(tf.tensor1d(["a", "b", "a"]), tf.tensor1d(["a", "a", "a"])),
      complex: tf.abs(tf.complex([3, 0], [4, 1])),
      equalComplex: tf.imag(tf.complex([1, 1], [2, 2])),
      booleans: tf.logicalNot(tf.tensor1d([true, true, false], "bool")),
    }));
    for (const factor of [1, 2]) {
      const result = made(tf.scalar(factor));
      assert.deepEqual(values(result.many), [factor * many.reduce((sum, value) => sum + value)]);
      assert.deepEqual(values(result.uniform), [45_000]);
      assert.deepEqual(values(result.ones), [40_000]);
      assert.deepEqual(values(result.texts), [1, 0, 1]);
      assert.deepEqual(values(result.complex), [5, 1]);
      assert.deepEqual(values(result.equalComplex), [2, 2]);
      assert.deepEqual(values(result.booleans), [0, 0, 1]);
    }
    made.dispose();
  });
});

const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.1),
  adam: () => tf.train.adam(0.05),
  adamax: () => tf.train.adamax(0.05),
  rmsprop: () => tf.train.rmsprop(0.05, 0.9, 0.5, 1e-7, true),
};

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  Deno.test(`Traced steps of TensorFlow.js' ${name} optimiser do what its eager steps do`, () => {
    assert.deepEqual(train(optimizer(), true), train(optimizer(), false));
  });
}

/** Eight steps of a small network; the losses, then the weights, to six digits. */
function train(optimizer: tf.Optimizer, traced: boolean): string[] {
  return tf.tidy(() => {
    const x = tf.tensor2d([[0.1, 0.9], [0.8, 0.3], [0.5, 0.5], [-0.7, 0.2]]);
    const y = tf.tensor2d([[1], [0], [1], [0]]);
    const weights = [
      tf.variable(tf.tensor2d([[0.3, -0.2, 0.5], [0.1, 0.8, -0.6]])),
      tf.variable(tf.tensor2d([[0.7], [-0.4], [0.2]])),
    ] as const;
    const body = (x: tf.Tensor, y: tf.Tensor) =>
      optimizer.minimize(() => {
        const hidden = tf.tanh(tf.matMul(x, weights[0]));
        return tf.losses.sigmoidCrossEntropy(y, tf.matMul(hidden, weights[1])) as tf.Scalar;
      }, true)!;
    const recorded = graph(body);
    const step = traced ? recorded : body;
    const losses = Array.from({ length: 8 }, () => values(step(x, y))[0]!);
    assert.ok(losses[7]! < losses[0]!);
    assert.equal(recorded.traces, traced ? 1 : 0);
    recorded.dispose();
    const digits = [...losses, ...weights.flatMap(values)].map((value) => value.toPrecision(5));
    optimizer.dispose();
    for (const weight of weights) weight.dispose();
    return digits;
  });
}

Deno.test("Variables may be made at the first call, and only then", () => {
  leavingNothing(() => {
    let state: tf.Variable | undefined;
    const running = graph((x: tf.Tensor) => {
      state ??= tf.variable(tf.mul(x, 0), false);
      state.assign(tf.add(state, x));
      return tf.clone(state);
    });
    assert.deepEqual(values(running(tf.scalar(2))), [2]);
    assert.deepEqual(values(running(tf.scalar(3))), [5]);
    running.dispose();

    const careless = graph((x: tf.Tensor) => {
      tf.variable(x, false, "careless" + Object.keys(tf.engine().registeredVariables).length);
    });
    assert.throws(() => careless(tf.scalar(1)), {
      message:
        /^A traced function may make variables only when it is first called, not at every call: careless/,
    });
  });
});

Deno.test("Reading a value while tracing names the operation and the place", () => {
  leavingNothing(() => {
    const weight = tf.variable(tf.scalar(1));
    const reading = graph((x: tf.Tensor) => {
      weight.assign(tf.scalar(2));
      return tf.scalar(tf.relu(x).dataSync()[0]!);
    });
    assert.throws(() => reading(tf.tensor1d([1])), {
      message:
        /^The values of Relu do not exist while a function is being traced.* \(at graph_test\.ts:\d+:\d+\)$/,
    });
    const sizing = graph((x: tf.Tensor) => tf.unique(x as tf.Tensor1D).values);
    assert.throws(() => sizing(tf.tensor1d([1])), {
      message: /^UniqueV2: the size of its result depends on values.* \(at graph_test\.ts:\d+:\d+\)$/,
    });
    // What went wrong leaves no trace.
    assert.deepEqual(values(weight), [1]);
    assert.equal(binding.trace, null);
    assert.deepEqual(values(tf.relu(tf.tensor1d([-1, 1]))), [0, 1]);
  });
});

Deno.test("A tensor of a trace cannot be used outside of it", () => {
  leavingNothing(() => {
    let kept: tf.Tensor | undefined;
    const leaking = graph((x: tf.Tensor) => {
      kept = tf.keep(tf.relu(x));
      return tf.add(x, 1);
    });
    assert.deepEqual(values(leaking(tf.tensor1d([1]))), [2]);
    const message = "A tensor made while a function was traced (by Relu) was used outside of it";
    assert.throws(() => tf.add(kept!, 1), { message });
    kept!.dispose();
    leaking.dispose();
  });
});

Deno.test("Random numbers differ from run to run and follow from the seed", () => {
  leavingNothing(() => {
    const draw = graph(() => [randomUniform([4]), randomUniform([4]), randomNormal([4])]);
    const runs = (seed: number, position?: number) => {
      seedRandom(seed, position);
      return Array.from({ length: 3 }, () => draw().flatMap(values));
    };
    const first = runs(1);
    assert.equal(new Set(first.flat()).size, 36);
    assert.deepEqual(runs(1), first);
    assert.notDeepEqual(runs(2), first);
    assert.deepEqual(runs(1, 1)[0], first[1]);
    assert.equal(draw.traces, 1);
    draw.dispose();
  });
});

Deno.test("First values of variables take nothing from the draws", () => {
  leavingNothing(() => {
    const draws = (position: number) => {
      let weight: tf.Variable | undefined;
      const draw = graph(() => {
        weight ??= tf.variable(randomNormal([3]), false);
        return [randomUniform([2]), weight];
      });
      seedRandom(5, position);
      const results = [draw(), draw()].map((tensors) => tensors.map(values));
      draw.dispose();
      weight!.dispose();
      return results as [number[][], number[][]];
    };
    const [[first, weight], [second, sameWeight]] = draws(0);
    assert.deepEqual(weight, sameWeight);
    assert.notDeepEqual(first, second);
    assert.deepEqual(draws(1)[0], [second, weight]);
  });
});

Deno.test("Random numbers have the distribution that their name says, dropout its rate", () => {
  leavingNothing(() => {
    seedRandom(0);
    const draw = graph((x: tf.Tensor) => ({
      uniform: randomUniform([100_000]),
      normal: randomNormal([100_000]),
      dropped: dropout(x, 0.25),
    }));
    const { uniform, normal, dropped } = draw(tf.ones([100_000]));
    const near = (actual: number, expected: number) => {
      assert.ok(Math.abs(actual - expected) < 0.02, `${actual} for ${expected}`);
    };
    const [low, high] = [tf.min(uniform), tf.max(uniform)].map((x) => values(x)[0]!);
    assert.ok(low! >= 0 && high! < 1);
    const moments = (x: tf.Tensor) => Object.values(tf.moments(x)).map((x) => values(x)[0]!);
    near(moments(uniform)[0]!, 1 / 2);
    near(moments(uniform)[1]!, 1 / 12);
    near(moments(normal)[0]!, 0);
    near(moments(normal)[1]!, 1);
    near(moments(dropped)[0]!, 1);
    assert.deepEqual([...new Set(values(dropped))].sort(), [0, Math.fround(4 / 3)]);
    draw.dispose();
  });
});

Deno.test("Numbers that TensorFlow.js draws in JavaScript are an error in a traced function", () => {
  leavingNothing(() => {
    const frozen = graph(() => tf.randomUniform([2]));
    assert.throws(() => frozen(), /would repeat at every run: use randomUniform, randomNormal or dropout/);
    assert.equal(typeof Math.random(), "number");
  });
});

Deno.test("A traced function inside another becomes part of it", () => {
  leavingNothing(() => {
    const count = tf.variable(tf.scalar(0));
    const inner = graph((x: tf.Tensor) => {
      count.assign(tf.add(count, 1));
      return tf.mul(x, 2);
    });
    const outer = graph((x: tf.Tensor) => {
      void inner.run(x);
      return inner(tf.add(inner(x), 1));
    });
    assert.deepEqual(values(outer(tf.scalar(3))), [14]);
    assert.deepEqual([values(count)[0], inner.traces, outer.traces], [3, 0, 1]);
    outer.dispose();
  });
});

Deno.test("The gradient of a function that calls a traced one goes through it", () => {
  leavingNothing(() => {
    const cube = graph((x: tf.Tensor) => tf.pow(x, 3));
    const x = tf.tensor1d([1, 2]);
    assert.deepEqual(values(cube(x)), [1, 8]);
    assert.deepEqual(values(tf.grad((x) => tf.add(cube(x as tf.Tensor), x))(x)), [4, 13]);
    const slope = graph((x: tf.Tensor) => tf.grad((x) => cube(x as tf.Tensor))(x));
    assert.deepEqual(values(slope(x)), [3, 12]);
    cube.dispose();
    slope.dispose();
  });
});

Deno.test("Mistakes in the use of a traced function are named", () => {
  leavingNothing(() => {
    const x = tf.tensor1d([1, 2]);
    const weight = tf.variable(tf.scalar(2), false, "the_weight");
    const scale = graph((x: tf.Tensor) => tf.mul(x, weight));
    assert.deepEqual(values(scale(x)), [2, 4]);
    weight.dispose();
    assert.throws(() => scale(x), {
      message: "The variable the_weight that a traced function uses was disposed of",
    });
    x.dispose();
    assert.throws(() => scale(x), { message: "A tensor that a traced function uses was disposed of" });
    scale.dispose();
    const message = "A traced function gives a tensor, a list or an object of tensors, or nothing";
    // deno-lint-ignore no-explicit-any
    const giving = (result: any) => graph(() => result);
    for (const wrong of [Promise.resolve(), 5, "text", [[tf.scalar(1)]], { a: 1 }]) {
      assert.throws(() => giving(wrong)(), { message }, String(wrong));
    }
  });
});

Deno.test("Memory stays flat over 1,000 runs", () => {
  leavingNothing(() => {
    const optimizer = tf.train.adam(0.01);
    const weight = tf.variable(tf.ones([64, 64]));
    const step = graph((x: tf.Tensor) => {
      const loss = () => tf.mean(tf.square(tf.matMul(dropout(x, 0.5) as tf.Tensor2D, weight))) as tf.Scalar;
      return optimizer.minimize(loss, true)!;
    });
    const run = (count: number) => {
      for (let i = 0; i < count; i++) tf.tidy(() => void step(tf.fill([256, 64], i)));
    };
    run(200);
    const before = { tensors: tf.memory().numTensors, stored: binding.getNumOfTensors() };
    const bytes = Deno.memoryUsage().rss;
    run(1000);
    assert.deepEqual({ tensors: tf.memory().numTensors, stored: binding.getNumOfTensors() }, before);
    // One activation lost at each run would be 65 MB.
    const more = Deno.memoryUsage().rss - bytes;
    assert.ok(more < 40e6, `${more / 1e6} MB more`);
    step.dispose();
    optimizer.dispose();
  });
});

Deno.test("dispose() frees what a graph holds, and a later call records anew", () => {
  leavingNothing(() => {
    const before = binding.getNumOfTensors();
    const captured = tf.ones([3]);
    const add = graph((x: tf.Tensor) => tf.add(x, captured));
    assert.deepEqual(values(add(tf.zeros([3]))), [1, 1, 1]);
    add.dispose();
    assert.deepEqual(values(add(tf.zeros([3]))), [1, 1, 1]);
    assert.equal(add.traces, 2);
    add.dispose();
    assert.ok(binding.getNumOfTensors() >= before);
  });
});

Deno.test("run() leaves the main thread free", async () => {
  const x = tf.ones([1200, 1200]);
  const heavy = graph((x: tf.Tensor) => {
    let product = x as tf.Tensor2D;
    for (let i = 0; i < 12; i++) product = tf.div(tf.matMul(product, x as tf.Tensor2D), 1200);
    return tf.mean(product);
  });
  heavy(x).dispose();
  const events: string[] = [];
  const running = heavy.run(x).then((result) => {
    events.push("run");
    return result;
  });
  setTimeout(() => events.push("timer"), 0);
  const result = await running;
  assert.deepEqual(events, ["timer", "run"]);
  assert.deepEqual(values(result), [1]);
  heavy.dispose();
  tf.dispose([x, result]);
});

Deno.test("Runs of a graph that assigns nothing go side by side", async () => {
  const work = graph((x: tf.Tensor, times: number) => {
    let product = x as tf.Tensor2D;
    for (let i = 0; i < times; i++) product = tf.div(tf.matMul(product, x as tf.Tensor2D), 1200);
    return tf.mean(product);
  });
  const x = tf.ones([1200, 1200]);
  for (const times of [1, 40]) work(x, times).dispose();
  const ended: number[] = [];
  const results = await Promise.all([40, 1].map(async (times) => {
    const result = await work.run(x, times);
    ended.push(times);
    return result;
  }));
  assert.deepEqual(ended, [1, 40]);
  assert.deepEqual(results.flatMap(values), [1, 1]);
  work.dispose();
  tf.dispose([x, ...results]);
});

Deno.test("Runs of a graph that assigns variables follow each other, and hold their arguments", async () => {
  const before = { numTensors: tf.memory().numTensors, stored: binding.getNumOfTensors() };
  const total = tf.tidy(() => tf.variable(tf.scalar(0)));
  const add = graph((x: tf.Tensor) => {
    total.assign(tf.add(tf.mul(total, 10), x));
    return tf.clone(total);
  });
  const runs = [1, 2, 3, 4].map((value) => {
    const x = tf.scalar(value);
    const run = add.run(x);
    x.dispose();
    return run;
  });
  const results = await Promise.all(runs);
  assert.deepEqual(results.flatMap(values), [1, 12, 123, 1234]);
  assert.deepEqual(values(total), [1234]);
  add.dispose();
  tf.dispose([...results, total]);
  assert.deepEqual({ numTensors: tf.memory().numTensors, stored: binding.getNumOfTensors() }, before);
});

Deno.test("An error in a run is TensorFlow's, and the next run goes on", async () => {
  const before = { numTensors: tf.memory().numTensors, stored: binding.getNumOfTensors() };
  const pick = graph((x: tf.Tensor, places: tf.Tensor) => tf.gather(x, places as tf.Tensor1D));
  const x = tf.tensor1d([5, 6]);
  const [wrong, right] = [tf.tensor1d([7], "int32"), tf.tensor1d([1], "int32")];
  const failing = pick.run(x, wrong);
  const going = pick.run(x, right);
  await assert.rejects(failing, /indices\[0\] = 7 is not in \[0, 2\)/);
  const result = await going;
  assert.deepEqual(values(result), [6]);
  assert.throws(() => pick(x, wrong), /indices\[0\] = 7 is not in \[0, 2\)/);
  pick.dispose();
  tf.dispose([x, wrong, right, result]);
  assert.deepEqual({ numTensors: tf.memory().numTensors, stored: binding.getNumOfTensors() }, before);
});

Deno.test("Repeated training steps give the same bits on all threads", () => {
  const bits = () => {
    seedRandom(3);
    return tf.tidy(() => {
      const filters = tf.variable(tf.sin(tf.range(0, 3 * 3 * 3 * 16)).reshape([3, 3, 3, 16]) as tf.Tensor4D);
      const images = tf.cos(tf.range(0, 8 * 24 * 24 * 3)).reshape([8, 24, 24, 3]) as tf.Tensor4D;
      const optimizer = tf.train.adam(0.01);
      const step = graph((x: tf.Tensor) =>
        optimizer.minimize(() => {
          const map = tf.relu(tf.conv2d(dropout(x, 0.3) as tf.Tensor4D, filters, 1, "same"));
          return tf.mean(tf.square(map)) as tf.Scalar;
        }, true)!
      );
      const losses = Array.from({ length: 5 }, () => values(step(images))[0]);
      const weights = values(filters);
      step.dispose();
      optimizer.dispose();
      filters.dispose();
      return [...losses, ...weights];
    });
  };
  assert.deepEqual(bits(), bits());
});

Deno.test("stats() counts traces, operations and runs, and THORAX_LOG=retrace says why there is another", async () => {
  const { output, error } = await runScript(
    `
    const { graph, tf } = await import(lib + "mod.ts");
    const twice = graph((x, scale) => tf.mul(x, 2 * scale), { name: "twice" });
    twice(tf.ones([2]), 1);
    twice(tf.ones([2]), 1);
    twice(tf.ones([3]), 1);
    twice(tf.ones([3]), 7);
    const { tracingMilliseconds, ...counts } = twice.stats();
    console.log(JSON.stringify(counts), tracingMilliseconds > 0);`,
    { env: { THORAX_LOG: "retrace" } },
  );
  assert.equal(output, '{"traces":3,"operations":9,"runs":4} true\n');
  const lines = error.trimEnd().split("\n");
  assert.match(lines[0]!, /^traced twice_\d+, 3 operations: its first call$/);
  assert.match(lines[1]!, /: argument 1 is 1\[3\], and was 1\[2\]$/);
  assert.match(lines[2]!, /: argument 2 is number 7, and was number 1$/);
});
