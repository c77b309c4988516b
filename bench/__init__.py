"""Benchmarks: how close Muster comes to the physical limit, measured in the same run (`make bench`)."""
