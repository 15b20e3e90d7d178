"""What a graph knows before it runs: shapes, dtypes and values, from the functions of its ops.

JAX is asked what the op's function would return (`jax.eval_shape`), with a few sizes in place of
each unknown one: what comes out different is unknown. There is no other shape rule.
"""

import contextlib
import functools
import itertools

import jax
import numpy as np

from minitf import dtypes, errors
from minitf.core import convert
from minitf.core.frames import EagerFrame
from minitf.core.registry import freeze, thaw
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.shapes import TensorShape, check_size

# Stand-ins for a dimension of unknown size. The large ones divide evenly by most things, for
# strides and reshapes; 1 tells what cuts off the large ones, as `x[:5]` does, or asks for ones;
# the unequal ones tell what two axes decide together, as the size of an image that is to fit.
_PROBES = (27720, 55440)
_MIDDLING = (840, 2520)  # where a static value is computed from the sizes
_UNEQUAL = (60, 180, 540)
_SMALL = 1
_RANKS = 7  # an unknown rank is one of these
_MOST_AXES = 4  # of so many, all selections are tried
_FOLD_LIMIT = 4096  # largest number of elements that a static value is computed for
_TRIALS = 200  # how many ways to fix unknown sizes are tried


def infer_outputs(op, inputs, attrs, name=""):
    """(shape, dtype) of each output of `op`, from `jax.eval_shape` of its function.

    Raises:
      ValueError: the shapes do not fit together.
      InvalidArgumentError: an output has more elements than can be counted.
    """
    if op.infer is not None:
        return op.infer(inputs, attrs)
    statics, known = [], True
    for i in op.static:
        x = inputs[i] if i < len(inputs) else None
        value = None if x is None else convert.static_value(x)
        known = known and (x is None or value is not None)
        statics.append(value)
    operands = [x for i, x in enumerate(inputs) if i not in op.static_set]
    signature = tuple((None if x.shape.rank is None else tuple(x.shape), x.dtype) for x in operands)
    frozen = tuple(freeze(s) for s in statics)
    if known and all(s is not None for s, _ in signature):
        try:
            found = _infer(op, frozen, attrs, signature)
        except errors.OpError as error:
            shapes = [s for s, _ in signature]
            raise ValueError(
                f"{_mismatch(op, shapes) or error.message} for '{{{{node {name}}}}} = {op.name}'"
                f" with input shapes: {', '.join(map(_shape_text, shapes))}."
            ) from None
        for shape, _ in found:
            check_size(shape)
        return found
    if all(s is not None for s, _ in signature):
        for attempt in (_infer_by_sizes, _infer_by_parts, _infer_by_axes):
            try:
                return attempt(op, inputs, attrs, signature)
            except (errors.OpError, LookupError, ValueError):
                continue  # the values are not decided in this way, or the probes do not fit them
        known = False
    return _infer_by_ranks(op, frozen, attrs, signature, known)


def _infer_by_sizes(op, inputs, attrs, signature):
    """`infer_outputs` where a static input, say a shape, is computed from unknown sizes.

    Raises:
      LookupError: it is computed from something else.
    """

    def statics(sizes):
        return [_probed(inputs[i], sizes) if i < len(inputs) else None for i in op.static]

    def probe(sizes):
        values = tuple(map(freeze, statics(sizes)))
        return _infer(op, values, attrs, _sized(signature, sizes), is_trial=True)

    found, met = _both(*[probe(_equal(size)) for size in _MIDDLING]), statics(_equal(_MIDDLING[0]))
    # What depends on a remainder, a comparison or a ratio.
    for sizes in (_equal(_MIDDLING[1] + 1), _equal(_SMALL), _rising, _falling):
        with contextlib.suppress(errors.OpError, ValueError):
            found = _both(found, probe(sizes))
            met = list(map(_unmoved, met, statics(sizes)))
    # Large sizes, for which some ops make large tables: only where they change what is known.
    if any(map(_moves, met, statics(_equal(_PROBES[0])))):
        found = _both(found, probe(_equal(_PROBES[0])))
    return found


def _unmoved(value, other):
    """The elements of `value` that two probes agree about; the others, and of no use, are NaN."""
    if value is None or np.shape(value) != np.shape(other):
        return None
    return np.where(value == other, value, np.nan)


