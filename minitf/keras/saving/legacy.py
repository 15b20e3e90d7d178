"""The older HDF5 files of whole models: configs as attributes, weights by the names of layers."""

import json
import logging
import warnings

import numpy as np

from minitf.keras import losses, metrics, optimizers, serialization

_SHORTCUTS = ("accuracy", "acc", "crossentropy", "ce")
logger = logging.getLogger("tensorflow")


def save_model(model, file, include_optimizer=True):
    """Writes a model into an open HDF5 file."""
    form = serialization.serialize_keras_object(model)
    file.attrs["backend"], file.attrs["keras_version"] = "tensorflow", "3.15.0"
    config = {"class_name": form["class_name"], "config": form["config"]}
    file.attrs["model_config"] = json.dumps(config)
    _save_weights(model, file.create_group("model_weights"))
    if not include_optimizer or not model.compiled or model.optimizer is None:
        return
    training = dict(form["compile_config"])
    optimizer = training.pop("optimizer")
    if isinstance(optimizer, str):
        optimizer = serialization.serialize_keras_object(model.optimizer)
    training["optimizer_config"] = {k: optimizer[k] for k in ("class_name", "config")}
    file.attrs["training_config"] = json.dumps(training)
    _save_arrays(file.create_group("optimizer_weights"), model.optimizer.variables)


def _save_weights(model, group):
    group.attrs["backend"], group.attrs["keras_version"] = "tensorflow", "3.15.0"
    group.attrs["layer_names"] = [layer.name for layer in model.layers]
    for layer in model.layers:
        _save_arrays(group.create_group(layer.name), _weights(layer))
    _save_arrays(group.create_group("top_level_model_weights"), model._own_variables)


def _weights(layer):
    return layer.trainable_weights + layer.non_trainable_weights


def _save_arrays(group, variables):
    group.attrs["weight_names"] = [variable.path for variable in variables]
    for variable in variables:
        group[variable.path] = variable.numpy()


def _arrays(group):
    names = group.attrs["weight_names"]
    names = [name.decode() if isinstance(name, bytes) else str(name) for name in names]
    return [np.asarray(group[name]) for name in names]


def load_model(file, custom_objects=None, compile=True, safe_mode=True):
    """The model in an open HDF5 file, compiled as it was.

    Raises:
      ValueError: a file of weights only.
    """
    if "model_config" not in file.attrs:
        raise ValueError(f"No model config found in the file at {file.filename}.")
    form = serialization.with_modules(json.loads(file.attrs["model_config"]), custom_objects or {})
    model = serialization.deserialize_keras_object(form, custom_objects, safe_mode)
    load_weights(file, model)
    if not compile:
        return model
    if "training_config" not in file.attrs:
        logger.warning(
            "No training configuration found in the save file, so the model was *not* compiled. "
            "Compile it manually."
        )
        return model
    with serialization.CustomObjectScope(custom_objects):
        model.compile(**_compile_arguments(json.loads(file.attrs["training_config"])))
    if "optimizer_weights" in file:
        model.optimizer.build(model.trainable_variables)
        try:
            model.optimizer.set_weights(_arrays(file["optimizer_weights"]))
        except ValueError:
            logger.warning(
                "Error in loading the saved optimizer state. As a result, your model is starting "
                "with a freshly initialized optimizer."
            )
    return model


def _compile_arguments(config):
    """The arguments of `compile` that a training config stands for."""

    def each(read, form):
        if isinstance(form, list):
            return [each(read, entry) for entry in form]
        if isinstance(form, dict) and "class_name" not in form:
            return {key: each(read, entry) for key, entry in form.items()}
        return form if form is None or form in _SHORTCUTS else read(form)

    return {
        "optimizer": optimizers.deserialize(config["optimizer_config"]),
        "loss": each(losses.deserialize, config.get("loss")),
        "metrics": each(metrics.deserialize, config.get("metrics")),
        "weighted_metrics": each(metrics.deserialize, config.get("weighted_metrics")),
        "loss_weights": config.get("loss_weights"),
    }


def load_weights(file, model, skip_mismatch=False, by_name=False):
    """Reads the weights of a model's layers, in their order or by their names.

    Raises:
      ValueError: other layers or shapes; with `skip_mismatch` a warning.
    """
    group = file["model_weights"] if "model_weights" in file else file
    saved = [n.decode() if isinstance(n, bytes) else str(n) for n in group.attrs["layer_names"]]
    if by_name:
        pairs = [(n, layer) for n in saved for layer in model.layers if layer.name == n]
    else:
        saved = [name for name in saved if len(group[name].attrs["weight_names"])]
        layers = [layer for layer in model.layers if _weights(layer)]
        if len(saved) != len(layers):
            raise ValueError(
                "Layer count mismatch when loading weights from file. Model expected "
                f"{len(layers)} layers, found {len(saved)} saved layers."
            )
        pairs = list(zip(saved, layers, strict=True))
    for place, (name, layer) in enumerate(pairs):
        what = f"layer #{place} (named {layer.name})"
        _set(what, _weights(layer), _arrays(group[name]), skip_mismatch)
    if "top_level_model_weights" in group:
        top = _arrays(group["top_level_model_weights"])
        _set("top-level model", model._own_variables, top, skip_mismatch)
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):  # what it computes from its weights
            layer.finalize_state()


def _set(what, variables, arrays, skip_mismatch):
    problem = None
    if len(variables) != len(arrays):
        problem = (
            f"Weight count mismatch for {what}. Layer expects {len(variables)} weight(s). "
            f"Received {len(arrays)} saved weight(s)"
        )
    for variable, array in zip(variables, arrays, strict=False):
        if tuple(variable.shape) != array.shape:
            problem = (
                f"Shape mismatch in {what} for weight {variable.path}. Weight expects shape "
                f"{tuple(variable.shape)}. Received saved weight with shape {array.shape}"
            )
    if problem is None:
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
    elif skip_mismatch:
        warnings.warn(f"Skipping: {problem}", stacklevel=4)
    else:
        raise ValueError(problem)
