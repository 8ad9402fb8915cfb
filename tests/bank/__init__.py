"""Known right and known wrong gradients and training loops: what a checker of either has to tell apart."""
