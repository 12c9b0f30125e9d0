"""A small saved model and what it computes, for tests/tensorflow/saved_model_test.ts.

Run with TensorFlow 2.21:  python tests/oracles/saved_model.py
Writes tests/fixtures/tensorflow/saved_model/ and prints the stored values, which stand in the test.
"""

import pathlib
import shutil

import tensorflow as tf

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "tensorflow" / "saved_model"


class Model(tf.Module):
    def __init__(self):
        self.weight = tf.Variable([[1.0, -2.0], [0.5, 3.0], [4.0, 0.25]])

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, "x"), tf.TensorSpec([], tf.int32, "n")])
    def __call__(self, x, n):
        product = tf.matmul(x, self.weight)
        return {"product": product, "largest": tf.argmax(product, axis=1), "next": n + 1}


model = Model()
shutil.rmtree(FOLDER, ignore_errors=True)
tf.saved_model.save(model, FOLDER, signatures=model.__call__)
(FOLDER / "fingerprint.pb").unlink()
print({name: value.numpy().tolist() for name, value in model([[1, 2, 3], [4, 5, 6]], 7).items()})
signature = tf.saved_model.load(str(FOLDER)).signatures["serving_default"]
print([tensor.name for tensor in signature.inputs if tensor.dtype != tf.resource])
print({name: tensor.name for name, tensor in signature.structured_outputs.items()})
