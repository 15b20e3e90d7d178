"""`tf.compat.v1`: placeholders, sessions and graphs, beside everything of `tf` that is the same."""

import functools
import importlib
import sys

from minitf.compat.v1.asserts import (
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_less,
    assert_less_equal,
    assert_none_equal,
)
from minitf.compat.v1.behavior import (
    control_flow_v2_enabled,
    disable_control_flow_v2,
    disable_tensor_equality,
    disable_v2_behavior,
    enable_control_flow_v2,
    enable_tensor_equality,
    enable_v2_behavior,
    executing_eagerly_outside_functions,
)
from minitf.compat.v1.checks import (
    add_check_numerics_ops,
    assert_variables_initialized,
    clip_by_average_norm,
    verify_tensor_all_finite,
)
from minitf.compat.v1.collections import (
    GraphKeys,
    add_to_collection,
    add_to_collections,
    get_collection,
    get_collection_ref,
)
from minitf.compat.v1.effects import Print, confusion_matrix, py_func, string_split
from minitf.compat.v1.getting import (
    create_partitioned_variables,
    get_local_variable,
    get_variable,
)
from minitf.compat.v1.graphs import (
    colocate_with,
    disable_eager_execution,
    enable_eager_execution,
    get_default_graph,
    group,
    name_scope,
    no_op,
    op_scope,
    placeholder,
    placeholder_with_default,
    reset_default_graph,
)
from minitf.compat.v1.graphs import tuple_ as tuple
from minitf.compat.v1.initializers import (
    constant_initializer,
    glorot_normal_initializer,
    glorot_uniform_initializer,
    ones_initializer,
    orthogonal_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    variance_scaling_initializer,
    zeros_initializer,
)
from minitf.compat.v1.lookup import initialize_all_tables, tables_initializer
from minitf.compat.v1.namespaces import NAMESPACES, namespace
from minitf.compat.v1.ops import (
    add,
    argmax,
    argmin,
    batch_gather,
    batch_to_space,
    boolean_mask,
    concat,
    cond,
    constant,
    convert_to_tensor,
    convert_to_tensor_or_indexed_slices,
    count_nonzero,
    div,
    expand_dims,
    gather,
    gather_nd,
    gradients,
    hessians,
    multinomial,
    norm,
    ones_like,
    pad,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
    reverse_sequence,
    set_random_seed,
    shape,
    size,
    space_to_batch,
    split,
    squeeze,
    to_bfloat16,
    to_complex64,
    to_complex128,
    to_double,
    to_float,
    to_int32,
    to_int64,
    transpose,
    where,
    while_loop,
    zeros_like,
)
from minitf.compat.v1.ops import argmax as arg_max
from minitf.compat.v1.ops import argmin as arg_min
from minitf.compat.v1.partitions import (
    fixed_size_partitioner,
    min_max_variable_partitioner,
    variable_axis_size_partitioner,
)
from minitf.compat.v1.queues import (
    FIFOQueue,
    PaddingFIFOQueue,
    PriorityQueue,
    QueueBase,
    RandomShuffleQueue,
)
from minitf.compat.v1.readers import (
    FixedLengthRecordReader,
    IdentityReader,
    ReaderBase,
    TextLineReader,
    TFRecordReader,
    WholeFileReader,
)
from minitf.compat.v1.session import (
    IndexedSlicesValue,
    InteractiveSession,
    Session,
    get_default_session,
)
from minitf.compat.v1.session_options import (
    ConfigProto,
    GPUOptions,
    GraphOptions,
    OptimizerOptions,
    RunOptions,
)
from minitf.compat.v1.sparse_tensors import (
    SparseTensorValue,
    convert_to_tensor_or_sparse_tensor,
    sparse_add,
    sparse_concat,
    sparse_matmul,
    sparse_merge,
    sparse_placeholder,
    sparse_reduce_max,
    sparse_reduce_max_sparse,
    sparse_reduce_sum,
    sparse_reduce_sum_sparse,
    sparse_split,
    sparse_to_dense,
)
from minitf.compat.v1.templates import make_template
from minitf.compat.v1.texts import reduce_join, substr
from minitf.compat.v1.variable_scope import (
    AUTO_REUSE,
    VariableScope,
    get_variable_scope,
    variable_op_scope,
    variable_scope,
)
from minitf.compat.v1.variables import VariableV1 as Variable
from minitf.compat.v1.variables import (
    all_variables,
    assign,
    assign_add,
    assign_sub,
    count_up_to,
    disable_resource_variables,
    enable_resource_variables,
    global_variables,
    global_variables_initializer,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    is_variable_initialized,
    local_variables,
    local_variables_initializer,
    metric_variables,
    model_variables,
    moving_average_variables,
    report_uninitialized_variables,
    resource_variables_enabled,
    scatter_add,
    scatter_div,
    scatter_max,
    scatter_min,
    scatter_mul,
    scatter_nd_add,
    scatter_nd_sub,
    scatter_nd_update,
    scatter_sub,
    scatter_update,
    trainable_variables,
    variables_initializer,
)
from minitf.compat.v1.wrapping import wrap_function
from minitf.creators import variable_creator_scope
from minitf.dimensions import Dimension, dimension_at_index, dimension_value
from minitf.graph_def import import_graph_def
from minitf.install import missing
from minitf.ops.math import truncatediv, truncatemod
from minitf.ops.messages import (
    AttrValue,
    Event,
    GraphDef,
    HistogramProto,
    LogMessage,
    MetaGraphDef,
    NameAttrList,
    NodeDef,
    RunMetadata,
    SessionLog,
    Summary,
    SummaryMetadata,
    TensorInfo,
)
from minitf.ops.random import get_seed
from minitf.ops.selecting import setdiff1d
from minitf.ops.selecting import setdiff1d as listdiff
from minitf.shapes import disable_v2_tensorshape, enable_v2_tensorshape

