"""Executable models of cloud computing and virtualization: everything a chapter runs."""

__version__ = "0.1.0"
