"""The text of `model.summary()`."""


def print_summary(model, line_length, positions, print_fn, expand_nested, show_trainable,
                  layer_range):  # fmt: skip
    """Prints the table of the layers of `model`."""
    raise NotImplementedError("Model.summary")
