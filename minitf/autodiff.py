"""`tf.autodiff`: forward-mode differentiation."""

from minitf.tape import ForwardAccumulator

__all__ = ["ForwardAccumulator"]
