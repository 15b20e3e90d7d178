"""The state of a model as nested dictionaries, and its loss as a pure function of the state."""

from minitf.keras.pure import bound


def _nested(variables, value_format):
    """{layer: {weight: value}}, by the parts of the variables' paths.

    Raises:
      ValueError: a path occurs twice, or another format.
    """
    if value_format not in ("numpy_array", "backend_tensor"):
        raise ValueError(
            "Invalid `value_format` argument. Expected one of {'numpy_array', 'backend_tensor'}. "
            f"Received: value_format={value_format}"
        )
    paths = [v.path for v in variables]
    tree = {}
    for variable in variables:
        if paths.count(variable.path) > 1:
            raise ValueError(
                f"The following variable path is found twice in the model: '{variable.path}'. "
                "`get_state_tree()` can only be called when all variable paths are unique. Make "
                "sure to give unique names to your layers (and other objects)."
            )
        *rooms, name = variable.path.split("/")
        inner = tree
        for room in rooms:
            inner = inner.setdefault(room, {})
        inner[name] = variable.numpy() if value_format == "numpy_array" else variable.value
    return tree


def _by_path(tree, path=()):
    """(path, value) of what is in dictionaries of dictionaries."""
    if not isinstance(tree, dict):
        yield "/".join(path), tree
        return
    for name, inner in tree.items():
        yield from _by_path(inner, (*path, name))


class StateTrees:
    """What a model can say of its state as a whole."""

    def _groups(self):
        model = self
        optimizer = getattr(model, "optimizer", None)
        return {
            "trainable_variables": model.trainable_variables,  # pyright: ignore
            "non_trainable_variables": model.non_trainable_variables,  # pyright: ignore
            "optimizer_variables": [] if optimizer is None else optimizer.variables,
            "metrics_variables": model.metrics_variables,  # pyright: ignore
        }

    def get_state_tree(self, value_format="backend_tensor"):
        """The values of all variables, in dictionaries of dictionaries by their paths.

        Args:
          value_format: `"backend_tensor"`, or `"numpy_array"`.

        Raises:
          ValueError: another format, or two variables of one path.
        """
        return {name: _nested(group, value_format) for name, group in self._groups().items()}

    def set_state_tree(self, state_tree):
        """Assigns what `get_state_tree` returned.

        Raises:
          ValueError: an unknown group of variables.
        """
        groups = self._groups()
        for name, tree in state_tree.items():
            if name not in groups:
                raise ValueError(f"Unknown variable name: {name}")
            by_path = {v.path: v for v in groups[name]}
            for path, value in _by_path(tree):
                if path in by_path:
                    by_path[path].assign(value)

    def stateless_compute_loss(self, trainable_variables, non_trainable_variables,
                               metrics_variables, x=None, y=None, y_pred=None, sample_weight=None,
                               training=True):  # fmt: skip
        """`compute_loss` with the given values in place of the variables, which stay as they are.

        Returns:
          (loss, (trainable, non-trainable, metrics' values after it)).
        """
        groups = self._groups()
        others = groups["non_trainable_variables"], groups["metrics_variables"]
        variables = [*groups["trainable_variables"], *others[0], *others[1]]
        values = [*trainable_variables, *non_trainable_variables, *metrics_variables]
        with bound(variables, values):
            loss = self.compute_loss(x, y, y_pred, sample_weight, training=training)  # pyright: ignore
            after = [[v.value.value() for v in group] for group in others]
        return loss, (trainable_variables, *after)
