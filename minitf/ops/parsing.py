"""Serialized examples as tensors: which features to read, and of what kind each is.

An `Example` has features by name; a `SequenceExample` has, besides those, lists of features, one
for each step. A feature of fixed size gives a tensor, one of variable size a sparse or ragged one.
"""

import collections

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import messages
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_features import RaggedFeature, count_of_splits, cut, rows_of
from minitf.ops.sparse import SparseTensor
from minitf.shapes import TensorShape, listed

FixedLenFeature = collections.namedtuple(
    "FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None]
)
FixedLenSequenceFeature = collections.namedtuple(
    "FixedLenSequenceFeature",
    ["shape", "dtype", "allow_missing", "default_value"],
    defaults=[False, None],
)
VarLenFeature = collections.namedtuple("VarLenFeature", ["dtype"])
SparseFeature = collections.namedtuple(
    "SparseFeature",
    ["index_key", "value_key", "dtype", "size", "already_sorted"],
    defaults=[False],
)


_KINDS = {"bytes_list": "string", "float_list": "float", "int64_list": "int64"}
_NAMES = {"float32": "float"}  # what TensorFlow's messages call it


def _values(feature, dtype, key):
    """The values of a feature, None where it is not there."""
    kind = None if feature is None else feature.WhichOneof("kind")
    if kind is None:
        return None
    wanted = {"string": "bytes_list", "float32": "float_list", "int64": "int64_list"}[dtype.name]
    if kind != wanted:
        raise errors.InvalidArgumentError(
            None,
            None,
            f"Key: {key}.  Data types don't match. Data type: {_KINDS[kind]} but "
            f"expected type: {_NAMES.get(dtype.name, dtype.name)}",
        )
    given = getattr(feature, kind).value
    array = np.empty(len(given), dtype.np)
    array[:] = given
    return array


def _default(spec, dtype):
    value = convert_to_tensor(spec.default_value, dtype).numpy()
    return np.asarray(value, dtype.np).ravel()


def _line(rows, dtype):
    """All values of rows of values."""
    return np.concatenate([np.empty(0, dtype.np), *rows])


# Kinds of features: what to read of rows of features, and what tensors it gives ------------------


def _fixed(rows, key, spec):
    shape = TensorShape(spec.shape).as_list()
    size, dtype = int(np.prod(shape)), dtypes.as_dtype(spec.dtype)
    result = []
    for row in rows:
        values = _values(row.get(key), dtype, key)
        if values is None and spec.default_value is None:
            raise errors.InvalidArgumentError(
                None, None, f"Feature: {key} (data type: {_NAMES.get(dtype.name, dtype.name)}) is "
                "required but could not be found."
            )  # fmt: skip
        if values is None:
            default = _default(spec, dtype)
            values = default if default.size == size else np.repeat(default, size)
        if len(values) != size:
            raise errors.InvalidArgumentError(
                None, None, f"Key: {key}.  Number of {_NAMES.get(dtype.name, dtype.name)} values "
                f"!= expected.  Values size: {len(values)} but output shape: {listed(shape)}"
            )  # fmt: skip
        result.append(values.reshape(shape))
    return [np.stack(result) if result else np.empty([0, *shape], dtype.np)]


