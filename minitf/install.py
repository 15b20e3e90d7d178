"""Programs that say `tensorflow` or `keras` find minitf: an import finder that renames modules.

`install_as_tensorflow()` puts the finder in place; `missing()` words what is not there.
"""

import difflib
import importlib
import importlib.abc
import importlib.machinery
import sys
import warnings
from collections.abc import Iterable, Sequence
from types import ModuleType

# Modules of minitf that are no part of TensorFlow's public face.
_INTERNAL = frozenset(
    "checkpoints core ops install private shapes specs tape trackable variable __main__".split()
)

# Where the names of modules that are private to TensorFlow, but that programs import, are to be
# found: in public modules, in Python's own, or in the package `minitf.private`.
_V1 = "minitf.compat.v1"
_PRIVATE = {
    "client.device_lib": f"{_V1}.device_lib", "client.session": _V1,
    "client.timeline": f"{_V1}.timeline", "data": f"{_V1}.data",
    "framework.dtypes": "minitf.dtypes", "framework.errors":
    "minitf.errors", "framework.errors_impl": "minitf.errors", "framework.graph_util":
    f"{_V1}.graph_util", "framework.graph_util_impl": f"{_V1}.graph_util",
    "framework.tensor_shape": "minitf.shapes", "framework.tensor_spec": "minitf.specs",
    "layers.base": f"{_V1}.layers", "layers.convolutional": f"{_V1}.layers", "layers.core":
    f"{_V1}.layers",
    "layers.layers": f"{_V1}.layers", "layers.normalization": f"{_V1}.layers",
    "ops.image_ops": "minitf.image", "ops.lookup_ops": f"{_V1}.lookup",
    "ops.init_ops": f"{_V1}.initializers", "ops.losses.losses": f"{_V1}.losses", "ops.nn":
    f"{_V1}.nn", "ops.nn_impl": f"{_V1}.nn", "ops.nn_ops": f"{_V1}.nn", "ops.rnn": f"{_V1}.nn",
    "ops.resource_variable_ops": "minitf.variable",
    "ops.rnn_cell": f"{_V1}.rnn_cell", "ops.rnn_cell_impl": f"{_V1}.rnn_cell", "platform.app":
    f"{_V1}.app", "platform.flags": f"{_V1}.flags", "platform.gfile": f"{_V1}.gfile",
    "platform.tf_logging": f"{_V1}.logging", "pywrap_tensorflow": f"{_V1}.train",
    "summary.summary": f"{_V1}.summary",
    "training.moving_averages": f"{_V1}.moving_averages", "training.training": f"{_V1}.train",
    "util.compat": "minitf.compat", "util.deprecation": "minitf.private.deprecation",
    "util.nest": "minitf.private.nest",
    "util.object_identity": "minitf.private.object_identity", "util.tf_contextlib": "contextlib",
    "util.tf_inspect": "inspect",
    **{f"framework.{name}": _V1 for name in (
        "constant_op", "function", "random_seed", "sparse_tensor", "tensor_util")},
    **{f"framework.{name}": "minitf.private.specs" for name in (
        "composite_tensor", "type_spec", "type_spec_registry")},
    **{f"ops.{name}": _V1 for name in (
        "check_ops", "clip_ops", "control_flow_ops", "data_flow_ops",
        "embedding_ops", "gen_array_ops", "gen_math_ops", "gradients_impl", "linalg_ops",
        "math_ops", "parsing_ops", "script_ops", "sparse_ops", "state_ops",
        "string_ops", "tensor_array_ops", "variable_scope", "variables")},
    **{f"training.{name}": f"{_V1}.train" for name in (
        "adam", "gradient_descent", "optimizer", "saver", "session_run_hook")},
    **{name: "minitf.private" for name in (
        "data.ops.dataset_ops", "data.ops.iterator_ops", "eager.context", "framework.ops",
        "framework.smart_cond", "ops.array_ops",
        "ops.control_flow_case", "ops.control_flow_util",
        "ops.linalg.linear_operator_addition", "ops.parallel_for.control_flow_ops",
        "ops.random_ops", "ops.standard_ops", "trackable.data_structures", "util.tf_decorator",
        "util.tf_export", "util.variable_utils")},
    "ops.linalg.linear_operator": "minitf.private.linear_operator",
}  # fmt: skip
_FOLDERS_OF_MESSAGES = ("tensorflow.core", "tensorflow.core.framework",
                        "tensorflow.core.protobuf", "tensorflow.core.util")  # fmt: skip
