"""Image search that maximizes a digit network's confidence."""
