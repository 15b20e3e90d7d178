"""Settings of a dataset. minitf computes elements in order, in one thread, when they are asked
for: the settings are kept, checked and merged as in TensorFlow, and change no element.
"""

import enum


class AutoShardPolicy(enum.IntEnum):
    """How a distributed job divides a dataset among its workers."""

    OFF, AUTO, FILE, DATA, HINT = -1, 0, 1, 2, 3


class ExternalStatePolicy(enum.Enum):
    """What to do about state outside a dataset when it is saved."""

    WARN, IGNORE, FAIL = 0, 1, 2


class AutotuneAlgorithm(enum.Enum):
    """How the parallelism of a pipeline is found."""

    DEFAULT, HILL_CLIMB, GRADIENT_DESCENT, MAX_PARALLELISM, STAGE_BASED = range(5)


class _Settings:
    """An object with the fields of `_defaults` and no others."""

    _defaults: dict = {}

    def __init__(self):
        for name, default in self._defaults.items():
            object.__setattr__(self, name, default() if isinstance(default, type) else default)

    def __setattr__(self, name, value):
        if name not in self._defaults:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        object.__setattr__(self, name, value)

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __ne__(self, other):
        return not self == other

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def merge(self, options):
        """These settings, with those that `options` has set in their place."""
        merged = type(self)()
        for name, default in self._defaults.items():
            mine, others = getattr(self, name), getattr(options, name)
            if isinstance(mine, _Settings):
                chosen = mine.merge(others)
            else:
                chosen = mine if others == default else others
            object.__setattr__(merged, name, chosen)
        return merged


class ThreadingOptions(_Settings):
    """How many threads a pipeline may use."""

    _defaults = {"max_intra_op_parallelism": None, "private_threadpool_size": None}


class AutotuneOptions(_Settings):
    """The budget of autotuning."""

    _defaults = dict.fromkeys(
        ("enabled", "cpu_budget", "ram_budget", "autotune_algorithm", "initial_parallelism",
         "min_parallelism")
    )  # fmt: skip


class DistributeOptions(_Settings):
    """How a dataset is divided among workers."""

    _defaults = {"auto_shard_policy": AutoShardPolicy.AUTO, "num_devices": None}


class OptimizationOptions(_Settings):
    """The rewrites of a pipeline."""

    _defaults = dict.fromkeys(
        ("apply_default_optimizations", "filter_fusion", "filter_parallelization",
         "inject_prefetch", "map_and_batch_fusion", "map_and_filter_fusion", "map_fusion",
         "map_parallelization", "noop_elimination", "parallel_batch", "seq_interleave_prefetch",
         "shuffle_and_repeat_fusion")
    )  # fmt: skip


class ServiceOptions(_Settings):
    """The tf.data service."""

    _defaults = {"pinned": None}


class Options(_Settings):
    """The settings of a dataset, given with `dataset.with_options(options)`.

    >>> options = Options()
    >>> options.deterministic = False
    >>> options.merge(Options()).deterministic
    False
    """

    _defaults = {
        "autotune": AutotuneOptions,
        "dataset_name": None,
        "deterministic": None,
        "experimental_distribute": DistributeOptions,
        "experimental_external_state_policy": None,
        "experimental_optimization": OptimizationOptions,
        "experimental_service": ServiceOptions,
        "experimental_slack": None,
        "experimental_symbolic_checkpoint": None,
        "experimental_warm_start": None,
        "framework_type": None,
        "threading": ThreadingOptions,
    }

    experimental_deterministic = property(lambda self: self.deterministic)
    experimental_threading = property(lambda self: self.threading)

    def __setattr__(self, name, value):
        super().__setattr__(
            {"experimental_deterministic": "deterministic",
             "experimental_threading": "threading"}.get(name, name),
            value,
        )  # fmt: skip
