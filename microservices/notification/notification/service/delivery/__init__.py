"""From a published alert to the last receipt."""
