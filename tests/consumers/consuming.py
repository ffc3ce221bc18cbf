"""A consuming process, set by its environment as `puas consume` is; its argument is the brake's limit."""

import os
import sys

from consumers.process import consume
from runtime.logs import configure
from runtime.settings import from_environment

if __name__ == "__main__":
    configure("text", "consumer")
    sys.exit(consume(from_environment(os.environ), int(sys.argv[1])))
