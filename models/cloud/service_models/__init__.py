"""Service models: nine layers under one application, and who may change which of them.

A model of the layers, not a booted machine: a layer is a small object that carries a request
upward, can be broken, patched and replaced, and then changes the answer. The application and its
answers are real: a WSGI callable that any server could run.
"""
