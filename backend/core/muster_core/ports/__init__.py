"""Ports: what the core needs from outside, each a Protocol with adapters that pass one suite."""
