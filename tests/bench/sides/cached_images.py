"""Reads the image cache that lib/dataset/image_cache.ts made."""

import numpy as np


def cached_images(cache):
    """Images, uint8 [n, size, size, 1], and truth, float32 [n, labels]: the training set, then validation."""
    truth = np.array(cache["truth"], "float32")
    size = cache["size"]
    images = np.memmap(cache["file"], "uint8", "r", cache["header"], (len(truth), size, size, 1))
    return images, truth
