"""Strings are moved, picked and compared by the ops that do it for numbers."""

# ruff: noqa: B023
from rows import Tell


def test_text(tf, answer):
    tell = Tell(answer)
    s = tf.constant(["b", "a", "c"])
    t = tf.constant([["x", "y"], ["z", "w"]])
    F = dict(
        id=lambda: tf.identity(s),
        resh=lambda: tf.reshape(t, [4]),
        cat=lambda: tf.concat([s, s], 0),
        stack=lambda: tf.stack([s, s]),
        gather=lambda: tf.gather(s, [2, 0]),
        where=lambda: tf.where([True, False, True], s, "q"),
        eq=lambda: tf.equal(s, "a"),
        op=lambda: s == "a",
        sl=lambda: s[1:],
        one=lambda: s[0],
        tile=lambda: tf.tile(s, [2]),
        tr=lambda: tf.transpose(t),
        ex=lambda: tf.expand_dims(s, 0),
        size=lambda: tf.size(s),
        shape=lambda: tf.shape(t),
        rev=lambda: tf.reverse(s, [0]),
        un=lambda: tf.unstack(s),
        fill=lambda: tf.fill([2], "k"),
        sq=lambda: tf.squeeze(s[:1]),
        bm=lambda: tf.boolean_mask(s, [True, False, True]),
        uniq=lambda: tf.unique(s)[0],
        split=lambda: tf.split(s, 3)[0],
        cond=lambda: tf.cond(tf.constant(True), lambda: tf.constant("a"), lambda: tf.constant("b")),
        zl=lambda: tf.zeros_like(s),
        ta=lambda: tf.TensorArray(tf.string, 2).write(0, "a").write(1, "b").stack(),
        mp=lambda: tf.map_fn(lambda x: x, s),
        add=lambda: s + "!",
        bc=lambda: tf.broadcast_to(s, [2, 3]),
    )
    for k, f in F.items():
        tell(k, f)
        tell(k + " f", tf.function(f))
    g = tf.function(lambda p, x: tf.where(p > 0, x, "no"))
    tell("g", lambda: g(tf.constant([1, -1, 1]), s))