def _moves(value, other):
    """Whether `other` has something else where `value` has an element that all agree about."""
    return value is not None and bool(np.any((value != other) & ~np.isnan(value)))


def _equal(size):
    """The stand-in for each axis, where all are the same."""
    return lambda axis: size


def _rising(axis):
    """Stand-ins of which each is larger than that of the axis before."""
    return _UNEQUAL[axis % len(_UNEQUAL)]


def _falling(axis):
    """Stand-ins of which each is smaller than that of the axis before."""
    return _UNEQUAL[-1 - axis % len(_UNEQUAL)]


def _sized(signature, sizes):
    return tuple((tuple(sizes(i) if d is None else d for i, d in enumerate(s)), dtype)
                 for s, dtype in signature)  # fmt: skip


def _both(first, second):
    """(shape, dtype) of outputs, as far as two probes agree."""
    return [(_agreed(a, b), dtype) for (a, dtype), (b, _) in zip(first, second)]


def _infer_by_parts(op, inputs, attrs, signature):
    """`infer_outputs` where only some elements of a static input are known before the graph runs.

    Raises:
      LookupError: not even its shape is.
    """
    parts = [None if i >= len(inputs) or inputs[i] is None else partial_value(inputs[i])
             for i in op.static]  # fmt: skip
    if any(p is None and i < len(inputs) for i, p in zip(op.static, parts)):
        raise LookupError

    def probe(unknown, size):
        statics = [p if p is None else np.where(p < 0, unknown, p).astype(p.dtype) for p in parts]
        values = tuple(map(freeze, statics))
        return _infer(op, values, attrs, _sized(signature, _equal(size)), is_trial=True)

    try:
        found = _both(*[probe(size, size) for size in _MIDDLING])
        with contextlib.suppress(errors.OpError):  # a large step, say, takes one element
            found = _both(found, probe(_SMALL, _MIDDLING[0]))
        return found
    except errors.OpError:
        if op.name != "Reshape":
            raise
    try:  # what fits is the size of one that is unknown
        return _both(*[probe(-1, size) for size in _MIDDLING])
    except errors.OpError:
        shape = TensorShape([None if d < 0 else d for d in np.atleast_1d(parts[0]).tolist()])
        return [(shape, signature[0][1])]


def _infer_by_axes(op, inputs, attrs, signature):
    """`infer_outputs` where the only static input that is not known may be an axis, or several:
    what all those have in common that fit.

    Raises:
      LookupError: it is something else, for fewer than two fit.
    """
    statics = [convert.static_value(inputs[i]) if i < len(inputs) else None for i in op.static]
    missing = [n for n, i in enumerate(op.static) if statics[n] is None and i < len(inputs)]
    if len(missing) != 1:
        raise LookupError
    found, most = [], max([2, *(len(dims) for dims, _ in signature)])
    for axes in _axes(inputs[op.static[missing[0]]].shape, most):
        statics[missing[0]] = np.array(axes, np.int32)
        with contextlib.suppress(errors.OpError, ValueError):
            found.append(_infer(op, tuple(map(freeze, statics)), attrs, signature, is_trial=True))
    if len(found) < 2:
        raise LookupError
    return functools.reduce(_both, found)


def _axes(shape, most):
    """What a tensor of `shape` may hold that names some of up to `most` axes."""
    if shape.rank == 0:
        return range(-1, most + 1)
    if shape.rank != 1 or most > _MOST_AXES:
        raise LookupError
    lengths = range(most + 1) if shape[0] is None else shape
    return itertools.chain.from_iterable(
        itertools.permutations(range(most), length) for length in lengths
    )


def _agreed(a, b):
    if a.rank is None or a.rank != b.rank:
        return TensorShape(None)
    return TensorShape([x if x == y else None for x, y in zip(a, b)])


def _probed(x, sizes):
    """The value of a static input if unknown dimensions had these sizes."""
    value = None if x is None else convert.static_value(x)
    if value is None and x is not None:
        value = static_value(x, sizes)
        if value is None:
            raise LookupError
    return value


def _shape_text(shape):
    return f"[{','.join('?' if d is None else str(d) for d in shape)}]"


