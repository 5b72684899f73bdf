# SPDX-License-Identifier: Apache-2.0
"""validate.py SCHEMA FILE...: checks JSON files against a schema.

Prints the first violation of each file; exit status 1 where there is one, 77
where the package that does the work is absent.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def only_once(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key stands twice in one object: %s" % keys)
    return dict(pairs)


def main(schema, *files):
    with open(schema, encoding="utf-8") as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    validator.check_schema(validator.schema)
    status = 0
    for name in files:
        with open(name, encoding="utf-8") as f:
            value = json.load(f, object_pairs_hook=only_once)
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        if error is not None:
            status = 1
            print("%s: %s: %s" % (name, error.json_path, error.message))
    return status


sys.exit(main(*sys.argv[1:]))
