"""The parity table is complete: every registered op is run by a row, or is excused by name."""

import contextlib
import importlib

import pytest
import rows

import minitf
from minitf.core.frames import EagerFrame
from minitf.core.registry import REGISTRY
from minitf.graphs.graph import Graph

for _wing in [*minitf._WINGS, "data.experimental", "keras.layers", "compat.v1"]:
    importlib.import_module(f"minitf.{_wing}")

REGISTERED = set(REGISTRY)  # before any doctest adds its own

# Registered ops that no row runs, by reason. An op that a row does run must not stand here.
EXCUSED = {
    "written down by graphs themselves; test_control_flow, test_v1_programs": """
        PlaceholderWithDefault NoOp""",
    "inside data pipelines, layers and optimizers; test_data*, test_keras_*, test_v1_programs": """
        AnonymousIteratorV3 ReduceDataset IteratorGetNext VocabularyFind VocabularyNames
        VectorizeText OptimizerUpdate ClipGradients MovingAverages NamesOfFalse WriteSummary
        KerasEqualized KerasEqualizedTiles KerasMoved KerasScaledAndTranslated HashedCrossing
        DatasetCardinality IteratorGetNextAsOptional OptionalGetValue WrapDatasetVariant""",
    "what sessions own: queues, readers; test_v1_pipelines": """
        QueueCloseV2 QueueDequeueManyPadded QueueDequeueManyV2 QueueDequeueV2
        QueueEnqueueManyV2 QueueEnqueueV2 QueueIsClosedV2 QueueSizeV2 QueueV2
        ReaderNumRecordsProducedV2 ReaderNumWorkUnitsCompletedV2 ReaderReadUpToV2
        ReaderReadV2 ReaderResetV2 ReaderV2""",
    "transforms that TensorFlow has no CPU kernels for; test_ops_signal compares with NumPy": """
        FFTND IFFTND RFFTND IRFFTND""",
    "only in graphs of sessions or in loops; test_debugging, test_v1_programs, test_tensor_array": """
        Assert VarHandleOp ResourceCountUpTo TensorListReserve TensorListReserveOfStrings
        TensorListSetItem TensorListPushBack TensorListGetItem TensorListStack TensorListLength""",
    "of TF 1.x's names; test_v1_nn, test_v1_names, test_v1_sessions": """
        Conv2DBackpropFilter Conv3DBackpropFilterV2 FusedBatchNormV3 ListDiff StringSplit""",
    "of generators and streams, whose state is a variable; test_generator, test_philox, "
    "test_calls_corners": """
        RandomStream SampleDistortedBoundingBoxV2 StatefulRandomBinomial StatefulStandardNormalV2
        StatefulUniform StatefulUniformInt
        StatefulUniformFullInt StatefulTruncatedNormal""",
    "raw ops; test_raw_ops": """
        IgammaGradA RandomGammaGrad""",
    "files and what is read from them; test_io": """
        ReadFile WriteFile DecodeRaw DecodeCSV ParseExampleV2""",
    "of files and of tables that change; test_serialization, test_ops_pictures, test_audio, "
    "test_tables, test_v1_image": """
        AdjustJpegQuality DecodeBase64 DecodeCompressed DecodeImage DecodeWav
        DeserializeManySparse EncodeBase64 EncodeJpeg EncodePng EncodeWav ExtractJpegShape
        IsJpeg LookupTableExportV2 LookupTableInsertV2 LookupTableRemoveV2 LookupTableSizeV2
        MutableTableFind ParseSequenceExampleV2 ParseTensor ResizeOnGrid SerializeManySparse
        SerializeSparse SerializeTensor""",
}


@pytest.fixture
def executed(monkeypatch):
    """The names of the ops that run, or are written down, during the test."""
    names, run, append = set(), EagerFrame.run, Graph.append

    def watched_run(self, op, *args):
        names.add(op.name)
        return run(self, op, *args)

    def watched_append(self, op, *args):
        names.add(op.name)
        return append(self, op, *args)

    monkeypatch.setattr(EagerFrame, "run", watched_run)
    monkeypatch.setattr(Graph, "append", watched_append)
    return names


def trace(row):
    """Writes down the call of `row` and its gradient: all of its ops, and nothing is compiled."""

    def call(*inputs):
        with contextlib.suppress(LookupError):  # TensorFlow has no gradient of some ops
            rows.gradients(minitf, row, inputs)

    function = minitf.function(call, autograph=False)
    function.get_concrete_function(*row.constants(minitf))


def test_every_registered_op_has_a_row(executed):
    for name, module in rows.modules().items():
        before = set(executed)
        for row in module.ROWS:
            if row.raises is not None:
                continue
            if row.compiled:
                trace(row)
            else:
                row.call(minitf, row.constants(minitf))
        if name == "keras_ops":  # they are made of TensorFlow's ops, which want rows of their own
            executed -= {op for op in executed - before if not op.startswith("Keras")}
    excused = " ".join(EXCUSED.values()).split()
    assert not sorted(REGISTERED - executed - set(excused)), "ops without a row"
    assert not sorted(executed & set(excused)), "ops that have a row now"
    assert not sorted(set(excused) - REGISTERED), "no such ops"
    assert len(excused) == len(set(excused)), "an op is excused twice"
