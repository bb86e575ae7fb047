"""Invented registers with the margins of published statistics."""
