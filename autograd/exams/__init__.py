"""Exams: a sheet with numbers of its own for each person of a list, marked when it comes back; and sheets for platforms."""