def _padded(rows, key, spec):
    """[batch, longest, *shape]; what is missing at the end is `default_value` or zero."""
    shape = TensorShape(spec.shape).as_list()
    size, dtype = int(np.prod(shape)), dtypes.as_dtype(spec.dtype)
    found = [_values(row.get(key), dtype, key) for row in rows]
    found = [np.empty(0, dtype.np) if v is None else v for v in found]
    for values in found:
        if len(values) % size:
            raise errors.InvalidArgumentError(
                None, None, f"Key: {key}.  Number of {_NAMES.get(dtype.name, dtype.name)} values "
                f"is not a multiple of stride length. Saw {len(values)} values but output shape "
                f"is: {listed([None, *shape])}"
            )  # fmt: skip
    longest = max([len(v) // size for v in found], default=0)
    filler = b"" if dtype == dtypes.string else 0
    filler = filler if spec.default_value is None else _default(spec, dtype)[0]
    result = np.full((len(found), longest * size), filler, dtype.np)
    for line, values in zip(result, found):
        line[: len(values)] = values
    return [result.reshape(len(found), longest, *shape)]


def _all_values(rows, key, dtype):
    found = [_values(row.get(key), dtype, key) for row in rows]
    return [np.empty(0, dtype.np) if v is None else v for v in found]


def _variable(rows, key, spec):
    dtype = dtypes.as_dtype(spec.dtype)
    found = _all_values(rows, key, dtype)
    places = [[i, j] for i, values in enumerate(found) for j in range(len(values))]
    longest = max([len(values) for values in found], default=0)
    return [np.array(places, np.int64).reshape(-1, 2), _line(found, dtype),
            np.array([len(found), longest], np.int64)]  # fmt: skip


def _ragged(rows, key, spec):
    dtype = dtypes.as_dtype(spec.dtype)
    found = _all_values(rows, spec.value_key or key, dtype)

    def told(row):
        return lambda key: _all_values([row], key, dtypes.int64)[0]

    return [_line(found, dtype), *cut(spec, found, list(map(told, rows)))]


def _sparse(rows, key, spec):
    dtype = dtypes.as_dtype(spec.dtype)
    keys = [spec.index_key] if isinstance(spec.index_key, str) else list(spec.index_key)
    sizes = [spec.size] if isinstance(spec.size, int) else list(spec.size)
    places, values = [], _all_values(rows, spec.value_key, dtype)
    for i, (row, own) in enumerate(zip(rows, values)):
        columns = [_all_values([row], k, dtypes.int64)[0] for k in keys]
        if any(len(column) != len(own) for column in columns):
            raise errors.InvalidArgumentError(
                None, None, f"SparseFeature {key}: as many values of {spec.value_key} as indices "
                f"of {keys} are needed"
            )  # fmt: skip
        places += [[i, *place] for place in zip(*(column.tolist() for column in columns))]
    indices = np.array(places, np.int64).reshape(-1, len(keys) + 1)
    order = np.arange(len(indices)) if spec.already_sorted else np.lexsort(indices.T[::-1])
    return [indices[order], _line(values, dtype)[order], np.array([len(rows), *sizes], np.int64)]


_READ = {FixedLenFeature: _fixed, FixedLenSequenceFeature: _padded, VarLenFeature: _variable,
         RaggedFeature: _ragged, SparseFeature: _sparse}  # fmt: skip
_SPARSE = (VarLenFeature, SparseFeature)


def _described(batch, spec):
    """(shape, dtype) of the tensors that a feature gives."""
    dtype = dtypes.as_dtype(spec.dtype)
    if isinstance(spec, FixedLenFeature):
        return [(batch.concatenate(spec.shape), dtype)]
    if isinstance(spec, FixedLenSequenceFeature):
        return [(batch.concatenate([None]).concatenate(spec.shape), dtype)]
    if isinstance(spec, RaggedFeature):
        kind, rows = dtypes.as_dtype(spec.row_splits_dtype), batch[0] if batch.rank else None
        splits = [(TensorShape([None]), kind)] * (count_of_splits(spec) - 1)
        whole = (TensorShape([None if rows is None else rows + 1]), kind)
        return [(TensorShape([None]), dtype), *splits, whole]
    rank = 2 if isinstance(spec, VarLenFeature) or isinstance(spec.index_key, str) else (
        1 + len(spec.index_key))  # fmt: skip
    return [(TensorShape([None, rank]), dtypes.int64), (TensorShape([None]), dtype),
            (TensorShape([rank]), dtypes.int64)]  # fmt: skip


def _tensor(spec, flat):
    """The tensor of a feature, from the next ones of `flat`."""
    if isinstance(spec, _SPARSE):
        return SparseTensor(next(flat), next(flat), next(flat))
    if isinstance(spec, RaggedFeature):
        return rows_of(spec, next(flat), flat)
    return next(flat)


def _checked(features):
    """(key, feature) pairs in TensorFlow's order, hashable; errors name the key."""
    if not features:
        raise ValueError(f"Missing: features was {features}.")
    for key, spec in features.items():
        if type(spec) not in _READ:
            raise ValueError(f"Invalid feature {key}:{spec}.")
        if isinstance(spec, FixedLenSequenceFeature) and not spec.allow_missing:
            raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be "
                             "True.")  # fmt: skip
        if isinstance(spec, FixedLenFeature) and spec.shape is None:
            raise ValueError(f"Missing shape for feature {key}. Received feature={spec}.")
    ordered = sorted(features, key=lambda key: (isinstance(features[key], FixedLenFeature), key))
    return tuple((key, _hashable(features[key])) for key in ordered)


def _hashable(spec):
    def plain(value):
        if isinstance(value, TensorShape):
            return tuple(value.as_list())
        return tuple(np.ravel(value).tolist()) if isinstance(value, list | np.ndarray) else value

    return type(spec)(*map(plain, spec))


# Examples ----------------------------------------------------------------------------------------


def _messages(serialized, kind):
    for text in serialized.tolist():
        try:
            yield kind.FromString(text)
        except (ValueError, IndexError, KeyError, TypeError):
            raise errors.InvalidArgumentError(
                None, None, "Could not parse example input, value: " + repr(text)[1:]
            ) from None


def _parse(serialized, *, features):
    rows = [e.features.feature for e in _messages(serialized, messages.Example)]
    return tuple(x for key, spec in features for x in _READ[type(spec)](rows, key, spec))


PARSE = define(
    "ParseExampleV2", _parse, "S", num_outputs=None, host=True, differentiable=False,
    infer=lambda inputs, attrs: [
        x for _, spec in attrs[0] for x in _described(TensorShape(inputs[0].shape[:1]), spec)],
)  # fmt: skip


def parse_example(serialized, features, example_names=None, name=None):
    """The features of a vector of serialized examples: `{key: tensor}`.

    Args:
      features: `{key: feature}`, of `FixedLenFeature` (tensors), `FixedLenSequenceFeature` (padded
        tensors), `VarLenFeature` and `SparseFeature` (sparse ones), `RaggedFeature`.

    Raises:
      InvalidArgumentError: a feature that has no default is not there, or is of another kind.
    """
    ordered = _checked(features)
    flat = execute(PARSE, (convert_to_tensor(serialized, dtypes.string),), (ordered,), name)
    flat = iter(flat)
    return {key: _tensor(spec, flat) for key, spec in ordered}


def parse_single_example(serialized, features, example_names=None, name=None):
    """As `parse_example`, for one serialized example."""
    return _first(parse_example([serialized], features, example_names, name))


def _first(parsed):
    """Tensors of one example, from those of a batch that has just this one."""
    return {key: _first_of(value) for key, value in parsed.items()}


def _first_of(value):
    if isinstance(value, SparseTensor):
        return SparseTensor(value.indices[:, 1:], value.values, value.dense_shape[1:])
    return value.values if isinstance(value, RaggedTensor) else value[0]


# Sequences ---------------------------------------------------------------------------------------


def _steps(lists, key, spec):
    """The values of each step of each example's list."""
    dtype = dtypes.as_dtype(spec.dtype)
    found = []
    for row in lists:
        if key not in row and not getattr(spec, "allow_missing", True):
            raise errors.InvalidArgumentError(
                None, None, f"Name: <unknown>, Feature list '{key}' is required but could not be "
                "found.  Did you mean to include it in feature_list_dense_missing_assumed_empty?"
            )  # fmt: skip
        steps = row[key].feature if key in row else []
        found.append([_values(step, dtype, key) for step in steps])
    return [[np.empty(0, dtype.np) if v is None else v for v in steps] for steps in found]


def _ragged_sequence(lists, key, spec):
    """As `_ragged`, each step a row; then the splits of the steps of whole examples."""
    steps, counts = [], []
    for row in lists:
        features = {name: given.feature for name, given in row.items()}
        counts.append(len(features.get(spec.value_key or key, ())))
        steps += [
            {name: given[i] for name, given in features.items() if i < len(given)}
            for i in range(counts[-1])
        ]
    kind = dtypes.as_dtype(spec.row_splits_dtype).np
    return [*_ragged(steps, key, spec), np.cumsum([0, *counts]).astype(kind)]


def _sequence(lists, key, spec):
    if isinstance(spec, RaggedFeature):
        return _ragged_sequence(lists, key, spec)
    dtype, found = dtypes.as_dtype(spec.dtype), _steps(lists, key, spec)
    longest = max(map(len, found), default=0)
    if isinstance(spec, FixedLenSequenceFeature):
        shape = TensorShape(spec.shape).as_list()
        filler = b"" if dtype == dtypes.string else 0
        result = np.full((len(found), longest, *shape), filler, dtype.np)
        for i, steps in enumerate(found):
            for j, values in enumerate(steps):
                if len(values) != np.prod(shape):
                    raise errors.InvalidArgumentError(
                        None, None, f"Key: {key}, Index: {j}.  Number of "
                        f"{_NAMES.get(dtype.name, dtype.name)} values != expected.  values size: "
                        f"{len(values)} but output shape: {listed(shape)}"
                    )  # fmt: skip
                result[i, j] = values.reshape(shape)
        return [result, np.array([len(steps) for steps in found], np.int64)]
    line = _line([values for steps in found for values in steps], dtype)
    places = [[i, j, k] for i, steps in enumerate(found) for j, v in enumerate(steps)
              for k in range(len(v))]  # fmt: skip
    widest = max([len(v) for steps in found for v in steps], default=0)
    return [np.array(places, np.int64).reshape(-1, 3), line,
            np.array([len(found), longest, widest], np.int64)]  # fmt: skip


def _sequence_described(batch, spec):
    dtype = dtypes.as_dtype(spec.dtype)
    if isinstance(spec, FixedLenSequenceFeature):
        return [(batch.concatenate([None]).concatenate(spec.shape), dtype), (batch, dtypes.int64)]
    if isinstance(spec, RaggedFeature):
        splits = TensorShape([None]), dtypes.as_dtype(spec.row_splits_dtype)
        return [(TensorShape([None]), dtype), *[splits] * (1 + count_of_splits(spec))]
    return [(TensorShape([None, 3]), dtypes.int64), (TensorShape([None]), dtype),
            (TensorShape([3]), dtypes.int64)]  # fmt: skip


def _parse_sequences(serialized, *, context, sequences):
    every = list(_messages(serialized, messages.SequenceExample))
    rows = [m.context.feature for m in every]
    lists = [m.feature_lists.feature_list for m in every]
    found = [x for key, spec in context for x in _READ[type(spec)](rows, key, spec)]
    return (*found, *(x for key, spec in sequences for x in _sequence(lists, key, spec)))


PARSE_SEQUENCES = define(
    "ParseSequenceExampleV2", _parse_sequences, "S", num_outputs=None, host=True,
    differentiable=False,
    infer=lambda inputs, attrs: [
        *(x for _, spec in attrs[0] for x in _described(inputs[0].shape, spec)),
        *(x for _, spec in attrs[1] for x in _sequence_described(inputs[0].shape, spec))],
)  # fmt: skip


def _checked_sequences(features):
    for key, spec in features.items():
        if not isinstance(spec, FixedLenSequenceFeature | VarLenFeature | RaggedFeature):
            raise ValueError(f"Unsupported: sequence feature {key}: {spec}")
    return tuple((key, _hashable(features[key])) for key in sorted(features))


def parse_sequence_example(serialized, context_features=None, sequence_features=None,
                           example_names=None, name=None):  # fmt: skip
    """The features of serialized sequence examples.

    Args:
      serialized: texts [batch].
      context_features: `{key: feature}` of whole examples; see `parse_example`.
      sequence_features: `{key: feature}` of steps: `FixedLenSequenceFeature` (tensors [batch,
        longest, ...]), `VarLenFeature` (sparse [batch, longest, widest]) or `RaggedFeature`.

    Returns:
      (`{key: tensor}` of examples, the same of sequences, the lengths [batch] of those that are
      tensors).
    """
    if not context_features and not sequence_features:
        raise ValueError("Either `context_features` or `sequence_features` must be specified.")
    context = _checked(context_features) if context_features else ()
    sequences = _checked_sequences(sequence_features or {})
    texts = convert_to_tensor(serialized, dtypes.string)
    flat = iter(execute(PARSE_SEQUENCES, (texts,), (context, sequences), name))
    found, lengths = {}, {}
    whole = {key: _tensor(spec, flat) for key, spec in context}
    for key, spec in sequences:
        if isinstance(spec, FixedLenSequenceFeature):
            found[key], lengths[key] = next(flat), next(flat)
        elif isinstance(spec, RaggedFeature):
            inner = rows_of(spec, next(flat), flat)
            found[key] = RaggedTensor.from_row_splits(inner, next(flat), validate=False)
        else:
            found[key] = _tensor(spec, flat)
    return whole, found, lengths


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None,
                                  example_name=None, name=None):  # fmt: skip
    """As `parse_sequence_example`, for one: (`{key: tensor}`, the same of sequences)."""
    whole, found, _ = parse_sequence_example(
        [serialized], context_features, sequence_features, example_name, name
    )
    return _first(whole), _first(found)
