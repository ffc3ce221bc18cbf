"""The HTTP process: intake, touchpoint pages, indices, board, health."""
