"""`FeatureSpace`: columns of a table as numbers that a model takes, each by its own rule."""

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.data.dataset import Dataset
from minitf.keras import serialization
from minitf.keras.layer import Layer
from minitf.keras.layers import (
    CategoryEncoding,
    Concatenate,
    Discretization,
    HashedCrossing,
    Hashing,
    Identity,
    Input,
    IntegerLookup,
    Normalization,
    Rescaling,
    StringLookup,
    TextVectorization,
)
from minitf.keras.naming import auto_name
from minitf.keras.registration import register_keras_serializable
from minitf.keras.saving.archive import save_model
from minitf.ops.array import expand_dims, reshape, squeeze


def _check_mode(output_mode, allowed):
    if output_mode not in allowed:
        raise ValueError(
            "Invalid value for argument `output_mode`. Expected one of "
            f"{set(allowed)}. Received: output_mode={output_mode}"
        )


class _Described:
    """What is told by the arguments of its constructor, which are its attributes."""

    _arguments = ()

    def get_config(self):
        """The arguments."""
        return {
            name: serialization.serialize_keras_object(getattr(self, name))
            for name in self._arguments
        }

    @classmethod
    def from_config(cls, config):
        """One like that which `get_config` described."""
        return cls(**config)


@register_keras_serializable(package="keras.utils")
class Cross(_Described):
    """Several features as one: each combination of values is hashed to a number."""

    _arguments = ("feature_names", "crossing_dim", "output_mode")

    def __init__(self, feature_names, crossing_dim, output_mode="one_hot"):
        _check_mode(output_mode, ("int", "one_hot"))
        self.feature_names, self.crossing_dim = tuple(feature_names), crossing_dim
        self.output_mode = output_mode

    name = property(lambda self: "_X_".join(self.feature_names))


@register_keras_serializable(package="keras.utils")
class Feature(_Described):
    """One column: its dtype, the layer that it passes, and what becomes of the result."""

    _arguments = ("dtype", "preprocessor", "output_mode")

    def __init__(self, dtype, preprocessor, output_mode):
        _check_mode(output_mode, ("int", "one_hot", "float"))
        if isinstance(preprocessor, dict):
            preprocessor = serialization.deserialize_keras_object(preprocessor)
        self.dtype, self.preprocessor, self.output_mode = dtype, preprocessor, output_mode


