"""Strategies with one replica, as tutorials use them; `tf.compat`'s strings."""

import numpy as np


def test_default_strategy(tf, answer):
    strategy = tf.distribute.get_strategy()
    answer("default", [strategy.num_replicas_in_sync, tf.distribute.has_strategy(),
                       tf.distribute.in_cross_replica_context()])  # fmt: skip
    answer("run", strategy.run(lambda x, y: x + y, (tf.constant(1.0),), {"y": 2.0}))


def test_mirrored_training_loop(tf, answer):
    """The loop of the tutorial on custom training with a strategy."""
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    answer("replicas", strategy.num_replicas_in_sync)
    x = np.arange(12, dtype="float32").reshape(6, 2) / 12
    dataset = tf.data.Dataset.from_tensor_slices((x, x[:, :1] * 2)).batch(2)
    dataset = strategy.experimental_distribute_dataset(dataset)
    with strategy.scope():
        answer("scope", [tf.distribute.get_strategy() is strategy, tf.distribute.has_strategy(),
                         tf.distribute.in_cross_replica_context(),
                         tf.distribute.get_replica_context() is None])  # fmt: skip
        model = tf.keras.Sequential(
            [tf.keras.Input([2]), tf.keras.layers.Dense(1, kernel_initializer="ones")]
        )
        optimizer = tf.keras.optimizers.SGD(0.1)
        optimizer.build(model.trainable_variables)

    def replica_step(inputs):
        features, labels = inputs
        with tf.GradientTape() as tape:
            losses = tf.reduce_sum((model(features) - labels) ** 2, axis=1)
            loss = tf.reduce_sum(losses) / 2.0
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss, losses

    @tf.function
    def step(inputs):
        loss, losses = strategy.run(replica_step, args=(inputs,))
        total = strategy.reduce(tf.distribute.ReduceOp.SUM, loss, axis=None)
        return total, strategy.reduce("MEAN", losses, axis=0)

    for i, batch in enumerate(dataset):
        answer(f"step {i}", step(batch), rtol=1e-4)


def test_contexts(tf, answer):
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    seen = []

    def replica(x):
        context = tf.distribute.get_replica_context()
        seen.append(context.num_replicas_in_sync)
        seen.append(tf.distribute.in_cross_replica_context())
        return context.all_reduce(tf.distribute.ReduceOp.SUM, x * 2.0)

    with strategy.scope():
        answer("run", strategy.run(replica, (tf.constant([1.0, 2.0]),)))
    answer("inside", seen)
    dataset = strategy.distribute_datasets_from_function(
        lambda c: tf.data.Dataset.range(4).batch(c.get_per_replica_batch_size(2))
    )
    answer("dataset", list(dataset))
    answer("names", [str(op) for op in tf.distribute.ReduceOp])


def test_compat_strings(tf, answer):
    c = tf.compat
    answer("strings", [c.as_str(b"a"), c.as_bytes("a"), c.as_text(b"x"), c.as_str_any(3)])
    answer("size", c.dimension_value(tf.TensorShape([3])[0]))
    answer.raises("type", lambda: c.as_bytes(3), ["Expected binary or unicode string, got 3"])


def test_strategies_without_their_devices(tf, answer):
    """What a program finds that looks for a TPU first, and falls back."""
    distribute = tf.distribute
    answer.raises("tpu", distribute.cluster_resolver.TPUClusterResolver, ["TPU Name"])
    answer.raises("tpu strategy", distribute.TPUStrategy, ["TPU Name"])
    empty = distribute.cluster_resolver.TFConfigClusterResolver()
    answer.raises("servers", lambda: distribute.ParameterServerStrategy(empty), ["non-empty"])
    reduce = distribute.HierarchicalCopyAllReduce()
    for number, strategy in enumerate(
        (
            distribute.MultiWorkerMirroredStrategy(),
            distribute.MirroredStrategy(cross_device_ops=reduce),
            distribute.experimental.CentralStorageStrategy(),
        )
    ):
        answer(str(number), [strategy.num_replicas_in_sync,
               list(strategy.extended.worker_devices)])  # fmt: skip
    options = distribute.experimental.CommunicationOptions(
        implementation=distribute.experimental.CommunicationImplementation.NCCL
    )
    answer("options", str(options))


def test_clusters(tf, answer, monkeypatch):
    spec = tf.train.ClusterSpec({"worker": ["a:1", "b:2"], "ps": {3: "c:3"}})
    answer("spec", [str(spec), spec.jobs, spec.num_tasks("worker"), spec.task_indices("ps"),
                    spec.task_address("worker", 1), spec.job_tasks("ps"), spec.as_dict(),
                    bool(tf.train.ClusterSpec({})), spec == tf.train.ClusterSpec(spec)])  # fmt: skip
    answer.raises("job", lambda: spec.num_tasks("x"), ["No such job"])
    answer.raises("task", lambda: spec.task_address("worker", 7), ["No task with index 7"])
    answer.raises("list", lambda: tf.train.ClusterSpec([3]), ["dictionary"])
    answer.raises("tasks", lambda: tf.train.ClusterSpec({"a": 3}), ["job 'a'"])
    monkeypatch.setenv(
        "TF_CONFIG",
        """{"cluster": {"worker": ["a:1", "b:2"]},
        "task": {"type": "worker", "index": 1}}""",
    )
    told = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    answer("told", [str(told.cluster_spec()), told.task_type, told.task_id, told.master()])
    simple = tf.distribute.cluster_resolver.SimpleClusterResolver(spec, rpc_layer="grpc")
    answer("simple", [simple.master(), simple.master("worker", 0), simple.task_id])
