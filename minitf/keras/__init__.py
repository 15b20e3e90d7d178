"""`tf.keras`: layers, models, losses, metrics and optimizers."""
