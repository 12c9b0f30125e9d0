"""pandas' and scikit-learn's side of tables with more and more rows: a split by patient, metrics with intervals."""

import resource

from commands import answer_commands, peak_memory

import numpy as np
import pandas as pd
import sklearn
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

RESAMPLES = 2000


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def metadata(dir):
    return pd.read_csv(f"{dir}/Data_Entry_2017_v2020.csv")


def split(dir):
    """Reads the metadata, puts each patient's images into one set and writes the sets."""
    start = cpu_seconds()
    rows = metadata(dir)
    rows["part"] = "training"
    others = np.arange(len(rows))
    for part, size in [("test", 0.15), ("validation", 0.06)]:
        groups = rows["Patient ID"].to_numpy()[others]
        kept, drawn = next(GroupShuffleSplit(1, test_size=size, random_state=0).split(others, groups=groups))
        rows.loc[others[drawn], "part"] = part
        others = others[kept]
    rows[["Image Index", "Patient ID", "part"]].to_csv(f"{dir}/split.csv", index=False)
    return {"seconds": cpu_seconds() - start, "memory": peak_memory()}


def metrics(dir):
    """
    Each label's AUC, average precision and Brier score, and what 2,000 resamples of the patients take for the intervals
    of its AUC: one resample of all labels is timed and counted as often.
    """
    start = cpu_seconds()
    rows = metadata(dir).merge(pd.read_csv(f"{dir}/scores.csv"), left_on="Image Index", right_on="image")
    labels = [name.removesuffix("_score") for name in rows.columns if name.endswith("_score")]
    truth = {label: rows["Finding Labels"].str.contains(label, regex=False).to_numpy() for label in labels}
    for label in labels:
        scores = rows[f"{label}_score"]
        roc_auc_score(truth[label], scores)
        average_precision_score(truth[label], scores)
        brier_score_loss(truth[label], scores)
    once = cpu_seconds() - start
    random = np.random.default_rng(0)
    patients, of_row = np.unique(rows["Patient ID"], return_inverse=True)
    start = cpu_seconds()
    drawn = np.bincount(random.integers(len(patients), size=len(patients)), minlength=len(patients))
    images = np.repeat(np.arange(len(rows)), drawn[of_row])
    for label in labels:
        roc_auc_score(truth[label][images], rows[f"{label}_score"].to_numpy()[images])
    return {
        "seconds": once,
        "resampled": once + RESAMPLES * (cpu_seconds() - start),
        "memory": peak_memory(),
    }


answer_commands(
    split=split,
    metrics=metrics,
    version=lambda: f"pandas {pd.__version__}, scikit-learn {sklearn.__version__}",
)
