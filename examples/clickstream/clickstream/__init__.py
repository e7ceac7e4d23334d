"""Counts page views from a stream of clicks."""
