"""`tf.keras.distillation`: a small model learns from the labels and from a larger, trained one.

The `Distiller` is a model whose loss has two parts: what the student's predictions miss of the
labels, and how far its outputs, or features on the way to them, are from the teacher's. A
`DistillationLoss` says what far means.

Source: Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network (2015), and
https://keras.io/api/distillation.
"""

from minitf.keras import losses, ops, serialization, tree
from minitf.keras.functional import Functional
from minitf.keras.metrics import Mean
from minitf.keras.model import Model

_FINAL = "final_output"


def _as_losses(loss):
    """The losses that a structure of names, losses and None stands for."""
    return tree.map_structure(lambda x: losses.get(x) if isinstance(x, str) else x, loss)


class DistillationLoss:
    """How far a student's outputs are from its teacher's: subclasses define `compute_loss`."""

    teacher_layer_name = student_layer_name = None

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """A scalar: how far the outputs are apart."""
        raise NotImplementedError("Subclasses must implement compute_loss")

    def validate_outputs(self, teacher_outputs, student_outputs):
        """Raises ValueError unless both outputs are structured alike."""
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher, student):
        """Raises ValueError where the loss does not suit the models."""

    def _take_loss(self, loss, message):
        self.loss = _as_losses(loss)
        if all(x is None for x in tree.flatten(self.loss)):
            raise ValueError(message)

    def _sum(self, one, teacher_outputs, student_outputs):
        """The sum over outputs of the mean of `one(loss, teacher_output, student_output)`."""

        def mean(loss, teacher_output, student_output):
            return 0.0 if loss is None else ops.mean(one(loss, teacher_output, student_output))

        found = tree.map_structure(mean, self.loss, teacher_outputs, student_outputs)
        return ops.sum(ops.stack(tree.flatten(found)))

    @classmethod
    def from_config(cls, config):
        """The loss that `get_config` described."""
        return cls(**{**config, "loss": losses.deserialize(config["loss"])})


class FeatureDistillation(DistillationLoss):
    """Compares what layers inside the teacher and the student give.

    Args:
      loss: a loss or its name, or a structure of them as the outputs have it; None skips one.
      teacher_layer_name, student_layer_name: the layers; None for the outputs of the models.

    >>> import minitf as tf
    >>> loss = FeatureDistillation("mae")
    >>> float(loss.compute_loss(tf.ones((2, 3)), tf.zeros((2, 3))))
    1.0

    Raises:
      ValueError: there is no loss.
    """

    def __init__(self, loss="mse", teacher_layer_name=None, student_layer_name=None):
        self.teacher_layer_name, self.student_layer_name = teacher_layer_name, student_layer_name
        self._take_loss(
            loss,
            "The `loss` argument in `FeatureDistillation` must contain at least one non-`None` "
            "value.",
        )

    def validate_model_compatibility(self, teacher, student):
        """Raises ValueError unless both models are graphs of layers that have the named ones."""
        models = {"teacher": teacher, "student": student}
        names = {"teacher": self.teacher_layer_name, "student": self.student_layer_name}
        if not any(name is not None for name in names.values()):
            return
        subclassed = [role for role, model in models.items() if _inputs_of(model) is None]
        if subclassed:
            raise ValueError(
                "FeatureDistillation with specific layer names requires Functional or Sequential "
                f"models. The {' and '.join(subclassed)} model(s) appear to be subclassed (no "
                "symbolic inputs/outputs). Either use Functional/Sequential models, or use "
                "FeatureDistillation without layer names (to distill final outputs only), or use "
                "LogitsDistillation instead."
            )
        for role, name in names.items():
            try:
                if name is not None:
                    models[role].get_layer(name=name)
            except ValueError as error:
                raise ValueError(f"In {role} model: {error}") from error

    def validate_outputs(self, teacher_outputs, student_outputs):
        """Raises ValueError unless both outputs are structured as the losses are."""
        super().validate_outputs(teacher_outputs, student_outputs)
        try:
            tree.assert_same_structure(self.loss, teacher_outputs)
        except ValueError as error:
            raise ValueError(
                f"Loss structure mismatch. Loss structure: {self.loss}, Output structure: "
                f"{teacher_outputs}. Error: {error}"
            ) from error

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """The sum over outputs of the mean loss, a scalar."""
        return self._sum(lambda loss, *both: loss(*both), teacher_outputs, student_outputs)

    def get_config(self):
        """The arguments, as plain data."""
        return {
            "loss": losses.serialize(self.loss),
            "teacher_layer_name": self.teacher_layer_name,
            "student_layer_name": self.student_layer_name,
        }


