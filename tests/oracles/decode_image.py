"""Reference values of tests/dataset/decode_image_test.ts: PNGs and JPEGs of every kind, and what they become.

Run from the project's root: python3 tests/oracles/decode_image.py [FOLDER OF REAL PNGS]
Needs numpy and Pillow. Writes tests/fixtures/dataset/png/*.png and tests/fixtures/dataset/decode_image.json; with a
folder of real images also tests/fixtures/dataset/real_png.json (what Pillow makes of them). JPEGs: jpeg/*.jpg and
jpeg.json, the grey values that Pillow decodes at their own size.

The values of the small images come from the arrays they are made of, in exact fractions; Pillow has to agree within 1
where it averages alike (its BOX takes whole pixels only, so by whole factors). Real images are decoded by Pillow, and
averaged by its BOX to 8x8 and by matrices of shares to 100x100, of which the diagonal is kept.
"""

import json
import struct
import sys
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

FIXTURES = Path("tests/fixtures/dataset")
HEIGHT, WIDTH = 6, 8
SIZES = [2, 3, 4, 5, 8, 11, 16]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(name, rows, depth, colour_type, extra=b""):
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    path = FIXTURES / "png" / f"{name}.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
    return path


def weights(length, size):
    """[size][length] fractions: overlap where an axis shrinks, linear between centres where it grows."""
    table = []
    for i in range(size):
        row = [Fraction(0)] * length
        if size <= length:
            start, end = Fraction(i * length, size), Fraction((i + 1) * length, size)
            for source in range(length):
                share = min(end, source + 1) - max(start, source)
                row[source] = max(Fraction(0), share) / (end - start)
        else:
            centre = Fraction((2 * i + 1) * length, 2 * size) - Fraction(1, 2)
            centre = min(max(centre, Fraction(0)), Fraction(length - 1))
            low = centre.__floor__()
            row[low] += 1 - (centre - low)
            if low + 1 < length:
                row[low + 1] += centre - low
        table.append(row)
    return table


def resize(grey, size, white):
    down, across = weights(len(grey), size), weights(len(grey[0]), size)
    rows = [[sum(w * int(v) for w, v in zip(taps, line)) for taps in across] for line in grey]
    result = []
    for taps in down:
        for x in range(size):
            value = sum(w * row[x] for w, row in zip(taps, rows)) * 255 / white
            result.append((value + Fraction(1, 2)).__floor__())
    return result


def to_grey(rgb):
    r, g, b = (rgb[..., i].astype(np.int64) for i in range(3))
    return (299 * r + 587 * g + 114 * b + 500) // 1000


def small_images():
    rng = np.random.default_rng(3)
    shape = (HEIGHT, WIDTH)
    grey = rng.integers(0, 256, shape, dtype=np.uint8)
    other = rng.integers(0, 256, shape, dtype=np.uint8)
    deep = rng.integers(0, 65536, shape).astype(">u2")
    rgb = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    deep_rgb = rng.integers(0, 65536, (*shape, 3)).astype(">u2")
    palette = rng.integers(0, 256, (256, 3), dtype=np.uint8)
    equal = np.repeat(grey[..., None], 3, axis=2)
    bits = rng.integers(0, 2, shape, dtype=np.uint8)
    nibbles = rng.integers(0, 16, shape, dtype=np.uint8)
    plte = chunk(b"PLTE", palette.tobytes())
    trns = chunk(b"tRNS", bytes(range(200)))
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))
    with_alpha = lambda image, alpha: np.concatenate([image, alpha[..., None]], axis=2)
    return {
        "grey_8": (grey, 8, 0, b"", grey, 255),
        "grey_8_gamma": (grey, 8, 0, gamma, grey, 255),
        "grey_1": (np.packbits(bits, axis=1), 1, 0, b"", bits * 255, 255),
        "grey_4": (nibbles[:, ::2] * 16 + nibbles[:, 1::2], 4, 0, b"", nibbles.astype(int) * 17, 255),
        "grey_16": (deep, 16, 0, b"", deep, 65535),
        "grey_alpha_8": (np.stack([grey, other], axis=2), 8, 4, b"", grey, 255),
        "grey_alpha_16": (np.stack([deep, deep[::-1]], axis=2).astype(">u2"), 16, 4, b"", deep, 65535),
        "rgb_8": (rgb, 8, 2, b"", to_grey(rgb), 255),
        "rgb_8_equal": (equal, 8, 2, b"", grey, 255),
        "rgb_16": (deep_rgb, 16, 2, b"", to_grey(deep_rgb), 65535),
        "rgba_8": (with_alpha(rgb, other), 8, 6, b"", to_grey(rgb), 255),
        "rgba_16": (with_alpha(deep_rgb, deep).astype(">u2"), 16, 6, b"", to_grey(deep_rgb), 65535),
        "palette_8": (grey, 8, 3, plte, to_grey(palette[grey]), 255),
        "palette_8_transparent": (grey, 8, 3, plte + trns, to_grey(palette[grey]), 255),
    }


def write_jpegs():
    folder = FIXTURES / "jpeg"
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(4)
    coarse = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8))
    colours = coarse.resize((20, 20), Image.BICUBIC)
    turned = Image.Exif()
    turned[0x0112] = 6
    kinds = {
        "grey": (colours.convert("L"), {}),
        "colours": (colours, {}),
        "colours_whole": (colours, {"subsampling": 0, "quality": 95}),
        "progressive": (colours, {"progressive": True}),
        "turned": (colours, {"exif": turned}),
    }
    expected = {}
    for name, (image, options) in kinds.items():
        path = folder / f"{name}.jpg"
        image.save(path, **options)
        with Image.open(path) as written:
            expected[name] = np.asarray(ImageOps.exif_transpose(written).convert("L")).ravel().tolist()
    (FIXTURES / "jpeg.json").write_text(json.dumps(expected) + "\n")


def main():
    write_jpegs()
    (FIXTURES / "png").mkdir(parents=True, exist_ok=True)
    cases = {}
    for name, (pixels, depth, colour_type, extra, grey, white) in small_images().items():
        path = write_png(name, pixels, depth, colour_type, extra)
        cases[name] = {size: resize(grey.tolist(), size, white) for size in SIZES}
        if white == 255:
            with Image.open(path) as image:
                converted = image.convert("RGBA").convert("L") if image.mode == "P" else image.convert("L")
                pillow = np.asarray(converted.resize((2, 2), Image.BOX), dtype=int).ravel()
                assert np.abs(pillow - resize(grey.tolist(), 2, white)).max() <= 1, name
    (FIXTURES / "decode_image.json").write_text(json.dumps(cases, indent=None) + "\n")

    if len(sys.argv) > 1:
        real = {}
        for path in sorted(Path(sys.argv[1]).glob("*.png")):
            with Image.open(path) as image:
                grey = image.convert("L")
            eighths = np.asarray(grey.resize((8, 8), Image.BOX), dtype=int).ravel().tolist()
            shares = np.array(weights(grey.width, 100), dtype=float)
            hundred = shares @ np.asarray(grey, dtype=float) @ shares.T
            real[path.name] = {"8": eighths, "diagonal of 100": np.floor(np.diagonal(hundred) + 0.5).tolist()}
        (FIXTURES / "real_png.json").write_text(json.dumps(real, indent=None) + "\n")


main()
