"""The red pen: what a person wrote, what is right, and where the first mistake is."""
