"""Every query of the service but the search itself, which is the engines'."""
