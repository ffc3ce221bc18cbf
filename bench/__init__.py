"""What is measured, and against whom: `python -m bench`, explained in docs/capacity.md."""
