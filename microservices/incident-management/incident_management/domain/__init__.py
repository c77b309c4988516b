"""The rules of the profession: lives as tables, published lists, calculations."""