def _mismatch(op, shapes):
    """TensorFlow's words for two sizes that had to be equal, where that is what is wrong."""
    if len(shapes) != 2:
        return None
    a, b = shapes
    if op.name == "MatMul":
        pairs = [(a[-1], b[-2])] if len(a) > 1 and len(b) > 1 else []
    else:
        pairs = zip(reversed(a), reversed(b))
    for x, y in pairs:
        if x != y and None not in (x, y) and (op.name == "MatMul" or 1 not in (x, y)):
            return f"Dimensions must be equal, but are {x} and {y}"
    return None


@functools.lru_cache(maxsize=65536)
def _infer(op, statics, attrs, signature, is_trial=False):
    """`infer_outputs` for hashable arguments: probe with a few sizes, keep what agrees.

    What is asked of sizes that the op runs with has been traced when it runs.
    """
    count = sum(d is None for dims, _ in signature for d in dims)
    runs = not count and not is_trial
    if any(dtype is dtypes.string for _, dtype in signature):  # they run on codes: see the registry
        coded = tuple((s, dtypes.uint32 if d is dtypes.string else d) for s, d in signature)
        return [(s, dtypes.string if d is dtypes.uint32 else d)
                for s, d in _infer(op, statics, attrs, coded, is_trial)]  # fmt: skip

    def probe(sizes):
        """The outputs where the unknown dimensions, in order, have these sizes."""
        given, failed = iter(sizes), []
        operands = [
            jax.ShapeDtypeStruct([next(given) if d is None else d for d in dims], dtype.np)
            for dims, dtype in signature
        ]
        bound = op.bound(statics, attrs) if runs else _silent(op.bind(statics, attrs), failed)
        outputs = jax.eval_shape(bound, *operands)
        if failed:
            raise failed[0]
        return outputs if isinstance(outputs, tuple) else (outputs,)

    if not count:
        return list(map(_described, zip(probe([]))))
    try:
        found = [probe([_PROBES[0]] * count)]
        with contextlib.suppress(errors.OpError):
            found.append(probe([_SMALL] * count))
        if len(found) == 1:  # 1 does not fit: what two large sizes agree about
            found.append(probe([_PROBES[1]] * count))
    except errors.OpError:
        found = list(_fitting(probe, count, statics, signature))
        if not found:
            raise
    return list(map(_described, zip(*found)))


def _silent(bound, failed):
    """`bound`, but errors go into `failed`: JAX takes long to shorten the traceback of each."""

    def silent(*arrays):
        try:
            return bound(*arrays)
        except errors.OpError as error:
            failed.append(error)
            return ()

    return silent


def _fitting(probe, count, statics, signature):
    """The outputs for all sizes of the unknown dimensions that fit: one beside a known one may have
    to be equal to it, or be the 1 that broadcasts, or what a reshape asks for."""
    sizes = sorted({1, 2, *_known_numbers(statics, signature), _PROBES[0]})
    found, reasons = [], set()
    for size in sizes:
        try:
            found.append(probe([size] * count))
        except errors.OpError as error:
            reasons.add(error.message)
    if not found and len(reasons) == 1:
        return  # what is wrong is the same for all sizes: it is not their fault
    yield from found
    for chosen in itertools.islice(_choices(sizes, count), _TRIALS):
        with contextlib.suppress(errors.OpError):
            yield probe(chosen)


def _choices(sizes, count):
    """Sizes for `count` dimensions, not all the same: all there are; of many, only one differs."""
    if count < 4:
        yield from (chosen for chosen in itertools.product(sizes, repeat=count)
                    if len(set(chosen)) > 1)  # fmt: skip
        return
    for size in sizes:
        for i in range(count):
            yield [*[size] * i, _PROBES[0], *[size] * (count - i - 1)]
            yield [*[_PROBES[0]] * i, size, *[_PROBES[0]] * (count - i - 1)]


def _known_numbers(statics, signature):
    """The sizes that an unknown one may have to be equal to: those of the call and its statics,
    their sums, and the rest of as many elements as a shape asks for."""
    numbers = {d for dims, _ in signature for d in dims if d}
    for value in map(thaw, statics):
        if value is None or not np.size(value):
            continue
        asked = int(np.prod(value))
        numbers |= {asked, int(np.sum(value)), *map(int, np.ravel(value))}
        for dims, _ in signature:
            size, rest = divmod(asked, max(int(np.prod([d for d in dims if d is not None])), 1))
            numbers |= set() if rest else {size}
    return {n for n in numbers if 0 < n < 10**6}


