"""What runs guests on the machine, and when that can be done at all."""
