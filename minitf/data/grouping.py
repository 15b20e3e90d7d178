"""Transformations that make several elements one, or one several: batches, windows, groups."""

import itertools

import numpy as np

from minitf import errors
from minitf.data import structure
from minitf.ops.ragged import RaggedTensor, RaggedTensorSpec
from minitf.ops.sparse import SparseTensor


def batch(child, size, drop_remainder, specs):
    """Each `size` elements stacked. From a table, a batch is one slice of each column."""
    table = child.table()
    if table is not None:
        yield from _table_batches(*table, size, drop_remainder)
        return
    elements = child.elements()
    while group := list(itertools.islice(elements, size)):
        if len(group) < size and drop_remainder:
            return
        yield stack(group, specs)


def _table_batches(columns, numbers, size, drop_remainder):
    rows = iter(numbers())
    while True:
        chosen = np.fromiter(itertools.islice(rows, size), np.int64)
        count = len(chosen)
        if not count or count < size and drop_remainder:
            return
        first = int(chosen[0])
        if chosen[-1] - first == count - 1 and (np.diff(chosen) == 1).all():
            chosen = slice(first, first + count)
        yield tuple([column[chosen] for column in columns])


def stack(group, specs):
    """The components of a batch of elements."""
    return tuple([
        structure.stack(parts, spec, i) for i, (parts, spec) in enumerate(zip(zip(*group), specs))
    ])  # fmt: skip


def as_ragged(child, specs):
    """The elements with components of several axes of unknown size as ragged tensors."""
    for components in child.elements():
        yield tuple([
            RaggedTensor.from_tensor(c, ragged_rank=s.ragged_rank)
            if isinstance(s, RaggedTensorSpec) and s.ragged_rank else c
            for c, s in zip(components, specs)
        ])  # fmt: skip


def as_sparse(child, spec):
    """The elements as sparse tensors of the shape that `spec` says.

    Raises:
      tf.errors.DataLossError: an element is greater.
    """
    for (array,) in child.elements():
        sizes = [n if size is None else size for n, size in zip(array.shape, spec.shape)]
        if len(sizes) != array.ndim or any(n > size for n, size in zip(array.shape, sizes)):
            raise errors.DataLossError(
                None, None, f"larger than the row shape: {list(array.shape)}, {spec.shape}"
            )
        places = np.argwhere(np.ones(array.shape, bool))
        yield (SparseTensor(places, array.ravel(), sizes),)


def padded_batch(child, size, drop_remainder, shapes, values, specs):
    """As `batch`, each component filled up to its shape (None: to the largest of the batch)."""
    elements = child.elements()
    while group := list(itertools.islice(elements, size)):
        if len(group) < size and drop_remainder:
            return
        yield pad(group, shapes, values, specs)


def pad(group, shapes, values, specs):
    """The components of a padded batch of elements."""
    return tuple([
        structure.pad_and_stack(parts, spec, shape, value)
        for parts, spec, shape, value in zip(zip(*group), specs, shapes, values)
    ])  # fmt: skip


def unbatch(child, specs):
    """The rows of each element."""
    for components in child.elements():
        sizes = {len(c) for c, s in zip(components, specs) if hasattr(c, "__len__")}
        if len(sizes) > 1:
            raise errors.InvalidArgumentError(
                None, None,
                "Input element must have the same batch size in each component. Component 0 had "
                f"size {len(components[0])} but component 1 had size {len(components[1])}.",
            )  # fmt: skip
        yield from zip(*[structure.rows_of(c, s) for c, s in zip(components, specs)])


def rebatch(child, sizes, drop_remainder, specs):
    """The rows of the elements, in batches whose sizes go round `sizes`."""
    rows = unbatch(child, specs)
    row_specs = [structure.row_spec(s) for s in specs]
    for size in itertools.cycle(sizes):
        group = list(itertools.islice(rows, size))
        if not group or len(group) < size and drop_remainder:
            return
        yield stack(group, row_specs)


def window(child, size, shift, stride, drop_remainder, make):
    """Datasets of `size` elements, `stride` apart, that begin every `shift` elements.

    `make(groups)` makes the datasets, one for each component.
    """
    elements, held = child.elements(), []
    span = (size - 1) * stride + 1
    while True:
        held += itertools.islice(elements, span - len(held))
        group = held[::stride]
        if not group or len(group) < size and drop_remainder:
            return
        yield make(group)
        skipped = max(shift - len(held), 0)
        held = held[shift:]
        if skipped and sum(1 for _ in itertools.islice(elements, skipped)) < skipped:
            return


def group_by_window(child, key, size_of, reduce, make):
    """Elements gathered by `key(element)`; each full window becomes `reduce(key, dataset)`.

    `make(elements)` makes a dataset. What is left at the end comes in the order of the keys.
    """
    groups, sizes = {}, {}
    for element in child.elements():
        number = key(*element)[0]
        name = int(number)
        if name not in groups:
            groups[name], sizes[name] = [], int(size_of(number)[0])
            if sizes[name] <= 0:
                raise errors.InvalidArgumentError(
                    None, None, f"Window size must be greater than zero, but got {sizes[name]}."
                )
        groups[name].append(element)
        if len(groups[name]) == sizes[name]:
            yield from reduce(number, make(groups.pop(name)))[0].elements()
    for name in sorted(groups):
        yield from reduce(np.int64(name), make(groups[name]))[0].elements()


def group_by_reducer(child, key, begin, step, finish):
    """The elements of each key, gathered in a state; the results come in the order of the keys."""
    states = {}
    for element in child.elements():
        number = key(*element)[0]
        name = int(number)
        states[name] = step(*(states[name] if name in states else begin(number)), *element)
    for name in sorted(states):
        yield finish(*states[name])


def buckets(child, length, boundaries, sizes, padding, specs, drop_remainder):
    """Batches of elements whose lengths lie between the same two of `boundaries`.

    `padding` is None, or (shapes, values, whether to pad to the boundary of the bucket).
    """

    def batch_of(group, bucket):
        if padding is None:
            return stack(group, specs)
        shapes, values, to_boundary = padding
        if to_boundary:
            if bucket == len(boundaries):
                raise errors.InvalidArgumentError(
                    None, None,
                    "When pad_to_bucket_boundary=True, elements must have length < "
                    "max(bucket_boundaries).",
                )  # fmt: skip
            limit = boundaries[bucket] - 1
            shapes = [tuple(limit if d is None else d for d in shape) for shape in shapes]
        return pad(group, shapes, values, specs)

    groups = {}
    for element in child.elements():
        bucket = int(np.searchsorted(boundaries, int(length(*element)[0]), side="right"))
        group = groups.setdefault(bucket, [])
        group.append(element)
        if len(group) == sizes[bucket]:
            yield batch_of(groups.pop(bucket), bucket)
    if not drop_remainder:
        for bucket in sorted(groups):
            yield batch_of(groups[bucket], bucket)


def batch_size_of(dataset):
    """The size of the batches of a dataset that ends with `batch`, None for another one."""
    return dataset.args[1] if dataset.iterate in (batch, padded_batch) else None
