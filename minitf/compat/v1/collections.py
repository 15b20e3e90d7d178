"""What a TF 1.x graph collects under a name: variables, losses, summaries, update ops."""

from minitf.compat.v1.graphs import get_default_graph, root_graph
from minitf.core.frames import stack


class GraphKeys:
    """The usual names of collections."""

    GLOBAL_VARIABLES = VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    RESOURCES = "resources"
    LOCAL_RESOURCES = "local_resources"
    SUMMARIES = "summaries"
    _SUMMARY_COLLECTION = "_SUMMARY_V2"
    SUMMARY_OP = "summary_op"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    REGULARIZATION_LOSSES = "regularization_losses"
    LOSSES = "losses"
    UPDATE_OPS = "update_ops"
    TRAIN_OP = "train_op"
    GLOBAL_STEP = "global_step"
    EVAL_STEP = "eval_step"
    SAVERS = "savers"
    SAVEABLE_OBJECTS = "saveable_objects"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"
    BIASES = "biases"
    WEIGHTS = "weights"
    ACTIVATIONS = "activations"
    CONCATENATED_VARIABLES = "concatenated_variables"


def _graph():
    """The graph whose collections are meant; where ops run eagerly, the one that waits beside."""
    return root_graph() if stack.frame.is_graph else get_default_graph()


def add_to_collection(name, value):
    """Adds `value` to the default graph's collection `name`."""
    _graph().add_to_collection(name, value)


def add_to_collections(names, value):
    """Adds `value` to each of the collections `names`."""
    _graph().add_to_collections(names, value)


def get_collection(key, scope=None):
    """A copy of the collection `key`; `scope`: only what has a name that starts so."""
    return _graph().get_collection(key, scope)


def get_collection_ref(key):
    """The collection `key` itself, which may be changed."""
    return _graph().get_collection_ref(key)
