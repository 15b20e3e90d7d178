"""`tf.config`, `tf.sysconfig` and `tf.types`: what programs ask of the machine and of the library."""


def test_logical_devices(tf, answer):
    config = tf.config
    cpu = config.list_physical_devices("CPU")[0]
    answer("default", config.get_logical_device_configuration(cpu))
    answer("record", str(config.LogicalDeviceConfiguration(memory_limit=5)))
    answer("names", config.experimental.VirtualDeviceConfiguration
           is config.LogicalDeviceConfiguration)  # fmt: skip
    limited = [config.LogicalDeviceConfiguration(memory_limit=10)]
    answer.raises("memory", lambda: config.set_logical_device_configuration(cpu, limited), ["CPU"])
    answer.raises("unknown", lambda: config.set_logical_device_configuration("x", []),
                  ["Unrecognized device"])  # fmt: skip


def test_functions_run_eagerly(tf, answer):
    tf.config.experimental_run_functions_eagerly(True)
    answer("on", tf.config.functions_run_eagerly())
    tf.config.run_functions_eagerly(False)
    answer("off", tf.config.experimental_functions_run_eagerly())


def test_tensor_float(tf, answer):
    config = tf.config.experimental
    answer("default", config.tensor_float_32_execution_enabled())
    config.enable_tensor_float_32_execution(False)
    answer("off", config.tensor_float_32_execution_enabled())
    answer("product", tf.matmul([[1.0, 1 / 3]], [[0.1], [3.0]]))
    config.enable_tensor_float_32_execution(True)
    answer("on", config.tensor_float_32_execution_enabled())
    answer.raises("no bool", lambda: config.enable_tensor_float_32_execution("x"))


def test_build(tf, answer):
    information = tf.sysconfig.get_build_info()
    answer("cuda", [information["is_cuda_build"], information["is_rocm_build"]])


def test_annotations(tf, answer):
    def scaled(x: tf.types.experimental.TensorLike) -> tf.Tensor:
        return 2.0 * tf.convert_to_tensor(x)

    answer("scaled", scaled(3.0))
    answer("function", isinstance(tf.function(scaled), tf.types.experimental.GenericFunction))
    answer("elsewhere", [tf.as_string(3), tf.eigvals(tf.constant([[2.0, 0.0], [0.0, 1.0]]))])


def test_queues_without_a_graph(tf, answer):
    queue = tf.queue.FIFOQueue(3, tf.float32)
    queue.enqueue(1.5)
    queue.enqueue_many([[2.0, 3.0]])
    answer("first", [queue.size(), queue.dequeue(), queue.is_closed(), queue.name])
    first = tf.queue.PriorityQueue(5, [tf.string], [[]])
    first.enqueue((3, "c"))
    first.enqueue((1, "a"))
    answer("most urgent", first.dequeue())
    padded = tf.queue.PaddingFIFOQueue(5, [tf.int32], [[None]])
    padded.enqueue([[1, 2]])
    padded.enqueue([[3]])
    answer("padded", padded.dequeue_many(2))

    @tf.function
    def traced():
        queue.enqueue(4.0)
        return queue.dequeue()

    answer("in a function", traced())
    queue.close()
    answer.raises("closed", lambda: queue.enqueue(1.0), ["is closed"])
    answer("left", [queue.dequeue(), queue.dequeue()])
    answer.raises("empty", queue.dequeue, ["insufficient elements"])
    answer.raises("reader", tf.compat.v1.WholeFileReader, ["not supported when eager"])
