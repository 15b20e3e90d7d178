"""The text of `model.summary()`: a table of the layers, then how many weights there are."""

import importlib
import math
import random
import re
import shutil

from minitf import dtypes, nest
from minitf.keras import config as settings
from minitf.keras.calling import map_shapes
from minitf.keras.progress import print_message
from minitf.keras.symbolic import OpCall


def print_summary(model, line_length, positions, print_fn, expand_nested, show_trainable,
                  layer_range):  # fmt: skip
    """Prints the summary of `model`; the arguments are those of `Model.summary`.

    Raises:
      ValueError: `line_length` is too small, or `layer_range` is no pair of names in the model.
    """
    rich = _rich("console")
    if print_fn is None and not settings.is_interactive_logging_enabled():
        print_fn = print_message
    nodes = _branching_nodes(model)
    table = _new_table(line_length, positions, nodes is not None, show_trainable)
    # A functional model shows the functions it calls too, not only its layers.
    layers = model.operations if hasattr(model, "operations") else model.layers
    for layer in layers[_bounds(layers, layer_range)]:
        for shown, prefix in _with_nested(layer, expand_nested):
            table.add_row(*_row(shown, prefix, nodes, show_trainable))
    console = rich.Console(highlight=False)
    if print_fn:
        console = rich.Console(highlight=False, force_terminal=False, color_system=None)
        console.begin_capture()
    console.print(_bold(f'Model: "{_escape(model.name)}"'))
    console.print(table)
    for kind, count, size in _totals(model):
        console.print(
            _bold(f" {kind} params: ") + _number(f"{count:,}") + f" ({readable_size(size)})"
        )
    if print_fn is print_message:
        print_fn(console.end_capture(), line_break=False)
    elif print_fn:
        print_fn(console.end_capture())


def _branching_nodes(model):
    """The calls of a functional model that is no mere stack of layers; None of others."""
    topology = getattr(model, "_topology", None)
    if topology is None:
        return None
    nodes = set(topology.nodes)
    is_stack = all(len(level) == 1 and len(level[0].input_tensors) <= 1
                   for level in topology.levels)  # fmt: skip
    called_once = all(sum(node in nodes for node in layer._inbound_nodes) <= 1
                      for layer in model.layers)  # fmt: skip
    return None if is_stack and called_once else nodes


def _new_table(line_length, positions, with_connections, show_trainable):
    tables = _rich("table")
    columns = [("Layer (type)", "left"), ("Output Shape", "left"), ("Param #", "right")]
    widest = 88
    if with_connections:
        columns.append(("Connected to", "left"))
        widest, positions = 108, positions or [0.3, 0.56, 0.74, 1.0]
    else:
        positions = positions or [0.45, 0.80, 1.0]
    if show_trainable:
        columns.append(("Trainable", "center"))
        widest, positions = widest + 12, [p * 0.90 for p in positions] + [1.0]
    line_length = line_length or min(widest, shutil.get_terminal_size().columns - 4)
    widths, end = [], 0
    for position in positions:
        widths.append(int(position * line_length) - end)
        end += widths[-1]
        if widths[-1] < 4:
            raise ValueError("Insufficient console width to print summary.")
    made = [tables.Column(name, justify=justify, width=width)
            for (name, justify), width in zip(columns, widths)]  # fmt: skip
    return tables.Table(*made, width=line_length, show_lines=True)


def _with_nested(layer, expand, level=0):
    """(layer, what stands before its name), and those of the layers of models inside."""
    yield layer, "   " * level + "└ " if level else ""
    for inner in getattr(layer, "layers", ()) if expand else ():
        yield from _with_nested(inner, expand, level + 1)


