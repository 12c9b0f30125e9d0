"""Reference values of tests/dataset/dicom: what pydicom makes of its own test files, and small files of every kind.

Run from the project's root: python3 tests/oracles/dicom.py
Needs pydicom, pydicom-data, pylibjpeg[all], python-gdcm, numpy and Pillow. Writes tests/fixtures/dataset/pydicom.json
(statistics of the files that come with pydicom and pydicom-data; the files themselves are not kept here).

A file's values come from pydicom's pixel_array (first frame), its brightness from apply_modality_lut, apply_voi_lut and
the range that they are meant to fill, MONOCHROME1 turned over; colours are RGB as pixel_array has them, then BT.601.
"""

import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut

FIXTURES = Path("tests/fixtures/dataset")
SAMPLES = 64

warnings.simplefilter("ignore")


def folders():
    package = Path(pydicom.__file__).parent
    yield "pydicom", package / "data" / "test_files"
    yield "pydicom-data", package.parent / "data_store" / "data"


def to_grey(rgb):
    r, g, b = (rgb[..., i].astype(np.int64) for i in range(3))
    return (299 * r + 587 * g + 114 * b + 500) // 1000


def brightness(ds, stored):
    """0 (black) to 1 (white)."""
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        bits = ds.RedPaletteColorLookupTableDescriptor[2]
        colours = apply_color_lut(stored, ds)
        return to_grey(colours) / (2 ** (8 * colours.itemsize) - 1 if bits > 8 else 255)
    if stored.ndim == 3:
        return to_grey(stored) / (2**ds.BitsStored - 1)
    values = apply_modality_lut(stored, ds)
    has_voi = "VOILUTSequence" in ds or "WindowCenter" in ds
    shown = np.asarray(apply_voi_lut(values, ds), dtype=float)
    if "VOILUTSequence" in ds:
        item = ds.VOILUTSequence[0]
        low, high = 0, 2 ** item.LUTDescriptor[2] - 1
    else:
        low, high = (-(2 ** (ds.BitsStored - 1)), 2 ** (ds.BitsStored - 1) - 1) if ds.PixelRepresentation else (0, 2**ds.BitsStored - 1)
        if "ModalityLUTSequence" in ds:
            low, high = 0, 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
        elif "RescaleSlope" in ds:
            low, high = (x * float(ds.RescaleSlope) + float(ds.RescaleIntercept) for x in (low, high))
        if not has_voi and values.max() > values.min() and values.max() - values.min() < (high - low) / 4:
            low, high = values.min(), values.max()
    scaled = (shown - low) / (high - low)
    return 1 - scaled if ds.PhotometricInterpretation == "MONOCHROME1" else scaled


def describe(path):
    ds = pydicom.dcmread(path, force=path.name == "no_meta.dcm")
    stored = ds.pixel_array
    if int(ds.get("NumberOfFrames") or 1) > 1:
        stored = stored[0]
    shown = np.clip(brightness(ds, stored), 0, 1)
    order = np.argsort(shown if stored.ndim == 3 else stored, axis=None, kind="stable")
    places = order[np.linspace(0, order.size - 1, SAMPLES).astype(int)]
    return {
        "width": int(ds.Columns),
        "height": int(ds.Rows),
        "photometric": ds.PhotometricInterpretation,
        "syntax": ds.file_meta.TransferSyntaxUID,
        "sha256": hashlib.sha256(np.ascontiguousarray(stored).astype("<i4").tobytes()).hexdigest()[:16],
        "mean": float(shown.mean()),
        "places": places.tolist(),
        "brightness": [round(float(x), 9) for x in shown.ravel()[places]],
    }


def main():
    found = {}
    for package, folder in folders():
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            try:
                ds = pydicom.dcmread(path, stop_before_pixels=False)
                if "PixelData" not in ds:
                    continue
                found[f"{package}/{path.relative_to(folder)}"] = describe(path)
            except Exception as error:
                if not isinstance(error, pydicom.errors.InvalidDicomError):
                    found[f"{package}/{path.relative_to(folder)}"] = {"error": str(error).split("\n")[0][:80]}
    (FIXTURES / "pydicom.json").write_text(json.dumps(found, indent=None).replace('}, "', '},\n"') + "\n")
    print(len(found), "files")


main()
