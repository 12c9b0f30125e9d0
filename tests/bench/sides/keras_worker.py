"""One of several workers of MultiWorkerMirroredStrategy that train ResNet v2 on random images, for the benchmark."""

from commands import answer_commands

import json
import os
import time

state = {}


def open(depth, filters, size, batch, addresses, index):
    if len(addresses) > 1:
        task = {"type": "worker", "index": index}
        os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": addresses}, "task": task})
    import keras
    import numpy as np
    import tensorflow as tf
    from keras_resnet import OUTPUTS, resnet

    threads = int(os.environ.get("TENSORFLOW_THREADS", "1"))
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if len(addresses) > 1 else tf.distribute.get_strategy()
    with strategy.scope():
        model = resnet(depth, size, filters)
        optimizer = keras.optimizers.Adam(1e-3)
        optimizer.build(model.trainable_variables)
    rng = np.random.default_rng(index)
    images = tf.constant(rng.random((batch, size, size, 1), "float32"))
    truth = tf.constant((rng.random((batch, OUTPUTS)) < 0.1).astype("float32"))

    def replica_step(images, truth):
        with tf.GradientTape() as tape:
            p = model(images, training=True)
            positives = 0.9 * truth * tf.math.log(p + 1e-7)
            negatives = 0.1 * (1 - truth) * tf.math.log(1 - p + 1e-7)
            # The optimizer adds up the gradients of all workers.
            loss = (-tf.reduce_mean(positives + negatives) + tf.add_n(model.losses)) / len(addresses)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    @tf.function
    def step():
        return strategy.run(replica_step, args=(images, truth))

    state["step"] = step
    state["model"] = model
    return int(sum(np.prod(weight.shape) for weight in model.trainable_variables))


def steps(count):
    before, start = time.process_time(), time.perf_counter()
    for _ in range(count):
        loss = state["step"]()
        float(loss.numpy() if hasattr(loss, "numpy") else loss.values[0].numpy())
    return {
        "processor": (time.process_time() - before) / count,
        "wall": (time.perf_counter() - start) / count,
    }


def checksum():
    """A sum over all weights, which is the same on all workers only where they exchange their gradients."""
    return float(sum(abs(weight.numpy()).sum() for weight in state["model"].trainable_variables))


def version():
    import keras

    return keras.__version__


answer_commands(open=open, steps=steps, checksum=checksum, version=version)
os._exit(0)
