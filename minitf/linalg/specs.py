"""An operator is made of tensors: its spec says of which, and builds it anew of others.

So operators are arguments and results of functions, leaves of `tf.nest`, and have gradients. Offers
`LinearOperatorSpec` and `batch_slice`, the operator of the same kind for a part of the batch.
"""

from minitf import nest
from minitf.conversions import type_spec_from_value
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import array
from minitf.specs import TypeSpec


def _parts(operator):
    """({name: tensors and operators that it is made of}, {name: its other arguments})."""
    tensors, others = {}, {}
    for name, given in operator.parameters.items():
        value = getattr(operator, name, given)
        if name == "name":
            continue
        if given is None or name not in operator._parameter_ranks:
            others[name] = given
        else:
            tensors[name] = nest.map_structure(_part, value)
    return tensors, others


def _part(value):
    return value if hasattr(value, "_type_spec") else convert_to_tensor(value)


class LinearOperatorSpec(TypeSpec):
    """Describes operators of one class, by what their tensors are and by their other arguments."""

    def __init__(self, kind, param_specs, non_tensor_params):
        self._kind, self._specs, self._others = kind, param_specs, non_tensor_params

    value_type = property(lambda self: self._kind)

    @classmethod
    def from_operator(cls, operator):
        """The spec of an operator."""
        tensors, others = _parts(operator)
        return cls(operator._made_by, nest.map_structure(type_spec_from_value, tensors), others)

    def _serialize(self):
        return self._kind, self._specs, self._others

    @property
    def _component_specs(self):
        return nest.flatten(self._specs)

    def _to_components(self, value):
        return nest.flatten(_parts(value)[0])

    def _from_components(self, components):
        tensors = nest.pack_sequence_as(self._specs, components)
        return self._kind(**tensors, **self._others)

    def __repr__(self):
        return f"{self._kind.__name__}Spec({self._specs}, {self._others})"


class OperatorGradient:
    """The gradient of an operator is an operator of the gradients of its tensors."""

    def get_gradient_components(self, value):
        """The tensors whose gradients are asked for."""
        return nest.flatten(_parts(value)[0], expand_composites=True)

    def replace_gradient_components(self, value, components):
        """The operator of gradients; zeros where one is None, None where all are."""
        if all(g is None for g in components):
            return None
        mine = self.get_gradient_components(value)
        filled = [array.zeros_like(x) if g is None else g for x, g in zip(mine, components)]
        return nest.pack_sequence_as(value, filled, expand_composites=True)


# Slicing -----------------------------------------------------------------------------------------


def batch_slice(operator, key, batch=None):
    """The operator of the part of the batch that `key` picks.

    Its tensors may have fewer batch axes than `batch`, the shape of the whole batch, or axes of
    size 1 in their place: what broadcasts is not cut.
    """
    key = key if isinstance(key, tuple) else (key,)
    batch = operator.batch_shape if batch is None else batch
    made = dict(operator.parameters)
    for name, rank in operator._parameter_ranks.items():
        if made[name] is not None:
            made[name] = nest.map_structure(
                lambda part, rank=rank: _sliced(part, rank, key, batch), getattr(operator, name)
            )
    return operator._made_by(**made)


def _sliced(part, rank, key, batch):
    if hasattr(part, "_parameter_ranks"):
        return batch_slice(part, key, batch)
    part = convert_to_tensor(part)
    sizes = part.shape.as_list()
    own = sizes[: len(sizes) - rank]
    if not own:
        return part
    missing = batch.rank - len(own)
    if missing:
        part = part[(None,) * missing]
    own = [1] * missing + own
    rest = [slice(None)] * rank if Ellipsis in key else [Ellipsis]
    return part[(*_within(key, batch.as_list(), own), *rest)]


def _within(key, batch, own):
    """The keys for axes of sizes `own`, which broadcast to the sizes `batch`."""
    found, axis = [], 0
    for i, k in enumerate(key):
        if k is Ellipsis:
            axis = len(batch) - sum(after is not None for after in key[i + 1 :])
        elif k is not None:
            if own[axis] == 1 and batch[axis] != 1:
                k = slice(None) if isinstance(k, slice) else 0
            axis += 1
        found.append(k)
    return found
