import sys

from aidline.config.cli import main

sys.exit(main())
