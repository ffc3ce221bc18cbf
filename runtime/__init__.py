"""Process plumbing: settings, logs, the declared metrics."""
