"""Measured service: what is recorded of machines' use, what is lost of it, and what is billed."""
