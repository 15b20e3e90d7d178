"""The form of `.keras` files, and of pickles: a zip archive, or a folder.

It holds `config.json` (the object as a dictionary), `metadata.json`, `model.weights.h5` (its
state) and, in `assets/`, the files of layers that have a `save_assets`: vocabularies.
"""

import contextlib
import datetime
import io
import json
import pathlib
import tempfile
import zipfile

from minitf.keras import serialization
from minitf.keras.saving.state import load_assets, load_state, save_assets, save_state
from minitf.keras.saving.trusting import check_archive, check_group

_KERAS_VERSION = "3.15.0"
_CONFIG, _METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_ASSETS = "assets"


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
    if hasattr(saveable, "save_own_variables"):
        contents.update(_assets(saveable))
    if zipped:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return
    folder = pathlib.Path(file)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _assets(saveable):
    """The files of the parts of an object: name -> content."""
    with tempfile.TemporaryDirectory() as folder:
        save_assets(saveable, folder)
        files = (path for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file())
        return {f"{_ASSETS}/{path.relative_to(folder).as_posix()}": path.read_bytes()
                for path in files}  # fmt: skip


@contextlib.contextmanager
def _unpacked(file):
    """The folder of the files in `file`, a folder, or the name of an archive or a binary file."""
    if isinstance(file, str) and is_folder(file):
        yield pathlib.Path(file)
        return
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file) as archive:
        check_archive(archive)
        archive.extractall(folder)
        yield pathlib.Path(folder)


def is_folder(path):
    """Whether a model was written into this folder."""
    return (pathlib.Path(path) / _CONFIG).is_file()


def read(file, custom_objects=None, compile=True, safe_mode=True):
    """What `write` wrote into `file`."""
    with _unpacked(file) as folder:
        config = json.loads((folder / _CONFIG).read_bytes())
        if not compile:
            config["compile_config"] = None
        saveable = serialization.deserialize_keras_object(config, custom_objects, safe_mode)
        if hasattr(saveable, "load_own_variables"):
            with hdf5(str(folder / WEIGHTS), "r") as opened:
                load_state(saveable, opened)
            load_assets(saveable, folder / _ASSETS)
    return saveable


@contextlib.contextmanager
def hdf5(file, mode):
    """`file`, a name or a binary file, as an open HDF5 file; one to be read is checked."""
    import h5py  # slow to load

    with h5py.File(file, mode) as opened:
        if mode == "r":
            check_group(opened)
        yield opened


class Picklable:
    """Objects that `pickle` and `copy.deepcopy` write as `.keras` files are written."""

    def __reduce__(self):
        file = io.BytesIO()
        write(self, file)
        return _unpickled, (file.getvalue(),)


def _unpickled(data):
    return read(io.BytesIO(data), safe_mode=False)  # a pickle is not safe, whatever is in it
