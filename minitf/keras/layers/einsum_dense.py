"""`EinsumDense`: a dense layer along any axes, written as an Einstein sum."""

import re

from minitf.keras.initializers import VarianceScaling
from minitf.keras.layer import Layer
from minitf.keras.layers.core import WEIGHT_ARGUMENTS
from minitf.keras.promotion import together
from minitf.ops.linalg import einsum
from minitf.ops.math import add


class EinsumDense(Layer):
    """`activation(einsum(equation, inputs, kernel) + bias)`.

    Args:
      equation: such as `"abc,cd->abd"`; an ellipsis stands for leading axes.
      output_shape: the shape of the outputs without the batch, None for sizes of the inputs.
      bias_axes: the letters of the output axes that the bias has; None: no bias.

    >>> layer = EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")
    >>> layer.compute_output_shape((None, 5, 3))
    (None, None, 4)
    """

    def __init__(self, equation, output_shape, activation=None, bias_axes=None,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, lora_rank=None, lora_alpha=None,
                 gptq_unpacked_column_size=None, quantization_config=None,
                 **kwargs):  # fmt: skip
        if lora_rank is not None or lora_alpha is not None:
            raise NotImplementedError("minitf has no low-rank adaptation of layers: lora_rank.")
        if quantization_config is not None or gptq_unpacked_column_size is not None:
            raise NotImplementedError("minitf does not quantize layers: quantization_config.")
        super().__init__(**kwargs)
        self.equation, self.bias_axes = equation, bias_axes
        is_size = isinstance(output_shape, int)
        self.partial_output_shape = (output_shape,) if is_size else tuple(output_shape)
        self._take(
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )

    def _shapes(self, input_shape):
        """The shapes of kernel, bias (or None) and outputs for inputs of this shape."""
        match = re.fullmatch(r"\s*([a-zA-Z.]+)\s*,\s*([a-zA-Z]+)\s*->\s*([a-zA-Z.]+)\s*",
                             self.equation)  # fmt: skip
        if match is None:
            raise ValueError(
                f"Invalid einsum equation '{self.equation}'. Equations must be in the form "
                "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...."
            )
        inputs, kernel, outputs = match.groups()
        rank, given = len(input_shape), len(inputs.replace("...", ""))
        free = "".join(c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in self.equation)
        letters = [part.replace("...", free[: rank - given]) for part in (inputs, outputs)]
        sizes = dict(zip(letters[0], input_shape))
        wanted_sizes = self.partial_output_shape
        for letter, size in zip(letters[1][-len(wanted_sizes) :], wanted_sizes):
            if size is None:
                continue
            if sizes.get(letter, size) not in (size, None):
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension '{letter}'. "
                    f"Input shape is {sizes[letter]}, and output shape is {size}."
                )
            sizes[letter] = size
        for letter in kernel:
            if letter not in sizes:
                raise ValueError(
                    f"Weight dimension '{letter}' did not have a match in either the input spec "
                    f"'{inputs}' or the output spec '{outputs}'. For this layer, the weight must "
                    "be fully specified."
                )
        bias = None
        if self.bias_axes:
            first = min(letters[1].index(c) for c in self.bias_axes)
            bias = tuple(sizes[c] if c in self.bias_axes else 1 for c in letters[1][first:])
        # Sizes that were given as None stay so, as in Keras.
        free_sizes = [sizes[c] for c in letters[1][: len(letters[1]) - len(wanted_sizes)]]
        return tuple(sizes[c] for c in kernel), bias, (*free_sizes, *wanted_sizes)

    def build(self, input_shape):
        kernel_shape, bias_shape, self.full_output_shape = self._shapes(input_shape)
        self.kernel = self.add_weight(
            name="kernel",
            shape=kernel_shape,
            initializer=self._fanned_initializer(),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None if bias_shape is None else self._add_part("bias", bias_shape)

    def _fanned_initializer(self):
        """The kernel's initializer, told which axes of the kernel are those of the outputs."""
        initializer = self.kernel_initializer
        if not isinstance(initializer, VarianceScaling) or None not in (
            initializer.input_axes, initializer.output_axes
        ):  # fmt: skip
            return initializer
        _, kernel, outputs = re.split(r"\s*,\s*|\s*->\s*", self.equation.strip())
        axes = [i for i, c in enumerate(kernel) if c in outputs]
        config = {**initializer.get_config(), "seed": initializer.seed, "output_axes": axes}
        config["input_axes"] = [i for i in range(len(kernel)) if i not in axes]
        return type(initializer).from_config(config)

    def call(self, inputs, training=None):
        outputs = einsum(self.equation, *together(inputs, self.kernel))
        if self.bias is not None:
            outputs = add(outputs, self.bias)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape):
        return self._shapes(input_shape)[2]

    def get_config(self):
        first, last = WEIGHT_ARGUMENTS[:4], WEIGHT_ARGUMENTS[4:]
        own = self._config_of("equation", "activation", "bias_axes", *first,
                              "activity_regularizer", *last)  # fmt: skip
        own = {"output_shape": self.partial_output_shape, **own}
        return {**super().get_config(), **own, "quantization_config": None}
