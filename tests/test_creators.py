"""`tf.variable_creator_scope`: who makes a variable, with which arguments, in which order."""


def test_creators(tf, answer):
    seen = []

    def telling(next_creator, **kwargs):
        seen.append(
            [kwargs["name"], kwargs["trainable"], kwargs["shape"], "initial_value" in kwargs]
        )
        return next_creator(**kwargs)

    def renaming(next_creator, **kwargs):
        return next_creator(**{**kwargs, "name": f"{kwargs['name']}_frozen", "trainable": False})

    with tf.variable_creator_scope(telling):
        v = tf.Variable(1.0, name="a")
        with tf.variable_creator_scope(renaming):
            w = tf.Variable(2.0, name="b")
        layer = tf.keras.layers.Dense(2)
        layer.build([None, 3])
    outside = tf.Variable(3.0, name="c")
    answer("seen", seen)
    answer("made", [v.name, v.trainable, w.name, w.trainable, outside.trainable, w])


def test_another_object_in_the_place_of_a_variable(tf, answer):
    with tf.variable_creator_scope(lambda next_creator, **kwargs: "none"):
        answer("other", tf.Variable(1.0))

    class Mine(tf.Variable):
        pass

    with tf.variable_creator_scope(lambda next_creator, **kwargs: next_creator(**kwargs)):
        answer("is a variable", isinstance(tf.Variable(1.0), tf.Variable))


def test_variables_of_graphs(tf, answer):
    names = []

    def telling(next_creator, **kwargs):
        names.append([kwargs["name"], kwargs["collections"]])
        return next_creator(**kwargs)

    with tf.Graph().as_default():
        with tf.compat.v1.variable_creator_scope(telling):
            tf.compat.v1.get_variable("x", [2])
        tf.compat.v1.get_variable("y", [2])
        answer("variables", [v.name for v in tf.compat.v1.global_variables()])
    answer("names", [name for name, _ in names])
