"""Contracts at every boundary: the feedback event, the catalog file, the API's payloads."""
