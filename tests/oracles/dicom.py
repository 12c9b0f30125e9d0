"""Reference values of tests/dataset/dicom: what pydicom makes of its own test files, and small files of every kind.

Run from the project's root: python3 tests/oracles/dicom.py
Needs pydicom, pydicom-data, pylibjpeg[all], pyjpegls, python-gdcm and numpy. Writes
tests/fixtures/dataset/dicom/*.dcm (generated) and dicom.json (what pydicom makes of them), and pydicom.json (statistics
of the files that come with pydicom and pydicom-data; those files themselves are not kept here).

A file's values come from pydicom's pixel_array (first frame), its brightness from apply_modality_lut, apply_voi_lut and
the range that they are meant to fill, MONOCHROME1 turned over; colours are RGB as pixel_array has them, then BT.601.
"""

import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
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


HEIGHT, WIDTH = 6, 10
IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED = (
    pydicom.uid.ImplicitVRLittleEndian,
    pydicom.uid.ExplicitVRLittleEndian,
    pydicom.uid.ExplicitVRBigEndian,
    pydicom.uid.DeflatedExplicitVRLittleEndian,
)


def dataset(pixels, bits, syntax=EXPLICIT, photometric="MONOCHROME2", **attributes):
    """A computed radiograph of nobody: `pixels` are [height, width] or [height, width, 3], or several of them."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = pydicom.uid.ComputedRadiographyImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "1.2.3"
    ds.Modality = "CR"
    ds.Rows, ds.Columns = pixels.shape if pixels.ndim == 2 else (HEIGHT, WIDTH)
    ds.SamplesPerPixel = 3 if pixels.shape[-1] == 3 else 1
    ds.PhotometricInterpretation = photometric
    ds.BitsAllocated = 8 * pixels.itemsize
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    for name, value in attributes.items():
        setattr(ds, name, value)
    order = ">" if syntax == BIG_ENDIAN else "<"
    ds.PixelData = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    ds["PixelData"].VR = "OW" if pixels.itemsize == 2 or syntax == IMPLICIT else "OB"
    return ds


def table(descriptor, values, syntax=EXPLICIT):
    item = Dataset()
    item.LUTDescriptor = descriptor
    item.add_new("LUTData", "US", [int(value) for value in values])
    return [item]


def small_files():
    rng = np.random.default_rng(5)
    shape = (HEIGHT, WIDTH)
    bytes_ = rng.integers(0, 256, shape, dtype=np.uint8)
    twelve = rng.integers(0, 4096, shape, dtype=np.uint16)
    signed = rng.integers(-2048, 2048, shape, dtype=np.int16)
    sixteen = rng.integers(0, 65536, shape, dtype=np.uint16)
    colours = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    smooth = (np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) * 16).astype(np.uint8)
    wide = rng.integers(0, 65536, (32, 32), dtype=np.uint16)
    curve = (np.linspace(0, 1, 300) ** 2 * 1023).astype(int)
    window = {"WindowCenter": 1800, "WindowWidth": 900}
    compressed = lambda ds, uid: (ds.compress(uid, generate_instance_uid=False), ds)[1]
    yield "explicit_8", dataset(bytes_, 8)
    yield "implicit_12", dataset(twelve, 12, IMPLICIT)
    yield "big_endian_12", dataset(twelve, 12, BIG_ENDIAN)
    yield "deflated_16", dataset(sixteen, 16, DEFLATED)
    yield "monochrome1", dataset(twelve, 12, photometric="MONOCHROME1", **window)
    yield "signed_rescaled", dataset(signed, 12, RescaleSlope="0.5", RescaleIntercept="-100")
    yield "window", dataset(twelve, 12, **window)
    yield "window_exact", dataset(twelve, 12, VOILUTFunction="LINEAR_EXACT", **window)
    yield "window_sigmoid", dataset(twelve, 12, VOILUTFunction="SIGMOID", **window)
    yield "window_signed_rescaled", dataset(signed, 12, RescaleSlope="2", RescaleIntercept="30", WindowCenter="40", WindowWidth="2000")
    yield "windows", dataset(twelve, 12, WindowCenter=[1000, 3000], WindowWidth=[500, 700])
    yield "voi_table", dataset(twelve, 12, VOILUTSequence=table([300, 1500, 10], curve))
    yield "modality_table", dataset(twelve, 12, ModalityLUTSequence=table([300, 1500, 16], 64 * curve))
    yield "both_tables", dataset(twelve, 12, ModalityLUTSequence=table([300, 1500, 16], curve), VOILUTSequence=table([300, 200, 10], curve[::-1]))
    yield "used_range", dataset(twelve // 16 + 700, 16)
    yield "one_bit", one_bit(bytes_)
    yield "overlay_bits", with_overlay(dataset(twelve, 12), sixteen)
    yield "high_bit", dataset(twelve << 4, 12, HighBit=15)
    yield "two_frames", dataset(np.stack([twelve, sixteen & 4095]), 12, NumberOfFrames=2)
    yield "rgb", dataset(colours, 8, photometric="RGB")
    yield "rgb_planar", dataset(np.moveaxis(colours, -1, 0).reshape(HEIGHT, WIDTH, 3), 8, photometric="RGB", PlanarConfiguration=1)
    yield "rgb_16", dataset(colours.astype(np.uint16) * 257, 16, photometric="RGB")
    yield "ybr", dataset(colours, 8, photometric="YBR_FULL")
    yield "palette", dataset(bytes_, 8, photometric="PALETTE COLOR", **palette(rng))
    yield "rle_8", compressed(dataset(bytes_, 8), pydicom.uid.RLELossless)
    yield "rle_16", compressed(dataset(twelve, 12), pydicom.uid.RLELossless)
    yield "rle_rgb", compressed(dataset(colours, 8, photometric="RGB"), pydicom.uid.RLELossless)
    yield "jpeg_ls", compressed(dataset(twelve, 12), pydicom.uid.JPEGLSLossless)
    yield "jpeg_ls_signed", compressed(dataset(signed, 12), pydicom.uid.JPEGLSLossless)
    yield "jpeg_2000", compressed(dataset(wide, 16), pydicom.uid.JPEG2000Lossless)
    yield "jpeg_2000_signed", compressed(dataset((wide >> 4).astype(np.int16) - 2048, 12), pydicom.uid.JPEG2000Lossless)
    yield "jpeg", by_gdcm(dataset(smooth, 8), "JPEGBaselineProcess1")
    yield "tags", dataset(
        bytes_,
        8,
        PatientName="Doe^Jane",
        PatientID="MRN 0042",
        PatientAge="018M",
        PatientSex="F",
        ViewPosition="LL",
        BodyPartExamined="CHEST",
        BurnedInAnnotation="YES",
    )
    yield "lossless_jpeg_8", by_gdcm(dataset(bytes_, 8), "JPEGLosslessProcess14_1")
    yield "lossless_jpeg_16", by_gdcm(dataset(sixteen, 16), "JPEGLosslessProcess14_1")


def palette(rng):
    found = {}
    for colour in ("Red", "Green", "Blue"):
        found[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        found[f"{colour}PaletteColorLookupTableData"] = rng.integers(0, 65536, 256).astype("<u2").tobytes()
    return found


def one_bit(bytes_):
    ds = dataset(bytes_ % 2, 1, BitsAllocated=1)
    packed = np.packbits((bytes_ % 2).ravel(), bitorder="little").tobytes()
    ds.PixelData = packed + b"\0" * (len(packed) % 2)
    return ds


def with_overlay(ds, noise):
    """The four bits that are not stored hold something else."""
    pixels = np.frombuffer(ds.PixelData, "<u2") | (noise.ravel() & 0xF000)
    ds.PixelData = pixels.astype("<u2").tobytes()
    return ds


def by_gdcm(ds, name):
    """Compressed by GDCM, which writes what pydicom cannot."""
    import gdcm

    before, after = Path("/tmp/before.dcm"), Path("/tmp/after.dcm")
    ds.save_as(before, enforce_file_format=True)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(before))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, name)))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(after))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return pydicom.dcmread(after)


def write_small_files():
    folder = FIXTURES / "dicom"
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, ds in small_files():
        path = folder / f"{name}.dcm"
        ds.save_as(path, enforce_file_format=True)
        again = pydicom.dcmread(path)
        stored = again.pixel_array
        stored = stored[0] if "NumberOfFrames" in ds and ds.NumberOfFrames > 1 else stored
        if name == "high_bit":  # pydicom does not move such values to the right
            stored = (np.frombuffer(again.PixelData, "<u2") >> 4).reshape(HEIGHT, WIDTH)
        shown = np.clip(brightness(again, stored), 0, 1)
        expected[name] = [round(float(x), 7) for x in shown.ravel()]
    (FIXTURES / "dicom.json").write_text(json.dumps(expected).replace('], "', '],\n"') + "\n")


def main():
    write_small_files()
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
