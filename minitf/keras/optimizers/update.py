"""What an optimizer's step does to arrays: pure functions, and the ops that run them on variables.

`UPDATE` steps any number of variables in one compiled call. `CLIP` limits gradients, `AVERAGE`
moves the averages of variables on. A `Rule` is one optimizer's mathematics for one variable:

    rule(w, g, lr, t, slots, **settings) -> (new w, new slots)

`w` is the variable's array, `g` a `Gradient`, `lr` the learning rate and `t` the number of this
update (1, 2, ...), both in the dtype of `w`; `slots` are the arrays that belong to the variable,
such as its momentum, by name. The new slots hold what changed.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import densify
from minitf.core.registry import Cell, define
from minitf.core.slices import IndexedSlices


class Rows(NamedTuple):
    """The arrays of an `IndexedSlices`."""

    values: Any
    indices: Any

    def dense(self, like, function=lambda values: values):
        """`function` of the rows, added up in an array of the shape and dtype of `like`."""
        return jnp.zeros_like(like).at[self.indices].add(function(self.values.astype(like.dtype)))


class Gradient(NamedTuple):
    """The gradient of a variable; `rows` where it was given as those."""

    value: jax.Array
    rows: Rows | None = None

    def of(self, function):
        """`function` of the gradient: in Keras of each row, before equal rows are added up."""
        return self.rows.dense(self.value, function) if self.rows else function(self.value)

    square = property(lambda self: self.of(jnp.square))


def _gradient(g, w):
    return Gradient(g.dense(w), g) if isinstance(g, Rows) else Gradient(g.astype(w.dtype))


@dataclasses.dataclass(frozen=True)
class Rule:
    """A pure update and its settings, as one hashable function."""

    function: Callable
    settings: tuple[tuple[str, Any], ...] = ()

    def __call__(self, w, g, lr, t, slots):
        return self.function(w, g, lr, t, slots, **dict(self.settings))


class Step(NamedTuple):
    """All that an update takes, in lists of one entry per variable.

    `slots` are dictionaries; `common` is one that all variables share.
    """

    rate: Any
    iterations: Any
    variables: list
    slots: list
    gradients: list
    common: dict


@functools.partial(jax.jit, static_argnums=(0, 1))
def _stepped(rule, decays, step):
    """The new arrays of the variables, and their new slots."""
    variables, slots = [], []
    for w, kept, g, decay in zip(step.variables, step.slots, step.gradients, decays):
        lr, t = step.rate.astype(w.dtype), (step.iterations + 1).astype(w.dtype)
        if decay is not None:
            w = w - w * decay * lr
        gradient = _gradient(g, w)
        new, changed = rule(w, gradient, lr, t, {**step.common, **kept})
        if new.shape != w.shape:
            shapes = [str(list(x.shape)).replace(" ", "") for x in (w, gradient.value)]
            raise ValueError(
                f"Cannot update variable with shape {shapes[0]} using a Tensor with shape "
                f"{shapes[1]}, shapes must be equal."
            )
        variables.append(new.astype(w.dtype))
        slots.append({name: changed[name].astype(kept[name].dtype) for name in changed})
    return variables, slots


def _values(tree):
    return jax.tree.map(lambda x: x.value if isinstance(x, Cell) else x, tree)


def _update(*leaves, rule, decays, structure):
    step = jax.tree.unflatten(structure, leaves)
    variables, slots = _stepped(rule, decays, _values(step))
    for cell, value in zip(step.variables, variables):
        cell.value = value
    for cells, changed in zip(step.slots, slots):
        for name, value in changed.items():
            cells[name].value = value
    return ()


UPDATE = define("OptimizerUpdate", _update, "?*", resource=True, num_outputs=0,
                differentiable=False, infer=lambda inputs, attrs: [])  # fmt: skip


def update(rule, decays, step):
    """Moves variables and slots, given by their handles, one step on.

    Args:
      rule: a `Rule`.
      decays: the weight decay of each variable, None for none.
      step: a `Step` of handles and tensors; its gradients may be `IndexedSlices`.
    """
    step = step._replace(gradients=[_parts(g) for g in step.gradients])
    leaves, structure = jax.tree.flatten(step)
    execute(UPDATE, tuple(leaves), (rule, tuple(decays), structure))


def _parts(gradient):
    if isinstance(gradient, IndexedSlices):
        return Rows(gradient.values, gradient.indices)
    return convert_to_tensor(gradient)


def divide(gradient, divisor):
    """`gradient / divisor`; of an `IndexedSlices` the rows are kept apart."""
    if isinstance(gradient, IndexedSlices):
        values = gradient.values / divisor
        return IndexedSlices(values, gradient.indices, gradient.dense_shape)
    return gradient / divisor


# Clipping.


def _by_norm(g, limit):
    norm = jnp.sqrt(jnp.sum(jnp.square(g)))
    return g * limit / jnp.maximum(norm, jnp.asarray(limit, g.dtype))


def _by_global_norm(gradients, limit):
    norm = jnp.sqrt(sum(jnp.sum(jnp.square(g)) for g in gradients))
    scale = limit * jnp.minimum(1.0 / norm, 1.0 / limit)
    scale += norm - norm  # NaN where the norm is infinite
    return [g * scale.astype(g.dtype) for g in gradients]


_CLIPS = {
    "clipnorm": lambda gradients, limit: [_by_norm(g, limit) for g in gradients],
    "clipvalue": lambda gradients, limit: [jnp.clip(g, -limit, limit) for g in gradients],
    "global_clipnorm": _by_global_norm,
}
CLIP = define(
    "ClipGradients",
    lambda *gradients, kind, limit: tuple(_CLIPS[kind](gradients, limit)),
    "?*",
    num_outputs=None,
)


def clip(gradients, kind, limit):
    """The gradients, none of them longer than `limit`.

    Args:
      gradients: tensors or `IndexedSlices`, whose rows are clipped before they are added up.
      kind: `"clipnorm"` limits the norm of each gradient, `"global_clipnorm"` the norm of all
        together, `"clipvalue"` each element.
      limit: a positive number.
    """
    slices = [isinstance(g, IndexedSlices) for g in gradients]
    plain = tuple(g.values if rows else g for g, rows in zip(gradients, slices))
    clipped = [
        IndexedSlices(new, g.indices, g.dense_shape) if rows else new
        for g, new, rows in zip(gradients, execute(CLIP, plain, (kind, limit)), slices)
    ]
    # As in Keras, gradients that were clipped together are squared as a whole, not by rows.
    return [densify(g) for g in clipped] if kind == "global_clipnorm" else clipped


# Moving averages of variables.


@functools.partial(jax.jit, static_argnums=(3, 4))
def _averaged(iterations, variables, averages, momentum, overwrite_frequency):
    keep = momentum * (iterations != 0)  # the first average is the variable itself
    averages = [
        (keep.astype(w.dtype) * a + (1 - keep).astype(w.dtype) * w)
        for w, a in zip(variables, averages)
    ]
    if overwrite_frequency:
        now = (iterations + 1) % overwrite_frequency == 0
        variables = [jnp.where(now, a, w) for w, a in zip(variables, averages)]
    return variables, averages


def _average(iterations, *cells, momentum, overwrite_frequency):
    variables, averages = cells[: len(cells) // 2], cells[len(cells) // 2 :]
    new = _averaged(iterations, _values(variables), _values(averages), momentum,
                    overwrite_frequency)  # fmt: skip
    for cell, value in zip(cells, [*new[0], *new[1]]):
        cell.value = value
    return ()


AVERAGE = define("MovingAverages", _average, "?*", resource=True, num_outputs=0,
                 differentiable=False, infer=lambda inputs, attrs: [])  # fmt: skip


def average(iterations, variables, averages, momentum, overwrite_frequency):
    """Moves averages of variables on: `momentum * average + (1 - momentum) * variable`.

    Every `overwrite_frequency` updates (None: never) the variables take the values of the averages.
    `variables` and `averages` are handles.
    """
    handles = (*variables, *averages)
    execute(AVERAGE, (iterations, *handles), (momentum, overwrite_frequency))