# Where Keras's sources are, and the files and folders there that no public module is called after.
_KERAS_SOURCES = ("keras.src", "tf_keras.src", "tensorflow.python.keras")
_KERAS_FILES = frozenset("""
    advanced_activations backend_config backend_utils base_conv base_layer base_preprocessing_layer
    conv_utils convolutional core data_adapter_utils data_adapters data_utils distribution
    distribution_lib embeddings engine functional generic_utils initializers_v1 initializers_v2
    input_layer input_spec keras_tensor layer_utils learning_rate_schedule legacy_tf_layers losses
    losses_utils merge merging metrics_utils model model_config network noise np_utils optimizer
    optimizer_experimental optimizer_v1 optimizer_v2 pooling recurrent recurrent_v2 regularization
    rnn saving_lib sequential serialization_lib tf_utils trainers training training_utils
    wrappers""".split())  # fmt: skip
_LEGACY_LAYERS = "tf_keras.api._v1.keras.__internal__.legacy.layers"


def _nearest(name: str, candidates: Iterable[str]) -> str:
    """The clause of an error message that offers the closest of the candidates."""
    by_lower = {c.lower(): c for c in candidates if not c.startswith("_")}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f" The nearest there is: {by_lower[close[0]]!r}." if close else ""


def missing(module_name: str, attribute: str, candidates: Iterable[str]) -> AttributeError:
    """The error for an attribute that a module lacks, naming the nearest that it has.

    >>> raise missing("minitf", "reduce_summ", ["reduce_sum", "square"])
    Traceback (most recent call last):
    AttributeError: module 'minitf' has no attribute 'reduce_summ'. The nearest there is: 'reduce_sum'.
    """  # noqa: E501
    nearest = _nearest(attribute, candidates)
    text = f"module {module_name!r} has no attribute {attribute!r}."
    return AttributeError(text + nearest if nearest else text.removesuffix("."), name=attribute)


class _Namespace(ModuleType):
    """A module that names the nearest thing it has, where it lacks what is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # each `from module import name` asks for `__path__`
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        names = [n for n, value in vars(self).items() if not isinstance(value, ModuleType)]
        raise missing(self.__name__, name, names or dir(self))


def load(name: str) -> ModuleType:
    """Imports a module of the public face; it, and all that came with it, say what they lack."""
    module = importlib.import_module(name)
    for other_name, other in list(sys.modules.items()):
        if other_name.startswith("minitf.") and type(other) is ModuleType:
            other.__class__ = _Namespace
    return module


def _leads_to_private(name: str) -> bool:
    """Whether the table has this module of `tensorflow.python`, or modules in this folder."""
    path = name.removeprefix("tensorflow.python.")
    return any(f"{known}.".startswith(f"{path}.") for known in _PRIVATE)


def _package(name: str) -> ModuleType:
    """A package that only leads to modules."""
    package = ModuleType(name)
    package.__path__ = []
    return package


class _Alias(ModuleType):
    """A private module, or a package of such modules, that has the names of a public one."""

    def __init__(self, name: str, public: ModuleType):
        super().__init__(name)
        self.__path__ = []
        self.__all__ = [n for n in dir(public) if not n.startswith("_")]
        self._public = public

    def __getattr__(self, name: str) -> object:
        if hasattr(self._public, name):
            return getattr(self._public, name)
        return getattr(importlib.import_module("minitf.private.keras"), name)


def _private_keras(name: str, path: list[str]) -> ModuleType:
    """What stands for a module of Keras's sources: the public module that leads there."""
    module = importlib.import_module("minitf.keras")
    while path and isinstance(vars(module).get(path[0]), ModuleType):
        public = getattr(module, "__all__", None)
        if path[0] in _KERAS_FILES if public is None else path[0] not in public:
            break  # a file of minitf's own that happens to be called so
        module = vars(module)[path.pop(0)]
    if not _KERAS_FILES.issuperset(path):
        raise ModuleNotFoundError(f"{name!r} is private to Keras; minitf lacks it.", name=name)
    return _Alias(name, module)


