"""What a dataset is: a function that starts passes over elements, and where its inputs come from.

A `Pipeline` holds `iterate` and its arguments: other datasets, tensors, traced functions, numbers.
An element, inside, is a flat tuple of NumPy arrays (`structure.py`). A dataset that only chooses
and orders the rows of arrays in memory says so with a *table*: the columns and a function that
starts a pass over row numbers. Shuffling such a dataset moves numbers, and a batch is one slice of
each column.
"""

import copy
import functools

import numpy as np

from minitf.core.convert import to_numpy
from minitf.core.registry import Cell
from minitf.core.tensor import EagerTensor, SymbolicTensor, Tensor
from minitf.data.seeds import Seeds
from minitf.data.traced import Traced

INFINITE, UNKNOWN = -1, -2


class Pipeline:
    """A dataset without its face.

    Args:
      kind: the name of TensorFlow's class for such a dataset, which is what it prints as.
      element_spec: describes the elements.
      iterate: `iterate(*args)` starts a pass and returns an iterator of component tuples.
      args: may hold datasets, traced functions and symbolic tensors: see `bind`.
      size: the number of elements, `INFINITE` or `UNKNOWN`.
      table: `table(*args)` returns (columns, numbers) or None.
      ahead: whether elements can be computed before they are asked for, which nobody sees.
    """

    kind = "Dataset"
    iterate = table_of = None

    def _set(self, kind, element_spec, iterate, args=(), size=UNKNOWN, table=None, ahead=False):
        self.kind, self._element_spec, self.iterate = kind, element_spec, iterate
        self.args, self.size, self.table_of, self.ahead = args, size, table, ahead
        self._options = None
        return self

    # Passes ------------------------------------------------------------------------------------

    def table(self):
        """(columns, numbers): arrays, and a function that starts a pass over row numbers.

        None where the elements are not rows of arrays.
        """
        return None if self.table_of is None else self.table_of(*map(value_of, self.args))

    def elements(self):
        """A fresh pass: an iterator of tuples of components."""
        table = self.table()
        if table is None:
            return iter(self.iterate(*map(value_of, self.args)))
        columns, numbers = table
        if len(columns) == 1:
            column = columns[0]
            return ((column[i],) for i in numbers())
        return (tuple([column[i] for column in columns]) for i in numbers())

    def itself(self):
        """This dataset."""
        return self

    def run(self):
        """What `iterate` returns, where that is one element and not an iterator."""
        return self.iterate(*map(value_of, self.args))

    # Datasets in traced functions ----------------------------------------------------------------

    def tensors(self):
        """The symbolic tensors among the arguments of this dataset and of its inputs."""
        found = {}
        for argument in self.args:
            for leaf in argument if isinstance(argument, tuple) else (argument,):
                if isinstance(leaf, SymbolicTensor):
                    found[id(leaf)] = leaf
                elif isinstance(leaf, Pipeline | Traced):
                    found.update((id(t), t) for t in leaf.tensors())
        return list(found.values())

    @property
    def is_symbolic(self):
        """Whether the dataset waits for the values of tensors."""
        return bool(self.tensors())

    def bind(self, values):
        """This dataset with values for symbolic tensors: `{id: EagerTensor}`."""
        bound = copy.copy(self)
        bound.args = tuple([_bind(argument, values) for argument in self.args])
        return bound


def _bind(argument, values):
    if isinstance(argument, tuple):
        return tuple([_bind(leaf, values) for leaf in argument])
    if isinstance(argument, SymbolicTensor):
        return values.get(id(argument), argument)
    if isinstance(argument, Pipeline | Traced):
        return argument.bind(values) if argument.tensors() else argument
    return argument.again() if isinstance(argument, Seeds) else argument


def number(value, dtype=np.int64):
    """A number among the arguments of a dataset: an int, or the symbolic tensor that it is."""
    if isinstance(value, SymbolicTensor):
        return value
    if isinstance(value, Tensor) or hasattr(value, "__tf_tensor__"):
        return np.asarray(value)[()].item()
    return to_numpy(value, dtype).item()


def value_of(argument):
    """An argument without its tensors: their arrays, or what their handles stand for."""
    if isinstance(argument, tuple):
        return tuple([value_of(leaf) for leaf in argument])
    if type(argument) is not EagerTensor:
        return argument
    value = argument._value
    return value.value if type(value) is Cell else np.asarray(value)


def ordered(fn, child, *args):
    """A pass through a transformation of `order.py`."""
    return fn(child.elements, *args)


def ordered_table(fn, child, *args):
    """The same for row numbers, where the input is a table."""
    table = child.table()
    if table is None:
        return None
    columns, numbers = table
    return columns, functools.partial(fn, numbers, *args)


def ordering(fn):
    """(`iterate`, `table`) of a transformation of `order.py`."""
    return functools.partial(ordered, fn), functools.partial(ordered_table, fn)
