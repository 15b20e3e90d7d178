"""What the layers of `tf.layers` share: a variable scope that is found, and built, once."""

from minitf.compat.v1.getting import get_variable
from minitf.compat.v1.graphs import root_graph
from minitf.compat.v1.variable_scope import variable_scope
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.shapes import as_shape


class Layer:
    """A layer: calling it makes its variables, below its name, the first time.

    A subclass defines `build(input_shape)`, which calls `add_weight`, and `call(inputs)`.
    """

    default_name = "layer"

    def __init__(self, trainable=True, name=None, dtype=None, _scope=None, _reuse=None, **settings):
        self.trainable, self.dtype, self._given_name = trainable, dtype, name
        self._scope, self._reuse, self.built = _scope, _reuse, False
        self.weights, self.losses, self.updates = [], [], []
        for key, value in settings.items():
            setattr(self, key, value)

    def __call__(self, inputs, *args, **kwargs):
        inputs = self._converted(inputs)
        if self._scope is None:
            name = self._given_name or (self.default_name if self._reuse else None)
            opened = variable_scope(name, self.default_name, reuse=self._reuse)
        else:
            reuse = True if self.built else self._reuse
            opened = variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False)
        with opened as scope:
            again = self._scope is not None
            self._scope = scope
            with stack.frame.name_scope(scope.original_name_scope if again else stack.frame.scope):
                if not self.built:
                    self._dtype = self.dtype or self._dtype_of(inputs)
                    self.build(self._shape_of(inputs))
                    self.built = True
                outputs = self.call(inputs, *args, **kwargs)
                self._regularize_activity(outputs)
        return outputs

    apply = __call__

    def _converted(self, inputs):
        return convert_to_tensor(inputs)

    def _dtype_of(self, inputs):
        return inputs.dtype

    def _shape_of(self, inputs):
        return inputs.shape

    def build(self, input_shape):
        """Makes the variables."""

    def call(self, inputs):
        raise NotImplementedError

    def add_weight(self, name, shape, initializer=None, regularizer=None, constraint=None,
                   trainable=True, dtype=None):  # fmt: skip
        """A variable of the layer."""
        before = len(_regularization())
        made = get_variable(
            name, shape, dtype or self._dtype, initializer, regularizer,
            trainable and self.trainable, constraint=constraint,
        )  # fmt: skip
        self.losses += _regularization()[before:]
        self.weights.append(made)
        return made

    add_variable = add_weight

    def _regularize_activity(self, outputs):
        regularizer = getattr(self, "activity_regularizer", None)
        if regularizer is not None:
            loss = regularizer(outputs)
            self.losses.append(loss)
            root_graph().add_to_collection("regularization_losses", loss)

    variables = property(lambda self: self.weights)
    trainable_weights = property(lambda self: [w for w in self.weights if w.trainable])
    trainable_variables = trainable_weights
    non_trainable_weights = property(lambda self: [w for w in self.weights if not w.trainable])
    non_trainable_variables = non_trainable_weights
    graph = property(lambda self: self.weights[0].graph)

    @property
    def scope_name(self):
        if self._scope is None:
            raise ValueError(f"No name available for layer scope because the layer "
                             f'"{self.name}" has not been used yet.')  # fmt: skip
        return self._scope.name

    @property
    def name(self):
        name = self._given_name if self._scope is None else self._scope.name
        return name or self.default_name

    def count_params(self):
        return sum(w.shape.num_elements() for w in self.weights)


def _regularization():
    frame = root_graph()
    return frame.get_collection("regularization_losses") if frame.is_graph else []


def last_dim(layer, input_shape, axis=-1):
    """The size of the input's channels; ValueError if it is unknown."""
    size = as_shape(input_shape)[axis]
    if size is None:
        raise ValueError(
            f"The channel dimension of the inputs to `{type(layer).__name__}` should be defined. "
            "Found `None`."
        )
    return int(size)
