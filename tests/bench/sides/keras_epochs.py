"""Keras' side of whole epochs: `fit` with tf.data from the same uint8 cache, with augmentation and validation."""

import time

from commands import answer, read_command

import keras
import tensorflow as tf
from cached_images import cached_images
from keras_resnet import compiled


def augmented(images, size):
    """Zoom, rotation, shift and brightness as lib/dataset/augmentation.ts draws them, a batch in one operation."""
    draw = lambda limit: tf.random.uniform([tf.shape(images)[0]], -limit, limit)
    angle, zoom = draw(5 * 3.14159265 / 180), tf.exp(draw(0.0953))
    right, down = draw(0.05 * size), draw(0.05 * size)
    along, across = tf.cos(angle) / zoom, tf.sin(angle) / zoom
    centre = (size - 1) / 2
    x = centre - along * (right + centre) + across * (down + centre)
    y = centre - across * (right + centre) - along * (down + centre)
    zero = tf.zeros_like(x)
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(images, tf.float32), output_shape=[size, size], fill_value=0.0, interpolation="BILINEAR",
        fill_mode="NEAREST", transforms=tf.stack([along, -across, x, across, along, y, zero, zero], 1),
    )
    return tf.minimum(moved * ((1 + draw(0.1)) / 255)[:, None, None, None], 1.0)


class Turns(keras.callbacks.Callback):
    """After each epoch answers with the seconds that it took, and rests until the next is asked for."""

    def on_train_begin(self, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        answer(time.perf_counter() - self.start)
        if read_command() is None:
            self.model.stop_training = True
        self.start = time.perf_counter()


def train(cache, depth, batch):
    images, truth = cached_images(cache)
    size, count = cache["size"], cache["training"]
    batches = lambda part: tf.data.Dataset.from_tensor_slices((images[part], truth[part]))
    training = batches(slice(count)).shuffle(count).batch(batch, drop_remainder=True)
    training = training.map(lambda x, y: (augmented(x, size), y), tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
    validation = batches(slice(count, None)).batch(batch)
    validation = validation.map(lambda x, y: (tf.cast(x, tf.float32) / 255, y), tf.data.AUTOTUNE)
    validation = validation.prefetch(tf.data.AUTOTUNE)
    compiled(depth, size).fit(training, validation_data=validation, epochs=1000, verbose=0, callbacks=[Turns()])


if command := read_command():
    train(command["cache"], command["depth"], command["batch"])
