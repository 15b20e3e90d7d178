"""`tf.keras.distribution`: devices in a grid, and how tensors lie on them.

A `DeviceMesh` is a grid of devices with named axes; a `TensorLayout` says along which of them each
axis of a tensor is cut (`jax.sharding` does it, where a tensor is distributed). A distribution says
it of data and variables: `fit` trains on one device, and refuses a grid of several.
"""

import contextlib
import contextvars
import math

import jax
import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.jax_functions import from_jax
from minitf.keras.by_path import ByPath
from minitf.keras.symbolic import KerasTensor

_current = contextvars.ContextVar("distribution", default=None)


# Devices ------------------------------------------------------------------------------------------


def list_devices(device_type=None):
    """The names of the devices of a kind: `"cpu"`, `"gpu"` or `"tpu"`; default: those in use.

    >>> list_devices("cpu")[0]
    'cpu:0'
    """
    return list(_devices(device_type))


def get_device_count(device_type=None):
    """How many devices of a kind there are."""
    return len(_devices(device_type))


def _devices(device_type=None):
    """JAX's devices by their names."""
    try:
        found = jax.devices(device_type.lower() if device_type else None)
    except RuntimeError:  # none of that kind
        return {}
    return {f"{d.platform}:{d.id}".lower(): d for d in found}


def initialize(job_addresses=None, num_processes=None, process_id=None):
    """Raises NotImplementedError: there is one process."""
    raise NotImplementedError("keras.distribution.initialize: minitf's Keras runs in one process.")


class DeviceMesh:
    """A grid of devices.

    Args:
      shape: the sizes of its axes.
      axis_names: their names.
      devices: the names of the devices, default `list_devices()`.

    Raises:
      ValueError: no axes, other numbers of names or of devices than the shape says.

    >>> DeviceMesh((1,), ["batch"], ["cpu:0"])
    <DeviceMesh shape=(1,), axis_names=['batch']>
    """

    def __init__(self, shape, axis_names, devices=None):
        if not shape or not axis_names:
            raise ValueError(
                "Shape and axis_names cannot be empty. Received: "
                f"shape={shape}, axis_names={axis_names}"
            )
        if len(shape) != len(axis_names):
            raise ValueError(
                "Shape and axis_names should have same size. Received: "
                f"shape={shape}, axis_names={axis_names}"
            )
        devices = np.array(list_devices() if devices is None else devices)
        if math.prod(shape) != devices.size:
            raise ValueError(
                "Shape does not match the number of devices. Received: "
                f"shape={shape}; devices.shape={devices.shape}"
            )
        self.shape, self.axis_names = shape, axis_names
        self.devices = devices.reshape(shape)

    @property
    def backend_mesh(self):
        """The grid as a `jax.sharding.Mesh`."""
        known = _devices("cpu") | _devices()
        grid = np.vectorize(known.__getitem__, otypes=[object])(self.devices)
        return jax.sharding.Mesh(grid, tuple(self.axis_names))

    def __repr__(self):
        return f"<DeviceMesh shape={self.shape}, axis_names={self.axis_names}>"


class TensorLayout:
    """Along which axes of a grid the axes of a tensor are cut.

    Args:
      axes: for each axis of the tensor the name of an axis of the grid, or None: it is whole.
      device_mesh: the grid; it can be given later.

    Raises:
      ValueError: the grid has no axis of such a name.
    """

    def __init__(self, axes, device_mesh=None):
        self.axes, self._mesh = tuple(axes), device_mesh
        self._check()

    def _check(self):
        names = set() if self._mesh is None else set(self._mesh.axis_names)
        if self._mesh is not None and not names.issuperset(set(self.axes) - {None}):
            raise ValueError(
                f"Invalid axis names for Layout. Valid axis names: {names}, "
                f"Got {set(self.axes) - {None}}"
            )

    @property
    def device_mesh(self):
        """The grid, None where there is none yet."""
        return self._mesh

    @device_mesh.setter
    def device_mesh(self, device_mesh):
        if self._mesh is not None:
            raise ValueError(f"Cannot override device mesh value. Existing value is {self._mesh}")
        self._mesh = device_mesh
        self._check()

    @property
    def backend_layout(self):
        """The layout as a `jax.sharding.NamedSharding`.

        Raises:
          ValueError: there is no grid.
        """
        if self._mesh is None:
            raise ValueError("Cannot create sharding when device mesh is not set for TensorLayout.")
        axes = jax.sharding.PartitionSpec(*self.axes)
        return jax.sharding.NamedSharding(self._mesh.backend_mesh, axes)

    def __repr__(self):
        return f"<TensorLayout axes={self.axes}, device_mesh={self._mesh}>"


def distribute_tensor(tensor, layout):
    """`tensor` on the devices of a layout, cut as it says; a `KerasTensor` stays as it is.

    >>> mesh = DeviceMesh((1,), ["batch"], ["cpu:0"])
    >>> distribute_tensor([[1.0, 2.0]], TensorLayout(["batch", None], mesh)).numpy()
    array([[1., 2.]], dtype=float32)
    """
    if isinstance(tensor, KerasTensor):
        return tensor
    layout = layout.backend_layout if isinstance(layout, TensorLayout) else layout
    return from_jax(lambda array: jax.device_put(array, layout))(convert_to_tensor(tensor))


