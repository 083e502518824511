"""Writes schemas and data that fit them: NAME.schema.json, NAME.data.json."""
import json
import sys


def wide():
    """An object of 40 properties of four kinds."""
    properties, data = {}, {}
    for i in range(40):
        schema, value = [
            ({"type": "string", "minLength": 1, "maxLength": 50}, "value %d" % i),
            ({"type": "integer", "minimum": 0, "maximum": 1000}, i),
            ({"enum": ["billing", "tech", "sales"]}, "tech"),
            ({"type": "array", "items": {"type": "number"}, "maxItems": 5}, [1, 2.5, 3]),
        ][i % 4]
        properties["property_%d" % i] = schema
        data["property_%d" % i] = value
    return {"type": "object", "required": list(properties), "properties": properties,
            "additionalProperties": False}, data


def orders():
    """Nested objects behind references, with patterns and a choice of shapes."""
    schema = {
        "$defs": {
            "address": {"type": "object", "required": ["street", "zip"],
                        "properties": {"street": {"type": "string"},
                                       "zip": {"type": "string", "pattern": "^[0-9]{5}$"}}},
            "item": {"type": "object", "required": ["sku", "count", "price"],
                     "properties": {"sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
                                    "count": {"type": "integer", "minimum": 1},
                                    "price": {"type": "number", "minimum": 0}},
                     "additionalProperties": False}},
        "type": "object", "required": ["id", "items", "to"],
        "properties": {"id": {"type": "integer"},
                       "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
                       "to": {"anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]},
                       "tags": {"type": "array", "uniqueItems": True,
                                "items": {"type": "string"}}}}
    data = {"id": 7, "tags": ["new", "gift", "fast"], "to": {"street": "Main St 1", "zip": "12345"},
            "items": [{"sku": "ABC-%d" % i, "count": i + 1, "price": 9.99 + i} for i in range(20)]}
    return schema, data


for make in wide, orders:
    schema, data = make()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for kind, value in ("schema", schema), ("data", data):
        with open("%s/%s.%s.json" % (sys.argv[1], make.__name__, kind), "w") as out:
            json.dump(value, out)
