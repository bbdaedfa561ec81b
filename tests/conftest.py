"""Property tests draw the same examples in every run and keep no database of them."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("fixed")