def _row(layer, prefix, nodes, show_trainable):
    kind = layer._op.name if isinstance(layer, OpCall) else type(layer).__name__
    name = f"{_escape(prefix + layer.name)} ([color(33)]{_escape(kind)}[/])"
    if not hasattr(layer, "built"):
        params = _number(0)
    elif not layer.built:
        params = f"{_number(0)} (unbuilt)"
    else:
        params = _number(f"{layer.count_params():,}")
    cells = [name, _output_shape(layer), params]
    if nodes is not None:
        cells.append(_connections(layer, nodes))
    if show_trainable:
        cells.append(_trainable(layer))
    return cells


def _output_shape(layer):
    build_shapes = getattr(layer, "_build_shapes", None)
    if layer._inbound_nodes:
        outputs = layer._inbound_nodes[-1].outputs
        shapes = [_shape(x.shape) for x in outputs]
    elif not build_shapes:
        return "?"
    else:
        try:
            shape = getattr(layer, "output_shape", None) or layer.compute_output_shape(
                **build_shapes
            )
        except NotImplementedError:
            return "?"
        shapes = map_shapes(_shape, shape)
    flat = nest.flatten(shapes)
    return flat[0] if len(flat) == 1 else str(shapes).replace("'", "")


def _connections(layer, nodes):
    shown = []
    for node in layer._inbound_nodes:
        for x in node.input_tensors if node in nodes else ():
            operation, node_index, tensor_index = x._keras_history
            shown.append(f"{operation.name}[{_number(node_index)}][{_number(tensor_index)}]")
    return ", ".join(shown) or "-"


def _trainable(layer):
    if not getattr(layer, "weights", ()):
        return _bold("-")
    return _bold("[color(34)]Y[/]") if layer.trainable else _bold("[color(9)]N[/]")


def _totals(model):
    """(kind, number, size in bytes) of the model's weights."""
    optimizer = model.optimizer if model.compiled else None
    has_optimizer = optimizer is not None and optimizer.built
    groups = {
        "Trainable": model.trainable_weights,
        "Non-trainable": model.non_trainable_weights,
        "Optimizer": optimizer.variables if has_optimizer else [],
    }
    sums = {kind: (sum(math.prod(w.shape) for w in group), sum(_size(w) for w in group))
            for kind, group in groups.items()}  # fmt: skip
    yield "Total", sum(n for n, _ in sums.values()), sum(size for _, size in sums.values())
    for kind, (count, size) in sums.items():
        if kind != "Optimizer" or has_optimizer:
            yield kind, count, size


def _size(weight):
    dtype = dtypes.as_dtype(weight.dtype)
    return math.prod(weight.shape) * (1 / 8 if dtype.is_bool else dtype.size)


def readable_size(size):
    """A number of bytes, as people write it."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"


def _bounds(layers, layer_range):
    """The slice of `layers` between two names or patterns, both inclusive."""
    if layer_range is None:
        return slice(None)
    if len(layer_range) != 2:
        raise ValueError(
            "layer_range must be a list or tuple of length 2. Received: "
            f"layer_range = {layer_range} of length {len(layer_range)}"
        )
    if not all(isinstance(name, str) for name in layer_range):
        raise ValueError(f"layer_range should contain string type only. Received: {layer_range}")
    found = [[i for i, layer in enumerate(layers) if re.match(name, layer.name)]
             for name in layer_range]  # fmt: skip
    if not all(found):
        raise ValueError(
            f"Passed layer_names do not match the layer names in the model. Received: {layer_range}"
        )
    ends = min(found[0]), max(found[1])
    return slice(min(ends), max(ends) + 1)


def _rich(module):
    """A module of rich; that it draws random numbers when imported, programs must not notice."""
    state = random.getstate()
    try:
        return importlib.import_module(f"rich.{module}")
    finally:
        random.setstate(state)


# The marks of rich: colours show in terminals only.


def _escape(text):
    return _rich("markup").escape(text)


def _bold(text):
    return f"[bold]{text}[/]"


def _number(value):
    return f"[color({45 if value is None else 34})]{value}[/]"


def _shape(shape):
    return f"({', '.join(_number(size) for size in shape)})"
