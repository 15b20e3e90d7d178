"""`Layer`: weights and a call. The base class of all layers and models."""

import contextlib
import functools
import inspect
import warnings

from minitf import nest
from minitf.keras import config as settings
from minitf.keras import (
    dtype_policies,
    naming,
    promotion,
    regularizers,
    symbolic,
)
from minitf.keras.calling import (
    CallArguments,
    call_context,
    dense,
    is_shape,
    is_tensor,
    map_shapes,
    masks_of,
)
from minitf.keras.explaining import call_explained
from minitf.keras.input_spec import check_inputs
from minitf.keras.pure import bound
from minitf.keras.rematerialization import rematerialize
from minitf.keras.saving.zipped import Picklable
from minitf.keras.symbolic import KerasTensor, Node, any_symbolic, default, is_default
from minitf.keras.unquantized import Unquantized
from minitf.keras.variable import STATELESS
from minitf.keras.weights import Weighted
from minitf.ops.array import shape
from minitf.ops.math import cast, divide_no_nan

_LOCKED = (
    "You cannot add new elements of state (variables or sub-layers) to a layer that is already "
    "built. All state must be created in the `__init__()` method or in the `build()` method."
)


class Layer(Unquantized, Weighted, Picklable):
    """Weights, made when the first input is seen, and a function `call` of them and the inputs.

    A subclass makes its weights in `build(input_shape)` with `add_weight` (or layers in
    `__init__`), computes in `call(inputs)`, and may take `training` and `mask` there.

    Args:
      activity_regularizer: a penalty on the outputs.
      trainable: whether the weights are.
      dtype: a dtype or a `DTypePolicy`.
      autocast: whether float inputs are cast to the compute dtype.
      name: a string without slashes; default: from the class, numbered.

    Raises:
      ValueError: an unknown argument, or `trainable` is no bool.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=input_shape[-1:], initializer="ones")
    ...
    ...     def call(self, inputs):
    ...         return self.factor * inputs
    >>> layer = Scale()
    >>> layer(KerasTensor((None, 3))).shape, len(layer.weights)
    ((None, 3), 1)
    """

    input_spec, supports_masking = None, False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _finishing(cls.build)

    def __init__(
        self,
        *,
        activity_regularizer=None,
        trainable=True,
        dtype=None,
        autocast=True,
        name=None,
        **kwargs,
    ):
        super().__init__(name=name)
        self.dtype_policy = dtype
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._take_input_shape(kwargs)
        if kwargs:
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}"
            )
        if not isinstance(trainable, bool):
            raise ValueError(
                f"Expected `trainable` to be a boolean. Received: trainable={trainable} "
                f"(of type {type(trainable)})"
            )
        self.built, self.autocast, self._trainable = False, autocast, trainable
        self.input_spec = self._path = self._parent_path = self._build_shapes = None
        self._building = self._called = False
        self._losses, self._losses_override = [], []
        self._signature = inspect.signature(self.call)
        rematerialize(self)
        self.supports_masking = not is_default(self.compute_mask)
        self._convert_input_args = True  # False: `call` gets the arguments as they were passed
        self._allow_non_tensor_positional_args = False

    def _take_input_shape(self, kwargs):
        """The older way to tell the first layer of a model what it will get."""
        shape = kwargs.get("input_shape")
        if kwargs.get("input_dim") is not None:
            shape = (kwargs["input_dim"],)
        shape = kwargs.get("batch_input_shape", None if shape is None else (None, *shape))
        for name in ("input_dim", "input_shape", "batch_input_shape"):
            kwargs.pop(name, None)
        if shape is not None:
            warnings.warn(
                "Do not pass an `input_shape`/`input_dim` argument to a layer. When using "
                "Sequential models, prefer using an `Input(shape)` object as the first layer in "
                "the model instead.",
                stacklevel=4,
            )
            self._batch_input_shape = shape

    # Building ------------------------------------------------------------------------------------

    @default
    def build(self, input_shape):
        """Makes the weights for inputs of this shape; subclasses override it."""
        self._check_super_called()
        if any(not layer.built for layer in self._layers):
            warnings.warn(
                f"`build()` was called on layer '{self.name}', however the layer does not have a "
                "`build()` method implemented and it looks like it has unbuilt state. This will "
                "cause the layer to be marked as built, despite not being actually built, which "
                "may cause failures down the line. Make sure to implement a proper `build()` "
                "method.",
                stacklevel=2,
            )
        self._build_shapes = {"input_shape": input_shape}
        self._finish_build()

    def _finish_build(self):
        self.built = True
        self._tracker.locked_because = self._tracker.locked_because or _LOCKED

    def _build_at_init(self):
        """For layers that have nothing to build: they are built from the beginning."""
        if is_default(self.build):
            self.built = True

    def _build_for(self, arguments):
        """Builds the layer, unless it is built, for these arguments of `call`."""
        if self.built:
            return
        if not is_default(self.build):
            self.build(**arguments.shapes_for(self.build, type(self).__name__))
        else:
            with contextlib.suppress(Exception):  # the call that follows will say what is wrong
                if any(not layer.built for layer in self._layers):
                    symbolic.output_spec(self.call, **arguments.all)  # shows them their inputs
                self._build_shapes = {"input_shape": next(iter(arguments.shapes().values()), None)}
                self._finish_build()
        self._clear_losses()  # those that a dry run has added

    def get_build_config(self):
        """The shapes that the layer was built for."""
        shapes = self._build_shapes
        if shapes is None:
            return None
        return (
            {"input_shape": next(iter(shapes.values()))}
            if len(shapes) == 1
            else {"shapes_dict": shapes}
        )

    def build_from_config(self, config):
        """Builds the layer for the shapes in `config`."""
        if config and "input_shape" in config:
            self.build(config["input_shape"])
        elif config and "shapes_dict" in config:
            self.build(**config["shapes_dict"])

    # Calling -------------------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        self._check_super_called()
        self._called = True
        # Keras's summaries and configs show masks and `training` where no argument was converted.
        original = args, kwargs
        if self._convert_input_args and not self._is_plain_call(args, kwargs):
            args, kwargs = nest.map_structure(self._converted, dense((args, kwargs)))
        if not self._allow_non_tensor_positional_args:
            for x in nest.flatten(args):
                if x is not None and not is_tensor(x):
                    raise ValueError(
                        "Only input tensors may be passed as positional arguments. The following "
                        "argument value should be passed as a keyword argument: "
                        f"{x} (of type {type(x)})"
                    )
        arguments = CallArguments(self._signature, args, kwargs)
        self._check_inputs(arguments.first)
        with self._name_scope(), call_context(self) as context:
            self._build_for(arguments)
            self._settle_training(arguments, context, kwargs)
            self._add_masks(arguments, kwargs)
            mask = kwargs.get("mask")
            previous_mask = masks_of(arguments.first) if mask is None else mask
            with self._autocast_scope():
                outputs = self._run(args, kwargs)
                self.built = True
                self._add_activity_losses(outputs)
            self._pass_mask_on(arguments.first, outputs, previous_mask)
        if any_symbolic(original):
            Node(self, *original, outputs)
        return outputs

    def _run(self, args, kwargs):
        method = self.symbolic_call if any_symbolic(args, kwargs) else self.call
        return call_explained(method, f"{type(self).__name__}.call()", args, kwargs)

    def _check_inputs(self, inputs):
        check_inputs(self.input_spec, inputs, self.name)

    def _is_plain_call(self, args, kwargs):
        """Whether the only argument is a tensor that needs no conversion."""
        return (
            not kwargs
            and len(args) == 1
            and is_tensor(args[0])
            and settings.standardize_dtype(args[0].dtype) == self.input_dtype
        )

    def _converted(self, x):
        converted = self.dtype_policy.convert_input(x, self.autocast, self.input_dtype)
        mask = getattr(x, "_keras_mask", None)
        if mask is not None and converted is not x:
            converted._keras_mask = mask
        return converted

    def _settle_training(self, arguments, context, kwargs):
        """`training`: as passed, else of the layer around, else the default in the signature."""
        training = arguments.given.get("training")
        if "training" not in arguments.given:
            training = context.training
            if training is None:
                training = arguments.all.get("training")
        context.training = training
        if training is not None and "training" in self._signature.parameters:
            kwargs["training"] = training

    def _add_masks(self, arguments, kwargs):
        """The masks of the tensors become `mask`, or `<name>_mask` where there are several."""
        several = len(arguments.tensors) > 1
        for name, tensors in arguments.tensors.items():
            wanted = f"{name}_mask" if several else "mask"
            if wanted in arguments.all and arguments.all[wanted] is None:
                kwargs[wanted] = masks_of(tensors)

    def _autocast_scope(self):
        around, dtype = promotion.autocast_dtype(), self.compute_dtype
        if around is None and dtype == self.variable_dtype:
            return contextlib.nullcontext()
        casts = self.autocast and settings.is_float_dtype(dtype)
        return promotion.autocast(dtype if casts else None)

    def _add_activity_losses(self, outputs):
        if self.activity_regularizer is None:
            return
        for output in nest.flatten(outputs):
            if is_tensor(output) and not isinstance(output, KerasTensor):
                loss = self.activity_regularizer(output)
                if output.shape.rank:
                    loss = divide_no_nan(loss, cast(shape(output)[0], loss.dtype))
                self.add_loss(loss)

    def _pass_mask_on(self, inputs, outputs, previous_mask):
        if not self.supports_masking:
            if any(m is not None for m in nest.flatten(previous_mask)):
                warnings.warn(
                    f"Layer '{self.name}' (of type {type(self).__name__}) was passed an input with "
                    "a mask attached to it. However, this layer does not support masking and will "
                    "therefore destroy the mask information. Downstream layers will not see the "
                    "mask.",
                    stacklevel=3,
                )
            return
        flat = nest.flatten(outputs)
        if all(getattr(x, "_keras_mask", None) is not None for x in flat):
            return
        masks = self.compute_mask(inputs, previous_mask)
        for tensor, mask in zip(flat, nest.flatten(masks) if masks is not None else ()):
            if mask is not None and getattr(tensor, "_keras_mask", None) is None:
                tensor._keras_mask = mask

    @default
    def compute_mask(self, inputs, previous_mask):
        """The mask of the outputs; by default that of the inputs, if `supports_masking`."""
        return previous_mask

    def call(self, *args, **kwargs):
        """What the layer computes; subclasses override it."""
        raise self._not_implemented("call")

    def _not_implemented(self, method, hint=""):
        return NotImplementedError(
            f"Layer {type(self).__name__} does not have a `{method}` method implemented.{hint}"
        )

    def symbolic_call(self, *args, **kwargs):
        """The `KerasTensor`s of a call, without remembering it."""
        return self.compute_output_spec(*args, **kwargs)

    def compute_output_spec(self, *args, **kwargs):
        """The `KerasTensor`s that a call returns: from `compute_output_shape`, or a dry run."""
        if is_default(self.compute_output_shape):
            return super().compute_output_spec(*args, **kwargs)
        arguments = CallArguments(self._signature, args, kwargs)
        shapes = arguments.shapes_for(self.compute_output_shape, type(self).__name__)
        output_shape = self.compute_output_shape(**shapes)
        if not isinstance(output_shape, list | tuple | dict) and not is_shape(output_shape):
            raise ValueError(
                f"Method `compute_output_shape()` of layer {type(self).__name__} is returning a "
                "type that cannot be interpreted as a shape. It should return a shape tuple. "
                f"Received: {output_shape}"
            )
        return map_shapes(lambda s: KerasTensor(s, dtype=self.compute_dtype), output_shape)

    @default
    def compute_output_shape(self, input_shape):
        """The shape of the outputs for inputs of this shape."""
        if type(self) is Layer or type(self).__module__.split(".")[0] != __name__.split(".")[0]:
            hint = " Should implement `def compute_output_shape(self, input_shape)`."
            raise self._not_implemented("compute_output_shape", hint)
        inputs = map_shapes(lambda s: KerasTensor(s, dtype=self.compute_dtype), input_shape)
        outputs = super().compute_output_spec(inputs)
        return nest.map_structure(lambda x: tuple(x.shape), outputs)

    # Losses --------------------------------------------------------------------------------------

    def add_loss(self, loss):
        """Adds a scalar tensor to the `losses`, until the next call; for use in `call`.

        Raises:
          ValueError: no tensor.
        """
        for x in nest.flatten(loss):
            if not is_tensor(x):
                raise ValueError(
                    "`add_loss()` can only be called from inside `build()` or `call()`, on a "
                    f"tensor input. Received invalid value: {x}"
                )
            self._losses.append(x)
            scope = STATELESS.get()
            if scope is not None and scope.collect_losses:
                scope.add_loss(x)

    @property
    def losses(self):
        """What the last call added, here and in the layers inside, and the weights' penalties."""
        if self._losses_override:
            return self._losses_override
        added = [loss for layer in self._flatten_layers() for loss in layer._losses]
        return added + [v.regularizer(v) for v in self.trainable_weights if v.regularizer]

    def _clear_losses(self):
        self._losses.clear()
        for layer in self._layers:
            layer._clear_losses()

    def _flatten_layers(self, include_self=True, recursive=True):
        """The layer and those inside, each once."""
        found = [self] if include_self else []
        seen, waiting = set(), list(self._layers)
        while waiting:
            layer = waiting.pop(0)
            if id(layer) not in seen:
                seen.add(id(layer))
                found.append(layer)
                if recursive:
                    waiting = [*reversed(layer._layers), *waiting]
        return found

    # As a pure function --------------------------------------------------------------------------

    def stateless_call(self, trainable_variables, non_trainable_variables, *args,
                       return_losses=False, **kwargs):  # fmt: skip
        """A call with the given values in place of the variables, which stay as they are.

        Returns:
          The outputs, and the values that the call leaves in the non-trainable variables; with
          `return_losses` also the losses.
        """
        variables = self.trainable_variables + self.non_trainable_variables
        values = [*trainable_variables, *non_trainable_variables]
        if len(variables) != len(values):
            raise ValueError(
                "Arguments `trainable_variables` and `non_trainable_variables` must have as many "
                f"values as the layer has variables: {len(variables)}. Received: {len(values)}"
            )
        with bound(variables, values):
            outputs = self(*args, **kwargs)
            after = [v.value.value() for v in self.non_trainable_variables]
            losses = self.losses if return_losses else None
        return (outputs, after, losses) if return_losses else (outputs, after)

    # As plain data -------------------------------------------------------------------------------

    @default
    def get_config(self):
        """The arguments of the constructor, as plain data."""
        self._check_super_called()
        config = {
            **super().get_config(),
            "trainable": self.trainable,
            "dtype": dtype_policies.serialize(self.dtype_policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _finishing(build):
    """A subclass's `build`, in the layer's name scope; the layer is built after it."""

    @functools.wraps(build)
    def finish(self, *args, **kwargs):
        if self.__dict__.get("_building"):  # called by the `build` of a subclass
            return build(self, *args, **kwargs)
        self._check_super_called()
        self._building = True
        try:
            with self._name_scope():
                self._path = naming.current_path()
                build(self, *args, **kwargs)
        finally:
            self._building = False
        shapes = inspect.signature(build).bind(self, *args, **kwargs).arguments
        self._build_shapes = dict(list(shapes.items())[1:])
        self._finish_build()

    return finish
