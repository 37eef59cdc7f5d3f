"""Programs: a graph as array code that runs at full speed."""
