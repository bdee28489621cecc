"""What the networks are. Keras only: no files, no argv, no engine of its own."""
