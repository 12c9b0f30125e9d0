"""pandas' and scikit-learn's side of reading, undersampling and splitting the NIH's metadata."""

from commands import answer_commands, seconds_of

import numpy as np
import pandas as pd
import sklearn
from sklearn.model_selection import train_test_split

LABELS = {
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis", "Hernia",
    "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax", "No Finding",
}


def check(rows):
    """What lib/dataset/metadata.ts makes sure of: every cell can be read, no image is there twice."""
    assert rows["Image Index"].is_unique and rows["Image Index"].notna().all()
    assert rows["Patient Gender"].isin(["F", "M"]).all() and rows["View Position"].isin(["AP", "PA"]).all()
    assert rows["Patient ID"].dtype == rows["Follow-up #"].dtype == "int64"
    rows["Patient Age"] = rows["Patient Age"].where(rows["Patient Age"] <= 120)
    rows["labels"] = rows["Finding Labels"].str.split("|")
    assert set(rows["labels"].explode().unique()) <= LABELS


def split(file, checked):
    def work():
        rows = pd.read_csv(file)
        if checked:
            check(rows)
        normal = rows.index[rows["Finding Labels"] == "No Finding"]
        kept = rows.drop(normal[np.arange(len(normal)) % 5 != 4])
        others, _ = train_test_split(kept, test_size=0.15, random_state=1)
        train_test_split(others, test_size=int(len(others) * 0.06), random_state=1)

    return seconds_of(work)


answer_commands(split=split, version=lambda: f"pandas {pd.__version__} and scikit-learn {sklearn.__version__}")
