"""What runs cost: queues, overheads and sweeps over them. Never runs a guest."""
