"""The files that the unit tests of TensorFlow.js' package for Node read and that the package does not bring.

Run with TensorFlow 2.21 and Pillow 12:  python tests/oracles/node_test_objects.py
Writes tests/fixtures/tensorflow/test_objects/. What the files hold follows from what those specs expect of them, which
tests/conformance/load_node_specs.ts runs; each is read back here by TensorFlow for Python.
"""

import io
import pathlib
import shutil

import numpy as np
import tensorflow as tf
from PIL import Image

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "tensorflow" / "test_objects"
PIXELS = [[[238, 101, 0], [50, 50, 50]], [[100, 50, 0], [200, 100, 50]]]
SECOND_FRAME = [[[200, 100, 50], [34, 68, 102]], [[170, 0, 102], [255, 255, 255]]]
# What those specs expect of the JPEG: the pixels as compression left them.
JPEG_PIXELS = [239, 100, 0, 46, 48, 47, 92, 49, 0, 194, 98, 47]


def image(pixels):
    return Image.fromarray(np.array(pixels, np.uint8))


def images():
    folder = FOLDER / "images"
    folder.mkdir(parents=True)
    image(PIXELS).save(folder / "image_png_test.png")
    image(PIXELS).convert("RGBA").save(folder / "image_png_4_channel_test.png")
    image(PIXELS).save(folder / "image_bmp_test.bmp")
    frames = [image(pixels).quantize(4) for pixels in (PIXELS, SECOND_FRAME)]
    frames[0].save(folder / "gif_test.gif", save_all=True, append_images=frames[1:], disposal=1)
    (folder / "image_jpeg_test.jpeg").write_bytes(jpeg())


def jpeg():
    """The one of Pillow's JPEGs that TensorFlow decodes to what is expected, or the nearest."""
    best = (np.inf, b"", 0)
    for quality in range(50, 101):
        for subsampling in (0, 1, 2):
            stream = io.BytesIO()
            image(PIXELS).save(stream, "JPEG", quality=quality, subsampling=subsampling)
            decoded = tf.io.decode_jpeg(stream.getvalue()).numpy().ravel().astype(int)
            distance = np.abs(decoded - JPEG_PIXELS).max()
            if distance < best[0]:
                best = (distance, stream.getvalue(), (quality, subsampling))
    print("JPEG: largest difference", best[0], "with quality and subsampling", best[2])
    return best[1]


def save(name, **signatures):
    module = tf.Module()
    functions = {}
    for signature, (function, inputs) in signatures.items():
        specs = [tf.TensorSpec(None, dtype, input) for input, dtype in inputs.items()]
        functions[signature] = tf.function(function, input_signature=specs)
        setattr(module, signature, functions[signature])
    # A variable, so that the functions are called and not set in their callers' place, as in the models of those specs.
    module.factor = FACTOR
    folder = FOLDER / "saved_model" / name
    tf.saved_model.save(module, str(folder), signatures=functions)
    (folder / "fingerprint.pb").unlink()


FACTOR = tf.Variable(1.0)


def times(factor, dtype):
    return lambda x: x * tf.cast(FACTOR * factor, dtype)


def saved_models():
    float32, int32 = tf.float32, tf.int32
    save("times_three_float", serving_default=(times(3, float32), {"x": float32}))
    save("times_two_int", serving_default=(times(2, int32), {"x": int32}))
    save("uint8_multiply", serving_default=(times(6, tf.uint8), {"x": tf.uint8}))
    save("int64_multiply", serving_default=(times(6, tf.int64), {"x": tf.int64}))
    save(
        "module_with_multiple_signatures",
        serving_default=(times(3, float32), {"x": float32}),
        timestwo=(times(2, float32), {"x": float32}),
    )
    two = times(2, int32)
    one = times(1, int32)
    save("model_single_input_multi_output", serving_default=(lambda x: [two(x), one(x)], {"x": int32}))
    save("model_multi_output", serving_default=(lambda x, y: [two(x), one(y)], {"x": int32, "y": int32}))


shutil.rmtree(FOLDER, ignore_errors=True)
images()
saved_models()
