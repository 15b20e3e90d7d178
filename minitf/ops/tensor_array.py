"""`TensorArray`: a list of tensors that loops can write to.

It holds a Python list as long as the indices are known. As a loop variable it becomes one tensor,
`[size, *element]`; where no element has been written yet, that is an empty one, `[size, 0]`, and
the first write gives it its shape.
"""

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.core.registry import define
from minitf.core.tensor import EagerTensor
from minitf.kinds import kernel_name
from minitf.ops import array, gathering, joining
from minitf.shapes import TensorShape, as_shape


def _unknown(inputs, attrs):
    return [(TensorShape(None), inputs[0].dtype)]


def allocated(buffer, item, size=0):
    """`buffer` with room for elements of the shape of `item`, and at least for `size` of them."""
    if buffer.ndim > 1 and buffer.shape[-1] == 0 and buffer.shape[1:] != item.shape:
        buffer = jnp.zeros((buffer.shape[0], *item.shape), item.dtype)
    missing = size - buffer.shape[0]
    if missing > 0:
        buffer = jnp.concatenate([buffer, jnp.zeros((missing, *buffer.shape[1:]), buffer.dtype)])
    return buffer


def _set_item(buffer, index, item):
    return jax.lax.dynamic_update_index_in_dim(allocated(buffer, item), item, index, 0)


def _grow_item(buffer, index, item):
    return allocated(buffer, item, int(index) + 1).at[int(index)].set(item)


def _get_item(buffer, index, *, shape):
    return buffer[index]


def _shaped(inputs, attrs):
    (shape,) = attrs
    return [(TensorShape(shape), inputs[0].dtype)]


RESERVE = define(
    "TensorListReserve",
    lambda num_elements, *, dtype: jnp.zeros((int(num_elements), 0), dtype),
    "i",
    static=(0,),
    infer=lambda inputs, attrs: [(TensorShape(None), dtypes.as_dtype(attrs[0]))],
)
RESERVE_TEXT = define(
    "TensorListReserveOfStrings",
    lambda num_elements: np.empty((int(num_elements), 0), object),
    "i",
    host=True,
    infer=lambda inputs, attrs: [(TensorShape(None), dtypes.string)],
)


def _reserved(size, dtype):
    """Room for `size` elements whose shape is not known."""
    if dtype is dtypes.string:
        return execute(RESERVE_TEXT, (size,))
    return execute(RESERVE, (size,), (dtype.name,))


def _check_index(words):
    def verify(buffer, index, *_, **attrs):
        at, size = inspected(index), buffer.shape[0]
        if at is not None and shows((at < 0) | (at >= size)):
            raise errors.InvalidArgumentError(
                None, None, f"Trying to {words} element {at} in a list with {size} elements."
            )

    return verify


SET_ITEM = define("TensorListSetItem", _set_item, "TiT", infer=_unknown,
                  verify=_check_index("modify"))  # fmt: skip
GROW_ITEM = define("TensorListPushBack", _grow_item, "TiT", static=(1,), infer=_unknown)
GET_ITEM = define("TensorListGetItem", _get_item, "Ti", infer=_shaped,
                  verify=_check_index("access"))  # fmt: skip
STACK = define("TensorListStack", lambda buffer, *, shape: _filled(buffer, shape), "T",
               infer=_shaped)  # fmt: skip
LENGTH = define(
    "TensorListLength",
    lambda buffer: jnp.int32(buffer.shape[0]),
    "?",
    differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([]), dtypes.int32)],
)


def _filled(buffer, shape):
    """The buffer, with zeros for elements where none was written and their shape is known."""
    known = shape is not None and None not in shape[1:]
    if known and buffer.shape[1:] != tuple(shape[1:]) and buffer.shape[-1] == 0:
        return jnp.zeros((buffer.shape[0], *shape[1:]), buffer.dtype)
    return buffer


