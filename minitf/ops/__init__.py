"""The ops, one module per `tf.*` namespace; importing it installs Tensor's operators."""
