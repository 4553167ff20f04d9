"""What makes a cloud a cloud: demand, and the five traits as models."""
