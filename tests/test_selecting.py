"""Ranking, counting, segments, parts; eagerly and in functions."""

# ruff: noqa: B023, E731
from rows import Tell


def test_selecting(tf, answer):
    tell = Tell(answer)
    x = tf.constant([[1.0, 5.0, 3.0], [4.0, 2.0, 6.0]])
    F = dict(
        topk=lambda: tf.math.top_k(x, 2),
        topk_e=lambda: tf.math.top_k(x, 7),
        intopk=lambda: tf.math.in_top_k([1, 0], x, 2),
        ss=lambda: tf.searchsorted([[1, 3, 5]], [[3, 4]]),
        ssr=lambda: tf.searchsorted([1.0, 3.0, 5.0], [3.0, 4.0], side="right"),
        inv=lambda: tf.math.invert_permutation([2, 0, 1]),
        bc=lambda: tf.math.bincount([1, 1, 3]),
        bcw=lambda: tf.math.bincount([1, 1, 3], weights=[0.5, 1.0, 2.0]),
        bcm=lambda: tf.math.bincount([1, 1, 3], minlength=6),
        bcx=lambda: tf.math.bincount([1, 1, 3], maxlength=2),
        bc2=lambda: tf.math.bincount([[1, 1, 3], [0, 0, 2]], axis=-1),
        hist=lambda: tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], 5),
        cm=lambda: tf.math.confusion_matrix([1, 2, 4], [2, 2, 4]),
        cmw=lambda: tf.math.confusion_matrix([0, 1], [1, 1], num_classes=3, weights=[2.0, 3.0]),
        seg=lambda: tf.math.segment_sum(x, [0, 0]),
        segm=lambda: tf.math.segment_mean([1.0, 2.0, 3.0], [0, 0, 2]),
        segx=lambda: tf.math.segment_max([1.0, -2.0, 3.0], [0, 1, 3]),
        segp=lambda: tf.math.segment_prod([1.0, 2.0, 3.0], [0, 0, 2]),
        us=lambda: tf.math.unsorted_segment_sum(x, [1, 0], 3),
        ux=lambda: tf.math.unsorted_segment_max([1.0, 2.0], [0, 0], 2),
        um=lambda: tf.math.unsorted_segment_mean([1.0, 2.0], [0, 0], 2),
        usq=lambda: tf.math.unsorted_segment_sqrt_n([1.0, 2.0], [0, 0], 2),
        u2=lambda: tf.math.unsorted_segment_sum(x, [[0, 1, 0], [1, 1, 0]], 2),
        dp=lambda: tf.dynamic_partition([1, 2, 3], [0, 1, 0], 2),
        ds=lambda: tf.dynamic_stitch([[0, 2], [1]], [[1.0, 3.0], [2.0]]),
        el=lambda: tf.nn.embedding_lookup(x, [1, 0]),
        eln=lambda: tf.nn.embedding_lookup(x, [1, 0], max_norm=1.0),
        s2d=lambda: tf.nn.space_to_depth(tf.reshape(tf.range(16.0), [1, 4, 4, 1]), 2),
        d2s=lambda: tf.nn.depth_to_space(tf.reshape(tf.range(16.0), [1, 2, 2, 4]), 2),
        s2b=lambda: tf.space_to_batch(
            tf.reshape(tf.range(16.0), [1, 4, 4, 1]), [2, 2], [[0, 0], [0, 0]]
        ),
        b2s=lambda: tf.batch_to_space(
            tf.reshape(tf.range(16.0), [4, 2, 2, 1]), [2, 2], [[0, 1], [0, 0]]
        ),
    )
    for k, f in F.items():
        tell(k, f)
        tell(k + " f", tf.function(f))

    def g(f, *a):
        a = [tf.constant(v) for v in a]
        with tf.GradientTape() as t:
            t.watch(a)
            y = f(*a)
        return t.gradient(y, a)

    tell("g", lambda: g(lambda x: tf.math.top_k(x, 2)[0], [[1.0, 5.0, 3.0]]))
    tell("g2", lambda: g(lambda x: tf.math.segment_mean(x, [0, 0, 2]), [1.0, 2.0, 3.0]))
    tell("g3", lambda: g(lambda x: tf.math.segment_max(x, [0, 0, 2]), [2.0, 2.0, 3.0]))
    tell("g4", lambda: g(lambda x: tf.math.unsorted_segment_prod(x, [0, 0, 1], 2), [2.0, 0.0, 3.0]))
