"""How ops take ragged tensors: those of each value change the values, and the rows stay.

Offers `map_flat_values` and `elementwise`; other modules enter what other ops do in `EXECUTE`.
"""

import builtins

import numpy as np

from minitf import errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.ops import array, gathering, joining
from minitf.ops.ragged import RaggedTensor, as_ragged

# What TensorFlow calls its elementwise ops.
ELEMENTWISE = frozenset("""
Abs Acos Acosh Angle AsString Asin Asinh Atan Atanh Bitcast Cast Ceil Cos Cosh Digamma Elu Erf
Erfc Exp Expm1 Floor Gelu Identity Imag Invert IsFinite IsInf IsNan LeakyRelu Lgamma Log Log1p
LogicalNot Neg OnesLike Real Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh
Softplus Softsign Sqrt Square StopGradient StringLength StringLower StringStrip
StringToHashBucket StringToHashBucketFast StringToHashBucketStrong StringToNumber StringUpper
RegexReplace RegexFullMatch Substr Tan Tanh ZerosLike CheckNumerics ClipByValue AddV2 Atan2
BitwiseAnd BitwiseOr BitwiseXor Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less
LessEqual LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Mul MulNoNan NotEqual Pow
RealDiv SquaredDifference StringJoin Sub TruncateDiv TruncateMod Xdivy Xlogy SelectV2
""".split())  # fmt: skip
EXECUTE = {}  # op type -> function of (op, inputs, attrs), for ops that are not elementwise


def _execute(value, op, inputs, attrs, name):
    if op.name in EXECUTE:
        return EXECUTE[op.name](op, inputs, attrs)
    if op.name in ELEMENTWISE:
        return elementwise(lambda *given: execute(op, given, attrs, name), *inputs)
    raise ValueError(f"{op.name} does not take a RaggedTensor: {value!r}. Consider `to_tensor`.")


RaggedTensor.__tf_execute__ = _execute


def map_flat_values(op, *args, **kwargs):
    """`op` of the values of ragged arguments that have the same rows, in these rows."""
    args = [as_ragged(x) for x in args]
    kwargs = {name: as_ragged(x) for name, x in kwargs.items()}
    given = [*args, *kwargs.values()]
    first = next((x for x in given if isinstance(x, RaggedTensor)), None)
    if first is None:
        return op(*args, **kwargs)
    deepest = max((x for x in given if isinstance(x, RaggedTensor)), key=lambda x: x.ragged_rank)

    def flat(x):
        return _flat_like(x, deepest)

    result = op(*map(flat, args), **{name: flat(x) for name, x in kwargs.items()})
    outer = deepest.flat_values.shape[:1]
    if not convert_to_tensor(result).shape[:1].is_compatible_with(outer):
        raise ValueError(
            "tf.ragged.map_flat_values requires that the output of `op` have the same "
            f"outer-dimension size as flat_values of any ragged inputs. (output shape: "
            f"{result.shape}; expected outer dimension size: {outer})"
        )
    return deepest.with_flat_values(result)


def elementwise(op, *inputs):
    """`op` of ragged tensors and of what broadcasts to their rows: tensors, lists, numbers."""
    model = max((x for x in inputs if isinstance(x, RaggedTensor)), key=lambda x: x.ragged_rank)
    return map_flat_values(op, *(_broadcast(x, model) for x in inputs))


def _broadcast(x, model):
    """A tensor as the flat values of `model` meet it: repeated along each row."""
    if isinstance(x, RaggedTensor) or np.isscalar(x):
        return x
    x = convert_to_tensor(x, dtype_hint=model.dtype)
    inner, rank = model.flat_values.shape.rank - 1, x.shape.rank
    if rank is None or rank <= inner:
        return x
    outer = x.shape.as_list()[: rank - inner]
    if all(n == 1 for n in outer):
        return array.reshape(x, joining.concat([[1], array.shape(x)[rank - inner :]], 0))
    if len(outer) == model.ragged_rank + 1 and all(n == 1 for n in outer[1:]):
        rows = model.nested_value_rowids()
        for ids in reversed(rows[:-1]):
            rows = (*rows[:-1], gathering.gather(ids, rows[-1]))
        return gathering.gather(array.squeeze(x, list(builtins.range(1, len(outer)))), rows[-1])
    raise errors.InvalidArgumentError(
        None, None, f"Unable to broadcast: {x.shape} does not fit rows of shape {model.shape}"
    )


def _flat_like(x, model):
    if isinstance(x, RaggedTensor):
        known = [static_value(splits) for r in (x, model) for splits in r.nested_row_splits]
        half = len(known) // 2
        if None not in [type(k) if k is not None else None for k in known] and any(
            not np.array_equal(a, b) for a, b in zip(known[:half], known[half:], strict=True)
        ):
            raise errors.InvalidArgumentError(
                None, None, "Inputs must have identical ragged splits"
            )
        return x.flat_values
    return x
