"""`tf.CriticalSection`: functions of which one runs at a time."""

import threading

_LOCKS = {}  # shared name -> the lock of all sections of that name


class CriticalSection:
    """Runs functions one after the other, also from several threads.

    Args:
      name: of the section.
      shared_name: sections of one shared name exclude each other too.

    >>> section = CriticalSection(name="counter")
    >>> section.execute(lambda: 1 + 2), section.name
    (3, 'counter')
    """

    def __init__(self, name=None, shared_name=None, critical_section_def=None, import_scope=None):
        if critical_section_def is not None or import_scope is not None:
            raise ValueError("Argument `critical_section_def` is not supported.")
        self._name = name or "critical_section"
        shared = shared_name or name
        lock = threading.RLock()
        self._lock = lock if shared is None else _LOCKS.setdefault(shared, lock)

    name = property(lambda self: self._name)

    def execute(self, fn, exclusive_resource_access=True, name=None):
        """What `fn()` returns. In a graph its ops are written down, which run in their order.

        Args:
          fn: takes no arguments.
          exclusive_resource_access: accepted; a section never waits for another one's resources.
        """
        with self._lock:
            return fn()
