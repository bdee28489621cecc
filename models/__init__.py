"""Network architectures. Keras only: no files, no command line, no particular backend."""
