"""Plots of functions, nets and trainings, by Matplotlib."""
