"""Generated mutants: mistakes made in the solution one at a time, and which checks notice them."""
