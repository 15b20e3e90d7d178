"""What `restore` returns: whether the objects and the checkpoint fit, and what is left to run."""

from minitf import trackable
from minitf.checkpoints import object_graph


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

    def _unmatched(self):
        counter = self._root._save_counter
        return [
            owner
            for owner in object_graph.walk(self._root)[1]
            if hasattr(owner, "_checkpoint_attribute")
            and not self._restoration.is_restored(owner)
            and owner is not counter
        ]

    def assert_existing_objects_matched(self):
        """Raises AssertionError unless every object that exists has got its value."""
        unmatched = self._unmatched()
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
        """Restores the variables of a graph in `session` (default: the innermost one entered).

        Those that the checkpoint lacks are initialized. Eagerly, values are given at once.
        """
        self.run_restore_ops(session)
        for owner in object_graph.walk(self._root)[1]:
            is_restored = self._restoration is not None and self._restoration.is_restored(owner)
            if hasattr(owner, "_checkpoint_attribute") and not is_restored:
                initializer = getattr(owner, "initializer", None)
                if initializer is not None:
                    initializer.run(session=session)

    def run_restore_ops(self, session=None):
        """Restores the variables of a graph that the checkpoint has values of."""
        while self._restoration is not None and self._restoration.waiting:
            self._restoration.waiting.pop()(session)


class NameBasedLoadStatus(CheckpointLoadStatus):
    """What `restore` returns for a file of a `Saver`: variables were found by their names."""

    def assert_existing_objects_matched(self):
        """Raises AssertionError unless every object that exists has got its value."""
        unmatched = self._unmatched()
        if unmatched:
            shown = "".join(f"\n    {v}: [{v._shared_name}]" for v in unmatched)
            raise AssertionError(f"Some objects had attributes which were not restored:{shown}")
        return self

    assert_consumed = assert_existing_objects_matched


class InitializationOnlyStatus(CheckpointLoadStatus):
    """What `restore(None)` returns."""

    def __init__(self, root):
        super().__init__(root, None)

    def _fail(self):
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_consumed = assert_existing_objects_matched = assert_nontrivial_match = _fail
