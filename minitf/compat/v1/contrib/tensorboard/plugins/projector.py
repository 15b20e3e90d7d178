"""Which variables TensorBoard's projector shows, and the files that say what their rows are."""

import os

from minitf.ops.protobuf import declare

__all__ = ["EmbeddingInfo", "ProjectorConfig", "SpriteMetadata", "visualize_embeddings"]

_declared = declare(
    """
    message SpriteMetadata { string image_path = 1; repeated uint32 single_image_dim = 2; }
    message EmbeddingInfo {
      string tensor_name = 1;
      string metadata_path = 2;
      string bookmarks_path = 3;
      repeated uint32 tensor_shape = 4;
      SpriteMetadata sprite = 5;
      string tensor_path = 6;
    }
    message ProjectorConfig {
      string model_checkpoint_path = 1;
      repeated EmbeddingInfo embeddings = 2;
      string model_checkpoint_dir = 3;
    }
    """,
    __name__,
)
SpriteMetadata, EmbeddingInfo = _declared["SpriteMetadata"], _declared["EmbeddingInfo"]
ProjectorConfig = _declared["ProjectorConfig"]


def visualize_embeddings(summary_writer, config):
    """Writes `projector_config.pbtxt` into the folder of a `FileWriter` (or of that path).

    Raises:
      ValueError: the writer has no folder.
    """
    is_path = isinstance(summary_writer, str | os.PathLike)
    folder = summary_writer if is_path else summary_writer.get_logdir()
    if folder is None:
        raise ValueError("Summary writer must have a logdir")
    with open(os.path.join(folder, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
        file.write(str(config))
