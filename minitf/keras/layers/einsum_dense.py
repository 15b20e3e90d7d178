"""`EinsumDense`: a dense layer along any axes, written as an Einstein sum."""

import re

from minitf.keras.initializers import VarianceScaling
from minitf.keras.layer import Layer
from minitf.keras.layers.core import WEIGHT_ARGUMENTS
from minitf.keras.promotion import together
from minitf.ops.linalg import einsum
from minitf.ops.math import add

_FORMS = {  # where the ellipsis, written as 0, may stand
    None: "([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)",
    "left": "0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)",
    "right": "([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0",
}


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

    def _letters(self):
        """The letters of inputs, kernel and outputs, and the side of their ellipsis, if any."""
        equation = self.equation.replace(" ", "").replace("...", "0")
        for side, form in _FORMS.items():
            match = re.fullmatch(form, equation)
            if match:
                return *match.groups(), side
        raise ValueError(
            f"Invalid einsum equation '{self.equation}'. Equations must be in the form "
            "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...."
        )

    def _shapes(self, input_shape):
        """The shapes of kernel, bias (or None) and outputs for inputs of this shape."""
        inputs, kernel, outputs, side = self._letters()
        hidden = len(input_shape) - len(inputs)  # axes that the ellipsis stands for
        ahead = hidden if side == "left" else 0
        behind = () if side == "left" else tuple(input_shape[len(inputs) :])
        output_shape = (*input_shape[: max(ahead, 1)], *self.partial_output_shape, *behind)
        input_sizes = dict(zip(inputs, input_shape[ahead:]))
        output_sizes = dict(zip(outputs, output_shape[ahead:]))
        for letter, size in input_sizes.items():
            if output_sizes.get(letter) not in (None, size):
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension '{letter}'. "
                    f"Input shape is {size}, and output shape is {output_sizes[letter]}."
                )
        for letter in outputs:
            if letter not in inputs + kernel:
                raise ValueError(
                    f"Dimension '{letter}' was specified in the output '{outputs}' but has no "
                    f"corresponding dim in input spec '{inputs}' or weight spec '{outputs}'"
                )
        for letter in kernel:
            if letter not in inputs + outputs:
                raise ValueError(
                    f"Weight dimension '{letter}' did not have a match in either the input spec "
                    f"'{inputs}' or the output spec '{outputs}'. For this layer, the weight must "
                    "be fully specified."
                )
        sizes = output_sizes | input_sizes
        bias = None
        if self.bias_axes:
            for letter in self.bias_axes:
                if letter not in outputs:
                    raise ValueError(
                        f"Bias dimension '{letter}' was requested, but is not part of the output "
                        f"spec '{outputs}'"
                    )
            first = min(outputs.index(letter) for letter in self.bias_axes)
            bias = [sizes[c] if c in self.bias_axes else 1 for c in outputs[first:]]
            bias = (*bias, *(1 for _ in behind))
        return tuple(sizes[c] for c in kernel), bias, output_shape

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
        _, kernel, outputs, _ = self._letters()
        axes = [i for i, c in enumerate(kernel) if c in outputs]
        config = {**initializer.get_config(), "seed": initializer.seed, "output_axes": axes}
        config["input_axes"] = [i for i in range(len(kernel)) if i not in axes]
        return type(initializer).from_config(config)

    def call(self, inputs, training=None):
        outputs = einsum(self.equation, *together(inputs, self.kernel))
        if self.bias is not None:
            outputs = add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape):
        return self._shapes(input_shape)[2]

    def get_config(self):
        first, last = WEIGHT_ARGUMENTS[:4], WEIGHT_ARGUMENTS[4:]
        own = self._config_of("equation", "activation", "bias_axes", *first,
                              "activity_regularizer", *last)  # fmt: skip
        own = {"output_shape": self.partial_output_shape, **own}
        return {**super().get_config(), **own, "quantization_config": None}
