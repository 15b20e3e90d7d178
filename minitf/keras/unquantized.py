"""What Keras's layers say of quantization and recomputation: minitf's are never quantized."""

from minitf.custom_gradient import recompute_grad


class Unquantized:
    """The methods of a layer that would quantize it, which say that they do not."""

    quantization_mode = property(lambda self: None, doc="None: the layer is not quantized.")

    def quantize(self, mode=None, type_check=True, config=None):
        """Raises NotImplementedError."""
        raise NotImplementedError(f"minitf does not quantize layers: quantize(mode={mode!r}).")

    def quantized_build(self, input_shape, mode):
        """Raises NotImplementedError."""
        raise NotImplementedError(f"minitf does not quantize layers: quantized_build({mode!r}).")

    def quantized_call(self, *args, **kwargs):
        """Raises NotImplementedError."""
        raise NotImplementedError("minitf does not quantize layers: quantized_call.")

    def rematerialized_call(self, layer_call, *args, **kwargs):
        """`layer_call`, run again for its gradient instead of remembered."""
        return recompute_grad(layer_call)

    def add_metric(self, *args, **kwargs):
        """Raises NotImplementedError, as in Keras 3."""
        raise NotImplementedError(
            "Layer `add_metric()` method is deprecated. Add your metric in "
            "`Model.compile(metrics=[...])`, or create metric trackers in init() or build() when "
            "subclassing the layer or model, then call `metric.update_state()` whenever necessary."
        )
