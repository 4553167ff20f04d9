"""Queues: closed forms where they exist, exact simulation where they do not."""
