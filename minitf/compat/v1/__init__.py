"""`tf.compat.v1`: placeholders, sessions and graphs, beside everything of `tf` that is the same."""

import importlib
import sys

from minitf.compat.v1.collections import (
    GraphKeys,
    add_to_collection,
    add_to_collections,
    get_collection,
    get_collection_ref,
)
from minitf.compat.v1.gradients import gradients, hessians
from minitf.compat.v1.graphs import (
    disable_eager_execution,
    disable_v2_behavior,
    enable_eager_execution,
    get_default_graph,
    group,
    no_op,
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
from minitf.compat.v1.session import (
    IndexedSlicesValue,
    InteractiveSession,
    Session,
    get_default_session,
)
from minitf.compat.v1.variable_scope import (
    AUTO_REUSE,
    VariableScope,
    get_local_variable,
    get_variable,
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
from minitf.install import missing

_WINGS = ("train",)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name in _WINGS:
        return importlib.import_module(f"{__name__}.{name}")
    _tf = sys.modules["minitf"]
    try:
        return getattr(_tf, name)
    except AttributeError:
        names = [n for n in [*globals(), *dir(_tf)] if not n.startswith("_")]
        raise missing(__name__, name, names) from None
