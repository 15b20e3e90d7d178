"""`tf.gradients`: derivatives of tensors of a graph, as more ops of the graph."""

from minitf import nest
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import ZEROS_LIKE, backpropagate, densify
from minitf.graphs.interpret import needed
from minitf.ops.array import reshape, zeros
from minitf.ops.joining import stack as stack_tensors
from minitf.tape import UnconnectedGradients
from minitf.variable import Variable


def gradients(ys, xs, grad_ys=None, name="gradients", gate_gradients=False,
              aggregation_method=None, stop_gradients=None,
              unconnected_gradients=UnconnectedGradients.NONE):  # fmt: skip
    """The gradient of the sum of `ys` with respect to each of `xs`.

    Args:
      ys, xs: a tensor or variable, or a list of them.
      grad_ys: what the gradient with respect to each of `ys` is; ones by default.
      stop_gradients: tensors to take as constants.
      unconnected_gradients: what to return where nothing connects ys and x: None, or zeros.

    Returns:
      A list, like `xs`, of tensors, `IndexedSlices` or None.

    Raises:
      RuntimeError: ops run eagerly here.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.constant(3.0)
    ...     print(session.run(tf.gradients(x * x, [x])))
    [np.float32(6.0)]
    """
    frame = stack.frame
    if not frame.is_graph:
        raise RuntimeError(
            "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape "
            "instead."
        )
    try:
        unconnected = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {unconnected_gradients!r}"
        ) from None
    ys, xs = _listed(ys), _listed(xs)
    sources = [x.handle if isinstance(x, Variable) else convert_to_tensor(x) for x in xs]
    stops = _listed(stop_gradients)
    given = [None] * len(ys) if grad_ys is None else _listed(grad_ys)
    with frame.name_scope(name):
        targets = [convert_to_tensor(y) for y in ys]
        cotangents = [None if g is None else convert_to_tensor(g, y.dtype, name=f"grad_ys_{i}")
                      for i, (g, y) in enumerate(zip(given, targets))]  # fmt: skip
        stopped = {id(s.handle if isinstance(s, Variable) else s) for s in stops}
        records = [o for o in needed(targets) if not any(id(t) in stopped for t in o.outputs)]
        results = backpropagate(records, targets, sources, cotangents)
        if unconnected is UnconnectedGradients.ZERO:
            results = [execute(ZEROS_LIKE, (convert_to_tensor(x),)) if g is None else g
                       for g, x in zip(results, xs)]  # fmt: skip
    return results


class AggregationMethod:
    """How the gradients that reach a tensor are added up; here there is one way."""

    ADD_N = DEFAULT = 0
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def _listed(x):
    if x is None:
        return []
    return list(x) if isinstance(x, list | tuple) else nest.flatten(x)


def hessians(ys, xs, gate_gradients=False, aggregation_method=None, name="hessians"):
    """For each of `xs` the second derivatives of the sum of `ys`, of shape `x.shape + x.shape`.

    Raises:
      ValueError: the size of an x is not known in the graph.
    """
    found = []
    for x, gradient in zip(_listed(xs), gradients(ys, xs, name=name)):
        flat = reshape(densify(gradient), [-1])
        size = flat.shape.num_elements()
        if size is None:
            raise ValueError(f"hessians: the size of {x} must be known in the graph.")
        rows = [gradients(flat[i], x)[0] for i in range(size)]
        zero = zeros(x.shape, x.dtype)
        rows = stack_tensors([zero if row is None else densify(row) for row in rows])
        found.append(reshape(rows, [*x.shape.as_list(), *x.shape.as_list()]))
    return found
