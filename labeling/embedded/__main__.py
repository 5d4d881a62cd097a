import sys

from labeling.embedded.supervisor import main

if len(sys.argv) != 2 or sys.argv[1] not in ("run", "services"):
    sys.exit("Usage: python -m labeling.embedded run|services")
sys.exit(main(sys.argv[1]))
