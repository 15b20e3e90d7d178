"""`tf.train.Checkpoint`: saves what objects hold, and gives it back to objects of the same shape.

    checkpoint = Checkpoint(model=model, optimizer=optimizer)
    path = checkpoint.save("folder/name")
    checkpoint.restore(path)

Values are matched by the way to them from the checkpoint: `model`, then its attributes. What does
not exist yet when a checkpoint is restored gets its value when it is made.
"""

import os

import numpy as np

from minitf import dtypes, errors, trackable
from minitf.checkpoints import bundle, folder, object_graph
from minitf.checkpoints.options import written
from minitf.checkpoints.status import (
    CheckpointLoadStatus,
    InitializationOnlyStatus,
    NameBasedLoadStatus,
)
from minitf.scopes import init_scope
from minitf.variable import Variable


class Checkpoint:
    """Named objects whose variables are saved together.

    Args:
      root: an object whose attributes are saved as if they were given by name.
      kwargs: objects by name: variables, modules, layers, models, optimizers, generators, dataset
        iterators, and lists and dictionaries of them.

    Raises:
      ValueError: an object that holds no state.

    >>> import tempfile
    >>> import minitf as tf
    >>> v = tf.Variable(1.0)
    >>> path = tf.train.Checkpoint(v=v).save(tempfile.mkdtemp() + "/ckpt")
    >>> _ = v.assign(5.0)
    >>> _ = tf.train.Checkpoint(v=v).restore(path).assert_consumed()
    >>> path[-6:], v.numpy()
    ('ckpt-1', np.float32(1.0))
    """

    def __init__(self, root=None, **kwargs):
        for name, value in {"root": root, **kwargs}.items():
            if value is not None and not trackable.is_trackable(value):
                raise ValueError(
                    f"`Checkpoint` was expecting {name} to be a trackable object (an object "
                    f"derived from `Trackable`), got {value}. If you believe this object should "
                    "be trackable (i.e. it is part of the TensorFlow Python API and manages "
                    "state), please open an issue."
                )
        self._root, self._save_counter = root, None
        for name in sorted(kwargs):
            setattr(self, name, kwargs[name])

    def _trackable_children(self):
        found = {} if self._root is None else trackable.parts(self._root)
        found.update(trackable.attributes(self, ("_root", "_save_counter")))
        if self._save_counter is not None:
            found["save_counter"] = self._save_counter
        return found

    @property
    def save_counter(self):
        """How often `save` was called: an int64 variable, saved with the others."""
        if self._save_counter is None:
            with init_scope():
                self._save_counter = Variable(0, False, name="save_counter", dtype=dtypes.int64)
            trackable.part_added(self)
        return self._save_counter

    def _count_up(self):
        saved = 0 if self._save_counter is None else int(self._save_counter._checkpoint_value())
        self.save_counter.load(saved + 1)
        return saved + 1

    def write(self, file_prefix, options=None):
        """Saves everything as `file_prefix`, with no number; returns that."""
        prefix = os.fspath(file_prefix)
        nodes, objects = object_graph.walk(self)
        arrays = {
            key: owner._checkpoint_value()
            for node, owner in zip(nodes, objects)
            for key in node.values.values()
        }
        encoded = object_graph.encode(nodes, objects)
        arrays[object_graph.KEY] = np.array(encoded, object)
        if os.path.dirname(prefix):
            os.makedirs(os.path.dirname(prefix), exist_ok=True)
        bundle.write(prefix, arrays)
        written(prefix, options)
        return prefix

    def save(self, file_prefix, options=None):
        """Saves everything as `file_prefix-N`, the Nth time; returns that path."""
        if os.fspath(file_prefix).endswith("/"):
            raise ValueError(f"`file_prefix` must name a file, not a folder: {file_prefix!r}")
        path = f"{os.fspath(file_prefix)}-{self._count_up()}"
        self.write(path)
        name = os.path.basename(path)
        folder.write_state(os.path.dirname(path), folder.CheckpointState(name, [name]))
        written(path, options)
        return path

    def read(self, save_path, options=None):
        """Gives the objects the values of a checkpoint that `write` made; returns a status."""
        return _Restoration(self, save_path).status

    def restore(self, save_path, options=None):
        """Gives the objects the values of a checkpoint.

        Objects that the checkpoint lacks keep their values; values that have no object yet wait
        until it is made. The status that is returned says what matched, if asked.

        Args:
          save_path: what `save` returned; None changes nothing.

        Raises:
          NotFoundError: there is no such checkpoint.
          ValueError: a variable has another shape.
        """
        if save_path is None:
            return InitializationOnlyStatus(self)
        restoration = _Restoration(self, os.fspath(save_path))
        self.save_counter  # noqa: B018  made now, so that it goes on from the saved number
        return restoration.status

    def sync(self):
        """Waits until everything is written: it is, when `save` returns."""


