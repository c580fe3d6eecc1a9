"""India's magnet imports: load, validate, model, scenario, report."""

import sys

__version__ = "0.1.0"

# jsonschema, behind frictionless and nbformat, compiles 38 grammars on import for a format that no schema here
# uses, and does without if the module is missing: more than a second less for every command.
sys.modules.setdefault("rfc3987_syntax", None)
