"""Deployment models: who may use a cloud, what owning and renting cost, and what moving takes."""