_WINGS = ("app", "contrib", "data", "distributions", "examples", "flags", "gfile", "graph_util",
          "image", "initializers", "layers", "logging", "lookup", "losses", "metrics", "nn",
          "python_io", "saved_model", "summary", "train")  # fmt: skip
_OLDER = frozenset(
    "batch_matmul histogram_summary image_summary inv merge_all_summaries merge_summary mul neg "
    "pack scalar_summary select sub unpack".split()
)
# Names that TensorFlow 2 has elsewhere, or calls otherwise.
_MOVED = {
    "assert_integer": "debugging.assert_integer",
    "assert_proper_iterable": "debugging.assert_proper_iterable",
    "assert_same_float_dtype": "debugging.assert_same_float_dtype",
    "decode_base64": "io.decode_base64", "encode_base64": "io.encode_base64",
    "deserialize_many_sparse": "io.deserialize_many_sparse",
    "is_non_decreasing": "math.is_non_decreasing",
    "is_strictly_increasing": "math.is_strictly_increasing",
    "parse_single_sequence_example": "io.parse_single_sequence_example",
    "parse_tensor": "io.parse_tensor", "serialize_many_sparse": "io.serialize_many_sparse",
    "serialize_sparse": "io.serialize_sparse", "serialize_tensor": "io.serialize_tensor",
    "sparse_reshape": "sparse.reshape", "unsorted_segment_sqrt_n": "math.unsorted_segment_sqrt_n",
    "accumulate_n": "math.accumulate_n", "angle": "math.angle", "as_string": "strings.as_string",
    "batch_to_space_nd": "batch_to_space", "ceil": "math.ceil", "cholesky": "linalg.cholesky",
    "cholesky_solve": "linalg.cholesky_solve",
    "conj": "math.conj", "cross": "linalg.cross", "cumprod": "math.cumprod",
    "depth_to_space": "nn.depth_to_space", "decode_csv": "io.decode_csv",
    "decode_raw": "io.decode_raw", "diag": "linalg.tensor_diag",
    "diag_part": "linalg.tensor_diag_part", "digamma": "math.digamma",
    "div_no_nan": "math.divide_no_nan", "erf": "math.erf", "erfc": "math.erfc",
    "expm1": "math.expm1", "extract_image_patches": "compat.v1.image.extract_image_patches",
    "FixedLenFeature": "io.FixedLenFeature", "floor_div": "math.floordiv",
    "floordiv": "math.floordiv", "floormod": "math.floormod", "global_norm": "linalg.global_norm",
    "igamma": "math.igamma", "imag": "math.imag", "invert_permutation": "math.invert_permutation",
    "is_finite": "math.is_finite", "is_inf": "math.is_inf", "is_nan": "math.is_nan",
    "lbeta": "math.lbeta", "lgamma": "math.lgamma", "lin_space": "linspace", "log": "math.log",
    "log1p": "math.log1p", "log_sigmoid": "math.log_sigmoid", "logical_xor": "math.logical_xor",
    "matrix_band_part": "linalg.band_part", "matrix_determinant": "linalg.det",
    "matrix_diag": "linalg.diag", "matrix_diag_part": "linalg.diag_part",
    "matrix_inverse": "linalg.inv", "matrix_set_diag": "linalg.set_diag",
    "matrix_solve": "linalg.solve", "matrix_solve_ls": "linalg.lstsq",
    "matrix_transpose": "linalg.matrix_transpose",
    "matrix_triangular_solve": "linalg.triangular_solve", "mod": "math.floormod",
    "NoGradient": "no_gradient", "NotDifferentiable": "no_gradient",
    "parse_example": "io.parse_example", "parse_single_example": "io.parse_single_example",
    "polygamma": "math.polygamma", "qr": "linalg.qr", "random_crop": "image.random_crop",
    "random_gamma": "random.gamma", "random_normal": "random.normal",
    "random_poisson": "random.poisson", "random_shuffle": "random.shuffle",
    "random_uniform": "random.uniform", "read_file": "io.read_file", "real": "math.real",
    "reciprocal": "math.reciprocal", "regex_replace": "strings.regex_replace",
    "reverse_v2": "reverse", "rint": "math.rint", "rsqrt": "math.rsqrt",
    "scalar_mul": "math.scalar_mul", "segment_max": "math.segment_max",
    "segment_mean": "math.segment_mean", "segment_min": "math.segment_min",
    "segment_prod": "math.segment_prod", "segment_sum": "math.segment_sum",
    "self_adjoint_eig": "linalg.eigh", "self_adjoint_eigvals": "linalg.eigvalsh",
    "sparse_reorder": "sparse.reorder", "sparse_reset_shape": "sparse.reset_shape",
    "sparse_tensor_to_dense": "sparse.to_dense",
    "space_to_depth": "nn.space_to_depth",
    "squared_difference": "math.squared_difference", "string_join": "strings.join",
    "string_to_number": "strings.to_number", "svd": "linalg.svd",
    "sparse_retain": "sparse.retain", "sparse_tensor_dense_matmul": "sparse.sparse_dense_matmul",
    "sparse_maximum": "sparse.maximum", "sparse_transpose": "sparse.transpose",
    "string_to_hash_bucket": "strings.to_hash_bucket", "string_strip":
    "strings.strip",
    "tensor_scatter_update": "tensor_scatter_nd_update", "trace": "linalg.trace",
    "truncated_normal": "random.truncated_normal", "unsorted_segment_max":
    "math.unsorted_segment_max", "unsorted_segment_mean": "math.unsorted_segment_mean",
    "unsorted_segment_min": "math.unsorted_segment_min",
    "unsorted_segment_prod": "math.unsorted_segment_prod",
    "unsorted_segment_sum": "math.unsorted_segment_sum", "VarLenFeature": "io.VarLenFeature",
    **{name: f"version.{name}" for name in (
        "COMPILER_VERSION", "GIT_VERSION", "GRAPH_DEF_VERSION", "GRAPH_DEF_VERSION_MIN_CONSUMER",
        "GRAPH_DEF_VERSION_MIN_PRODUCER")},
    "where_v2": "where",
    "write_file": "io.write_file", "zeta": "math.zeta",
    **{f"assert_{what}": f"debugging.assert_{what}" for what in (
        "near", "negative", "non_negative", "non_positive", "positive", "rank", "rank_at_least",
        "rank_in", "scalar", "type",
    )},
}  # fmt: skip


__version__ = sys.modules["minitf"].__version__


def __getattr__(name):
    if name in ("__version__", "VERSION"):
        return sys.modules["minitf"].__version__
    if name.startswith("__"):
        raise AttributeError(name)
    if name in _WINGS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in NAMESPACES:
        globals()[name] = namespace(name)
        return globals()[name]
    _tf = sys.modules["minitf"]
    if name in _OLDER:
        return getattr(importlib.import_module(f"{__name__}.older"), name)
    try:
        return functools.reduce(getattr, _MOVED.get(name, name).split("."), _tf)
    except AttributeError:
        names = [n for n in [*globals(), *dir(_tf)] if not n.startswith("_")]
        raise missing(__name__, name, names) from None
