"""`Model.export`: a model's call as a SavedModel, with functions to be called by clients.

Reading one back as a layer is `TFSMLayer`.
"""

import inspect
import os

from minitf import nest
from minitf.function import Function
from minitf.function_type import text
from minitf.keras.calling import map_shapes
from minitf.keras.layer import Layer
from minitf.keras.symbolic import KerasTensor
from minitf.saved_model.loading import load
from minitf.saved_model.saving import write
from minitf.specs import TensorSpec
from minitf.trackable import attributes

SERVE = "serve"


_COLLECTIONS = ("variables", "trainable_variables", "non_trainable_variables")


class _Exported:
    """What is written: endpoints, variables, and the layers that they belong to."""

    def __init__(self):
        self._tracked = []
        for name in _COLLECTIONS:
            setattr(self, name, [])

    def _trackable_children(self):
        return attributes(self)


class ExportArchive:
    """Collects functions under names, and writes them as a SavedModel.

    >>> import tempfile
    >>> import minitf as tf
    >>> model = tf.keras.Sequential([tf.keras.Input([2]), tf.keras.layers.Dense(1)])
    >>> archive, folder = ExportArchive(), tempfile.mkdtemp()
    >>> archive.track(model)
    >>> _ = archive.add_endpoint("double", lambda x: 2.0 * model(x), [tf.TensorSpec([None, 2])])
    >>> archive.write_out(folder, verbose=False)
    >>> tf.saved_model.load(folder).double(tf.ones([3, 2])).shape
    TensorShape([3, 1])
    """

    def __init__(self, format="saved_model"):
        if format != "saved_model":
            raise NotImplementedError(f"ExportArchive: format={format!r}")
        self._root, self._endpoints = _Exported(), {}

    def track(self, resource):
        """Saves the variables of a layer or model, too."""
        if not isinstance(resource, Layer):
            raise ValueError(
                "Invalid resource type. Expected an instance of a Keras `Layer` or `Model`. "
                f"Received instead an object of type '{type(resource)}'."
            )
        if not resource.built:
            raise ValueError(
                "The layer provided has not yet been built. It must be built before export."
            )
        self._root._tracked.append(resource)
        for name in _COLLECTIONS:
            getattr(self._root, name).extend(getattr(resource, name))

    variables = property(lambda self: self._root.variables)
    trainable_variables = property(lambda self: self._root.trainable_variables)
    non_trainable_variables = property(lambda self: self._root.non_trainable_variables)

    def add_endpoint(self, name, fn, input_signature=None, **kwargs):
        """Adds a function: a `tf.function` that was called, or any with an `input_signature`.

        Args:
          input_signature: a list of specs, or of structures of them, one for each argument.

        Raises:
          ValueError: the name is taken, or there is no signature.
        """
        if kwargs:
            raise NotImplementedError(f"add_endpoint: {', '.join(kwargs)}")
        if name in self._endpoints:
            raise ValueError(f"Endpoint name '{name}' is already taken.")
        if isinstance(fn, Function):
            if input_signature is None and fn.input_signature is None and not fn._traced:
                raise ValueError(
                    f"The provided tf.function '{fn}' has never been called. To specify the "
                    "expected shape and dtype of the function's arguments, you must either provide "
                    "a function that has been called at least once, or alternatively pass an "
                    "`input_signature` argument in `add_endpoint()`."
                )
            function = fn
        elif input_signature is None:
            raise ValueError(
                "If the `fn` argument provided is not a `tf.function`, you must provide an "
                "`input_signature` argument to specify the shape and dtype of the function "
                "arguments."
            )
        else:
            specs = nest.map_structure(_as_spec, list(input_signature))
            function = Function(_of_places(fn, len(specs)), name, specs)
            function.get_concrete_function()
        setattr(self._root, name, function)
        self._endpoints[name] = function
        return function

    def track_and_add_endpoint(self, name, resource, input_signature, **kwargs):
        """`track` a model, and add its call as an endpoint."""
        self.track(resource)
        return self.add_endpoint(name, resource.__call__, input_signature, **kwargs)

    def add_variable_collection(self, name, variables):
        """Saves a list of variables as an attribute."""
        setattr(self._root, name, list(variables))

    def write_out(self, filepath, options=None, verbose=True):
        """Writes everything added so far into a folder.

        Raises:
          ValueError: nothing was added.
        """
        if not self._endpoints:
            raise ValueError("No endpoints have been set yet. Call add_endpoint().")
        chosen = {name: _newest(function) for name, function in self._endpoints.items()}
        names = list(chosen)
        chosen["serving_default"] = chosen[SERVE if SERVE in chosen else names[0]]
        write(self._root, os.fspath(filepath), chosen)
        if verbose:
            described = "\n\n".join(_described(name, chosen[name]) for name in names)
            print(
                f"Saved artifact at '{filepath}'. The following endpoints are available:\n\n"
                f"{described}"
            )


