"""`tf.audio`: WAV files."""

import numpy as np
from rows import F


def test_wav(tf, answer):
    sound = F(7, 2, low=-1.0, high=1.0)
    contents = tf.audio.encode_wav(sound, 8000)
    answer("bytes", contents)
    answer("again", list(tf.audio.decode_wav(contents)))
    answer("one channel", tf.audio.decode_wav(contents, desired_channels=1).audio)
    answer("more", tf.audio.decode_wav(contents, 3, 9).audio)
    answer("fewer", tf.audio.decode_wav(contents, desired_samples=2).audio)
    answer("loud", tf.audio.encode_wav(np.array([[2.0], [-2.0], [1.0], [-1.0]], "float32"), 44100))
    answer.raises("text", lambda: tf.audio.decode_wav("text"))
    answer.raises("rank", lambda: tf.audio.encode_wav(np.zeros(3, "float32"), 8000))
    decode = tf.function(lambda s: tf.audio.decode_wav(s, 2, 7))
    answer("static", [x.shape for x in decode.get_concrete_function(contents).outputs])
    answer("compiled", decode(contents).audio)
