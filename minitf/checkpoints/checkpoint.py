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
from minitf.ops import effects
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
        path = f"{os.fspath(file_prefix)}-{int(self.save_counter.assign_add(1))}"
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
            return InitializationOnlyStatus()
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
        if object_graph.KEY not in self._contents:
            raise NotImplementedError(
                f"{prefix} was written by a `Saver`: it names variables, not objects. Restore it "
                "with tf.compat.v1.train.Saver."
            )
        encoded = bundle.load(self._contents, object_graph.KEY)
        self.nodes = object_graph.decode(encoded)
        self.matched = {}  # number of a node -> the object that it was given to first
        self._restored = {}  # id of an object that has its value -> the object
        self.status = CheckpointLoadStatus(root, self)
        self.bind(root, 0)

    def bind(self, owner, number):
        """Gives the values at a node, and below, to an object and its parts."""
        waiting, seen = [(owner, number, None)], set()
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
            if any(name not in parts for name in node.children) and nearest is not None:
                trackable.wait_for_parts(nearest[0], lambda place=nearest: self.bind(*place))

    def _give(self, owner, attribute, key):
        fits = getattr(owner, "_checkpoint_attribute", None) == attribute
        if fits and not self.is_restored(owner):
            with init_scope():
                owner._restore_value(bundle.load(self._contents, key))
            self._restored[id(owner)] = owner

    def is_restored(self, owner):
        """Whether `owner` has got its value from the checkpoint."""
        return id(owner) in self._restored


class CheckpointLoadStatus:
    """What `restore` returns: asks whether the objects and the checkpoint fit."""

    def __init__(self, root, restoration):
        self._root, self._restoration = root, restoration

    def assert_consumed(self):
        """Raises AssertionError unless every value was used, and every object has got one."""
        self.assert_existing_objects_matched()
        for number, node in enumerate(self._restoration.nodes):
            if node.values and number not in self._restoration.matched:
                fields = "".join(
                    f'attributes {{\n  name: "{attribute}"\n  checkpoint_key: "{key}"\n}}\n'
                    for attribute, key in node.values.items()
                )
                raise AssertionError(
                    f"Unresolved object in checkpoint {'.'.join(['(root)', *node.path])}: {fields}"
                )
        return self

    def assert_existing_objects_matched(self):
        """Raises AssertionError unless every object that exists has got its value."""
        counter = self._root._save_counter
        unmatched = [
            owner
            for owner in object_graph.walk(self._root)[1]
            if hasattr(owner, "_checkpoint_attribute")
            and not self._restoration.is_restored(owner)
            and owner is not counter
        ]
        if unmatched:
            shown = unmatched[:10]
            raise AssertionError(
                f"Found {len(unmatched)} Python objects that were not bound to checkpointed "
                "values, likely due to changes in the Python program. Showing "
                f"{len(shown)} of {len(unmatched)} unmatched objects: {shown}"
            )
        return self

    def assert_nontrivial_match(self):
        """Raises AssertionError if nothing but the root has been found in the checkpoint."""
        if len(self._restoration.matched) <= 1:
            raise AssertionError(
                "Nothing except the root object matched a checkpointed value. Typically this "
                "means that the checkpoint does not match the Python program. The following "
                f"objects have no matching checkpointed value: {trackable.parts(self._root)}"
            )
        return self

    def expect_partial(self):
        """Says that unused values are expected."""
        return self

    def initialize_or_restore(self, session=None):
        """Runs what is to be run: nothing is, values are given at once."""
        return effects.no_op()

    run_restore_ops = initialize_or_restore


class InitializationOnlyStatus(CheckpointLoadStatus):
    """What `restore(None)` returns."""

    def __init__(self):
        super().__init__(None, None)

    def _fail(self):
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_consumed = assert_existing_objects_matched = assert_nontrivial_match = _fail
