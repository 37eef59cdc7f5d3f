"""How operations, numbers and names are written."""
