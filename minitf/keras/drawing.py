"""`plot_model`: a model as a drawing of boxes and arrows; `model_to_dot` gives the drawing itself.

SVG is written here; other formats are drawn with matplotlib, where it is installed.
"""

import importlib
import importlib.util
import io
from html import escape
from pathlib import Path

from minitf.keras.symbolic import OpCall

_LINE, _PADDING, _GAP_X, _GAP_Y, _LETTER = 18, 8, 24, 36, 7.5


def plot_model(model, to_file="model.png", show_shapes=False, show_dtype=False,
               show_layer_names=False, rankdir="TB", expand_nested=False, dpi=200,
               show_layer_activations=False, show_trainable=False, **kwargs):  # fmt: skip
    """Draws the layers of `model` and what flows between them.

    Args:
      model: a built model.
      to_file: the name of the file; SVG needs nothing else, other formats matplotlib.
      show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable: what the
        boxes say besides the kinds of the layers.
      rankdir: `"TB"` from top to bottom, `"LR"` from left to right.
      expand_nested: not taken: models inside are one box.
      dpi: dots per inch, of formats other than SVG.

    Returns:
      In a notebook, the picture to show; else None.

    Raises:
      ValueError: the model is not built.
      ImportError: another format than SVG, and no matplotlib.
      NotImplementedError: `expand_nested`.
    """
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
    drawing = model_to_dot(model, show_shapes, show_dtype, show_layer_names, rankdir,
                           expand_nested, dpi, False, show_layer_activations,
                           show_trainable)  # fmt: skip
    kind = Path(to_file).suffix.lower().removeprefix(".") or "png"
    drawing.write(to_file, format=kind)
    if importlib.util.find_spec("IPython") is None:
        return None
    pictures = importlib.import_module("IPython.display")
    if kind == "svg":
        return pictures.SVG(filename=str(to_file))
    return pictures.Image(filename=str(to_file)) if kind in ("png", "jpg", "jpeg") else None


def model_to_dot(model, show_shapes=False, show_dtype=False, show_layer_names=True, rankdir="TB",
                 expand_nested=False, dpi=200, subgraph=False, show_layer_activations=False,
                 show_trainable=False, **kwargs):  # fmt: skip
    """The `Drawing` that `plot_model` saves, with the same arguments and errors.

    >>> from minitf import keras
    >>> model = keras.Sequential([keras.Input((2,), name="x"), keras.layers.Dense(1, name="d")])
    >>> drawing = keras.utils.model_to_dot(model)
    >>> print(drawing.to_string())
    digraph G {
    rankdir=TB;
    0 [shape=box, label="x (InputLayer)"];
    1 [shape=box, label="d (Dense)"];
    0 -> 1;
    }
    >>> drawing.create(format="svg")[:4]
    b'<svg'
    """
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
    for name, wanted in (("expand_nested", expand_nested), ("subgraph", subgraph)):
        if wanted:
            raise NotImplementedError(f"minitf's drawings of models have no {name}=True.")
    if not model.built:
        raise ValueError(
            "This model has not yet been built. Build the model first by calling `build()` or by "
            "calling the model on a batch of data."
        )
    shown = {"names": show_layer_names, "shapes": show_shapes, "dtypes": show_dtype,
             "activations": show_layer_activations, "trainable": show_trainable}  # fmt: skip
    levels, arrows = _graph(model)
    boxes = _place({id(layer): _text(layer, shown) for level in levels for layer in level},
                   levels, sideways=rankdir == "LR")  # fmt: skip
    return Drawing(boxes, arrows, rankdir, dpi)


class Drawing:
    """Boxes of text and arrows between them; its methods are those of a `pydot.Dot`.

    Notebooks show it as it is.
    """

    def __init__(self, boxes, arrows, rankdir, dpi):
        self._boxes, self._arrows, self._rankdir, self._dpi = boxes, arrows, rankdir, dpi
        self._lines = [_arrow(boxes[a], boxes[b], rankdir == "LR") for a, b in arrows]

    def to_string(self):
        """The drawing in Graphviz's language."""
        number = {key: i for i, key in enumerate(self._boxes)}
        rows = ["digraph G {", f"rankdir={self._rankdir};"]
        for key, (*_, lines) in self._boxes.items():
            label = r"\n".join(line.replace('"', r"\"") for line in lines)
            rows.append(f'{number[key]} [shape=box, label="{label}"];')
        rows += [f"{number[a]} -> {number[b]};" for a, b in self._arrows]
        return "\n".join([*rows, "}"])

    def create(self, prog=None, format="png", encoding=None):
        """The drawing as bytes: `"svg"`, `"dot"`, or what matplotlib saves; `prog` is not run."""
        if format in ("dot", "raw"):
            return self.to_string().encode()
        if format == "svg":
            return _svg(self._boxes.values(), self._lines).encode()
        return _with_matplotlib(self._boxes.values(), self._lines, format, self._dpi)

    def write(self, path, prog=None, format="raw", encoding=None):
        """Saves what `create` gives."""
        Path(path).write_bytes(self.create(prog, format))
        return True

    def create_svg(self):
        return self.create(format="svg")

    def create_png(self):
        return self.create(format="png")

    def write_svg(self, path):
        return self.write(path, format="svg")

    def write_png(self, path):
        return self.write(path, format="png")

    def _repr_svg_(self):
        return self.create(format="svg").decode()


