"""`case` and `switch_case`: one of many branches, by predicates or by a number."""

import functools

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import joining, math
from minitf.ops.control_flow import chosen, cond, known, switch
from minitf.ops.debugging import Assert

# Predicates --------------------------------------------------------------------------------------


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the function of the first true predicate, else of `default`.

    Args:
      pred_fn_pairs: pairs of a scalar bool tensor and a callable.
      default: a callable; without it, no predicate being true is an error.
      exclusive: whether more than one true predicate is an error; without a default the last one
        is not looked at.
      strict: False: where ops run eagerly, a list of one result is that result.

    Raises:
      TypeError: a predicate is no tensor of bools, or a function cannot be called.
      tf.errors.InvalidArgumentError: no predicate is true, or more than one that is `exclusive`.

    >>> import minitf as tf
    >>> x = tf.constant(3)
    >>> case([(x < 2, lambda: "less"), (x > 2, lambda: "more")], default=lambda: "equal")
    'more'
    """
    found = first_true(cond, _pairs(pred_fn_pairs, exclusive), default, exclusive, name)
    return found if strict else stack.frame.alone(found)


def _pairs(given, exclusive):
    """The pairs of predicates and functions as a list; TypeError where they are none."""
    if not isinstance(given, list | tuple | dict):
        raise TypeError(f"'pred_fn_pairs' must be a list, tuple, or dict. Received: {type(given)}")
    if isinstance(given, dict):
        if type(given) is dict and not exclusive and stack.frame.sees():
            raise ValueError(
                "Unordered dictionaries are not supported for the 'pred_fn_pairs' argument when "
                "`exclusive=False` and eager mode is enabled."
            )
        given = [(p.deref() if hasattr(p, "deref") else p, fn) for p, fn in given.items()]
    if not given:
        raise ValueError("not enough values to unpack (expected 2, got 0)")
    for pair in given:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'pred_fn_pairs' must be a 2-tuple. Received {pair}.")
        pred, fn = pair
        if not isinstance(pred, Tensor):
            raise TypeError(f"pred must be a Tensor, got: {pred}")
        if pred.dtype is not dtypes.bool:
            raise TypeError(f"pred must be Tensor of type bool: {pred}")
        if not callable(fn):
            raise TypeError(f"fn for pred {pred} must be callable.")
    return list(given)


def first_true(cond, pairs, default, exclusive, name):
    """What `case` returns, made of branches by `cond`."""
    otherwise = default
    if otherwise is None:
        predicates = [pred for pred, _ in pairs]
        *pairs, (last, last_fn) = pairs

        def otherwise():
            words = "Input error: None of conditions evaluated as True:"
            with stack.frame.control_dependencies([Assert(last, [words, _together(predicates)])]):
                return last_fn()

    checks = [_at_most_one([pred for pred, _ in pairs])] if exclusive and pairs else []
    for pred, fn in reversed(pairs):
        otherwise = functools.partial(cond, pred, fn, otherwise, name=name)
    with stack.frame.control_dependencies(checks):
        return otherwise()


def _together(predicates):
    return joining.stack([convert_to_tensor(p) for p in predicates])


def _at_most_one(predicates):
    """Raises, or lets the graph raise, where more than one of the predicates is true."""
    names = ", ".join("?" for _ in predicates)
    words = f"Input error: exclusive=True: more than 1 conditions ({names}) evaluated as True:"
    count = math.add_n([math.cast(p, dtypes.int32) for p in predicates])
    return Assert(count <= 1, [words, _together(predicates)], summarize=len(predicates))


# Numbers -----------------------------------------------------------------------------------------


def switch_case(branch_index, branch_fns, default=None, name="switch_case"):
    """The result of the callable at `branch_index`; out of range: `default`, or the last one.

    Args:
      branch_index: an integer tensor.
      branch_fns: callables, or pairs of a number and a callable, or a dictionary of them.

    Raises:
      TypeError: one of these is none.
      ValueError: there are no branches, or their numbers are not 0, 1, 2, ...

    >>> import minitf as tf
    >>> switch_case(tf.constant(1), [lambda: 10, lambda: 20])
    20
    """
    if not isinstance(branch_index, Tensor):
        raise TypeError(f"'branch_index' must be a Tensor, got {type(branch_index)}")
    if not branch_index.dtype.is_integer:
        raise TypeError(f"'branch_index' must be an integer Tensor, got {branch_index.dtype!r}")
    fns = _in_order(branch_fns)
    fns = fns if default is None else [*fns, default]
    value = known(branch_index) if stack.frame.sees(branch_index) else None
    if value is not None:
        return fns[chosen(value, len(fns))]()
    return switch(math.cast(branch_index, dtypes.int32), fns, f"{name}/indexed_case")


def _in_order(branches):
    """The branches as a list, by their numbers."""
    if not branches:
        raise ValueError("Must provide at least one item in 'branch_fns'")
    if not isinstance(branches, list | tuple | dict):
        raise TypeError("'branch_fns' must be a list, tuple, or dict")
    pairs = list(branches.items() if isinstance(branches, dict) else branches)
    if all(callable(fn) for fn in pairs):
        return pairs
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'branch_fns' must be a 2-tuple. Received {pair}.")
        key, fn = pair
        if not isinstance(key, int):
            raise TypeError(f"key must be a Python `int`, got {type(key)}")
        if not callable(fn):
            raise TypeError(f"fn for key {key} must be callable.")
    keys = sorted(key for key, _ in pairs)
    if keys != list(range(len(keys))):
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(keys)}) but found "
            f"{{{','.join(map(str, keys))}}}"
        )
    return [dict(pairs)[key] for key in keys]
