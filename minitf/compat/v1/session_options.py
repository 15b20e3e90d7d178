"""Options of a session: records that keep their fields. One machine needs none of them."""


class _Options:
    """Fields with defaults; setting or passing another name is an error."""

    _fields = {}

    def __init__(self, **fields):
        for name, default in self._fields.items():
            object.__setattr__(self, name, default() if isinstance(default, type) else default)
        for name, value in fields.items():
            setattr(self, name, value)

    def __setattr__(self, name, value):
        if name not in self._fields:
            kind = type(self).__name__
            raise AttributeError(f'Protocol message {kind} has no "{name}" field.')
        object.__setattr__(self, name, value)

    def __repr__(self):
        shown = [
            f"{name}: {value!r}"
            for name, value in vars(self).items()
            if not isinstance(value, _Options) and value != self._fields[name]
        ]
        return "\n".join(shown) + ("\n" if shown else "")

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)


class _GPUExperimental(_Options):
    _fields = {"use_unified_memory": False, "num_dev_to_dev_copy_streams": 0}


class GPUOptions(_Options):
    """How much of a GPU's memory TensorFlow takes; JAX decides for itself."""

    _fields = {
        "per_process_gpu_memory_fraction": 0.0, "allow_growth": False, "allocator_type": "",
        "deferred_deletion_bytes": 0, "visible_device_list": "", "polling_active_delay_usecs": 0,
        "force_gpu_compatible": False, "experimental": _GPUExperimental,
    }  # fmt: skip


class OptimizerOptions(_Options):
    """How TensorFlow optimizes graphs; here XLA always does."""

    L1, L0 = 0, -1
    DEFAULT, OFF, ON_1, ON_2 = 0, -1, 1, 2
    _fields = {
        "do_common_subexpression_elimination": False, "do_constant_folding": False,
        "do_function_inlining": False, "opt_level": 0, "global_jit_level": 0,
        "max_folded_constant_in_bytes": 0,
    }  # fmt: skip


class GraphOptions(_Options):
    """Options of graphs."""

    _fields = {
        "optimizer_options": OptimizerOptions, "enable_recv_scheduling": False,
        "build_cost_model": 0, "infer_shapes": False, "place_pruned_graph": False,
    }  # fmt: skip


class ConfigProto(_Options):
    """Options of a session.

    >>> config = ConfigProto(allow_soft_placement=True)
    >>> config.gpu_options.allow_growth = True
    >>> config.allow_soft_placement, config.gpu_options.allow_growth
    (True, True)
    """

    _fields = {
        "device_count": dict, "intra_op_parallelism_threads": 0, "inter_op_parallelism_threads": 0,
        "use_per_session_threads": False, "placement_period": 0, "device_filters": list,
        "gpu_options": GPUOptions, "allow_soft_placement": False, "log_device_placement": False,
        "graph_options": GraphOptions, "operation_timeout_in_ms": 0,
        "isolate_session_state": False, "share_cluster_devices_in_session": False,
    }  # fmt: skip


class RunOptions(_Options):
    """Options of one `Session.run`."""

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = range(4)
    _fields = {
        "trace_level": 0, "timeout_in_ms": 0, "inter_op_thread_pool": 0,
        "output_partition_graphs": False, "report_tensor_allocations_upon_oom": False,
    }  # fmt: skip