class LogitsDistillation(DistillationLoss):
    """Compares the outputs of the models, logits, divided by a temperature.

    Args:
      temperature: how much softer than the logits the targets are.
      loss: a loss or its name, or a structure of them as the outputs have it; None skips one. A
        `KLDivergence` object compares the softmax of the logits, and is scaled by the square of
        the temperature, so that its gradients keep their size.

    >>> import minitf as tf
    >>> loss = LogitsDistillation(2.0, "mse")
    >>> float(loss.compute_loss(tf.ones((2, 3)), tf.zeros((2, 3))))
    0.25

    Raises:
      ValueError: there is no loss, or `temperature` is no positive number.
    """

    def __init__(self, temperature=3.0, loss="kl_divergence"):
        self._take_loss(loss, "At least one loss must be non-`None`.")
        if not isinstance(temperature, int | float):
            raise ValueError(f"temperature must be a number, got {type(temperature)}")
        if temperature <= 0.0:
            raise ValueError("temperature must be positive.")
        self.temperature = temperature

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """The sum over outputs of the mean loss, a scalar."""
        return self._sum(self._softened, teacher_outputs, student_outputs)

    def _softened(self, loss, *logits):
        softer = [ops.divide(x, self.temperature) for x in logits]
        if isinstance(loss, losses.KLDivergence):
            return loss(*(ops.softmax(x) for x in softer)) * self.temperature**2
        return loss(*softer)

    def get_config(self):
        """The arguments, as plain data."""
        return {"temperature": self.temperature, "loss": losses.serialize(self.loss)}


