"""
Reads tests/fixtures/support/events.tfevents with TensorBoard and checks what it finds there.

    pip install tensorboard==2.21.0 "setuptools<81"
    WRITE_FIXTURE=1 deno test -A tests/support/event_file_test.ts   # writes the file
    python tests/oracles/event_file.py
"""

from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins.hparams import plugin_data_pb2

FILE = Path(__file__).parents[1] / "fixtures" / "support" / "events.tfevents"

events = list(EventFileLoader(str(FILE)).Load())
version, settings, first, second, picture = events
assert version.file_version == "brain.Event:2"
assert [event.wall_time - 1_700_000_000 for event in events] == [2, 4, 5, 6, 7]
assert [event.step for event in events] == [0, 0, 1, 300, 300]

value = settings.summary.value[0]
assert (value.tag, value.metadata.plugin_data.plugin_name) == ("_hparams_/session_start_info", "hparams")
data = plugin_data_pb2.HParamsPluginData.FromString(value.metadata.plugin_data.content)
hparams = data.session_start_info.hparams
assert data.session_start_info.group_name == "run" and data.session_start_info.start_time_secs == 1_700_000_003
assert (hparams["epochs"].number_value, hparams["network"].string_value, hparams["xla"].bool_value) == (
    12,
    "resnet20v2",
    False,
)


def scalars(event):
    return {value.tag: value.tensor.float_val[0] for value in event.summary.value}


assert scalars(first) == {"loss/training": 0.5}
assert scalars(second) == {"loss/training": 0.25, "validation AUC/mean": 0.75}
image = picture.summary.value[0]
assert image.tag == "Grad-CAM/Mass"
assert [part.decode() for part in image.tensor.string_val[:2]] == ["2", "3"]
print(f"{len(events)} events are as they were written")
