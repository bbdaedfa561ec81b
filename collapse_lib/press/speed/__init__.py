"""What makes a build faster and nothing else: kernels that are forked, Sphinx that waits, pages side by side."""
