"""Pages of notes, read and judged: which of their lines are right, which are wrong, and what shows it."""
