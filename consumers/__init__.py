"""The consuming process: loop, projection, dead letters, exporter."""
