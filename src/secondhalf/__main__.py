import sys

from secondhalf.cli import main

sys.exit(main())
