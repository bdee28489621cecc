"""The training loop, run folders and distributed training that all networks share."""
