"""Texts in and out of Unicode, and texts at the edges that TensorFlow's own tests ask about."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    def graph(make):
        """What `make` of TF 1.x gives in a graph, or the class of its error."""
        v1 = tf.compat.v1
        with tf.Graph().as_default(), v1.Session() as session:
            return session.run(make(v1, v1.placeholder))

    def rows(value):
        """Ragged rows (also of a session) as lists."""
        return [x.to_list() if hasattr(x, "to_list") else x for x in tf.nest.flatten(value)]

    S = tf.strings
    return dict(
        S=S, V=tf.compat.v1, graph=graph, rows=rows, U=S.unicode_transcode,
        D=lambda *a, **k: rows(S.unicode_decode_with_offsets(*a, **k)),
        P=lambda *a, **k: rows(S.unicode_split_with_offsets(*a, **k)),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
U(b"\xff\xfe*\x00","UTF-16-LE","UTF-8")
U(b"\x00*","UTF-16","UTF-8")
U(b"<\xef\xbb\xbf>","UTF-8","UTF-8")
U(b"\x00<\xfe\xff\x00>","UTF-16","UTF-8")
U(b"<\x00\xff\xfe>\x00","UTF-16-LE","UTF-8")
U(b"\xfe\xff\x00<\xfe\xff\x00>","UTF-16","UTF-8")
U(b"\xff\xfe<\x00\xff\xfe>\x00","UTF-16","UTF-8")
U(b"\xef\xbb\xbf*","UTF-8","UTF-8")
U(b"\x00\x00\x00*","UTF-32","UTF-8")
U(b"\xff\xfe\x00\x00*\x00\x00\x00","UTF-32","UTF-8")
U(b"a\xffb\xe2\x82c","UTF-8","UTF-8")
U(b"a\xffb\xe2\x82c","UTF-8","UTF-8",errors="ignore")
U(b"a\xffb\xe2\x82c","UTF-8","UTF-8",errors="strict")
U(b"a\xffb\xe2\x82c","UTF-8","UTF-8",replacement_char=33)
U(b"a\x00\x1fb\x7fc","UTF-8","UTF-8",replace_control_characters=True)
U(b"a\x00\x1fb\x7fc","UTF-8","UTF-8",replace_control_characters=True,errors="ignore")
U(b"a\x00\x1fb\x7fc","UTF-8","UTF-8",replace_control_characters=True,errors="strict")
U(b"a\x1fb","UTF-8","UTF-8",replace_control_characters=True,replacement_char=0x3F)
U(["a\u00e9"],"UTF-8","UTF-16-BE")
U(["a\u00e9"],"UTF-8","UTF-32-BE")
U(["a\u00e9"],"UTF-8","UTF-16-LE")
U([b"\xe9a"],"latin1","UTF-8")
U([b"\x82\xa0"],"shift-jis","UTF-8")
U([b"\x80"],"windows-1252","UTF-8")
U(["a"],"nonsense","UTF-8")
U(["a"],"UTF-8","nonsense")
U(["a"],"UTF-8","UTF-8",errors="nonsense")
U(b"\xed\xa0\x80","UTF-8","UTF-8")
U(b"\xf4\x90\x80\x80","UTF-8","UTF-8")
U(b"\xd8\x00\x00a","UTF-16-BE","UTF-8")
U(b"\x00","UTF-16-BE","UTF-8")
D(["a\u00e9\u4e00","", "b"],"UTF-8")
D([b"a\xffb\xe2\x82c"],"UTF-8")
D([b"a\xffb\xe2\x82c"],"UTF-8",errors="ignore")
D([b"a\xffb\xe2\x82c"],"UTF-8",errors="strict")
D([b"a\xffb"],"UTF-8",replacement_char=42)
D([b"a\x01b"],"UTF-8",replace_control_characters=True)
D([b"a\x01b"],"UTF-8",replace_control_characters=True,errors="ignore")
D([b"\x00a\x4e\x00"],"UTF-16-BE")
D([b"\x00\x00\x00a\x00\x01\x00\x00"],"UTF-32-BE")
D([b"\x82\xa0a"],"shift-jis")
D(["a"],"nonsense")
D(["a"],"UTF-8",errors="nonsense")
D(["a"],"UTF-8",replacement_char=0x110000)
D("a\u00e9","UTF-8")
D([["a","bc"],["","d"]],"UTF-8")
P([b"a\xffb\xe2\x82c"],"UTF-8")
P([b"a\xffb\xe2\x82c"],"UTF-8",errors="ignore")
P([b"\x00a\x4e\x00"],"UTF-16-BE")
P([b"\x82\xa0a"],"shift-jis")
P(["a"],"UTF-8",errors="nonsense")
S.as_string("hello",width=20)
S.as_string(["a","bc"],width=3,fill="0")
S.substr(b"abc",[1,-1],1)
S.substr(b"abc",[1,2],1)
S.substr(b"abcdef",[1,2],[2,3])
S.substr([b"abcdef"],[1,2,3],[2,3,1])
S.substr([[b"abcdef"]],[1,2,3],[2,3,1])
S.substr([[b"abc",b"def"]],[1,2],[1,1])
S.substr(np.array([["ten","eleven","twelve"]]*3),[1,2,-3,4],[1,2,3,4])
S.substr([b"abc"],[1],[1,2])
S.substr([b"abc"],1,[1])
S.substr(["abc"],1,1,unit="nonsense")
S.length(["a"],unit="nonsense")
S.to_hash_bucket_strong(["a"],10,[1])
S.to_hash_bucket_strong(["a"],10,[1,2])
S.unsorted_segment_join([["Y","q"],["p","G"]],[1,0,1],2)
S.unsorted_segment_join(["Y","q"],[1,0],1)
S.unsorted_segment_join(np.array([],"S1"),[1,0,1],2)
S.unsorted_segment_join(["Y","q"],np.array([],"int32"),2)
tf.io.decode_base64("a")
tf.io.decode_base64("ab")
tf.io.decode_base64("abcde")
tf.io.decode_base64("ab=c")
tf.io.decode_base64(["YQ","YWI","YWJj"])
V.strings.split(["a b","c"])
V.strings.split(["a b","c"],result_type="RaggedTensor")
V.strings.split(["a,b","c"],",",result_type="RaggedTensor")
V.strings.split(["a b"],result_type="x")
V.strings.split(input=["a b","c"],maxsplit=1,result_type="RaggedTensor")
V.strings.split(source=["a b","c"])
V.strings.split("a b",result_type="RaggedTensor").to_list()
S.unsorted_segment_join(["Y","q"],[-1,0],1)
graph(lambda v,p: v.strings.unsorted_segment_join([["a"],["b"]],[0,1,0],2))
(lambda f: f(C([0,0],tf.int64)))(tf.function(lambda s: tf.RaggedTensor.from_row_splits(C([]),s).to_sparse().values,input_signature=[tf.TensorSpec([None],tf.int64)]))
tf.function(lambda i: tf.gather(tf.zeros([0,2]),i),input_signature=[tf.TensorSpec([None],tf.int32)])(np.zeros(0,"int32"))
tf.gather(tf.zeros([0,2]),np.zeros(0,"int32"))
tf.gather(tf.zeros([0,2]),[0])
tf.gather(tf.zeros([2,0]),[1])
V.string_split(["a b","c"])
V.string_split(["a b","c"],skip_empty=False)
V.string_split(["a,b","c,,"],",")
V.string_split(["a,b","c,,"],",",False)
V.string_split(["a,b;c"],",;")
V.string_split(["ab"],"")
V.string_split(["a b"],result_type="RaggedTensor")
V.string_split(["a,b"],C([","]))
V.string_split(["a,b"],C(","))
V.string_split(["a,b"],[","])
V.string_split("a b")
V.reduce_join([["a","b"],["c","d"]],1)
V.reduce_join([["a","b"],["c","d"]],1,keep_dims=True)
V.reduce_join([["a","b"],["c","d"]],reduction_indices=0)
V.reduce_join([["a","b"],["c","d"]],axis=0,reduction_indices=0)
V.strings.reduce_join([["a","b"],["c","d"]],axis=0,keep_dims=True,separator="-")
S.reduce_join([["a","b"],["c","d"]],axis=2)
S.reduce_join([["a","b"],["c","d"]],axis=[0,0])
S.reduce_join([["a","b"],["c","d"]],axis=[0,-2])
S.reduce_join("a",axis=0)
V.strings.length(["ab"],"name")
V.string_length(["ab"],"name","UTF8_CHAR")
V.strings.substr(["abc"],1,1,"name")
graph(lambda v,p: v.strings.substr(["abc","d"],[1,2,3],[1,2,3]))
graph(lambda v,p: v.strings.unicode_decode(["a","bc"],"UTF-8")).to_list()
graph(lambda v,p: [v.strings.split(["a b","c"]).values, v.ragged.constant([[1],[2,3]])])[1].to_list()
graph(lambda v,p: v.strings.unicode_decode(p(v.string),"UTF-8"))
graph(lambda v,p: v.ragged.constant([[[1],[]],[[2,3]]])).nested_row_splits
repr(V.ragged.constant_value([[1,2],[3]]))
str(V.ragged.constant_value([["a"],[]]))
V.ragged.constant_value([[[1],[]],[[2,3]]]).to_list()
V.ragged.constant_value([[b"a"]],dtype=bytes).values
V.ragged.constant_value([[1.5]],dtype="float32").dtype
V.ragged.constant_value([[1.5]],dtype=tf.float64,row_splits_dtype="int32").row_splits
V.ragged.constant_value([[[1,2]],[]],ragged_rank=1).shape
V.ragged.constant_value([[[1,2]],[]],inner_shape=(2,)).values
V.ragged.constant_value(5)
V.ragged.constant_value([1,2])
V.ragged.constant_value([1,[2]])
V.ragged.constant_value([])
V.ragged.constant_value([[],[]],ragged_rank=1).shape
V.ragged.RaggedTensorValue([1],np.array([0,1]))
V.ragged.RaggedTensorValue(np.array([1]),np.array([0.,1]))
V.ragged.RaggedTensorValue(V.ragged.constant_value([[1]],row_splits_dtype="int32"),np.array([0,1]))
S.bytes_split(V.ragged.constant_value([["ab"],["c"]])).to_list()
tf.ragged.boolean_mask(V.ragged.constant_value([[1,2],[3]]),V.ragged.constant_value([[True,False],[True]])).to_list()
tf.RaggedTensor.from_row_splits(V.ragged.constant_value([[1,2],[3]]),[0,2]).to_list()
tf.ragged.map_flat_values(tf.negative,V.ragged.constant_value([[1,2],[3]]))
""",
)
