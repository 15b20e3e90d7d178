"""`MultiHeadAttention`: attention by several heads at once, each on its own projections."""

import math
import string

from minitf.core.dispatch import convert_to_tensor
from minitf.keras.activations import softmax
from minitf.keras.layer import Layer
from minitf.keras.layers.activation import Softmax
from minitf.keras.layers.attention import causal_mask
from minitf.keras.layers.core import WEIGHT_ARGUMENTS
from minitf.keras.layers.einsum_dense import EinsumDense
from minitf.keras.layers.regularization import Dropout
from minitf.keras.symbolic import KerasTensor
from minitf.ops.array import expand_dims, repeat, shape, zeros_like
from minitf.ops.array import range as arange
from minitf.ops.gathering import where
from minitf.ops.linalg import einsum
from minitf.ops.math import abs, cast, less, logical_and


class MultiHeadAttention(Layer):
    """Dot-product attention by several heads (Vaswani et al., 2017).

    Args:
      num_heads: how many.
      key_dim: the size of a head's queries and keys.
      value_dim: the size of a head's values; default: `key_dim`.
      dropout: share of the weights that become 0.
      output_shape: the last sizes of the outputs; default: those of the query.
      attention_axes: along which to attend; default: all but batch and features.
      sliding_window: how near a key must be to a query.
      use_gate: whether a sigmoid of the query multiplies what the heads return.

    Call arguments:
      query `[batch, queries, ...]`, value `[batch, keys, ...]`, key: default: the value.
      attention_mask: `[batch, queries, keys]`, whether a query may see a key.
      return_attention_scores: whether the weights `[batch, heads, queries, keys]` are returned.
      use_causal_mask: whether queries see no later keys.

    Raises:
      ValueError: sizes that are not positive integers; keys and values of different lengths.

    >>> import numpy as np
    >>> x = np.ones([2, 4, 6])
    >>> MultiHeadAttention(num_heads=3, key_dim=2)(x, x).shape
    TensorShape([2, 4, 6])
    """

    def __init__(self, num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True,
                 output_shape=None, attention_axes=None, sliding_window=None,
                 flash_attention=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 use_gate=False, seed=None, **kwargs):  # fmt: skip
        _check_sizes(num_heads=num_heads, key_dim=key_dim)
        if value_dim is not None:
            _check_sizes("or `None`", value_dim=value_dim)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.supports_masking = True
        self.num_heads, self.key_dim, self.value_dim = num_heads, key_dim, value_dim or key_dim
        self.dropout, self.use_bias, self.use_gate = dropout, use_bias, use_gate
        self.seed, self.attention_axes = seed, _axes(attention_axes)
        if isinstance(output_shape, int):
            output_shape = (output_shape,)
        if output_shape is not None and not isinstance(output_shape, tuple | list):
            raise ValueError(
                f"Invalid `output_shape`: {output_shape}. When specified, the `output_shape` "
                "should be of type tuple, list, or int."
            )
        self._output_shape = tuple(output_shape) if output_shape else None
        if sliding_window is not None and (
            not isinstance(sliding_window, int) or sliding_window <= 0
        ):
            raise ValueError(
                "`sliding_window` must be `None` or a positive integer. "
                f"Received: sliding_window={sliding_window}"
            )
        if flash_attention:
            raise ValueError("Flash attention is not supported in tensorflow backend.")
        self.sliding_window = sliding_window
        self._take(
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, bias_constraint=bias_constraint,
        )  # fmt: skip

    _key_heads = property(lambda self: self.num_heads)

    def _projection(self, name, input_shape, sizes, bound=1, activation=None):
        """A built layer that maps the last `bound` axes to axes of `sizes`."""
        letters = string.ascii_lowercase
        free, rest = letters[: len(input_shape) - bound], letters[len(input_shape) - bound :]
        taken, made = rest[:bound], rest[bound : bound + len(sizes)]
        layer = EinsumDense(
            f"{free}{taken},{taken}{made}->{free}{made}",
            output_shape=[*[None] * (len(free) - 1), *sizes],
            bias_axes=made if self.use_bias else None,
            activation=activation,
            name=name,
            dtype=self.dtype_policy,
            activity_regularizer=self.activity_regularizer,
            kernel_initializer=_copy(self.kernel_initializer),
            bias_initializer=_copy(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
        )
        layer.build(input_shape)
        return layer

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        _check_lengths(value_shape, key_shape)
        heads, key_dim, value_dim = self.num_heads, self.key_dim, self.value_dim
        self.query_dense = self._projection("query", query_shape, (heads, key_dim))
        self.key_dense = self._projection("key", key_shape, (self._key_heads, key_dim))
        if self.use_gate:
            self.gate_dense = self._projection(
                "gate", query_shape, (heads, value_dim), activation="sigmoid"
            )
        self.value_dense = self._projection("value", value_shape, (self._key_heads, value_dim))
        self._build_attention(len(value_shape) + 1)
        self.output_dense = self._projection(
            "attention_output", (*query_shape[:-1], heads, value_dim),
            self._output_shape or [query_shape[-1]], bound=2,
        )  # fmt: skip

    def _build_attention(self, rank):
        """The equations of scores and outputs, for projections of this rank."""
        axes = self.attention_axes or range(1, rank - 2)
        self.attention_axes = tuple(axis if axis >= 0 else rank - 1 + axis for axis in axes)
        letters = string.ascii_lowercase
        query = letters[:rank]
        new = iter(letters[rank:])
        key = "".join(next(new) if i in self.attention_axes else c for i, c in enumerate(query))
        batch = [c for i, c in enumerate(query[:-1]) if i not in self.attention_axes]
        scores = "".join([*batch, *(query[i] for i in self.attention_axes),
                          *(key[i] for i in self.attention_axes)])  # fmt: skip
        self._dot_product_equation = f"{key},{query}->{scores}"
        self._combine_equation = f"{scores},{key}->{query}"
        last = tuple(range(len(scores) - len(self.attention_axes), len(scores)))
        self._softmax = Softmax(axis=last, dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed)

    def _with_heads(self, mask, rank):
        """`mask` with axes of size 1 for the heads, up to `rank`."""
        for _ in range(rank - mask.shape.rank):
            mask = expand_dims(mask, -2 * len(self.attention_axes) - 1)
        return mask

    def _compute_attention(self, query, key, value, attention_mask=None, training=None,
                           return_attention_scores=False):  # fmt: skip
        """(what the heads return, the weights or None) for projected inputs; may be overridden."""
        scale = 1.0 / math.sqrt(float(self.key_dim))
        if not self.dropout and not return_attention_scores and query.shape.rank == 4:
            mask = None if attention_mask is None else self._with_heads(attention_mask, 4)
            return dot_product_attention(query, key, value, mask, scale), None
        scores = einsum(self._dot_product_equation, key, query * cast(scale, query.dtype))
        if attention_mask is not None:
            attention_mask = self._with_heads(attention_mask, scores.shape.rank)
        scores = self._softmax(scores, mask=attention_mask)
        weights = self._dropout_layer(scores, training=training) if self.dropout else scores
        return einsum(self._combine_equation, weights, value), scores

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None,
             attention_mask=None, return_attention_scores=False, training=None,
             use_causal_mask=False):  # fmt: skip
        key = value if key is None else key
        query_mask = self._taken_mask(query, value, key, query_mask)
        attention_mask = self._compute_attention_mask(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask
        )
        gate = self.gate_dense(query) if self.use_gate else None
        projected = self.query_dense(query), self.key_dense(key), self.value_dense(value)
        outputs, scores = self._compute_attention(
            *projected, attention_mask, training, return_attention_scores
        )
        outputs = self.output_dense(outputs if gate is None else outputs * gate)
        if query_mask is not None:
            outputs._keras_mask = query_mask
        return (outputs, scores) if return_attention_scores else outputs

    def _taken_mask(self, query, value, key, query_mask):
        """The mask of the query; as in Keras, all three tensors lose theirs."""
        query_mask = getattr(query, "_keras_mask", None)
        for x in (query, value, key):
            x._keras_mask = None
        return query_mask

    def _compute_attention_mask(self, query, value, query_mask=None, value_mask=None,
                                key_mask=None, attention_mask=None,
                                use_causal_mask=False):  # fmt: skip
        """All masks in one, `[batch, queries, keys]`; None if there are none."""
        masks = [
            None if mask is None else expand_dims(cast(mask, "bool"), axis)
            for mask, axis in ((query_mask, -1), (value_mask, -2), (key_mask, -2))
        ]
        if use_causal_mask:
            masks.append(causal_mask(shape(query)[1], shape(value)[1]))
        if self.sliding_window is not None:
            masks.append(_near(shape(query)[1], shape(value)[1], self.sliding_window))
        if attention_mask is not None:
            masks.append(cast(convert_to_tensor(attention_mask), "bool"))
        return _all(masks)

    def compute_output_shape(self, query_shape, value_shape, key_shape=None):
        _check_lengths(value_shape, value_shape if key_shape is None else key_shape)
        return (*query_shape[:-1], *(self._output_shape or query_shape[-1:]))

    def compute_output_spec(self, query, value, key=None, query_mask=None, value_mask=None,
                            key_mask=None, attention_mask=None, return_attention_scores=False,
                            training=None, use_causal_mask=False):  # fmt: skip
        shapes = [None if x is None else tuple(x.shape) for x in (query, value, key)]
        outputs = KerasTensor(self.compute_output_shape(*shapes), dtype=self.compute_dtype)
        if not return_attention_scores:
            return outputs
        shape_of_scores = self._shape_of_scores(query, value if key is None else key)
        return outputs, KerasTensor(shape_of_scores, dtype=self.compute_dtype)

    def _shape_of_scores(self, query, key):
        batch, length = query.shape[:2]
        return batch, self.num_heads, length, length

    def get_config(self):
        own = self._config_of("num_heads", "key_dim", "value_dim", "dropout", "use_bias",
                              "use_gate")  # fmt: skip
        own.update(
            output_shape=self._output_shape,
            attention_axes=self.attention_axes,
            sliding_window=self.sliding_window,
        )
        parts = (*WEIGHT_ARGUMENTS[:4], "activity_regularizer", *WEIGHT_ARGUMENTS[4:], "seed")
        return {**super().get_config(), **own, **self._config_of(*parts)}


