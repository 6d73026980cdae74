from secondhalf.cli import main
import sys
sys.exit(main())
