"""Rows that define an op and its public function at once: `tan = unary("tan", "Tan", jnp.tan)`.

For ops that take one or two tensors and no attributes. Everything else is written as a `define`
and a `def` below it.
"""

import sys

from minitf.core.frames import stack
from minitf.core.registry import Op, define


def unary(name, op, fn, doc, x="x", **flags):
    """Defines op type `op` (or takes the `Op` given) and returns its function `name(x, name=None)`.

    Args:
      name: of the Python function.
      op: TensorFlow's op type, or an `Op` defined before.
      fn: the pure JAX function; None where `op` is an `Op`.
      doc: the docstring.
      x: the name of the first argument.
      **flags: of `Op`.

    >>> import jax.numpy as jnp
    >>> cube = unary("cube", "Cube", lambda x: x * x * x, "x to the third.")
    >>> cube(2.0).numpy()
    np.float32(8.0)
    """
    return _public(name, (x,), _op(op, fn, "T", flags), doc)


def binary(name, op, fn, doc, x="x", y="y", **flags):
    """As `unary`, for `name(x, y, name=None)`; both inputs have one dtype and broadcast."""
    return _public(name, (x, y), _op(op, fn, "TT", flags), doc)


def _op(op, fn, types, flags):
    return op if isinstance(op, Op) else define(op, fn, flags.pop("types", types), **flags)


def _public(name, arguments, op, doc):
    """A function whose signature is that of TensorFlow's, so that keywords work.

    Its body is that of `execute`: small ops are called often, and the call would be a part of them.
    """
    given = ", ".join(arguments)
    module = sys._getframe(2).f_globals["__name__"]  # whose row it is: there, pickle looks it up
    space = {"stack": stack, "op": op, "__name__": module}
    source = (
        f"def {name}({given}, name=None):\n    return stack.frame.run(op, ({given},), (), name)\n"
    )
    # As `collections.namedtuple` does: keyword names are part of the signature. The name of the
    # "file" says whose code it is where an error shows the lines that led to it.
    exec(compile(source, f"{__file__}:{name}", "exec"), space)  # noqa: S102
    function = space[name]
    function.__doc__ = doc
    return function
