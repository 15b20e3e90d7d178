"""`tf.examples.tutorials.mnist` of TF 1.x: how most programs of that time read MNIST."""

from minitf.compat.v1.examples.tutorials.mnist import input_data

__all__ = ["input_data"]
