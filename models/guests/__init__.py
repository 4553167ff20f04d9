"""What runs on the machine: programs with their address spaces, and what a run of them counted."""
