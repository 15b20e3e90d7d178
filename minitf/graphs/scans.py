"""`lax.scan` with better gradients: for loops whose number of steps is known.

The gradient keeps of each step what is costly, and computes the rest again. That of a matrix which
all steps multiply by is one product after the loop, rather than a sum that each step adds to: many
small products, one after the other, become one that occupies all cores.

To find these products, a step is traced into a jaxpr, JAX's list of equations.
"""

import functools
import math
from collections import Counter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jax.extend.core import ClosedJaxpr, Literal, Var, jaxpr_as_fun

# What costs less to compute again than to keep for each step: it is bound by memory, too.
_CHEAP = {
    "add", "add_any", "and", "broadcast_in_dim", "concatenate", "convert_element_type", "eq", "ge",
    "gt", "integer_pow", "le", "lt", "max", "min", "mul", "ne", "neg", "not", "or", "pad",
    "reshape", "rev", "select_n", "sign", "slice", "split", "square", "squeeze", "sub",
    "transpose",
}  # fmt: skip
_LARGE = 2**22  # multiplications in a product that occupies all cores by itself


def scan(step, carry, rows, length):
    """`lax.scan`, whose gradient does and keeps less.

    JAX alone would keep a sigmoid `s` and also `s * (1 - s)`, and write the two to memory.
    """
    row = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape[1:], x.dtype), rows)
    closed, results = jax.make_jaxpr(step, return_shape=True)(carry, row)
    carried = len(jax.tree.leaves(carry))
    equations = Equations(closed.jaxpr, carried)
    if not equations.products:
        return _scan(step, carry, rows, length)
    leaves = jax.tree.leaves((carry, rows))
    given = leaves[:carried], leaves[carried:], list(closed.consts)
    matrices = equations.matrices(closed.consts)
    found = _multiplying_scan(equations, length, given, matrices)
    return jax.tree.unflatten(jax.tree.structure(results), found)


def _scan(step, carry, rows, length):
    kept = jax.checkpoint(step, prevent_cse=False, policy=_is_kept)
    return jax.lax.scan(kept, carry, rows, length)


def _is_kept(primitive, *_, **__):
    return primitive.name not in _CHEAP


class Product(NamedTuple):
    """An equation of a step that multiplies by a matrix which no step changes."""

    equation: Any
    x: Any  # the variable that is multiplied
    matrix: Any  # the variable that it is multiplied by
    parameters: dict  # of `lax.dot_general`

    @classmethod
    def of(cls, equation, constant):
        """The product that an equation is, None where it is none; `constant`: the variables that
        no step changes."""
        core = _unwrapped(equation)
        if core.primitive.name != "dot_general":
            return None
        x, matrix = (_outside(v, equation, core) for v in core.invars)
        if x is None or x in constant or matrix not in constant:
            return None
        is_plain = core.params["dimension_numbers"] == (((x.aval.ndim - 1,), (0,)), ((), ()))
        is_small = math.prod(x.aval.shape) * matrix.aval.shape[-1] < _LARGE
        if is_plain and is_small and jnp.issubdtype(matrix.aval.dtype, jnp.floating):
            return cls(equation, x, matrix, core.params)
        return None


def _unwrapped(equation):
    """The one equation inside one that calls a program of one equation."""
    if equation.primitive.name == "jit" and len(equation.params["jaxpr"].eqns) == 1:
        return equation.params["jaxpr"].eqns[0]
    return equation


def _outside(variable, equation, core):
    """What is called `variable` inside `equation`; None for what it is not given."""
    if core is not equation:
        inside = equation.params["jaxpr"].jaxpr.invars
        variable = next((v for v, i in zip(equation.invars, inside) if i is variable), None)
    return variable if isinstance(variable, Var) else None


class Equations:
    """A step as equations: its inputs are `carried` values, and rows.

    Attributes:
      products: those that multiply by a matrix which no step changes, where it is worth while.
      sums: the positions of those that are added up, in lists.
      rows: the positions of the rows that products multiply, {position of the product: row}.
    """

    def __init__(self, jaxpr, carried):
        self._jaxpr = jaxpr
        self._constant = set(jaxpr.constvars)
        for equation in jaxpr.eqns:
            inputs = _variables([equation])
            if inputs and self._constant.issuperset(inputs) and not equation.effects:
                self._constant.update(equation.outvars)
        products = [Product.of(e, self._constant) for e in jaxpr.eqns]
        sums = _sums(jaxpr, [p for p in products if p is not None])
        sums = [products for products in sums if _is_worth_keeping(products)]
        self.products = [p for products in sums for p in products]
        self.sums = [[self.products.index(p) for p in products] for products in sums]
        rows = jaxpr.invars[carried:]
        self.rows = {k: rows.index(p.x) for k, p in enumerate(self.products) if p.x in rows}

    def matrices(self, consts):
        """What the products multiply by, from the constants of the step."""
        matrices = [product.matrix for product in self.products]
        wanted, needed = set(matrices), []
        for equation in reversed(self._jaxpr.eqns):
            if self._constant & wanted & {*equation.outvars}:
                needed.insert(0, equation)
                wanted |= _variables([equation])
        env = dict(zip(self._jaxpr.constvars, consts))
        self._evaluate(needed, env)
        return [env[matrix] for matrix in matrices]

    def offsets(self):
        """Zeros, of the shapes of the sums."""
        results = [self.products[first].equation.outvars[0].aval for first, *_ in self.sums]
        return [jnp.zeros(x.shape, x.dtype) for x in results]

    def __call__(self, inputs, consts, matrices, offsets):
        """(the outputs, {position of a product: what it multiplied that is no row}) of a step."""
        env = dict(zip((*self._jaxpr.constvars, *self._jaxpr.invars), (*consts, *inputs)))
        offsets = {first: offset for (first, *_), offset in zip(self.sums, offsets)}
        numbers = {id(p.equation): k for k, p in enumerate(self.products)}
        between = []
        for equation in self._jaxpr.eqns:
            k = numbers.get(id(equation))
            if k is None:
                between.append(equation)
                continue
            self._evaluate(between, env)
            between, product = [], self.products[k]
            result = jax.lax.dot_general(env[product.x], matrices[k], **product.parameters)
            env[equation.outvars[0]] = _offset(result, offsets[k]) if k in offsets else result
        self._evaluate(between, env)
        outputs = [v.val if isinstance(v, Literal) else env[v] for v in self._jaxpr.outvars]
        multiplied = {k: env[p.x] for k, p in enumerate(self.products) if k not in self.rows}
        return outputs, multiplied

    def _evaluate(self, equations, env):
        """Adds to `env`, {variable: value}, what `equations` compute."""
        made = [v for e in equations for v in e.outvars]
        read = sorted(_variables(equations) - {*made}, key=list(env).index)
        part = self._jaxpr.replace(
            constvars=[], invars=read, outvars=made, eqns=equations,
            effects=frozenset().union(*(e.effects for e in equations)),
            debug_info=self._jaxpr.debug_info.with_unknown_names(),
        )  # fmt: skip
        env.update(zip(made, jaxpr_as_fun(ClosedJaxpr(part, []))(*[env[v] for v in read])))