class FeatureSpace(Layer):
    """Turns dictionaries of columns into vectors, or into dictionaries of vectors.

    Args:
      features: {name of a column: what it is}; a string names one of the class methods below
        (`"float"`, `"string_categorical"`, ...), which make `Feature`s.
      output_mode: `"concat"`, the vectors of all features one after the other (by name); or
        `"dict"`.
      crosses: lists of names of features to cross, or `Cross`es.
      crossing_dim, hashing_dim, num_discretization_bins: how many numbers crosses, hashed features
        and discretized features have, where nothing else is said.

    Raises:
      ValueError: no features, an unknown kind, or a cross of features that there are not.

    >>> space = FeatureSpace({"age": "float", "sex": "string_categorical"})
    >>> space.adapt({"age": [20.0, 30.0], "sex": ["m", "f"]})
    >>> space({"age": 25.0, "sex": "f"}).numpy()
    array([25.,  0.,  0.,  1.], dtype=float32)
    """

    def __init__(self, features, output_mode="concat", crosses=None, crossing_dim=32,
                 hashing_dim=32, num_discretization_bins=32, name=None):  # fmt: skip
        super().__init__(name=name)
        if not features:
            raise ValueError("The `features` argument cannot be None or empty.")
        _check_mode(output_mode, ("dict", "concat"))
        self.output_mode, self.crossing_dim, self.hashing_dim = (
            output_mode, crossing_dim, hashing_dim)  # fmt: skip
        self.num_discretization_bins = num_discretization_bins
        self.features = {key: self._feature(key, value) for key, value in features.items()}
        self.crosses = [self._cross(cross) for cross in crosses or ()]
        self.preprocessors = {key: f.preprocessor for key, f in self.features.items()}
        self.crossers = {c.name: HashedCrossing(c.crossing_dim, name=c.name) for c in self.crosses}
        self.inputs = {key: Input((1,), dtype=f.dtype, name=key)
                       for key, f in self.features.items()}  # fmt: skip
        self.one_hot_encoders = {}
        self.concat = Concatenate(axis=-1) if output_mode == "concat" else None
        self.encoded_features, self._is_adapted = None, False

    # Kinds of features -------------------------------------------------------------------------

    @classmethod
    def cross(cls, feature_names, crossing_dim, output_mode="one_hot"):
        """Several features as one of `crossing_dim` values."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype, preprocessor, output_mode):
        """A column that passes a layer of your own."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name=None):
        """A number as it is."""
        layer = Identity(dtype="float32", name=f"{name or auto_name('float')}_preprocessor")
        return Feature("float32", layer, "float")

    @classmethod
    def float_rescaled(cls, scale=1.0, offset=0.0, name=None):
        """A number times `scale`, plus `offset`."""
        name = f"{name or auto_name('float_rescaled')}_preprocessor"
        return Feature("float32", Rescaling(scale, offset, name=name), "float")

    @classmethod
    def float_normalized(cls, name=None):
        """A number of mean 0 and variance 1 over the data."""
        name = f"{name or auto_name('float_normalized')}_preprocessor"
        return Feature("float32", Normalization(axis=-1, name=name), "float")

    @classmethod
    def float_discretized(cls, num_bins, bin_boundaries=None, output_mode="one_hot", name=None):
        """In which of `num_bins` ranges a number lies."""
        name = f"{name or auto_name('float_discretized')}_preprocessor"
        layer = Discretization(bin_boundaries, num_bins, name=name)
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot",
                            name=None):  # fmt: skip
        """One of the integers in the data."""
        name = f"{name or auto_name('integer_categorical')}_preprocessor"
        layer = IntegerLookup(max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=name)
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot",
                           name=None):  # fmt: skip
        """One of the strings in the data."""
        name = f"{name or auto_name('string_categorical')}_preprocessor"
        layer = StringLookup(max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=name)
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """A string hashed to one of `num_bins` numbers."""
        name = f"{name or auto_name('string_hashed')}_preprocessor"
        return Feature("string", Hashing(num_bins, name=name), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """An integer hashed to one of `num_bins` numbers."""
        name = f"{name or auto_name('integer_hashed')}_preprocessor"
        return Feature("int32", Hashing(num_bins, name=name), output_mode)

    def _feature(self, name, given):
        if isinstance(given, dict):
            return serialization.deserialize_keras_object(given)
        if isinstance(given, Feature):
            return given
        bins = {"float_discretized": self.num_discretization_bins,
                "integer_hashed": self.hashing_dim, "string_hashed": self.hashing_dim}  # fmt: skip
        if given in bins:
            return getattr(self, given)(bins[given], name=name)
        plain = ("float", "float_rescaled", "float_normalized", "integer_categorical",
                 "string_categorical")  # fmt: skip
        if given not in plain:
            raise ValueError(f"Invalid feature type: {given}")
        return getattr(self, given)(name=name)

    def _cross(self, given):
        if isinstance(given, dict):
            given = serialization.deserialize_keras_object(given)
        if isinstance(given, Cross):
            return given
        if not self.crossing_dim:
            raise ValueError(
                "When specifying `crosses`, the argument `crossing_dim` (dimensionality of the "
                "crossing space) should be specified as well."
            )
        if not set(given) <= set(self.features):
            raise ValueError(
                "All features referenced in the `crosses` argument should be present in the "
                f"`features` dict. Received unknown features: {given}"
            )
        return Cross(given, self.crossing_dim)

    # Adapting ----------------------------------------------------------------------------------

    def _to_adapt(self):
        """The names of the features whose layers learn from data."""

        def learns(layer):
            if isinstance(layer, Normalization):
                return layer.input_mean is None
            if isinstance(layer, TextVectorization):
                return not layer._has_input_vocabulary
            return hasattr(layer, "adapt")

        return [name for name, layer in self.preprocessors.items() if learns(layer)]

    def adapt(self, dataset):
        """Lets the features' layers see the data: a dataset of dictionaries, or a dictionary.

        Raises:
          ValueError: something else.
        """
        if isinstance(dataset, dict):
            dataset = Dataset.from_tensor_slices(dataset)
        if not isinstance(dataset, Dataset):
            raise ValueError(
                "`adapt()` can only be called on a tf.data.Dataset or a dict of arrays/lists. "
                f"Received instead: {dataset} (of type {type(dataset)})"
            )
        for name in self._to_adapt():
            column = dataset.map(lambda row, name=name: row[name])
            rank = column.element_spec.shape.rank
            column = column.batch(32) if rank == 0 else column
            column = column.map(lambda x: expand_dims(x, -1)) if rank in (0, 1) else column
            self.preprocessors[name].adapt(column)
        self._is_adapted, self.encoded_features = True, None
        self.get_encoded_features()

    def _check_adapted(self):
        if not self._is_adapted and self._to_adapt():
            raise ValueError(
                "You need to call `.adapt(dataset)` on the FeatureSpace before you can start using "
                "it."
            )
        self._is_adapted = True

    # Encoding ----------------------------------------------------------------------------------

    def get_inputs(self):
        """{name: symbolic input} of the columns."""
        self.get_encoded_features()
        return self.inputs

    def get_encoded_features(self):
        """What becomes of `get_inputs()`: for a model that takes the columns themselves."""
        self._check_adapted()
        if self.encoded_features is None:
            self.encoded_features = self._encoded(self.inputs)
            self.built = True
        return self.encoded_features

    def _encoded(self, columns):
        features = {name: self.preprocessors[name](x) for name, x in columns.items()}
        crossed = {c.name: self.crossers[c.name]([features[n] for n in c.feature_names])
                   for c in self.crosses}  # fmt: skip
        kinds = {**self.features, **{c.name: c for c in self.crosses}}
        names = [*sorted(features), *sorted(crossed)]
        together = {**features, **crossed}
        encoded = {name: self._as_vector(name, together[name], kinds[name]) for name in names}
        if self.concat is None:
            return encoded
        for name, x in encoded.items():
            dtype = getattr(x.dtype, "name", x.dtype)
            if dtype == "string" or dtype.startswith("int"):
                raise ValueError(
                    f"Cannot concatenate features because feature '{name}' has not been encoded "
                    f"(it has dtype {dtype}). Consider using `output_mode='dict'`."
                )
        return self.concat(list(encoded.values()))

    def _as_vector(self, name, x, kind):
        if kind.output_mode != "one_hot":
            return x
        if name not in self.one_hot_encoders:
            dtype = getattr(x.dtype, "name", x.dtype)
            if not dtype.startswith("int"):
                raise ValueError(
                    f"Feature '{name}' has `output_mode='one_hot'`. Thus its preprocessor should "
                    f"return an integer dtype. Instead it returns a {dtype} dtype."
                )
            layer = self.preprocessors.get(name) or self.crossers[name]
            self.one_hot_encoders[name] = CategoryEncoding(_cardinality(name, layer), "multi_hot")
        return self.one_hot_encoders[name](x)

    def __call__(self, data):
        """The features of a dictionary of columns, or of one row."""
        self.get_encoded_features()
        if not isinstance(data, dict):
            raise ValueError(
                "A FeatureSpace can only be called with a dict. "
                f"Received: data={data} (of type {type(data)}"
            )
        columns, is_row = {}, False
        for name, x in data.items():
            x = x if hasattr(x, "_type_spec") else convert_to_tensor(x)
            if x.shape.rank == 0:
                x, is_row = reshape(x, [1, 1]), True
            columns[name] = expand_dims(x, -1) if x.shape.rank == 1 else x
        encoded = self._encoded(columns)
        return nest.map_structure(lambda x: squeeze(x, 0), encoded) if is_row else encoded

    # As plain data -----------------------------------------------------------------------------

    def get_config(self):
        serialize = serialization.serialize_keras_object
        return {
            "features": serialize(self.features),
            "output_mode": self.output_mode,
            "crosses": serialize(self.crosses),
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_build_config(self):
        return {name: layer.get_build_config() for name, layer in self.preprocessors.items()}

    def build_from_config(self, config):
        for name, built in config.items():
            if built and not self.preprocessors[name].built:
                self.preprocessors[name].build_from_config(built)
        self._is_adapted = True

    def save(self, filepath):
        """Writes the features and what they have learnt into a `.keras` file."""
        save_model(self, filepath)


def _cardinality(name, layer):
    """How many values a layer can give."""
    if isinstance(layer, IntegerLookup | StringLookup):
        return layer.vocabulary_size()
    if isinstance(layer, CategoryEncoding):
        return layer.num_tokens
    if isinstance(layer, Discretization | HashedCrossing | Hashing):
        return layer.num_bins
    raise ValueError(
        f"Feature '{name}' has `output_mode='one_hot'`. However it isn't a standard feature and "
        "the dimensionality of its output space is not known, thus it cannot be one-hot encoded. "
        "Try using `output_mode='int'`."
    )
