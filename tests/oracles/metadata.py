"""Writes tests/fixtures/dataset/metadata.json: what pandas, scikit-learn and Keras say of the NIH's metadata.

Undersampling is the original notebook's: of the rows with no finding, every fifth by image name stays. Sizes of a split by image
are those of scikit-learn's train_test_split (15 % for the test) and then of the validation_split of Keras'
ImageDataGenerator (6 % for validation). Shared patients are counted for parts that depend on nothing random: by the
row's number, modulo 10 (0: test, 1: validation).

    pip install pandas scikit-learn tensorflow-cpu==2.21.0
    python tests/oracles/metadata.py data/nih ../shared/nih-sample
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pandas as pd
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from sklearn.model_selection import train_test_split

FIXTURE = Path(__file__).parent.parent / "fixtures" / "dataset" / "metadata.json"
nih, sample = Path(sys.argv[1]), Path(sys.argv[2])


def hash_of(names):
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def describe(rows):
    found = rows["Finding Labels"].str.get_dummies("|").drop(columns="No Finding")
    per_patient = rows.groupby("Patient ID").size().value_counts().sort_index()
    visits = rows[["Patient ID", "Follow-up #"]].drop_duplicates()
    y = found.to_numpy()
    return {
        "labels": list(found.columns),
        "images": len(rows),
        "imagesHash": hash_of(rows["Image Index"]),
        "normal": int((y.sum(1) == 0).sum()),
        "patients": int(rows["Patient ID"].nunique()),
        "visits": len(visits),
        "patientsByImages": [[int(n), int(count)] for n, count in per_patient.items()],
        "sex": rows["Patient Gender"].value_counts().sort_index().to_dict(),
        "view": rows["View Position"].value_counts().sort_index().to_dict(),
        "ages": np.bincount(rows["Patient Age"] // 10).tolist(),
        "ageSum": int(rows["Patient Age"].sum()),
        "followUpSum": int(rows["Follow-up #"].sum()),
        "positives": y.sum(0).tolist(),
        "pairs": (y.T @ y).tolist(),
        "positiveWeights": (1 - y).mean(0).tolist(),
        "negativeWeights": y.mean(0).tolist(),
    }


def sizes(count):
    rows = pd.DataFrame({"image": [f"{i}.png" for i in range(count)], "label": [0] * count})
    others, test = train_test_split(rows, test_size=0.15, random_state=0)
    generator = ImageDataGenerator(validation_split=0.06)
    flow = {
        subset: generator.flow_from_dataframe(
            others, x_col="image", y_col="label", class_mode="raw", subset=subset, validate_filenames=False
        ).n
        for subset in ("training", "validation")
    }
    return [count, flow["training"], flow["validation"], len(test)]


def shared(rows):
    kind = np.arange(len(rows)) % 10
    patients = rows["Patient ID"].to_numpy()
    training, validation, test = patients[kind > 1], patients[kind == 1], patients[kind == 0]
    return {
        "testWithTraining": int(np.isin(test, training).sum()),
        "testWithValidation": int(np.isin(test, validation).sum()),
        "validationWithTraining": int(np.isin(validation, training).sum()),
    }


def boxes(file):
    rows = pd.read_csv(file)
    labels = rows["Finding Label"].replace("Infiltrate", "Infiltration").value_counts().sort_index()
    return {
        "count": len(rows),
        "labels": {label: int(count) for label, count in labels.items()},
        "means": rows.iloc[:, 2:6].mean().tolist(),
    }


def official(rows):
    lists = {name: set((sample / f"{name}.txt").read_text().split()) for name in ("train_val_list", "test_list")}
    return {name: int(rows["Image Index"].isin(images).sum()) for name, images in lists.items()}


rows = pd.read_csv(nih / "Data_Entry_2017_v2020.csv.gz")
normal = rows[rows["Finding Labels"] == "No Finding"]
kept = rows.drop(normal.sort_values("Image Index").index[np.arange(len(normal)) % 5 != 4])
sample_rows = pd.read_csv(sample / "Data_Entry_2017.csv")

FIXTURE.parent.mkdir(parents=True, exist_ok=True)
text = json.dumps(
    {
        "nih": describe(rows),
        "undersampled": describe(kept),
        "sample": describe(sample_rows),
        "nihBoxes": boxes(nih / "BBox_List_2017.csv.gz"),
        "sampleBoxes": boxes(sample / "BBox_List_2017.csv"),
        "sizes": [sizes(count) for count in (20, 40, 100, 101, 1295, 5000, len(kept), len(rows))],
        "sharedPatients": shared(kept),
        "official": {"nih": official(rows), "sample": official(sample_rows)},
    }
)
FIXTURE.write_text(text + "\n")
