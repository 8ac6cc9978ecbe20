"""Print the published schema of mappings: `python -m anju.domains.requests.history > FILE`."""

import json
import sys

from anju.domains.requests.history.mapping import json_schema

json.dump(json_schema(), sys.stdout, ensure_ascii=False, indent=2)
sys.stdout.write("\n")
