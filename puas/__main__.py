"""`python -m puas` is the `puas` command."""

from puas.cli import main

if __name__ == "__main__":
    main()
