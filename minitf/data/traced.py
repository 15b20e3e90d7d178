"""A user's function of elements, such as that of `map`: traced once, then run on NumPy arrays.

What is a nest of tensors to the function is a flat tuple of components outside (`structure.py`).
A function may take datasets (windows) and return them (`flat_map`): a dataset made while tracing
holds symbolic tensors, and is bound to their values whenever the function is run.
"""

import copy
import itertools

import jax
import numpy as np

from minitf import autograph, dtypes, nest
from minitf.core.frames import EagerFrame, stack
from minitf.core.registry import Cell, NeedsValue
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.data.structure import (
    DatasetSpec,
    NoneTensorSpec,
    as_array,
    leaves_of,
    normalize,
    spec_of,
)  # fmt: skip
from minitf.graphs.func_graph import trace
from minitf.graphs.program import Program
from minitf.specs import TensorSpec

_BLOCK = 128  # elements that one compiled call works on, where that cannot be told apart
_WARM_UP = 16  # elements that are worked on one by one before


def tensor_specs(spec):
    """The (shape, dtype) of the tensors that carry a component of `spec`."""
    if isinstance(spec, TensorSpec):
        return [(spec.shape, spec.dtype)]
    if isinstance(spec, DatasetSpec):
        return [((), dtypes.variant)]
    if isinstance(spec, NoneTensorSpec):
        return []
    return [(s.shape, s.dtype) for s in nest.flatten(spec._component_specs, True)]


def to_tensors(value, spec):
    """The tensors that carry a component, which may be a tensor or an array."""
    if isinstance(spec, TensorSpec):
        is_tensor = isinstance(value, EagerTensor | SymbolicTensor)
        return [value if is_tensor else EagerTensor(as_array(value, spec))]
    if isinstance(spec, NoneTensorSpec):
        return []
    if isinstance(spec, DatasetSpec):
        return [EagerTensor(Cell(value))]
    return nest.flatten(spec._to_components(value), True)


def _outputs(leaf, spec):
    """The tensors that a traced function must compute for a part of its result."""
    if isinstance(spec, DatasetSpec):
        return [t for t in leaf.tensors() if t.dtype != dtypes.variant]
    return to_tensors(leaf, spec)


def from_tensors(tensors, spec, make_dataset):
    """A component from the iterator of the tensors that carry it."""
    if isinstance(spec, TensorSpec):
        return next(tensors)
    if isinstance(spec, NoneTensorSpec):
        return None
    if isinstance(spec, DatasetSpec):
        return make_dataset(next(tensors), spec.element_spec)
    parts = [next(tensors) for _ in tensor_specs(spec)]
    return spec._from_components(nest.pack_sequence_as(spec._component_specs, parts, True))


