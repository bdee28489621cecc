"""Generate songs, faces and digits with trained networks."""
