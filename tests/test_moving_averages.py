"""`tf.train.ExponentialMovingAverage` and `Coordinator`, as TensorFlow 2 has kept them."""

import threading


def test_averages_of_variables(tf, answer):
    average = tf.train.ExponentialMovingAverage(0.9)
    v = tf.Variable(0.0, name="v")
    average.apply([v])
    v.assign(1.0)
    answer("eager", average.apply([v]))
    answer("shadow", [average.average(v), average.average_name(v)])

    @tf.function
    def step():
        v.assign_add(1.0)
        average.apply([v])

    step()
    answer("traced", average.average(v))


def test_counted_updates(tf, answer):
    average = tf.train.ExponentialMovingAverage(0.99, num_updates=tf.Variable(3), name="slow")
    v = tf.Variable([1.0, 2.0], name="v")
    average.apply([v])
    v.assign([5.0, 5.0])
    average.apply([v])
    answer("shadow", [average.average(v), average.average_name(v), average.name])
    answer("restored", list(average.variables_to_restore([tf.Variable(1.0, name="w")])))
    answer.raises("integers", lambda: average.apply([tf.Variable(1)]), ["half, float, or double"])


def test_coordinator(tf, answer):
    coordinator, stopped = tf.train.Coordinator(), []

    def work():
        coordinator.wait_for_stop()
        stopped.append(coordinator.should_stop())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    coordinator.request_stop()
    coordinator.join(threads)
    answer("stopped", stopped)
