"""Network architectures. They need only Keras: no files, no command line, any backend."""
