"""Tensors and their kinds; conditions, loops and maps; gradients."""

import numpy as np

from minitf import nest
from minitf.core.dispatch import convert_to_tensor as as_tensor
from minitf.keras import config
from minitf.keras.promotion import convert
from minitf.ops import array as arrays
from minitf.ops import control_flow, functional, joining, math
from minitf.ops.cases import switch_case
from minitf.ops.tensor_array import TensorArray
from minitf.tape import ForwardAccumulator


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None):
    """`x` as a tensor, cast to `dtype`."""
    return convert(x, None if dtype is None else config.standardize_dtype(dtype))


def convert_to_numpy(x):
    """`x` as a NumPy array."""
    return np.array(as_tensor(x))


def is_tensor(x):
    """Whether `x` is a tensor."""
    return (
        hasattr(x, "dtype") and hasattr(x, "shape") and not isinstance(x, (np.ndarray, np.generic))
    )


def cast(x, dtype):
    """`x` in another dtype."""
    return math.cast(x, config.standardize_dtype(dtype))


def saturate_cast(x, dtype):
    """`x` in another dtype; what is too large for it becomes its largest number."""
    return math.saturate_cast(x, config.standardize_dtype(dtype))


def dtype(x):
    """The name of the dtype of `x`."""
    return config.standardize_dtype(as_tensor(x).dtype)


def shape(x):
    """The shape as a tuple; unknown sizes are scalar tensors, of layers' inputs None."""
    x = as_tensor(x)
    if hasattr(x, "__tf_execute__"):
        return tuple(x.shape)
    sizes = arrays.shape(x)
    return tuple(sizes[i] if size is None else size for i, size in enumerate(x.shape.as_list()))


def size(x):
    """The number of elements."""
    return arrays.size(x)


def ndim(x):
    """The number of axes."""
    return len(as_tensor(x).shape)


def stop_gradient(variable):
    """`variable`, constant for gradients."""
    return arrays.stop_gradient(variable)


def cond(pred, true_fn, false_fn):
    """What `true_fn()` returns if `pred` holds, else what `false_fn()` returns."""
    return control_flow.cond(as_tensor(pred), true_fn, false_fn)


def switch(index, branches, *operands):
    """What the branch at `index`, brought into range, returns for the operands."""
    index = math.maximum(math.minimum(math.cast(index, "int32"), len(branches) - 1), 0)
    calls = [lambda branch=branch: branch(*operands) for branch in branches]
    return switch_case(index, calls)


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    """Runs `loop_vars = body(*loop_vars)` while `cond(*loop_vars)` holds."""
    is_sequence = isinstance(loop_vars, list | tuple)
    loop_vars = tuple(loop_vars) if is_sequence else (loop_vars,)

    def step(*values):
        result = body(*values)
        return tuple(result) if isinstance(result, list | tuple) else (result,)

    found = control_flow.while_loop(
        cond, step, nest.map_structure(as_tensor, loop_vars), maximum_iterations=maximum_iterations
    )
    return tuple(found) if is_sequence else found[0]


