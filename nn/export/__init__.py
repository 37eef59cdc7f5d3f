"""Handing a net over: to PyTorch, JAX and ONNX, and back. The numbers are copied; outputs and gradients agree to 1e-12."""

from nn.export.in_jax import to_jax
from nn.export.in_onnx import to_onnx
from nn.export.in_torch import from_torch, to_torch

__all__ = ["from_torch", "to_jax", "to_onnx", "to_torch"]