class _Restoration:
    """One `restore`: the checkpoint's nodes and the objects that were found for them."""

    def __init__(self, root, prefix):
        try:
            self._contents = bundle.contents(prefix)
        except errors.NotFoundError as error:
            raise errors.NotFoundError(
                None, None, f"Error when restoring from checkpoint or SavedModel at {prefix}: "
                f"{error.message}\nPlease double-check that the path is correct. You may be "
                "missing the checkpoint suffix (e.g. the '-1' in 'path/to/ckpt-1').",
            ) from None  # fmt: skip
        self.matched = {}  # number of a node -> the object that it was given to first
        self.waiting = []  # functions of a session, which give variables of a graph their values
        self._restored = {}  # id of an object that has its value -> the object
        if object_graph.KEY in self._contents:
            encoded = bundle.load(self._contents, object_graph.KEY)
            self.nodes = object_graph.decode(encoded)
            self.status = CheckpointLoadStatus(root, self)
            self.bind(root, 0)
        else:
            self.nodes = [object_graph.Node({}, {"": name}, (name,)) for name in self._contents]
            self.status = NameBasedLoadStatus(root, self)
            self.bind_by_name(root)

    def bind_by_name(self, root):
        """Gives the values that a `Saver` wrote to the variables of the same names."""
        numbers = {node.path[0]: number for number, node in enumerate(self.nodes)}
        for owner in object_graph.walk(root)[1]:
            name = getattr(owner, "_shared_name", None)
            if name in numbers:
                self.matched.setdefault(numbers[name], owner)
                self._give(owner, owner._checkpoint_attribute, name)
            elif not isinstance(owner, list | tuple | dict) and name is None:
                trackable.wait_for_parts(owner, lambda: self.bind_by_name(root))

    def bind(self, owner, number):
        """Gives the values at a node, and below, to an object and its parts."""
        waiting, seen, slots = [(owner, number, None)], set(), []
        for owner, number, nearest in waiting:  # grows
            if (id(owner), number) in seen:
                continue
            seen.add((id(owner), number))
            node = self.nodes[number]
            self.matched.setdefault(number, owner)
            for attribute, key in node.values.items():
                self._give(owner, attribute, key)
            parts = trackable.parts(owner)
            # Lists and dictionaries are parts of an object that tells when it changes.
            plain = isinstance(owner, list | tuple | dict)
            nearest = nearest if plain else (owner, number)
            waiting += [(parts[n], child, nearest) for n, child in node.children.items()
                        if n in parts]  # fmt: skip
            slots += [(owner, number, *slot) for slot in node.slots]
            if any(name not in parts for name in node.children) and nearest is not None:
                trackable.wait_for_parts(nearest[0], lambda place=nearest: self.bind(*place))
        for owner, number, of, name, slot_number in slots:
            slot = owner.get_slot(self.matched.get(of), name)
            if slot is None:
                trackable.wait_for_parts(owner, lambda place=(owner, number): self.bind(*place))
            else:
                self.bind(slot, slot_number)

    def _give(self, owner, attribute, key):
        fits = getattr(owner, "_checkpoint_attribute", None) == attribute
        if fits and not self.is_restored(owner):
            with init_scope():
                later = owner._restore_value(bundle.load(self._contents, key))
            if later is not None:
                self.waiting.append(later)
            self._restored[id(owner)] = owner

    def is_restored(self, owner):
        """Whether `owner` has got its value from the checkpoint."""
        return id(owner) in self._restored