def _graph(model):
    """(levels of layers, pairs of ids of layers that follow each other)."""
    functional = getattr(model, "_functional", None) or model
    topology = getattr(functional, "_topology", None)
    if topology is None:  # a subclass says nothing of the order of its layers
        return [[layer] for layer in model.layers], []
    inside, levels, seen, arrows = set(topology.nodes), [], set(), []
    for nodes in topology.levels:
        level = []
        for node in nodes:
            if id(node.operation) not in seen:
                seen.add(id(node.operation))
                level.append(node.operation)
            for parent in node.parent_nodes:
                if parent in inside:
                    arrows.append((id(parent.operation), id(node.operation)))
        if level:
            levels.append(level)
    return levels, list(dict.fromkeys(arrows))


def _text(layer, shown):
    """The lines of a box."""
    kind = layer._op.name if isinstance(layer, OpCall) else type(layer).__name__
    lines = [f"{layer.name} ({kind})" if shown["names"] else kind]
    activation = getattr(layer, "activation", None)
    if shown["activations"] and activation is not None:
        lines.append(f"Activation: {getattr(activation, '__name__', activation)}")
    if shown["trainable"] and hasattr(layer, "trainable"):
        lines.append("Trainable" if layer.trainable else "Not trainable")
    node = layer._inbound_nodes[0] if layer._inbound_nodes else None
    ends = (("Input", node.input_tensors), ("Output", node.outputs)) if node else ()
    for title, tensors in ends:
        if not tensors:
            continue
        if shown["shapes"]:
            lines.append(f"{title} shape: {', '.join(str(tuple(x.shape)) for x in tensors)}")
        if shown["dtypes"]:
            lines.append(f"{title} dtype: {', '.join(str(x.dtype) for x in tensors)}")
    return lines


def _place(texts, levels, sideways):
    """{id of a layer: (x, y, width, height, lines)}, level after level, each one centred."""
    sizes = {key: (max(map(len, lines)) * _LETTER + 2 * _PADDING, len(lines) * _LINE + _PADDING)
             for key, lines in texts.items()}  # fmt: skip
    along, across = (0, 1) if sideways else (1, 0)
    gap = _GAP_X if across == 0 else _GAP_Y
    breadths = [sum(sizes[id(layer)][across] + gap for layer in level) - gap for level in levels]
    boxes, start = {}, _PADDING
    for level, breadth in zip(levels, breadths):
        place = _PADDING + (max(breadths) - breadth) / 2
        for layer in level:
            size = sizes[id(layer)]
            x, y = (start, place) if sideways else (place, start)
            boxes[id(layer)] = (x, y, *size, texts[id(layer)])
            place += size[across] + gap
        start += max(sizes[id(layer)][along] for layer in level) + _GAP_Y
    return boxes


def _arrow(a, b, sideways):
    if sideways:
        return (a[0] + a[2], a[1] + a[3] / 2, b[0], b[1] + b[3] / 2)
    return (a[0] + a[2] / 2, a[1] + a[3], b[0] + b[2] / 2, b[1])


def _extent(boxes):
    return max(x + w for x, _, w, _, _ in boxes), max(y + h for _, y, _, h, _ in boxes)


def _svg(boxes, lines):
    width, height = (n + _PADDING for n in _extent(boxes))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        'font-family="monospace" font-size="12">',
        '<defs><marker id="end" markerWidth="8" markerHeight="8" refX="8" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for x1, y1, x2, y2 in lines:
        parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
                     'stroke="black" marker-end="url(#end)"/>')  # fmt: skip
    for x, y, w, h, text in boxes:
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" '
                     'fill="white" stroke="black"/>')  # fmt: skip
        for i, line in enumerate(text):
            parts.append(f'<text x="{x + w / 2:.1f}" y="{y + (i + 1) * _LINE - 2:.1f}" '
                         f'text-anchor="middle">{escape(line)}</text>')  # fmt: skip
    return "\n".join([*parts, "</svg>\n"])


def _with_matplotlib(boxes, lines, kind, dpi):
    """The bytes of a file of a `kind` that matplotlib knows."""
    if importlib.util.find_spec("matplotlib") is None:
        raise ImportError(
            f"plot_model draws {kind} with matplotlib, which is not installed. Install it "
            "(`pip install matplotlib`), or pass a file name that ends in .svg."
        )
    figures = importlib.import_module("matplotlib.figure")
    patches = importlib.import_module("matplotlib.patches")
    width, height = _extent(boxes)
    figure = figures.Figure(figsize=(width / 72, height / 72))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width + _PADDING), ylim=(height + _PADDING, 0))
    axes.axis("off")
    for x1, y1, x2, y2 in lines:
        axes.annotate("", (x2, y2), (x1, y1), arrowprops={"arrowstyle": "->"})
    for x, y, w, h, text in boxes:
        axes.add_patch(patches.Rectangle((x, y), w, h, facecolor="white", edgecolor="black"))
        axes.text(x + w / 2, y + h / 2, "\n".join(text), ha="center", va="center", size=8,
                  family="monospace")  # fmt: skip
    file = io.BytesIO()
    figure.savefig(file, dpi=dpi, format=kind)
    return file.getvalue()
