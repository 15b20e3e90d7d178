"""What a checkpoint sees of an object: its parts by name, and when a part is added.

An object says what its parts are by `_trackable_children() -> {name: object}`. If it has a value of
its own, it names it by `_checkpoint_attribute`, gives it by `_checkpoint_value() -> array`, and
takes it by `_restore_value(array)`, which may return a function of a session that is to be run
later. Lists, tuples and dictionaries are seen through. A part that
does not exist yet when a checkpoint is restored gets its value when it is added: its owner calls
`part_added`.
"""

import weakref

_waiting = weakref.WeakKeyDictionary()  # owner -> functions to call when it has a new part


def parts(owner):
    """The parts of `owner` that have values in them, by name."""
    if hasattr(owner, "_trackable_children"):
        found = owner._trackable_children()
    elif isinstance(owner, dict):
        found = {str(key): value for key, value in owner.items()}
    elif isinstance(owner, list | tuple):
        found = {str(i): value for i, value in enumerate(owner)}
    else:
        return {}
    return {name: identity(value) for name, value in found.items() if is_trackable(value)}


def identity(value):
    """The object that `value` is a view of: of a Keras variable, its `tf.Variable`."""
    return getattr(value, "_identity", value)


def attributes(owner, skipped=()):
    """The attributes of `owner` but the `skipped` ones: what most objects have as parts."""
    return {name: value for name, value in vars(owner).items() if name not in skipped}


def is_trackable(value):
    """Whether a checkpoint can see `value`: it may have values, or parts."""
    if isinstance(value, list | tuple):
        return not value or any(map(is_trackable, value))
    if isinstance(value, dict):
        return not value or any(map(is_trackable, value.values()))
    if isinstance(value, type):
        return False
    value = identity(value)
    return hasattr(value, "_trackable_children") or hasattr(value, "_checkpoint_attribute")


def wait_for_parts(owner, notify):
    """Calls `notify` once, when `owner` has a new part."""
    _waiting.setdefault(owner, []).append(notify)


def part_added(owner):
    """Tells who waits that `owner` has a new part."""
    if _waiting:
        for notify in _waiting.pop(owner, ()):
            notify()
