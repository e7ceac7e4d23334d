"""Phones: mobile push, and text messages."""