class Traced:
    """`function`, traced on an element of `spec`.

    Args:
      function: takes the parts of the element where it is a tuple, else the element.
      specs: those of the arguments' elements: the function takes the parts of all of them.
      make_dataset: `(handle, element_spec) -> Dataset`, for arguments that are datasets.

    Attributes:
      spec: the `element_spec` of the result.
    """

    def __init__(self, function, specs, make_dataset):
        self.function, self.make_dataset = function, make_dataset
        flat = [nest.flatten(spec) for spec in specs]
        self.input_specs = [s for leaves in flat for s in leaves]
        result, widths = [], [len(leaves) for leaves in flat]
        converted = autograph.convert(function)

        def call(*tensors):
            tensors = iter(tensors)
            leaves = iter([from_tensors(tensors, s, make_dataset) for s in self.input_specs])
            arguments = []
            for spec, width in zip(specs, widths):
                element = nest.pack_sequence_as(spec, [next(leaves) for _ in range(width)])
                arguments += element if type(element) is tuple and len(specs) == 1 else [element]
            value = converted(*arguments)
            value = normalize(tuple(value) if isinstance(value, list) else value)
            result.append(value)
            pairs = zip(leaves_of(value), nest.flatten(spec_of(value)))
            return [t for leaf, s in pairs for t in _outputs(leaf, s)]

        given = [pair for spec in self.input_specs for pair in tensor_specs(spec)]
        names = [f"args_{i}" for i in range(len(given))]
        name = getattr(function, "__name__", "function")
        self.body = trace(f"Dataset_{name}", call, given, names)
        self.result, self.spec = result[0], spec_of(result[0])
        self.output_specs = nest.flatten(self.spec)
        self.captured = list(self.body.captured)
        body = self.body
        split = len(body.inputs) - body.num_cells
        self._program = Program(
            body.operations, body.inputs[:split], body.inputs[split:], body.outputs
        )
        passed = [dtype for _, dtype in given] + [t.dtype for t in self.captured]
        # Handles of datasets and strings cannot enter compiled code.
        self.is_host = any(d in (dtypes.variant, dtypes.string) for d in passed)
        self._block = None

    def tensors(self):
        """The symbolic tensors, of a function around this one, that it uses."""
        return [t for t in self.captured if isinstance(t, SymbolicTensor)]

    def bind(self, values):
        """This function with values for symbolic tensors: `{id: EagerTensor}`."""
        if not self.tensors():
            return self
        bound = copy.copy(self)
        bound.captured = [values.get(id(t), t) for t in self.captured]
        bound._block = None
        return bound

    def __call__(self, *components):
        """The components of the result, for the components of the arguments in order."""
        tensors = [t for c, s in zip(components, self.input_specs) for t in to_tensors(c, s)]
        return self._pack(self._run(tensors), tensors)

    def _run(self, tensors):
        if self.is_host:
            with stack.push(EagerFrame()):
                outputs = self.body.eagerly([*tensors, *self.captured])
            return [t._value for t in outputs]
        given = [*tensors, *self.captured]
        split = len(given) - self.body.num_cells
        arrays = [t._value for t in given[:split]]
        return self._program(arrays, [t._value for t in given[split:]])

    def _pack(self, arrays, tensors):
        arrays = iter(arrays)
        bindings = None
        components = []
        for leaf, spec in zip(leaves_of(self.result), self.output_specs):
            if isinstance(spec, TensorSpec):
                components.append(np.asarray(next(arrays)))
            elif isinstance(spec, DatasetSpec) and leaf.is_symbolic:
                if bindings is None:
                    bindings = {id(p): t for p, t in zip(self.body.given, tensors)}
                    bindings |= {id(i): o for o, i in zip(self.captured, self._inner_captures())}
                plain = [t for t in leaf.tensors() if t.dtype != dtypes.variant]
                components.append(
                    leaf.bind(bindings | {id(t): EagerTensor(next(arrays)) for t in plain})
                )
            elif isinstance(spec, DatasetSpec):
                components.append(leaf)
            else:
                values = iter([EagerTensor(np.asarray(next(arrays))) for _ in tensor_specs(spec)])
                components.append(from_tensors(values, spec, self.make_dataset))
        return tuple(components)

    def _inner_captures(self):
        return self.body.inputs[len(self.body.given) :]

    # Many elements in one call -----------------------------------------------------------------

    @property
    def is_pure(self):
        """Whether elements may be worked on ahead and together: tensors of one shape, no state."""
        specs = [*self.input_specs, *self.output_specs]
        return (
            not self.body.num_cells
            and not any(o.op_def.stateful or o.op_def.host for o in self.body.operations)
            and all(
                isinstance(s, TensorSpec)
                and s.shape.is_fully_defined()
                and s.dtype not in (dtypes.string, dtypes.variant)
                for s in specs
            )
        )

    def over(self, elements, ahead):
        """The results for `elements`; where `ahead` is true they may be taken before their turn."""
        if ahead and self.is_pure:
            return itertools.chain.from_iterable(self._blocks(elements))
        return itertools.starmap(self, elements)

    def _blocks(self, elements):
        """Iterators of results, which go on after an error (a generator would not)."""
        yield itertools.starmap(self, itertools.islice(elements, _WARM_UP))
        while block := list(itertools.islice(elements, _BLOCK)):
            alone = len(block) < _WARM_UP or self._program.is_checked  # an error has its element
            yield itertools.starmap(self, block) if alone else self._rows(block)

    def _rows(self, block):
        filled = block + [block[-1]] * (_BLOCK - len(block))
        columns = [
            np.stack([as_array(c, s) for c in column])
            for column, s in zip(zip(*filled), self.input_specs)
        ]
        try:
            results = self._vectorized()(columns, [t._value for t in self.captured])
        except (NeedsValue, NotImplementedError):  # an op that JAX has no vectorized form of
            return itertools.starmap(self, block)
        results = [np.asarray(r) for r in results]
        return (tuple([r[i] for r in results]) for i in range(len(block)))

    def _vectorized(self):
        if self._block is None:

            def one(columns, captured):
                return self._program._pure([*columns, *captured], [])[0]

            self._block = jax.jit(jax.vmap(one, in_axes=(0, None)))
        return self._block


def settle(spec, function, element_spec, name, make_dataset):
    """(traced function, spec of the state, spec of the output) of a `reduce` or a `scan`.

    The function is traced again with looser shapes until the state that it returns fits: `spec` is
    that of the first one.
    """
    output = None
    while True:
        traced = Traced(function, (spec, element_spec), make_dataset)
        found = traced.spec
        if name == "scan_func":
            if not isinstance(found, tuple) or len(found) != 2:
                raise TypeError(
                    "Invalid `scan_func`. `scan_func` should return a pair consisting of new state "
                    "and the output value."
                )
            found, output = found
        nest.assert_same_structure(spec, found)
        joined = nest.map_structure(_loosen, spec, found)
        if joined == spec:
            return traced, spec, output
        spec = joined


def _loosen(before, after):
    """The spec of a part of the state, seen before and after the function."""
    if isinstance(before, TensorSpec):
        if before.dtype != after.dtype:
            raise TypeError(
                "The element types for the new state must match the initial state. Expected "
                f"{before.dtype!r}; got {after.dtype!r}."
            )
        return TensorSpec(before.shape.most_specific_compatible_shape(after.shape), before.dtype)
    return before.most_specific_compatible_type(after)