class _TensorFlowFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives minitf's own module objects to imports of `tensorflow...` and `keras...`."""

    def __init__(self, v1: bool):
        self.v1 = v1
        self._true_specs: dict[str, importlib.machinery.ModuleSpec | None] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in ("tensorflow", "keras", "tf_keras"):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = self._find_module(spec.name)
        self._true_specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """The module ran under its own name; only take back the spec that importing set."""
        assert module.__spec__ is not None
        module.__spec__ = self._true_specs.pop(module.__spec__.name)

    def _find_module(self, name: str) -> ModuleType:
        if name == "keras":
            return importlib.import_module("minitf.keras")
        if name == "tf_keras":
            return importlib.import_module("minitf.private.tf_keras")
        if name == "tf_keras.api._v1.keras":
            return importlib.import_module("minitf.keras")
        if name.startswith("tensorflow.core.") and name.endswith("_pb2"):  # messages
            return importlib.import_module(_V1)
        if name in _FOLDERS_OF_MESSAGES:
            return _package(name)
        source = next((s for s in _KERAS_SOURCES if f"{name}.".startswith(f"{s}.")), None)
        if source is not None:
            return _private_keras(name, name.removeprefix(source).split(".")[1:])
        if name == _LEGACY_LAYERS:
            return importlib.import_module("minitf.compat.v1.layers")
        if _LEGACY_LAYERS.startswith(f"{name}."):
            return _package(name)
        if name == "tensorflow":
            return importlib.import_module("minitf.compat.v1" if self.v1 else "minitf")
        if name == "tensorflow.compat":  # the same package, whichever face `tensorflow` has
            return importlib.import_module("minitf.compat")

        parent_name, _, child = name.rpartition(".")
        parent = importlib.import_module(parent_name)  # through this finder again
        if name.startswith("tensorflow.python.") and (
            _leads_to_private(name) or not parent.__name__.startswith("minitf")
        ):
            return self._find_private(name)
        if parent_name == "tensorflow" and child == "python":
            return self._find_private(name)
        if not (parent_name == "tensorflow" and child in _INTERNAL):
            found = getattr(parent, child, None)
            if isinstance(found, ModuleType):
                return found
            if found is None and hasattr(parent, "__path__") and parent.__name__ != parent_name:
                module = _import_if_there(f"{parent.__name__}.{child}")
                if module is None and self.v1 and parent_name == "tensorflow":
                    module = _import_if_there(f"minitf.{child}")
                if module is not None:
                    return module
        modules = [n for n in dir(parent) if isinstance(vars(parent).get(n), ModuleType)]
        raise ModuleNotFoundError(
            f"minitf has no module {name!r}.{_nearest(child, modules)}", name=name
        )

    def _find_private(self, name: str) -> ModuleType:
        """The public module of a private one, or a package that leads to such modules."""
        path = name.removeprefix("tensorflow.python").lstrip(".")
        if path.partition(".")[0] == "autograph":  # which lives on as a library of its own
            return importlib.import_module("malt" + path.removeprefix("autograph"))
        if path in _PRIVATE:
            return importlib.import_module(_PRIVATE[path])
        if _leads_to_private(name) or not path:
            return _package(name)
        raise ModuleNotFoundError(
            f"{name!r} is private to TensorFlow; minitf has TensorFlow's public names only.",
            name=name,
        )


class _MissingNameFinder(importlib.abc.MetaPathFinder):
    """Words `from tensorflow import nonesuch`: asked last, after every real module was tried."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        parent_name, _, child = fullname.rpartition(".")
        parent = sys.modules.get(parent_name)
        if parent is not None and parent_name.partition(".")[0] == "minitf":
            raise ImportError(
                f"cannot import name {child!r} from {parent_name!r}."
                + _nearest(child, dir(parent)),
                name=fullname,
            )


def _import_if_there(name: str) -> ModuleType | None:
    """Import a module, or None where there is no such module; its own failures pass through."""
    try:
        return load(name)
    except ImportError as error:
        if error.name != name:
            raise
        return None


def install_as_tensorflow(v1: bool = False) -> None:
    """Make `import tensorflow` and `import keras` give minitf, in this process.

    Calling it again changes nothing. With `v1=True`, `tensorflow` has the face and the
    behavior of TensorFlow 1.x: graphs, sessions and placeholders.

    Raises:
      RuntimeError: TensorFlow or Keras itself was imported before.
    """
    installed = next((f for f in sys.meta_path if isinstance(f, _TensorFlowFinder)), None)
    if installed is not None and installed.v1 == v1:
        return
    for name in [n for n in sys.modules if n.partition(".")[0] in ("tensorflow", "keras")]:
        if not getattr(sys.modules[name], "__name__", "").startswith("minitf"):
            raise RuntimeError(
                f"{name!r} itself is imported already; restart Python, then install minitf first."
            )
        del sys.modules[name]
    if installed is not None:
        sys.meta_path.remove(installed)
        warnings.warn("`tensorflow` changes its face; modules imported before keep the old one.")
    sys.meta_path.insert(0, _TensorFlowFinder(v1))
    if not any(isinstance(f, _MissingNameFinder) for f in sys.meta_path):
        sys.meta_path.append(_MissingNameFinder())
    if v1:
        importlib.import_module("minitf.compat.v1").disable_v2_behavior()
