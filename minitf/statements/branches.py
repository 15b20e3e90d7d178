"""`if`, `and`, `or` and `not` of converted code: what is symbolic decides in the graph."""

from minitf import dtypes, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.ops import control_flow, math
from minitf.ops.bodies import traced
from minitf.statements.state import check_condition, is_symbolic, is_undefined


def if_stmt(cond, body, orelse, get_state, set_state, symbol_names, nouts):
    """`if cond: body() else: orelse()`."""
    if not is_symbolic(cond):
        return body() if cond else orelse()
    check_condition(cond, "if statement")
    before = get_state()
    ends = []

    def branch(run):
        def traced():
            set_state(before)
            run()
            ends.append(get_state()[:nouts])
            return ()

        return traced

    parts = [traced(f"cond_{side}", branch(run), scope="cond")
             for side, run in (("true", body), ("false", orelse))]  # fmt: skip
    for name, main, other in zip(symbol_names, *ends):
        _check_defined(name, main, other)
        _check_alike(name, main, other)
    flat = [nest.components(list(end)) for end in ends]
    same = [_is_same(a, b) for a, b in zip(*flat)]
    graphs = [(graph, [x for x, s in zip(leaves, same) if not s])
              for (graph, _), leaves in zip(parts, flat)]  # fmt: skip
    made = iter(control_flow.join(convert_to_tensor(cond), graphs, "cond"))
    merged = [a if s else next(made) for a, s in zip(flat[0], same)]
    set_state((*nest.with_components(list(ends[0]), merged), *before[nouts:]))
    return None


def _is_same(a, b):
    """Whether both branches leave a value as it is, so that it need not become a tensor."""
    if a is b:
        return True
    plain = not isinstance(a, Tensor) and type(a) is type(b) and not hasattr(a, "__array__")
    return bool(plain and not hasattr(a, "__tf_loop_state__") and a == b)


def _check_defined(name, main, other):
    for value, another, side in ((main, other, "main"), (other, main, "else")):
        if is_undefined(value) and not is_undefined(another):
            if str(name).startswith("retval_"):
                raise ValueError(f"the {side} branch must also have a return statement.")
            raise ValueError(f"'{name}' must also be initialized in the {side} branch")


def _check_alike(name, main, other):
    """Raises where a variable has another structure or dtype at the end of the other branch."""
    try:
        nest.assert_same_structure(main, other, expand_composites=True)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"'{name}' must have the same nested structure in the main and else branches:"
            f"\n\n{error}"
        ) from None
    for pair in zip(nest.components(main), nest.components(other)):
        _check_leaves(name, *pair)


def _check_leaves(name, main, other):
    for value, side in ((main, "main"), (other, "else")):
        if value is None:
            raise ValueError(f"'{name}' is None at the end of the {side} branch.")
    found = [getattr(x, "dtype", None) or _dtype_of_python(x) for x in (main, other)]
    if None not in found and found[0] != found[1]:
        a, b = (dtypes.as_dtype(dtype).name for dtype in found)
        raise TypeError(
            f"'{name}' has dtype {a} in the main branch, but dtype {b} in the else branch"
        )


def _dtype_of_python(x):
    """The dtype that a number or a text of Python takes, None of all else."""
    is_value = isinstance(x, bool | int | float | complex | str)
    return convert_to_tensor(x).dtype if is_value else None


def if_exp(cond, if_true, if_false, expr_repr):
    """`if_true() if cond else if_false()`."""
    if not is_symbolic(cond):
        return if_true() if cond else if_false()
    made = []

    def branch(of_value):
        def traced():
            made.append(of_value())
            if len(made) == 2:
                _check_leaves(expr_repr, *made)
            return made[-1]

        return traced

    return control_flow.cond(convert_to_tensor(cond), branch(if_true), branch(if_false))


def and_(a, b):
    """`a() and b()`."""
    left = a()
    if is_symbolic(left):
        return control_flow.cond(convert_to_tensor(left), b, lambda: left)
    return left and b()


def or_(a, b):
    """`a() or b()`."""
    left = a()
    if is_symbolic(left):
        return control_flow.cond(convert_to_tensor(left), lambda: left, b)
    return left or b()


def not_(a):
    """`not a`."""
    return math.logical_not(a) if is_symbolic(a) else not a