class GroupedQueryAttention(MultiHeadAttention):
    """Attention whose groups of query heads share a key and a value (Ainslie et al., 2023).

    Args:
      head_dim: the size of a head.
      num_query_heads: how many heads there are.
      num_key_value_heads: how many groups they make.

    Raises:
      ValueError: the heads do not make equal groups.
    """

    def __init__(self, head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True,
                 sliding_window=None, flash_attention=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 use_gate=False, seed=None, **kwargs):  # fmt: skip
        if num_query_heads % num_key_value_heads != 0:
            raise ValueError("`num_query_heads` must be divisible by `num_key_value_heads`.")
        super().__init__(
            num_query_heads, head_dim, dropout=dropout, use_bias=use_bias,
            sliding_window=sliding_window, flash_attention=flash_attention,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, use_gate=use_gate, seed=seed, **kwargs,
        )  # fmt: skip
        self.head_dim, self.num_query_heads = head_dim, num_query_heads
        self.num_key_value_heads = num_key_value_heads

    _public_name = "GroupQueryAttention"  # under which Keras exports and saves it
    _key_heads = property(lambda self: self.num_key_value_heads)

    def _taken_mask(self, query, value, key, query_mask):
        return query_mask

    def _shape_of_scores(self, query, key):
        return query.shape[0], self.num_query_heads, query.shape[1], key.shape[1]

    def _compute_attention(self, query, key, value, attention_mask=None, training=None,
                           return_attention_scores=False):  # fmt: skip
        count = self.num_query_heads // self.num_key_value_heads
        key, value = repeat(key, count, axis=2), repeat(value, count, axis=2)
        return super()._compute_attention(
            query, key, value, attention_mask, training, return_attention_scores
        )

    def get_config(self):
        own = ("head_dim", "num_query_heads", "num_key_value_heads", "use_bias", "use_gate",
               "sliding_window", "dropout")  # fmt: skip
        parts = (*WEIGHT_ARGUMENTS[:4], "activity_regularizer", *WEIGHT_ARGUMENTS[4:], "seed")
        return {**Layer.get_config(self), **self._config_of(*own, *parts)}


