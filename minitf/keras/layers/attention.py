"""`Attention` and `AdditiveAttention`: means of values, weighted by how queries match keys."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import random
from minitf.keras.activations import softmax
from minitf.keras.layer import Layer
from minitf.keras.promotion import promoting
from minitf.keras.symbolic import KerasTensor
from minitf.ops import linalg, math
from minitf.ops.array import expand_dims, shape, zeros_like
from minitf.ops.array import range as arange
from minitf.ops.gathering import where
from minitf.ops.math import greater_equal, logical_and, logical_not, tanh
from minitf.ops.reductions import reduce_sum

add, matmul, multiply = map(promoting, (math.add, linalg.matmul, math.multiply))


def causal_mask(num_queries, num_keys):
    """`[1, num_queries, num_keys]`: whether the key is not later than the query.

    >>> causal_mask(2, 3).numpy()[0].astype(int)
    array([[1, 0, 0],
           [1, 1, 0]])
    """
    queries, keys = arange(num_queries), arange(num_keys)
    return expand_dims(greater_equal(expand_dims(queries, 1), keys), 0)


class Attention(Layer):
    """Dot-product attention (Luong et al., 2015), on a list `[query, value]` or with a `key`.

    Args:
      use_scale: whether a weight multiplies the scores.
      score_mode: `"dot"`, or `"concat"`: sums of `tanh(query + key)`.
      dropout: share of the weights that become 0.

    Call arguments:
      inputs: query `[batch, queries, dim]`, value `[batch, keys, dim]`, perhaps key.
      mask: a list of the masks of query and value.
      return_attention_scores: whether the weights `[batch, queries, keys]` are returned, too.
      use_causal_mask: whether queries see no later keys.

    Raises:
      ValueError: inputs or masks that are no such lists, or another score mode.

    >>> import numpy as np
    >>> Attention()([np.ones([1, 2, 3]), np.ones([1, 4, 3])]).shape
    TensorShape([1, 2, 3])
    """

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.use_scale, self.score_mode = use_scale, score_mode
        self.dropout, self.seed = dropout, seed
        if dropout > 0:
            self.seed_generator = random.SeedGenerator(seed)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                "Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. "
                f"Received: score_mode={score_mode}"
            )

    def build(self, input_shape):
        self._check(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                name="concat_score_weight", shape=(), initializer="ones"
            )

    def _calculate_scores(self, query, key):
        """How every query matches every key, `[batch, queries, keys]`."""
        if self.score_mode == "dot":
            scores = matmul(query, key, transpose_b=True)
            return scores if self.scale is None else multiply(scores, self.scale)
        pairs = add(expand_dims(query, -2), expand_dims(key, -3))
        pairs = pairs if self.scale is None else multiply(self.scale, pairs)
        return multiply(self.concat_score_weight, reduce_sum(tanh(pairs), -1))

    def _apply_scores(self, scores, value, scores_mask=None, training=False):
        """(the weighted means of `value`, the weights)."""
        if scores_mask is not None:
            masked = logical_not(scores_mask)
            masked = expand_dims(masked, -2) if masked.shape.rank == 2 else masked
            far = 65504.0 if settings.standardize_dtype(scores.dtype) == "float16" else 1.0e9
            scores = where(masked, scores - far, scores)
        weights = softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        return matmul(weights, value), weights

    @staticmethod
    def _calculate_score_mask(scores, v_mask, use_causal_mask):
        if not use_causal_mask:
            return v_mask
        sizes = shape(scores)
        mask = causal_mask(sizes[-2], sizes[-1])
        return mask if v_mask is None else logical_and(expand_dims(v_mask, -2), mask)

    def call(self, inputs, mask=None, training=False, return_attention_scores=False,
             use_causal_mask=False):  # fmt: skip
        self._check(inputs, mask)
        query, value, key = inputs[0], inputs[1], inputs[-1]
        query_mask, value_mask = mask[:2] if mask else (None, None)
        scores = self._calculate_scores(query, key)
        scores_mask = self._calculate_score_mask(scores, value_mask, use_causal_mask)
        outputs, weights = self._apply_scores(scores, value, scores_mask, training)
        if query_mask is not None:
            outputs = where(expand_dims(query_mask, -1), outputs, zeros_like(outputs))
        return (outputs, weights) if return_attention_scores else outputs

    def compute_mask(self, inputs, mask=None):
        self._check(inputs, mask)
        return None if mask is None or mask[0] is None else convert_to_tensor(mask[0])

    def compute_output_shape(self, input_shape):
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(self, inputs, mask=None, return_attention_scores=False, training=None,
                            use_causal_mask=False):  # fmt: skip
        self._check(inputs, mask)
        shapes = [tuple(x.shape) for x in inputs]
        outputs = KerasTensor(self.compute_output_shape(shapes), dtype=self.compute_dtype)
        if not return_attention_scores:
            return outputs
        weights = KerasTensor((*shapes[0][:-1], shapes[-1][-2]), dtype=self.compute_dtype)
        return outputs, weights

    def _check(self, inputs, mask=None):
        name = type(self).__name__
        if not isinstance(inputs, list):
            raise ValueError(
                f"{name} layer must be called on a list of inputs, namely [query, value] or "
                f"[query, value, key]. Received: inputs={inputs}."
            )
        if len(inputs) not in (2, 3):
            raise ValueError(
                f"{name} layer accepts inputs list of length 2 or 3, namely [query, value] or "
                f"[query, value, key]. Received length: {len(inputs)}."
            )
        if mask is not None and not isinstance(mask, list):
            raise ValueError(
                f"{name} layer mask must be a list, namely [query_mask, value_mask]. Received: "
                f"mask={mask}."
            )
        if mask is not None and len(mask) not in (2, 3):
            raise ValueError(
                f"{name} layer accepts mask list of length 2 or 3. Received: inputs={inputs}, "
                f"mask={mask}."
            )

    def get_config(self):
        own = ("use_scale", "score_mode", "dropout", "seed")
        return {**super().get_config(), **self._config_of(*own)}


class AdditiveAttention(Attention):
    """Additive attention (Bahdanau et al., 2014): scores `sum(scale * tanh(query + key))`.

    Args:
      use_scale: whether there is a vector of weights `scale`.
      dropout: share of the weights that become 0.
    """

    def __init__(self, use_scale=True, dropout=0.0, **kwargs):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape):
        self._check(input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(
                name="scale", shape=[input_shape[0][-1]], initializer="glorot_uniform"
            )

    def _calculate_scores(self, query, key):
        pairs = tanh(expand_dims(query, -2) + expand_dims(key, -3))
        return reduce_sum(pairs if self.scale is None else self.scale * pairs, -1)

    def get_config(self):
        config = super().get_config()
        del config["score_mode"]
        return config
