"""minitf: TensorFlow's Python API on JAX, small enough to read.

`import minitf as tf`, or `python -m minitf script.py` for a program that says `tensorflow`.
"""

import importlib
from types import ModuleType

from minitf import core, dtypes, errors, install, nest
from minitf.conversions import (
    convert_to_tensor,
    register_tensor_conversion_function,
    type_spec_from_value,
)
from minitf.core.slices import IndexedSlices, IndexedSlicesSpec
from minitf.core.tensor import Tensor
from minitf.creators import variable_creator_scope
from minitf.critical_section import CriticalSection
from minitf.custom_gradient import (
    RegisterGradient,
    custom_gradient,
    grad_pass_through,
    no_gradient,
    recompute_grad,
)
from minitf.devices import DeviceSpec
from minitf.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    qint8,
    qint16,
    qint32,
    quint8,
    quint16,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from minitf.first_values import (
    constant_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    zeros_initializer,
)
from minitf.function import function
from minitf.graphs.graph import Graph, Operation
from minitf.install import install_as_tensorflow
from minitf.jax_functions import from_jax, to_jax
from minitf.module import Module
from minitf.ops import (
    ragged_images,  # noqa: F401  how ops take ragged tensors
    ragged_parts,  # noqa: F401
)
from minitf.ops.array import (
    argsort,
    bitcast,
    broadcast_dynamic_shape,
    broadcast_static_shape,
    broadcast_to,
    constant,
    ensure_shape,
    expand_dims,
    fill,
    guarantee_const,
    identity,
    identity_n,
    linspace,
    meshgrid,
    one_hot,
    ones,
    ones_like,
    pad,
    range,
    rank,
    repeat,
    reshape,
    reverse,
    roll,
    sequence_mask,
    shape,
    shape_n,
    size,
    sort,
    squeeze,
    stop_gradient,
    tile,
    transpose,
    zeros,
    zeros_like,
)
from minitf.ops.blocks import (
    batch_to_space,
    required_space_to_batch_paddings,
    space_to_batch,
    space_to_batch_nd,
)
from minitf.ops.cases import case, switch_case
from minitf.ops.control_flow import cond, while_loop
from minitf.ops.debugging import (
    Assert,
    assert_equal,
    assert_greater,
    assert_less,
    assert_rank,
    get_static_value,
    is_symbolic_tensor,
    is_tensor,
)
from minitf.ops.edit_distance import edit_distance
from minitf.ops.effects import group, no_op, numpy_function, py_function, timestamp
from minitf.ops.effects import print_ as print
from minitf.ops.effects import tuple_ as tuple
from minitf.ops.functional import foldl, foldr, map_fn, scan, vectorized_map
from minitf.ops.gathering import (
    boolean_mask,
    gather,
    gather_nd,
    reverse_sequence,
    scatter_nd,
    tensor_scatter_nd_add,
    tensor_scatter_nd_max,
    tensor_scatter_nd_min,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
    unique,
    unique_with_counts,
    unravel_index,
    where,
)
from minitf.ops.image_crops import extract_volume_patches
from minitf.ops.joining import (
    concat,
    parallel_stack,
    split,
    stack,
    unstack,
)
from minitf.ops.linalg import (
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    einsum,
    eye,
    matmul,
    norm,
    tensordot,
)
from minitf.ops.math import (
    abs,
    acos,
    acosh,
    add,
    add_n,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cast,
    complex,
    cos,
    cosh,
    divide,
    equal,
    exp,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    realdiv,
    round,
    saturate_cast,
    scalar_mul,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    truediv,
    truncatediv,
    truncatemod,
)
from minitf.ops.ragged_ops import RaggedTensor, RaggedTensorSpec
from minitf.ops.reductions import (
    argmax,
    argmin,
    cumsum,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from minitf.ops.selecting import (
    dynamic_partition,
    dynamic_stitch,
    histogram_fixed_width,
    histogram_fixed_width_bins,
    searchsorted,
)
from minitf.ops.slicing import slice_ as slice
from minitf.ops.slicing import strided_slice
from minitf.ops.sparse import SparseTensor, SparseTensorSpec
from minitf.ops.tensor_array import TensorArray
from minitf.scopes import (
    control_dependencies,
    device,
    executing_eagerly,
    get_current_name_scope,
    get_logger,
    init_scope,
    inside_function,
    name_scope,
)
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec
from minitf.specs import register_tensor_type as _register_tensor_type
from minitf.symbolic_gradients import AggregationMethod, gradients, hessians
from minitf.tape import GradientTape, UnconnectedGradients
from minitf.variable import Variable, VariableAggregation, VariableSynchronization

__version__ = "2.21.0"

_register_tensor_type(Tensor)
dtypes.cast, dtypes.complex, dtypes.saturate_cast = cast, complex, saturate_cast
newaxis = None
_WINGS = (
    "audio",
    "autodiff",
    "autograph",
    "bitwise",
    "compat",
    "config",
    "data",
    "debugging",
    "distribute",
    "experimental",
    "keras",
    "image",
    "io",
    "linalg",
    "lookup",
    "math",
    "nn",
    "profiler",
    "quantization",
    "ragged",
    "random",
    "raw_ops",
    "saved_model",
    "sets",
    "signal",
    "sparse",
    "strings",
    "summary",
    "sysconfig",
    "test",
    "train",
    "types",
    "version",
    "xla",
)
_ELSEWHERE = {
    "as_string": "strings",
    "NoneTensorSpec": "data.structure",
    "fingerprint": "ops.strings",
    "queue": "compat.v1",
    **dict.fromkeys(["eig", "eigvals"], "linalg"),
    **dict.fromkeys(["make_ndarray", "make_tensor_proto"], "ops.tensor_protos"),
}
_KERAS_WINGS = ("initializers", "losses", "metrics", "optimizers")


def __getattr__(name):
    if name == "__internal__":
        return install.load(f"{__name__}.private")
    if name in _WINGS:
        return install.load(f"{__name__}.{name}")
    if name in _KERAS_WINGS:
        globals()[name] = install.load(f"{__name__}.keras.{name}")
        return globals()[name]
    if name in _ELSEWHERE:
        return getattr(install.load(f"{__name__}.{_ELSEWHERE[name]}"), name)
    if not name.startswith("_") and name in vars(install.load(f"{__name__}.compat.v1")):
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}. There is tf.compat.v1.{name}.",
            name=name,
        )
    raise install.missing(__name__, name, __dir__())


def __dir__():
    """The names of TensorFlow's that there are: wings that are not loaded yet, and no insides."""
    inside = {n for n, value in globals().items() if isinstance(value, ModuleType)}
    inside -= {"dtypes", "errors", "nest", "version"}
    return sorted({*globals(), *_WINGS, *_KERAS_WINGS, *_ELSEWHERE} - inside)
