"""Writes facts.json: ONNX's own account of its default domain up to opset 23 (onnx >= 1.18).

    python facts.py > facts.json

A row: name, versions, [least, most] inputs, [least, most] outputs (-1: any number), differentiable inputs.
"""

import json
from collections import defaultdict

from onnx import defs

LAST_OPSET = 23
DIFFERENTIABLE = defs.OpSchema.DifferentiationCategory.Differentiable


def bounds(least, most):
    return [least, -1 if most > 1000 else most]


schemas = defaultdict(list)
for schema in defs.get_all_schemas_with_history():
    if schema.domain == "" and schema.since_version <= LAST_OPSET:
        schemas[schema.name].append(schema)

rows = []
for name in sorted(schemas):
    versions = sorted(schemas[name], key=lambda schema: schema.since_version)
    last = versions[-1]
    differentiable = [
        i for i, given in enumerate(last.inputs) if given.differentiation_category == DIFFERENTIABLE
    ]
    rows.append(
        [
            name,
            [schema.since_version for schema in versions],
            bounds(last.min_input, last.max_input),
            bounds(last.min_output, last.max_output),
            differentiable,
        ]
    )

print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