def _described(outputs):
    """(shape, dtype) of what one output was found to be: what differs is unknown."""
    first = outputs[0]
    if len({len(o.shape) for o in outputs}) > 1:
        return TensorShape(None), dtypes.from_numpy_dtype(first.dtype)
    columns = zip(*(o.shape for o in outputs))
    dims = [sizes[0] if len(set(sizes)) == 1 else None for sizes in columns]
    return TensorShape(dims), dtypes.from_numpy_dtype(first.dtype)


def _infer_by_ranks(op, statics, attrs, signature, known):
    """`infer_outputs` where a rank is unknown: what all ranks have in common that fit."""
    found = []
    for rank in range(_RANKS):
        trial = tuple(((None,) * rank if dims is None else dims, d) for dims, d in signature)
        guesses = (statics, _guessed(statics, np.arange(rank)), _guessed(statics, 1))
        tried = (_tried(op, guess, attrs, trial) for guess in dict.fromkeys(guesses))
        found += itertools.islice((x for x in tried if x is not None), 1)
        if found and not known:
            return [(TensorShape(None), dtype) for _, dtype in found[0]]
    if not found:
        dtype = signature[0][1] if signature else dtypes.float32
        return [(TensorShape(None), dtype)] * (op.num_outputs or 1)
    return functools.reduce(_both, found)


@functools.lru_cache(maxsize=65536)
def _tried(op, statics, attrs, signature):
    """`_infer`, or None where these do not fit: any failure means that."""
    try:
        return _infer(op, statics, attrs, signature)
    except Exception:  # noqa: BLE001
        return None


def _guessed(statics, value):
    """`statics` with `value`, which may be axes or a number, for those that are not known."""
    return tuple(freeze(np.asarray(value, np.int32)) if s is None else s for s in statics)


def static_value(tensor, assumed=None):
    """The value of `tensor` where the graph alone decides it, else None.

    With `assumed`: its value if an unknown dimension had the size that this gives for its axis.
    """
    operation = tensor.op
    op = operation.op_def
    if op.name == "Const":
        held = operation.attrs[0]
        return thaw(held) if isinstance(held, tuple) else held.deref()._numpy()
    if op.stateful or op.fn is None:
        return None
    if op.name == "Shape":
        shape = operation.inputs[0].shape
        if shape.rank is None or (assumed is None and not shape.is_fully_defined()):
            return None
        return np.array([assumed(i) if d is None else d for i, d in enumerate(shape)],
                        tensor.dtype.np)  # fmt: skip
    size = tensor.shape.num_elements()
    if size is None or size > _FOLD_LIMIT:
        return None
    values = []
    for x in operation.inputs:
        value = None if x is None else static_value(x, assumed)
        if value is None and x is not None:
            return None
        values.append(value)
    return _folded(tensor, values)


def _folded(tensor, values):
    """The value of `tensor`, whose operation has inputs of these values."""
    operation = tensor.op
    inputs = tuple(EagerTensor(np.asarray(v)) if v is not None else v for v in values)
    result = EagerFrame().run(operation.op_def, inputs, operation.attrs, None)
    outputs = result if isinstance(result, list) else [result]
    return outputs[tensor.value_index]._numpy()


# What only moves the elements of its inputs, so that those which are known stay known.
_CARRIERS = set(
    "Cast ConcatV2 ExpandDims GatherV2 Identity Pack Reshape Squeeze StridedSlice".split()
)


def partial_value(tensor):
    """As `static_value`, of integers: -1 for the elements that the graph does not decide."""
    known = convert.static_value(tensor)
    if known is not None or not tensor.dtype.is_integer:
        return known
    operation, shape = tensor.op, tensor.shape
    if operation.type == "Shape" and operation.inputs[0].shape.rank is not None:
        dims = operation.inputs[0].shape
        return np.array([-1 if d is None else d for d in dims], tensor.dtype.np)
    if not shape.is_fully_defined():
        return None
    if operation.type in _CARRIERS:
        values = [None if x is None else partial_value(x) for x in operation.inputs]
        if not any(v is None and x is not None for v, x in zip(values, operation.inputs)):
            return _folded(tensor, values)
    return np.full(shape.as_list(), -1, tensor.dtype.np)


SymbolicTensor.static_value = static_value
