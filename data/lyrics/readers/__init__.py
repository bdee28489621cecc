"""Readers of songs, one module per family of formats; `read_source` chooses the right one."""
