"""The five traits as experiments: probes of a design, and tenants' stories that need them."""