def fori_loop(lower, upper, body_fun, init_val):
    """Runs `value = body_fun(i, value)` for each i from lower up to, without, upper."""
    return control_flow.while_loop(
        lambda i, value: i < upper, lambda i, value: (i + 1, body_fun(i, value)), (lower, init_val)
    )[1]


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """Runs `carry, y = f(carry, x)` over the first axis of `xs`; (last carry, stacked ys).

    Raises:
      TypeError: `f` is no function.
      ValueError: no `xs` and no `length`, or they do not fit.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    if not isinstance(unroll, bool) and not (isinstance(unroll, int) and unroll >= 1):
        raise ValueError(
            f"`unroll` must be an positive integer or boolean. Received: unroll={unroll}"
        )
    if xs is None and length is None:
        raise ValueError("Got no `xs` to scan over and `length` not provided.")
    xs = nest.map_structure(as_tensor, xs) if xs is not None else None
    first = [] if xs is None else nest.flatten(xs)
    count = arrays.shape(first[0])[0] if first else as_tensor(length)

    def at(i):
        return None if xs is None else nest.map_structure(lambda x: x[i], xs)

    init = nest.map_structure(as_tensor, init)
    start = at(0) if first else None
    _, like = f(init, start)
    kinds = [None if y is None else as_tensor(y) for y in nest.flatten(like)]
    results = [None if y is None else TensorArray(y.dtype, count) for y in kinds]

    def step(n, carry, written):
        i = count - 1 - n if reverse else n
        carry, y = f(carry, at(i))
        ys = nest.flatten(y)
        return n + 1, carry, [w if w is None else w.write(i, v) for w, v in zip(written, ys)]

    kept = [w for w in results if w is not None]

    def body(n, carry, written):
        given = iter(written)
        n, carry, found = step(n, carry, [None if w is None else next(given) for w in results])
        return n, carry, [w for w in found if w is not None]

    _, carry, written = control_flow.while_loop(
        lambda n, *_: n < count, body, (arrays.zeros([], "int32"), init, kept)
    )
    stacked = iter([w.stack() for w in written])
    sizes = first[0].shape[:1] if first else [length]
    ys = [None if y is None else next(stacked) for y in kinds]
    for y, kind in zip(ys, kinds):
        if y is not None:
            y.set_shape([*sizes, *kind.shape])
    return carry, nest.pack_sequence_as(like, ys)


def map(f, xs):
    """`f` of each element along the first axis of `xs`, stacked."""
    return scan(lambda _, x: ((), f(x)), (), xs)[1]


def vectorized_map(function, elements):
    """`function` of all elements along the first axis at once."""
    return functional.vectorized_map(function, elements)


def associative_scan(f, elems, reverse=False, axis=0):
    """The running `f`, an associative function of two, along an axis: in log(n) steps."""
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    flat = [as_tensor(x) for x in nest.flatten(elems)]
    sizes = {x.shape[axis] for x in flat}
    if len(sizes) != 1:
        raise ValueError(
            "Array inputs to associative_scan must have the same first dimension. (saw: "
            f"{[tuple(x.shape) for x in flat]})"
        )

    def part(x, begin, end=None, step=1):
        where = [slice(None)] * len(x.shape)
        where[axis] = slice(begin, end, step)
        return x[tuple(where)]

    def combine(a, b):
        found = f(nest.pack_sequence_as(elems, a), nest.pack_sequence_as(elems, b))
        return nest.flatten(found)

    def running(xs):
        count = xs[0].shape[axis]
        if count < 2:
            return xs
        pairs = combine([part(x, 0, -1, 2) for x in xs], [part(x, 1, None, 2) for x in xs])
        odd = running(pairs)
        before = odd if count % 2 else [part(x, 0, -1) for x in odd]
        even = combine(before, [part(x, 2, None, 2) for x in xs]) if count > 2 else []
        first = [part(x, 0, 1) for x in xs]
        even = [joining.concat([a, b], axis) for a, b in zip(first, even)] if even else first
        return [_interleaved(a, b, axis) for a, b in zip(even, odd)]

    turned = [arrays.reverse(x, [axis]) for x in flat] if reverse else flat
    found = running(turned)
    if reverse:
        found = [arrays.reverse(x, [axis]) for x in found]
    return nest.pack_sequence_as(elems, found)


def _interleaved(even, odd, axis):
    """One tensor of the elements at even and at odd places."""
    axis = axis % len(even.shape)
    count = even.shape[axis] + odd.shape[axis]
    if even.shape[axis] > odd.shape[axis]:
        padding = [[0, int(i == axis)] for i in range(len(odd.shape))]
        odd = arrays.pad(odd, padding)
    sizes = [*even.shape]
    sizes[axis] *= 2
    pairs = arrays.reshape(joining.stack([even, odd], axis + 1), sizes)
    return pairs[(slice(None),) * axis + (slice(0, count),)]


def vectorize(pyfunc, *, excluded=None, signature=None):
    """`pyfunc`, for arguments that have more axes in front: it is called for each element.

    Raises:
      NotImplementedError: `excluded`, or a signature, is given.
    """
    if excluded or signature:
        raise NotImplementedError("keras.ops.vectorize with `excluded` or `signature`")

    def vectorized(*args):
        args = [as_tensor(x) for x in args]
        whole = args[0].shape
        for x in args[1:]:
            whole = arrays.broadcast_static_shape(whole, x.shape)
        flat = [arrays.reshape(arrays.broadcast_to(x, whole), [-1]) for x in args]
        found = functional.vectorized_map(lambda elements: pyfunc(*elements), tuple(flat))
        return nest.map_structure(lambda x: arrays.reshape(x, whole), found)

    return vectorized


def jvp(fun, primals, tangents, has_aux=False):
    """(`fun(*primals)`, its Jacobian-vector product with `tangents`), and what else it returns."""
    primals = nest.map_structure(as_tensor, tuple(primals))
    with ForwardAccumulator(primals, nest.map_structure(as_tensor, tuple(tangents))) as forward:
        result = fun(*primals)
        value, *rest = result if has_aux else (result,)
    return value, forward.jvp(value), *rest
