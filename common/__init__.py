"""What every room needs: the command line, files that are never half-written, progress on the terminal."""