class Distiller(Model):
    """A model that trains `student`; `teacher` is frozen, and calls are the student's.

    Args:
      teacher, student: models for the same inputs and outputs.
      distillation_losses: a `DistillationLoss` or a list of them.
      distillation_loss_weights: a number for each in the list; by default 1.
      student_loss_weight: the weight of the loss against the labels, between 0 and 1; that of the
        distillation losses is what is left.
      name, **kwargs: as in any model.

    >>> from minitf import keras
    >>> teacher = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    >>> student = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    >>> distiller = Distiller(teacher, student, LogitsDistillation(2.0, "mse"))
    >>> len(distiller.trainable_weights)
    2

    Raises:
      ValueError: the models do not fit together, or an argument is out of range.
    """

    def __init__(self, teacher, student, distillation_losses, distillation_loss_weights=None,
                 student_loss_weight=0.5, name="distiller", **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        _check_models(teacher, student)
        self.teacher, self.student = teacher, student
        if not isinstance(student_loss_weight, int | float):
            raise ValueError(
                f"student_loss_weight must be a number, got {type(student_loss_weight)}"
            )
        if not 0.0 <= student_loss_weight <= 1.0:
            raise ValueError(
                f"student_loss_weight must be between 0.0 and 1.0, got {student_loss_weight}"
            )
        self.student_loss_weight = student_loss_weight
        self._take_losses(distillation_losses, distillation_loss_weights)
        for loss in self.distillation_losses:
            loss.validate_model_compatibility(teacher, student)
        self._teacher_feature_extractor = self._features_of(teacher, "teacher_layer_name")
        self._student_feature_extractor = self._features_of(student, "student_layer_name")
        self.teacher.trainable = False
        self.student_loss_tracker = Mean(name="student_loss")
        self.distillation_loss_tracker = Mean(name="distillation_loss")
        self.total_loss_tracker = Mean(name="total_loss")

    def _take_losses(self, distillation_losses, weights):
        if distillation_losses is None:
            raise ValueError(
                "'distillation_losses' cannot be `None`. Provide a distillation loss (e.g., "
                "LogitsDistillation or FeatureDistillation) or a list of distillation losses."
            )
        if not isinstance(distillation_losses, list | tuple):
            distillation_losses, weights = [distillation_losses], None
        if weights is None:
            weights = [1.0] * len(distillation_losses)
        if len(weights) != len(distillation_losses):
            raise ValueError(
                f"Number of distillation_loss_weights ({len(weights)}) must match number of "
                f"distillation_losses ({len(distillation_losses)})"
            )
        self.distillation_losses, self.distillation_loss_weights = distillation_losses, weights

    def _features_of(self, model, attribute):
        """A model of what the layers that the losses name give; None where they name none."""
        names = {getattr(loss, attribute, None) for loss in self.distillation_losses} - {None}
        if not names:
            return None
        wanted = {name: model.get_layer(name=name).output for name in sorted(names)}
        wanted[_FINAL] = model.outputs[0] if len(model.outputs) == 1 else model.output
        return Functional(model.inputs, wanted, name=f"{model.name}_multi_feature_extractor")

    def compile(self, optimizer="adam", loss=None, metrics=None, **kwargs):
        """As in any model; `loss` is that of the student against the labels.

        Raises:
          ValueError: there is no loss, or `metrics` is no list.
        """
        if loss is None:
            raise ValueError("'loss' cannot be `None`.")
        if metrics is not None and not isinstance(metrics, list | tuple):
            raise ValueError(f"metrics must be a list or tuple, got {type(metrics)}")
        self._student_loss = _as_losses(loss)
        super().compile(optimizer=optimizer, loss=None, metrics=metrics, **kwargs)

    def call(self, inputs, training=None, **kwargs):
        """What the student predicts."""
        return self.student(inputs, training=training, **kwargs)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Both parts of the loss, weighted, a scalar; `sample_weight` does not change it."""
        if y_pred is None:
            y_pred = self(x, training=training)
        student_loss = distillation_loss = 0.0
        if self.student_loss_weight > 0.0 and y is not None:
            found = tree.map_structure(lambda loss, *pair: loss(*pair),
                                       self._student_loss, y, y_pred)  # fmt: skip
            flat = tree.flatten(found)
            student_loss = ops.mean(flat[0] if len(flat) == 1 else ops.sum(ops.stack(flat)))
        if self.student_loss_weight < 1.0:
            distillation_loss = self._distillation_loss(x, y_pred)
        total = ops.add(
            ops.multiply(self.student_loss_weight, student_loss),
            ops.multiply(1.0 - self.student_loss_weight, distillation_loss),
        )
        self.student_loss_tracker.update_state(student_loss)
        self.distillation_loss_tracker.update_state(distillation_loss)
        self.total_loss_tracker.update_state(total)
        return total

    def _distillation_loss(self, x, y_pred):
        if self._teacher_feature_extractor is None:
            teacher = {_FINAL: self.teacher(x, training=False)}
        else:
            teacher = self._teacher_feature_extractor(x, training=False)
        student = {}
        if self._student_feature_extractor is not None:
            student = self._student_feature_extractor(x, training=True)
        total = 0.0
        for loss, weight in zip(self.distillation_losses, self.distillation_loss_weights):
            teacher_output, student_output = teacher[_FINAL], y_pred
            if getattr(loss, "teacher_layer_name", None) is not None:
                teacher_output = teacher[loss.teacher_layer_name]
                name = loss.student_layer_name
                student_output = y_pred if name is None else student[name]
            loss.validate_outputs(teacher_output, student_output)
            value = loss.compute_loss(teacher_output, student_output)
            if len(getattr(value, "shape", ())) > 0:
                raise ValueError(
                    f"Distillation loss {type(loss).__name__} returned a non-scalar loss with "
                    f"shape {value.shape}. The compute_loss method must return a scalar tensor."
                )
            total = ops.add(total, ops.multiply(weight, value))
        return total

    def get_config(self):
        """The arguments, as plain data."""
        form = serialization.serialize_keras_object
        return {
            **super().get_config(),
            "teacher": form(self.teacher),
            "student": form(self.student),
            "distillation_losses": [form(loss) for loss in self.distillation_losses],
            "distillation_loss_weights": self.distillation_loss_weights,
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The distiller that `get_config` described."""

        def made(form):
            return serialization.deserialize_keras_object(form, custom_objects)

        given = {role: made(config[role]) for role in ("teacher", "student")}
        given["distillation_losses"] = [made(form) for form in config["distillation_losses"]]
        return cls(**{**config, **given})


def _inputs_of(model):
    return getattr(model, "inputs", None)


def _check_models(teacher, student):
    """Raises ValueError unless both are models whose inputs and outputs match."""
    for role, model in (("Teacher", teacher), ("Student", student)):
        if not isinstance(model, Model):
            raise ValueError(f"{role} must be a keras.Model, got {type(model)}")
    for what in ("input", "output"):
        both = [getattr(model, f"{what}s", None) for model in (teacher, student)]
        if None in both:
            continue
        tree.map_structure(lambda *pair, what=what: _check_match(what, *pair), *both)


def _check_match(what, teacher, student):
    shapes = f"Teacher: {teacher.shape}, Student: {student.shape}."
    if len(teacher.shape) != len(student.shape):
        raise ValueError(f"Teacher and student {what} shapes have different dimensions. {shapes}")
    for size, other in zip(teacher.shape, student.shape):
        if size is not None and other is not None and size != other:
            raise ValueError(
                f"Teacher and student {what} shapes are incompatible. {shapes} All dimensions "
                "must match."
            )
    if teacher.dtype != student.dtype:
        raise ValueError(
            f"Teacher and student {what} dtypes must match. Teacher: {teacher.dtype}, Student: "
            f"{student.dtype}."
        )
