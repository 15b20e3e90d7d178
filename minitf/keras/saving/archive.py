"""Models and weights in files: `.keras`, `.weights.h5`, and the older `.h5`."""

import io
import logging
import os
import warnings
import zipfile

from minitf.keras.saving import legacy, sharded
from minitf.keras.saving import zipped as zipped_form
from minitf.keras.saving.state import load_state, save_state
from minitf.keras.saving.trusting import check_archive
from minitf.keras.saving.zipped import hdf5

_OLDER = (".h5", ".hdf5")
_SHARDED = "weights.json"
logger = logging.getLogger("tensorflow")


def save_model(model, filepath, overwrite=True, zipped=None, **kwargs):
    """Writes a model into a file `NAME.keras`, or `NAME.h5` in the older format.

    Args:
      zipped: if False, the model becomes a folder of the files that are in a `.keras` file.
      overwrite: if False, asks before it replaces a file.
      include_optimizer: whether an `.h5` file holds the state of the optimizer.

    Raises:
      ValueError: another ending.
    """
    include_optimizer = kwargs.pop("include_optimizer", True)
    name, save_format = str(filepath), kwargs.pop("save_format", None)
    if save_format and not name.endswith((".keras", *_OLDER)):
        raise ValueError(
            "The `save_format` argument is deprecated in Keras 3. Please remove this argument and "
            "pass a file path with either `.keras` or `.h5` extension. "
            f"Received: save_format={save_format}"
        )
    if save_format:
        logger.warning("The `save_format` argument is deprecated in Keras 3: the ending says it.")
    if kwargs:
        raise ValueError(f"The following argument(s) are not supported: {list(kwargs)}")
    if zipped is False and name.endswith(".keras"):
        raise ValueError(
            "When using `zipped=False`, the `filepath` argument should not end in `.keras`. "
            f"Received: filepath={filepath}"
        )
    if zipped is not False and not name.endswith((".keras", *_OLDER)):
        raise ValueError(
            "Invalid filepath extension for saving. Please add either a `.keras` extension for "
            "the native Keras format (recommended) or a `.h5` extension. Use "
            "`model.export(filepath)` if you want to export a SavedModel for use with "
            f"TFLite/TFServing/etc. Received: filepath={filepath}."
        )
    if not _may_write(name, overwrite):
        return
    if name.endswith(_OLDER) and zipped is not False:
        logger.warning(
            "You are saving your model as an HDF5 file via `model.save()` or "
            "`keras.saving.save_model(model)`. This file format is considered legacy. We recommend "
            "using instead the native Keras format, e.g. `model.save('my_model.keras')` or "
            "`keras.saving.save_model(model, 'my_model.keras')`. "
        )
        with hdf5(name, "w") as file:
            legacy.save_model(model, file, include_optimizer)
        return
    if not model.built:
        warnings.warn(
            "You are saving a model that has not yet been built. It might not contain any weights "
            "yet. Consider building the model first by calling it on some data.",
            stacklevel=3,
        )
    zipped_form.write(model, name, zipped is not False)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """The model in a file that `save_model` or Keras wrote.

    Args:
      custom_objects: names of users' classes and functions in the model.
      compile: whether to compile the model as it was.
      safe_mode: refuse lambdas, which are arbitrary code.

    Raises:
      ValueError: no such file, or another format.
    """
    name = str(filepath)
    if zipped_form.is_folder(name):
        return zipped_form.read(name, custom_objects, compile, safe_mode)
    if name.endswith(_OLDER):
        with hdf5(name, "r") as file:
            return legacy.load_model(file, custom_objects, compile, safe_mode)
    if not name.endswith(".keras"):
        raise ValueError(
            f"File format not supported: filepath={filepath}. Keras 3 only supports V3 `.keras` "
            "files, legacy H5 format files (`.h5` extension). Note that the legacy SavedModel "
            "format is not supported by `load_model()` in Keras 3."
        )
    if not zipfile.is_zipfile(name):
        raise ValueError(
            f"File not found: filepath={filepath}. Please ensure the file is an accessible "
            "`.keras` zip file."
        )
    return zipped_form.read(name, custom_objects, compile, safe_mode)


