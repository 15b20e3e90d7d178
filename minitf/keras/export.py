"""`tf.keras.export`: SavedModels with endpoints of one's own."""

from minitf.keras.saving.export import ExportArchive

__all__ = ["ExportArchive"]
