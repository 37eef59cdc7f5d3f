"""`python -m nn` is `chalkgrad`."""

import sys

from nn.cli import main

sys.exit(main())
