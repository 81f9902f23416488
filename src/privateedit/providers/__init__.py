"""Editors, one a service. Each gets a sealed payload and knows nothing else."""
