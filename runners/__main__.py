"""`python -m runners` is `mteb-runner`, from a checkout that need not be installed."""

import sys

from runners.cli import main

sys.exit(main())
