"""Pages that move: the stepper and the player."""
