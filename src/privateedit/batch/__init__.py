"""Many photos: which they are, what becomes of each, and the processes that work on them."""
