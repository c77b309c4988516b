"""`python -m muster_host` is `muster`."""

import sys

from muster_host.cli import main

sys.exit(main())
