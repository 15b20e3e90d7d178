"""Signatures: which tensors of a graph a client gives, and which it gets."""

from minitf import dtypes
from minitf.compat.v1.saved_model import signature_constants as names
from minitf.compat.v1.saved_model.utils import build_tensor_info
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.messages import SignatureDef

__all__ = [
    "build_signature_def", "classification_signature_def", "is_valid_signature",
    "predict_signature_def", "regression_signature_def",
]  # fmt: skip


def build_signature_def(inputs=None, outputs=None, method_name=None):
    """A `SignatureDef` of inputs and outputs, which are dictionaries of `TensorInfo`."""
    found = SignatureDef(method_name=method_name or "")
    for held, given in ((found.inputs, inputs), (found.outputs, outputs)):
        for key, info in (given or {}).items():
            held[key] = info
    return found


def predict_signature_def(inputs, outputs):
    """The signature of a prediction: dictionaries of tensors.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     x = tf.placeholder(tf.float32, [None, 2], name="x")
    ...     signature = tf.saved_model.predict_signature_def({"x": x}, {"y": 2.0 * x})
    >>> signature.method_name, signature.outputs["y"].name
    ('tensorflow/serving/predict', 'mul:0')
    """
    for what, given in (("inputs", inputs), ("outputs", outputs)):
        if given is None or not given:
            raise ValueError(f"Prediction `{what}` cannot be None or empty.")
    infos = [{key: build_tensor_info(x) for key, x in given.items()} for given in (inputs, outputs)]
    return build_signature_def(*infos, names.PREDICT_METHOD_NAME)


def _examples(examples, kind):
    if examples is None:
        raise ValueError(f"{kind} `examples` cannot be None.")
    examples = convert_to_tensor(examples)
    if examples.dtype != dtypes.string:
        raise ValueError(
            f"{kind} input tensors must be of type string. "
            f"Found tensors with type {examples.dtype}."
        )
    return build_tensor_info(examples)


def regression_signature_def(examples, predictions):
    """The signature of a regression: serialized examples in, float32 out.

    Raises:
      ValueError: a tensor is missing, or of another dtype.
    """
    inputs = {names.REGRESS_INPUTS: _examples(examples, "Regression")}
    if predictions is None:
        raise ValueError("Regression `predictions` cannot be None.")
    if predictions.dtype != dtypes.float32:
        raise ValueError(
            "Regression output tensors must be of type float. "
            f"Found tensors with type {predictions.dtype}."
        )
    outputs = {names.REGRESS_OUTPUTS: build_tensor_info(predictions)}
    return build_signature_def(inputs, outputs, names.REGRESS_METHOD_NAME)


def classification_signature_def(examples, classes, scores):
    """The signature of a classification: serialized examples in, classes or scores or both out.

    Raises:
      ValueError: a tensor is missing, or of another dtype.
    """
    inputs = {names.CLASSIFY_INPUTS: _examples(examples, "Classification")}
    if classes is None and scores is None:
        raise ValueError("Classification `classes` and `scores` cannot both be None.")
    outputs = {}
    for key, tensor, dtype, *text in (
        (names.CLASSIFY_OUTPUT_CLASSES, classes, dtypes.string, "classes", "string"),
        (names.CLASSIFY_OUTPUT_SCORES, scores, dtypes.float32, "scores", "float"),
    ):
        if tensor is not None:
            if tensor.dtype != dtype:
                raise ValueError(
                    "Classification {} tensor must be of type {}. ".format(*text)
                    + f"Found tensors with type {tensor.dtype}."
                )
            outputs[key] = build_tensor_info(tensor)
    return build_signature_def(inputs, outputs, names.CLASSIFY_METHOD_NAME)


def is_valid_signature(signature_def):
    """Whether a `SignatureDef` is of one of these kinds."""
    inputs, outputs = set(signature_def.inputs), set(signature_def.outputs)
    if signature_def.method_name == names.PREDICT_METHOD_NAME:
        return bool(inputs and outputs)
    if signature_def.method_name == names.REGRESS_METHOD_NAME:
        return inputs == {names.REGRESS_INPUTS} and outputs == {names.REGRESS_OUTPUTS}
    given = {names.CLASSIFY_OUTPUT_CLASSES, names.CLASSIFY_OUTPUT_SCORES}
    if signature_def.method_name == names.CLASSIFY_METHOD_NAME:
        return inputs == {names.CLASSIFY_INPUTS} and bool(outputs) and outputs <= given
    return False