def _sums(jaxpr, products):
    """The products in lists: those together that are used for nothing but their sum."""
    parts = {p.equation.outvars[0]: [p] for p in products}
    uses = Counter(v for e in jaxpr.eqns for v in e.invars if not isinstance(v, Literal))
    uses.update(v for v in jaxpr.outvars if not isinstance(v, Literal))
    for equation in jaxpr.eqns if parts else ():
        if _unwrapped(equation).primitive.name == "add":
            (result,) = equation.outvars
            added = [v for v in _variables([equation]) if v in parts and uses[v] == 1]
            added = [v for v in added if v.aval.shape == result.aval.shape]
            if added:
                parts[result] = [p for v in added for p in parts.pop(v)]
    return list(parts.values())


def _is_worth_keeping(products):
    """Whether the cotangents of a sum are less than the matrices' that steps would add up."""
    kept = products[0].equation.outvars[0].aval.size
    return kept < sum(p.matrix.aval.size for p in products)


def _variables(equations):
    """What `equations` read."""
    return {v for e in equations for v in e.invars if not isinstance(v, Literal)}


@jax.custom_jvp
def _offset(x, offset):
    """`x`, which varies as `x + offset` does."""
    return x


_offset.defjvp(lambda primals, tangents: (primals[0], tangents[0] + tangents[1]))


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _multiplying_scan(equations, length, given, matrices):
    """The last carry and what the steps made, as a list; `given`: (carry, rows, constants)."""
    return _run(equations, length, given, matrices, None)[0]


def _run(equations, length, given, matrices, offsets):
    """(the results, what the products multiplied, by their positions)."""
    carry, rows, consts = given

    def step(carry, row):
        row, offsets = row
        offsets = equations.offsets() if offsets is None else offsets
        outputs, multiplied = equations([*carry, *row], consts, matrices, offsets)
        return outputs[: len(carry)], (outputs[len(carry) :], multiplied)

    carry, (made, multiplied) = _scan(step, carry, (rows, offsets), length)
    return [*carry, *made], multiplied | {k: rows[i] for k, i in equations.rows.items()}


@functools.partial(_multiplying_scan.defjvp, symbolic_zeros=True)
def _differentiated(equations, length, primals, tangents):
    """Where a matrix varies, a product varies by what it multiplied: at all steps at once."""
    given, matrices = primals
    leaves, tree = jax.tree.flatten(given)
    changes = jax.tree.leaves(tangents[0])
    varying = [i for i, change in enumerate(changes) if type(change) is not SymbolicZero]

    def results(values, offsets):
        whole = list(leaves)
        for i, value in zip(varying, values):
            whole[i] = value
        return _run(equations, length, jax.tree.unflatten(tree, whole), matrices, offsets)

    offsets = [jnp.broadcast_to(x, (length, *x.shape)) for x in equations.offsets()]
    found, change_of, multiplied = jax.linearize(
        results, [leaves[i] for i in varying], offsets, has_aux=True
    )
    by = [None if type(change) is SymbolicZero else _changed(product, multiplied[k], change)
          for k, (product, change) in enumerate(zip(equations.products, tangents[1]))]  # fmt: skip
    offsets = [sum((by[k] for k in sum_ if by[k] is not None), start=offset)
               for sum_, offset in zip(equations.sums, offsets)]  # fmt: skip
    return found, change_of([changes[i] for i in varying], offsets)


def _changed(product, x, matrix):
    """A product at all steps at once, with a gradient for `matrix` that XLA computes fast: it is
    told to turn `x` around first."""
    columns = jax.lax.optimization_barrier(jnp.reshape(x, (-1, x.shape[-1])).T)
    parameters = product.parameters | {"dimension_numbers": (((0,), (0,)), ((), ()))}
    result = jax.lax.dot_general(columns, matrix, **parameters)
    return result.reshape(*x.shape[:-1], *matrix.shape[1:])