def save_weights(model, filepath, overwrite=True, max_shard_size=None, objects_to_skip=None):
    """Writes the state of a model into a file `NAME.weights.h5`.

    Args:
      max_shard_size: in GB: the state is split among files `NAME_00000.weights.h5`, ... of at most
        this size, and `NAME.weights.json` tells what is where.
      objects_to_skip: layers whose state is left out.

    Raises:
      ValueError: another ending, a model that is not built, or an array that fits in no file.
    """
    name = str(filepath)
    if max_shard_size is None and not name.endswith(".weights.h5"):
        raise ValueError(f"The filename must end in `.weights.h5`. Received: filepath={name}")
    if max_shard_size is not None and not name.endswith(("weights.h5", _SHARDED)):
        raise ValueError(
            "The filename must end in `.weights.json` when `max_shard_size` is specified. "
            f"Received: filepath={name}"
        )
    if not model.built:
        raise ValueError(
            "You are saving a model that has not yet been built. Try building the model first by "
            "calling it on some data or by using `build()`."
        )
    if not _may_write(name, overwrite):
        return
    if max_shard_size is not None:
        sharded.write(model, name, max_shard_size, objects_to_skip)
        return
    with hdf5(name, "w") as file:
        save_state(model, file, objects_to_skip)


def load_weights(model, filepath, skip_mismatch=False, by_name=None, objects_to_skip=None):
    """Reads the state of a model from a file `.weights.h5`, `.keras` or, older, `.h5`.

    Args:
      skip_mismatch: whether what does not fit is left as it is, with a warning.
      by_name: in an `.h5` file, whether layers are found by their names.
      objects_to_skip: layers whose state is left as it is.

    Raises:
      ValueError: a state of another model, another format, or a model that is not built.
    """
    name = str(filepath)
    is_older = name.endswith(_OLDER) and not name.endswith(".weights.h5")
    if by_name is not None and not is_older:
        raise ValueError(
            f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {filepath}"
        )
    if not name.endswith((".keras", ".weights.h5", _SHARDED)) and not is_older:
        raise ValueError(
            f"File format not supported: filepath={filepath}. Keras 3 only supports V3 `.keras` "
            "files, `.weights.h5` and `.weights.json` files, legacy H5 format files (`.h5` "
            "extension)."
        )
    if is_older:
        with hdf5(name, "r") as file:
            legacy.load_weights(file, model, skip_mismatch, by_name)
        return
    if not model.built:
        raise ValueError(
            "You are loading weights into a model that has not yet been built. Try building the "
            "model first by calling it on some data or by using `build()`."
        )
    source = name
    if name.endswith(".keras"):
        with zipfile.ZipFile(name) as archive:
            check_archive(archive)
            source = io.BytesIO(archive.read(zipped_form.WEIGHTS))
    if name.endswith(_SHARDED):
        load_state(model, sharded.Shards(name), skip_mismatch, objects_to_skip)
        return
    with hdf5(source, "r") as file:
        load_state(model, file, skip_mismatch, objects_to_skip)


class Saver:
    """The part of a model that writes it into files."""

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """As `keras.saving.save_model`."""
        save_model(self, filepath, overwrite, zipped, **kwargs)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None):
        """As `keras.saving.save_weights`."""
        save_weights(self, filepath, overwrite, max_shard_size)

    def load_weights(self, filepath, skip_mismatch=False, **kwargs):
        """As `keras.saving.load_weights`."""
        load_weights(self, filepath, skip_mismatch, **kwargs)


def _may_write(name, overwrite):
    """Whether there is no such file, or it may be replaced."""
    if overwrite or not os.path.exists(name):
        return True
    answer = ""
    while answer not in ("y", "n"):
        answer = input(f"[WARNING] {name} already exists - overwrite? [y/n]").strip().lower()
    return answer == "y"