def _newest(function):
    if function.input_signature is not None:
        return function.get_concrete_function()
    return function._traced[-1][1]


def _of_places(fn, count):
    """`fn` with `count` arguments that are known by their places."""

    def call(*args):
        return fn(*args)

    names = [f"args_{i}" for i in range(count)]
    places = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names]
    call.__signature__ = inspect.Signature(places)
    return call


def _as_spec(spec):
    if isinstance(spec, TensorSpec):
        return spec
    name = spec.name if isinstance(spec, KerasTensor) else getattr(spec, "name", None)
    return TensorSpec(spec.shape, spec.dtype or "float32", name)


def _described(name, concrete):
    args, kwargs = concrete.structured_input_signature
    lines = [f"* Endpoint '{name}'"]
    lines += [f"  {n} (POSITIONAL_ONLY): {text(a)}" for n, a in zip(concrete._names, args)]
    return "\n".join([*lines, *concrete.pretty_printed_signature().split("\n")[len(args) + 1 :]])


_FORMATS = ("tf_saved_model", "onnx", "openvino", "litert", "torch")  # of minitf: the first


def export(model, filepath, format="tf_saved_model", verbose=None, input_signature=None, **kwargs):
    """`Model.export`."""
    if format not in _FORMATS:
        raise ValueError(f"Unrecognized format={format}. Supported formats are: {list(_FORMATS)}.")
    if format != "tf_saved_model":
        raise NotImplementedError(f"Model.export: format={format!r}")
    archive = ExportArchive()
    signature = input_signature or input_signature_of(model)
    archive.track_and_add_endpoint(SERVE, model, signature, **kwargs)
    archive.write_out(filepath, verbose=True if verbose is None else verbose)


def default_signatures(model):
    """What `tf.saved_model.save` takes for the signature of a model: its call, if it is built."""
    try:
        (specs,) = input_signature_of(model, any_batch=False)
    except ValueError:
        return []
    specs = nest.map_structure(lambda spec: TensorSpec(spec.shape, spec.dtype), specs)
    return [Function(lambda inputs: model(inputs, training=False), "serving_default", [specs])]


def input_signature_of(model, any_batch=True):
    """The specs of a model's call: its inputs, or the shapes that it was built for.

    Of those shapes the batch has any size, unless not `any_batch`.

    Raises:
      ValueError: the model has not been built.
    """
    inputs = getattr(model, "_inputs_struct", None)
    if inputs is None and getattr(model, "_functional", None) is not None:
        inputs = model._functional._inputs_struct
    if inputs is not None:
        return [nest.map_structure(_as_spec, inputs)]
    if not model.built or not model._build_shapes:
        raise ValueError(
            "The model provided has not yet been built. It must be built before export."
        )

    def spec(shape):
        return TensorSpec((None, *shape[1:]) if any_batch else shape, model.input_dtype)

    return [map_shapes(spec, shapes) for shapes in model._build_shapes.values()]


class TFSMLayer(Layer):
    """A SavedModel as a layer: it calls one of the endpoints.

    Args:
      filepath: the folder.
      call_endpoint: the endpoint to call.
      call_training_endpoint: another one, for `training=True`.
    """

    def __init__(self, filepath, call_endpoint="serve", call_training_endpoint=None,
                 trainable=True, name=None, dtype=None):  # fmt: skip
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self.filepath, self._loaded = filepath, load(filepath)
        self.call_endpoint_name = call_endpoint
        self.call_training_endpoint_name = call_training_endpoint
        self._call, self._training_call = self._endpoint(call_endpoint), None
        if call_training_endpoint:
            self._training_call = self._endpoint(call_training_endpoint)
        self.built = True

    def _endpoint(self, name):
        if hasattr(self._loaded, name):
            return getattr(self._loaded, name)
        if name in self._loaded.signatures:
            return self._loaded.signatures[name]
        raise ValueError(
            f"The endpoint '{name}' is neither an attribute of the reloaded SavedModel, nor an "
            f"entry in the `signatures` field of the reloaded SavedModel. Select another endpoint "
            f"via the `call_endpoint` argument. Available endpoints for this SavedModel: "
            f"{list(self._loaded.signatures)}"
        )

    def call(self, inputs, training=False, **kwargs):
        call = self._training_call if training and self._training_call else self._call
        return call(inputs, **kwargs)
