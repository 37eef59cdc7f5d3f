"""`python -m nn` is `chalkgrad`."""

import sys

from nn.cli.main import main

sys.exit(main())