def dot_product_attention(query, key, value, mask, scale):
    """Means of `value`, weighted by `query @ key`; all `[batch, time, heads, size]`.

    Where `mask`, `[batch, heads, queries, keys]`, allows a query no key, it sees all alike.
    """
    scores = einsum("BTNH,BSNH->BNTS", query, key)
    scores = cast(scores, "float32") if scores.dtype.size < 4 else scores
    scores = scores * cast(scale, scores.dtype)
    if mask is not None:
        lowest = -0.7 * float(scores.dtype.max)
        scores = where(mask, scores, zeros_like(scores) + lowest)
    return einsum("BNTS,BSNH->BTNH", cast(softmax(scores, axis=-1), key.dtype), value)


def _near(num_queries, num_keys, window):
    """`[1, queries, keys]`: whether query and key are less than `window` apart."""
    distance = abs(expand_dims(arange(num_queries), 1) - arange(num_keys))
    return expand_dims(less(distance, window), 0)


def _all(masks):
    """Where all masks that there are hold; None if there are none."""
    result = None
    for mask in masks:
        if mask is not None:
            result = mask if result is None else logical_and(result, mask)
    return result


def _copy(initializer):
    """A new initializer of the same kind: one with a seed of its own."""
    return type(initializer).from_config(initializer.get_config())


def _axes(attention_axes):
    if isinstance(attention_axes, int):
        return (attention_axes,)
    if attention_axes and not isinstance(attention_axes, list | tuple):
        raise ValueError(
            "`attention_axes` must be an int, list, or tuple."
            f"Received: attention_axes={attention_axes}"
        )
    return attention_axes


def _check_sizes(alternative="", **sizes):
    for name, size in sizes.items():
        if not isinstance(size, int) or size <= 0:
            raise ValueError(
                f"Received an invalid value for argument `{name}`, expected a positive integer"
                f"{alternative and ' ' + alternative}. Received: {name}={size}"
            )


def _check_lengths(value_shape, key_shape):
    if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
        raise ValueError(
            "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
            f"value_shape={value_shape} and key_shape={key_shape}"
        )
