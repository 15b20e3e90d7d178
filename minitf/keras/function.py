"""`keras.Function`: the calls between symbolic inputs and outputs, as a function of tensors."""

from minitf import nest
from minitf.keras import promotion
from minitf.keras.calling import map_shapes
from minitf.keras.symbolic import KerasTensor, Operation
from minitf.keras.topology import Topology


class Function(Operation):
    """What leads from `inputs` to `outputs`; a model without weights of its own.

    Args:
      inputs, outputs: `KerasTensor`s, in any structure.

    Raises:
      ValueError: one of them is empty, or an output does not come from the inputs.

    >>> import minitf as tf
    >>> x = KerasTensor((2,))
    >>> Function(x, x * 2 + 1)(tf.constant([1.0, 2.0])).numpy()
    array([3., 5.], dtype=float32)
    """

    def __init__(self, inputs, outputs, name=None):
        super().__init__(name=name)
        self._inputs_struct, self._outputs_struct = inputs, outputs
        self._inputs, self._outputs = nest.flatten(inputs), nest.flatten(outputs)
        for kind, tensors in (("inputs", self._inputs), ("outputs", self._outputs)):
            if not tensors:
                raise ValueError(
                    f"`{kind}` argument cannot be empty. Received:\n"
                    f"inputs={inputs}\noutputs={outputs}"
                )
        self._topology = Topology(self._inputs, self._outputs)
        self._topology.check_reached(self._inputs, outputs)

    inputs = property(lambda self: self._inputs)
    outputs = property(lambda self: self._outputs)
    operations = property(lambda self: list(self._topology.operations))

    def call(self, inputs):
        given = [promotion.convert(x) for x in nest.flatten(inputs)]
        values = self._topology.run(
            self._inputs, given, lambda call, args, kwargs: call(*args, **kwargs)
        )
        return nest.map_structure(lambda x: values[id(x)], self._outputs_struct)

    def compute_output_shape(self, input_shape):
        """The shapes of the outputs for inputs of these shapes."""
        inputs = nest.flatten(map_shapes(KerasTensor, input_shape))
        given = [KerasTensor(x.shape, str(of.dtype)) for x, of in zip(inputs, self._inputs)]
        outputs = self.compute_output_spec(nest.pack_sequence_as(self._inputs_struct, given))
        return nest.map_structure(lambda x: tuple(x.shape), outputs)
