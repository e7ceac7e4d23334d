"""`python -m pytest_cloudfakes serve`."""

import sys

from pytest_cloudfakes.front_door.command import main

sys.exit(main())