class TensorArray:
    """A list of tensors of one dtype, for loops.

    Args:
      dtype: of the elements.
      size: the number of elements.
      dynamic_size: whether writing beyond the end makes the list longer.
      clear_after_read: whether, eagerly, an element can be read only once (default True).
      infer_shape: whether all elements must have the same shape.
      element_shape: the shape of the elements, where it is known.

    >>> ta = TensorArray("float32", size=2)
    >>> ta = ta.write(0, 1.0).write(1, 2.0)
    >>> ta.stack().numpy()
    array([1., 2.], dtype=float32)
    """

    def __init__(self, dtype, size=None, dynamic_size=None, clear_after_read=None,
                 tensor_array_name=None, handle=None, flow=None, infer_shape=True,
                 element_shape=None, colocate_with_first_write_call=True, name=None):  # fmt: skip
        self._dtype = dtypes.as_dtype(dtype)
        self._dynamic = bool(dynamic_size)
        self._clear = True if clear_after_read is None else bool(clear_after_read)
        self._infer_shape = infer_shape
        self._element_shape = as_shape(element_shape)
        self._items, self._buffer = None, flow
        if flow is not None:
            return
        if handle is not None:
            raise ValueError("TensorArray handles are not supported: a TensorArray has none.")
        if size is None:
            raise ValueError(
                "Size must be declared for TensorArrays when eager execution is enabled."
                if frames.frame.sees()
                else "Argument `size` must be provided if argument `flow` is not provided."
            )
        if isinstance(size, float):
            raise TypeError(f"{size!r} cannot be interpreted as an integer: the size is one.")
        count = static_value(size)
        if count is None:
            self._buffer = _reserved(size, self._dtype)
        else:
            self._items = [None] * int(count)

    dtype = property(lambda self: self._dtype)
    element_shape = property(lambda self: self._element_shape)
    dynamic_size = property(lambda self: self._dynamic)
    flow = property(lambda self: self.__tf_loop_state__())
    handle = None

    # As a loop variable --------------------------------------------------------------------------

    def __tf_loop_state__(self):
        """All elements as one tensor."""
        if self._buffer is not None:
            return self._buffer
        if self._items and all(x is not None for x in self._items):
            return joining.stack(self._items)
        buffer = _reserved(len(self._items), self._dtype)
        for i, item in enumerate(self._items):
            if item is not None:
                buffer = execute(SET_ITEM, (buffer, i, item))
        return buffer

    def __tf_from_loop_state__(self, buffer):
        """This array with the elements that `buffer` holds."""
        return self._with(None, buffer)

    def _with(self, items, buffer=None, element_shape=None):
        other = object.__new__(TensorArray)
        other.__dict__.update(self.__dict__, _items=items, _buffer=buffer)
        if element_shape is not None:
            other._element_shape = element_shape
        return other

    # Elements ------------------------------------------------------------------------------------

    def write(self, index, value, name=None):
        """The array with `value` at `index`.

        Raises:
          tf.errors.OutOfRangeError: `index` is beyond the end of an array of fixed size.
          ValueError: the dtype or the shape of `value` is another than that of the elements.
        """
        value = convert_to_tensor(value, dtype_hint=self._dtype)
        eager, shape = frames.frame.sees(), self._element_shape
        if value.dtype != self._dtype:
            raise errors.InvalidArgumentError(
                None, None, f"TensorArray dtype is {self._dtype.name} but Op is trying to write "
                f"dtype {value.dtype.name} " if eager else
                f"Invalid data types; op elements {kernel_name(value.dtype)} but list elements "
                f"{kernel_name(self._dtype)}")  # fmt: skip
        if self._infer_shape and not shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Incompatible shape for value ({value.shape}), expected ({shape})" if eager
                else f"Inconsistent shapes: saw {value.shape} but expected {shape} ")  # fmt: skip
        merged = shape.merge_with(value.shape) if self._infer_shape else shape
        at = self._place(index)
        if self._items is None or at is None:
            op = GROW_ITEM if self._dynamic else SET_ITEM
            buffer = execute(op, (self.__tf_loop_state__(), index, value))
            return self._with(None, buffer, merged)
        at = int(at)
        if at < 0:
            raise errors.OutOfRangeError(
                None, None, f"Writing to negative indices (index {at}) is not allowed."
            )
        if at >= len(self._items) and not self._dynamic:
            raise errors.OutOfRangeError(
                None, None, f"Tried to write to index {at} but array is not resizeable and size "
                f"is: {len(self._items)} ")  # fmt: skip
        items = frames.frame.own(self._items)
        items += [None] * (at + 1 - len(items))
        items[at] = value
        if items is self._items:
            self._element_shape = merged
        return self._with(items, None, merged)

    def read(self, index, name=None):
        """The element at `index`."""
        at = self._place(index)
        if self._items is None or at is None:
            shape = self._element_shape
            dims = None if shape.rank is None else tuple(shape.as_list())
            return execute(GET_ITEM, (self.__tf_loop_state__(), index), (dims,), name)
        at = int(at)
        if at < 0:
            raise errors.OutOfRangeError(
                None, None, f"Reading from negative indices (index {at}) is not allowed."
            )
        if at >= len(self._items):
            raise errors.OutOfRangeError(
                None, None, f"Tried to read from index {at} but array size is: {len(self._items)} "
            )
        item = self._items[at]
        if item is _CLEARED:
            raise errors.InvalidArgumentError(
                None, None, f"Could not read index {at} twice because it was cleared after a "
                "previous read (perhaps try setting clear_after_read = false?)")  # fmt: skip
        if item is None:
            item = self._zeros("Trying to read an uninitialized tensor but element_shape")
        if self._clear:
            frames.frame.own(self._items)[at] = _CLEARED
        return item

    def _place(self, index):
        """`index` where it is known; in a graph the op refuses one that no element has."""
        at = static_value(index)
        inside = at is None or self._items is None or 0 <= at < len(self._items) or self._dynamic
        return at if inside or frames.frame.sees() else None

    def _zeros(self, words):
        """What an element is that was not written; without its shape an error of these words."""
        shape = self._element_shape
        if shape.is_fully_defined():
            return array.zeros(shape, self._dtype)
        if frames.frame.sees():
            raise ValueError(f"Cannot convert a partially known TensorShape {shape} to a Tensor.")
        raise errors.InvalidArgumentError(
            None, None, f"{words} is not fully defined: {shape} and no list element is set."
        )

    def size(self, name=None):
        """The number of elements, an int32 scalar."""
        if self._items is not None:
            return array.constant(len(self._items), dtypes.int32)
        return execute(LENGTH, (self._buffer,), (), name)

    # All elements --------------------------------------------------------------------------------

    def _listed(self, words):
        return [self._zeros(words) if x is None or x is _CLEARED else x for x in self._items]

    def stack(self, name=None):
        """All elements as one tensor `[size, ...]`."""
        if self._items:
            words = "Tried to stack list which only contains uninitialized tensors: element_shape"
            return joining.stack(self._listed(words), name=name or "stack")
        if self._items is not None:
            dims = [0] if self._element_shape.rank is None else [0, *self._element_shape.as_list()]
            return array.zeros([d or 0 for d in dims], self._dtype)
        shape = self._element_shape
        dims = None if shape.rank is None else (None, *shape.as_list())
        return execute(STACK, (self._buffer,), (dims,), name)

    def gather(self, indices, name=None):
        """The elements at `indices` as one tensor."""
        return gathering.gather(self.stack(), indices, name=name)

    def concat(self, name=None):
        """All elements, which may differ in their first dimension, joined along it."""
        if self._items is not None:
            if not self._items:
                raise errors.InvalidArgumentError(
                    None, None, "A TensorArray without elements has nothing to concat."
                )
            words = "Trying to concat list with only uninitialized tensors but element_shape"
            return joining.concat(self._listed(words), 0, name=name or "concat")
        stacked = self.stack()
        shape = array.shape(stacked)
        return array.reshape(stacked, joining.concat([[-1], shape[2:]], 0), name=name)

    def unstack(self, value, name=None):
        """The array whose elements are the rows of `value`."""
        value = convert_to_tensor(value, dtype_hint=self._dtype)
        if value.dtype != self._dtype:
            raise ValueError(f"TensorArray dtype is {self._dtype.name} but {value.dtype.name}")
        row = value.shape[1:]
        merged = self._element_shape.merge_with(row) if self._infer_shape else row
        if value.shape.rank and value.shape[0] is not None and frames.frame.sees(value):
            count = len(self)
            if value.shape[0] > count and not self._dynamic:
                raise ValueError(
                    f"Cannot unstack {value.shape[0]} tensors into a TensorArray of static size "
                    f"{count}"
                )
            return self._with(joining.unstack(value), None, merged)
        return self._with(None, value, merged)

    def scatter(self, indices, value, name=None):
        """The array with the rows of `value` at `indices`."""
        result = self
        known = np.asarray(static_value(indices))
        rows = joining.unstack(convert_to_tensor(value, dtype_hint=self._dtype))
        for index, row in zip(known.tolist(), rows):
            result = result.write(index, row)
        return result

    def split(self, value, lengths, name=None):
        """The array whose elements are the consecutive parts of `value`, of `lengths` rows."""
        sizes = np.asarray(static_value(lengths)).tolist()
        value = convert_to_tensor(value, dtype_hint=self._dtype)
        if frames.frame.sees(value):
            self._check_parts(value, sizes)
        return self._with(joining.split(value, sizes), None)

    def _check_parts(self, value, sizes):
        if sum(sizes) != value.shape[0]:
            raise errors.InvalidArgumentError(
                None,
                None,
                "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
                f"{sum(sizes)} and value's shape is: {value.shape.as_list()} ",
            )
        if not self._dynamic and len(sizes) != len(self):
            raise errors.InvalidArgumentError(
                None, None, f"TensorArray's size is not equal to the size of lengths ({len(self)} "
                f"vs. {len(sizes)}), and the TensorArray is not marked as dynamically "
                "resizeable.")  # fmt: skip

    def grad(self, source, flow=None, name=None):
        """Not there: gradients pass through all that is written and read without it."""
        raise NotImplementedError("TensorArray.grad is not supported: gradients need it not.")

    def identity(self):
        """An array with the same elements."""
        return self._with(self._items, self._buffer)

    def close(self, name=None):
        """Frees the elements."""
        self._items, self._buffer = [], None

    def __len__(self):
        if self._items is None:
            raise TypeError("the size of this TensorArray is not known while it is traced")
        return len(self._items)


class _Cleared(EagerTensor):
    """Stands where an element was that has been read."""


_CLEARED = _Cleared(np.zeros(0, np.float32))
