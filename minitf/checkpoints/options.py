"""`tf.train.CheckpointOptions`: what `Checkpoint.save` and its like are told beside the path."""

import inspect


class CheckpointOptions:
    """Options of saving and restoring.

    Args:
      experimental_io_device: a device; files are written and read by this process on any.
      enable_async, experimental_enable_async_checkpoint: whether the program may go on before
        everything is written. It is written when `save` returns, which is always soon enough.
      experimental_write_callbacks: functions of the path, or of nothing, to call after a
        checkpoint was written.
      experimental_skip_slot_variables: True raises NotImplementedError.
      experimental_sharding_callback: as well: a checkpoint is one file of values.

    >>> options = CheckpointOptions(experimental_write_callbacks=[lambda path: None])
    >>> options.enable_async
    False

    Raises:
      AssertionError: a callback takes more than one argument.
    """

    def __init__(
        self, experimental_io_device=None, experimental_enable_async_checkpoint=False,
        experimental_write_callbacks=None, enable_async=False,
        experimental_skip_slot_variables=False, experimental_sharding_callback=None,
    ):  # fmt: skip
        if experimental_skip_slot_variables:
            raise NotImplementedError("CheckpointOptions: experimental_skip_slot_variables=True")
        if experimental_sharding_callback is not None:
            raise NotImplementedError("CheckpointOptions: experimental_sharding_callback")
        for callback in experimental_write_callbacks or ():
            assert len(inspect.signature(callback).parameters) <= 1, callback
        self.experimental_io_device = experimental_io_device
        self.enable_async = experimental_enable_async_checkpoint or enable_async
        self.experimental_enable_async_checkpoint = self.enable_async
        self.experimental_write_callbacks = experimental_write_callbacks
        self.experimental_skip_slot_variables = False
        self.experimental_sharding_callback = None


def written(path, options):
    """Tells the callbacks of `options` (None has none) that a checkpoint was written."""
    for callback in getattr(options, "experimental_write_callbacks", None) or ():
        callback(*[path][: len(inspect.signature(callback).parameters)])
