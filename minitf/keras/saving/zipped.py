"""The form of `.keras` files, and of pickles: a zip archive, or a folder.

It holds `config.json` (the object as a dictionary), `metadata.json` and `model.weights.h5` (its
state).
"""

import contextlib
import datetime
import io
import json
import pathlib
import zipfile

from minitf.keras import serialization
from minitf.keras.saving.state import load_state, save_state

_KERAS_VERSION = "3.15.0"
_CONFIG, _METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"


def write(saveable, file, zipped=True):
    """Writes a model, layer, optimizer or metric into `file`, a name or a binary file.

    If not `zipped`, `file` is the name of a folder.
    """
    date = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    state = io.BytesIO()
    with hdf5(state, "w") as opened:
        if hasattr(saveable, "save_own_variables"):  # metrics are written without their state
            save_state(saveable, opened)
    metadata = {"keras_version": _KERAS_VERSION, "date_saved": date}
    contents = {
        _METADATA: json.dumps(metadata).encode(),
        _CONFIG: json.dumps(serialization.serialize_keras_object(saveable)).encode(),
        WEIGHTS: state.getvalue(),
    }
    if zipped:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return
    folder = pathlib.Path(file)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def is_folder(path):
    """Whether a model was written into this folder."""
    return (pathlib.Path(path) / _CONFIG).is_file()


def read(file, custom_objects=None, compile=True, safe_mode=True):
    """What `write` wrote into `file`."""
    if isinstance(file, str) and is_folder(file):
        contents = {name: (pathlib.Path(file) / name).read_bytes() for name in (_CONFIG, WEIGHTS)}
    else:
        with zipfile.ZipFile(file) as archive:
            contents = {name: archive.read(name) for name in (_CONFIG, WEIGHTS)}
    config = json.loads(contents[_CONFIG])
    if not compile:
        config["compile_config"] = None
    saveable = serialization.deserialize_keras_object(config, custom_objects, safe_mode)
    with hdf5(io.BytesIO(contents[WEIGHTS]), "r") as opened:
        if hasattr(saveable, "load_own_variables"):
            load_state(saveable, opened)
    return saveable


@contextlib.contextmanager
def hdf5(file, mode):
    """`file`, a name or a binary file, as an open HDF5 file."""
    import h5py  # slow to load

    with h5py.File(file, mode) as opened:
        yield opened


class Picklable:
    """Objects that `pickle` and `copy.deepcopy` write as `.keras` files are written."""

    def __reduce__(self):
        file = io.BytesIO()
        write(self, file)
        return _unpickled, (file.getvalue(),)


def _unpickled(data):
    return read(io.BytesIO(data), safe_mode=False)  # a pickle is not safe, whatever is in it
