"""Random networks with hand-written gradients, and mistakes put into them."""
