"""What a masked picture still tells: attacks on it, measures, and reports that people can read."""
