"""`init_from_checkpoint`: variables begin with the values that another program wrote."""

from minitf.checkpoints.folder import load_checkpoint
from minitf.compat.v1.logging import info
from minitf.compat.v1.variable_scope import store
from minitf.ops.effects import numpy_function
from minitf.shapes import as_shape
from minitf.variable import Variable


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """Has the initializers of variables read a checkpoint; call it before they are gathered.

    Args:
      ckpt_dir_or_file: a checkpoint, or a folder whose latest one is meant.
      assignment_map: what stands for what: names of the checkpoint, and variables or their names;
        or `"scope/": "other_scope/"`, for all that `get_variable` made in `other_scope`. A
        dictionary, or a list of pairs.

    Raises:
      ValueError: a name is not in the checkpoint, or a shape is another.

    >>> import os, tempfile
    >>> import minitf.compat.v1 as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "old")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     a = tf.get_variable("a/w", initializer=5.0)
    ...     session.run(a.initializer)
    ...     _ = tf.train.Saver().save(session, path)
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     b = tf.get_variable("b/w", initializer=0.0)
    ...     tf.train.init_from_checkpoint(path, {"a/": "b/"})
    ...     session.run(tf.global_variables_initializer())
    ...     float(session.run(b))
    5.0
    """
    reader = load_checkpoint(ckpt_dir_or_file)
    shapes = reader.get_variable_to_shape_map()
    is_table = isinstance(assignment_map, dict)
    for source, target in sorted(assignment_map.items()) if is_table else assignment_map:
        for key, variable in _pairs(source, target):
            if key not in shapes:
                raise ValueError(
                    f"Tensor {key} is not found in {ckpt_dir_or_file} checkpoint {shapes}"
                )
            if not variable.shape.is_compatible_with(shapes[key]):
                raise ValueError(
                    f"Shape of variable {variable.name} ({variable.shape}) doesn't match with "
                    f"shape of tensor {key} ({as_shape(shapes[key])}) from checkpoint reader."
                )
            _begin_with(variable, reader, key)
            info("Initialize variable %s from checkpoint %s with %s",
                 variable.name, ckpt_dir_or_file, key)  # fmt: skip


def _pairs(source, target):
    """Names of the checkpoint, each with the variable that it stands for."""
    made = store().variables
    if isinstance(target, Variable):
        return [(source, target)]
    if target in made:
        return [(source, made[target])]
    scope = target[: target.rindex("/")] if "/" in target else ""
    if not source.endswith("/"):
        raise ValueError(
            f"Assignment map with scope only name {scope} should map to scope only {source}. "
            "Should be 'scope/': 'other_scope/'."
        )
    below = f"{scope}/" if scope else ""
    start = "" if source == "/" else source
    return [(start + name.removeprefix(below), variable)
            for name, variable in sorted(made.items()) if name.startswith(below)]  # fmt: skip


def _begin_with(variable, reader, key):
    dtype = variable.dtype.base_dtype

    def read():
        return reader.get_tensor(key).astype(dtype.as_numpy_dtype)

    value = numpy_function(read, [], dtype, name="checkpoint_initializer")
    value.set_shape(variable.shape)
    variable.initializer = variable.assign(value, read_value=False)
    variable._initial = value
