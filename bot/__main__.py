"""`python -m bot` is `mteb-bot`, from a checkout that need not be installed."""

import sys

from bot.cli import main

sys.exit(main())