class LayoutMap(ByPath):
    """Layouts by the paths of variables; a key is a path, or a pattern of whole paths.

    Args:
      device_mesh: the grid of layouts that have none; a tuple of axes becomes a layout of it.

    Raises:
      ValueError: a key that is there already, a path that several patterns fit, or no layout.

    >>> layouts = LayoutMap(DeviceMesh((1,), ["model"], ["cpu:0"]))
    >>> layouts["dense.*kernel"] = (None, "model")
    >>> layouts["dense_1/kernel"].axes, layouts["dense/bias"]
    ((None, 'model'), None)
    """

    _called = "layout"

    def __init__(self, device_mesh=None):
        super().__init__()
        self.device_mesh = device_mesh

    def _made(self, value):
        layout = TensorLayout(value) if isinstance(value, tuple) else value
        if not isinstance(layout, TensorLayout):
            raise ValueError(f"{layout} should be a TensorLayout type, got {type(layout)}")
        if layout.device_mesh is None and self.device_mesh is not None:
            layout.device_mesh = self.device_mesh
        return layout


# Distributions ------------------------------------------------------------------------------------


class Distribution:
    """Base class: how data and variables lie on a grid, along whose axis batches are cut."""

    def __init__(self, device_mesh, batch_dim_name=None, auto_shard_dataset=True):
        if device_mesh.devices.size > 1:
            raise NotImplementedError(
                f"{type(self).__name__} of {device_mesh.devices.size} devices: minitf's `fit` "
                "trains on one. `tf.distribute` has strategies."
            )
        self.device_mesh, self.batch_dim_name = device_mesh, batch_dim_name
        self.auto_shard_dataset = auto_shard_dataset

    def scope(self):
        """A context in which this is the distribution."""
        return _scope(self)

    def get_data_layout(self, data_shape):
        """The layout of data of a shape: their first axis is cut."""
        axes = [self.batch_dim_name] + [None] * (len(data_shape) - 1)
        return TensorLayout(axes, self.device_mesh)

    def get_variable_layout(self, variable):
        """The layout of a variable: it is whole."""
        return TensorLayout([None] * len(variable.shape), self.device_mesh)

    def get_tensor_layout(self, path):
        """The layout of the tensor of a path, None where there is none."""

    num_model_replicas = property(
        lambda self: self.device_mesh.shape[self.device_mesh.axis_names.index(self.batch_dim_name)]
    )

    def __repr__(self):
        return f"<{type(self).__name__} device_mesh={self.device_mesh}>"


class DataParallel(Distribution):
    """Every device has all variables and a part of each batch.

    Args:
      device_mesh: a grid of one axis.
      devices: or the names of devices, default `list_devices()`.

    Raises:
      ValueError: `device_mesh` is no grid.
      NotImplementedError: there are several devices.
    """

    def __init__(self, device_mesh=None, devices=None, auto_shard_dataset=True):
        if device_mesh is None:
            devices = np.array(list_devices() if devices is None else devices)
            device_mesh = DeviceMesh(devices.shape, ["batch"], devices.tolist())
        if not isinstance(device_mesh, DeviceMesh):
            raise ValueError(
                "Expect `mesh` to be an instance of `DeviceMesh`. "
                f"Received: mesh={device_mesh} (of type {type(device_mesh)})"
            )
        super().__init__(device_mesh, device_mesh.axis_names[0], auto_shard_dataset)


class ModelParallel(Distribution):
    """Variables are cut as a `LayoutMap` says, batches along an axis of its grid.

    Args:
      layout_map: layouts by the paths of variables.
      batch_dim_name: the axis along which batches are cut, default: the first.

    Raises:
      ValueError: no `layout_map`.
      NotImplementedError: there are several devices.
    """

    def __init__(self, *, layout_map=None, batch_dim_name=None, auto_shard_dataset=True):
        if layout_map is None:
            raise ValueError("You must specify a layout_map argument.")
        if not isinstance(layout_map, LayoutMap):
            raise ValueError(
                "Argument `layout_map` must be a `LayoutMap` instance. "
                f"Received: layout_map={layout_map}"
            )
        mesh = layout_map.device_mesh
        super().__init__(mesh, batch_dim_name or mesh.axis_names[0], auto_shard_dataset)
        self._layout_map = layout_map

    def get_variable_layout(self, variable):
        return self._layout_map[variable.path] or super().get_variable_layout(variable)

    def get_tensor_layout(self, path):
        return self._layout_map[path]


def distribution():
    """The distribution that was set, or None."""
    return _current.get()


def set_distribution(value):
    """Sets the distribution of what follows; None: none."""
    _current.set(value)


@contextlib.contextmanager
def _scope(value):
    token = _current.set(value)
    try:
        yield value
    finally:
        _current.reset(token)
