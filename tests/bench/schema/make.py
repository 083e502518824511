"""Writes schemas and data that fit them: NAME.schema.json, NAME.data.json."""
import json
import sys

DEFS = "#/$defs/"


def ref(name):
    return {"$ref": DEFS + name}


def strings(**rules):
    return dict({"type": "string"}, **rules)


def listed(item, **rules):
    return dict({"type": "array", "items": item}, **rules)


def record(properties, optional=(), closed=True):
    schema = {"type": "object", "properties": properties,
              "required": [key for key in properties if key not in optional]}
    if closed:
        schema["additionalProperties"] = False
    return schema


def wide():
    """An object of 40 properties of four kinds."""
    kinds = [(strings(minLength=1, maxLength=50), lambda i: "value %d" % i),
             ({"type": "integer", "minimum": 0, "maximum": 1000}, lambda i: i),
             ({"enum": ["billing", "tech", "sales"]}, lambda i: "tech"),
             (listed({"type": "number"}, maxItems=5), lambda i: [1, 2.5, 3])]
    return (record({"property_%d" % i: kinds[i % 4][0] for i in range(40)}),
            {"property_%d" % i: kinds[i % 4][1](i) for i in range(40)})


def orders():
    """Nested objects behind references, with patterns and a choice of shapes."""
    address = record({"street": strings(), "zip": strings(pattern="^[0-9]{5}$")}, closed=False)
    item = record({"sku": strings(pattern="^[A-Z]{3}-[0-9]+$"),
                   "count": {"type": "integer", "minimum": 1},
                   "price": {"type": "number", "minimum": 0}})
    schema = record({"id": {"type": "integer"},
                     "items": listed(ref("item"), minItems=1),
                     "to": {"anyOf": [ref("address"), {"type": "null"}]},
                     "tags": listed(strings(), uniqueItems=True)}, ["tags"], closed=False)
    schema["$defs"] = {"address": address, "item": item}
    data = {"id": 7, "tags": ["new", "gift", "fast"], "to": {"street": "Main St 1", "zip": "12345"},
            "items": [{"sku": "ABC-%d" % i, "count": i + 1, "price": 9.99 + i} for i in range(20)]}
    return schema, data


def events():
    """Shapes told apart by a constant, tried one after the other."""
    def shape(kind, **properties):
        return record(dict({"type": {"const": kind}, "at": {"type": "integer"}}, **properties))

    number = {"type": "number"}
    shapes = [shape("click", x=number, y=number), shape("key", code=strings(maxLength=20)),
              shape("scroll", by=number), shape("load", url=strings(), ms=number),
              shape("error", message=strings(), stack=listed(strings()))]
    rows = [{"x": 10, "y": 20.5}, {"code": "KeyA"}, {"by": -3}, {"url": "/a", "ms": 12.5},
            {"message": "no", "stack": ["a", "b"]}]
    names = ["click", "key", "scroll", "load", "error"]
    return (listed({"oneOf": shapes}),
            [dict({"type": names[i % 5], "at": 1000 + i}, **rows[i % 5]) for i in range(30)])


def patterns():
    """Strings that want more than a pass over character classes."""
    kinds = [("^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$", "ada.lovelace@example.org"),
             ("^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-[0-9A-Za-z.-]+)?$", "10.2.33-rc.1"),
             ("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", "#00ff7f"),
             ("^https?://[^/\\s]+(/[^\\s]*)?$", "https://example.org/a/b?c=d"),
             ("^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$", "2024-05-06T07:08:09.5Z"),
             ("^(\\+\\d{1,3} )?\\(?\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}$", "+1 (555) 010-1234"),
             ("^[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}$", "GB29 NWBK 6016 1331 9268 19AB"),
             ("\\S", "  something")]
    return (listed(record({"k%d" % i: strings(pattern=kind[0]) for i, kind in enumerate(kinds)})),
            [{"k%d" % i: kind[1] for i, kind in enumerate(kinds)}] * 8)


def choices():
    """Strings of which there are some, in short lists and a long one."""
    units = ["unit_%s" % (chr(97 + i // 26) + chr(97 + i % 26)) for i in range(120)]
    schema = record({"state": {"enum": ["new", "open", "pending", "solved", "closed"]},
                     "unit": {"enum": units},
                     "flag": {"enum": [True, False, None]},
                     "level": {"enum": [1, 2, 3, 5, 8, 13]}})
    states = ["new", "open", "pending", "solved", "closed"]
    return listed(schema), [{"state": states[i % 5], "unit": units[i * 3], "flag": i % 2 == 0,
                             "level": [1, 2, 3, 5, 8, 13][i % 6]} for i in range(30)]


def tree():
    """A schema that refers to itself."""
    node = record({"name": strings(minLength=1), "size": {"type": "integer", "minimum": 0},
                   "children": listed(ref("node"))}, ["children"])

    def make(depth):
        made = {"name": "node %d" % depth, "size": depth}
        if depth:
            made["children"] = [make(depth - 1) for _ in range(3)]
        return made

    return {"$ref": DEFS + "node", "$defs": {"node": node}}, make(4)


def dependents():
    """What one member asks of others."""
    schema = record({"name": strings(), "card": strings(pattern="^[0-9]{16}$"),
                     "billing": strings(), "coupon": strings(), "total": {"type": "number"}},
                    ["card", "billing", "coupon"], closed=False)
    schema["dependentRequired"] = {"card": ["billing", "name"]}
    schema["dependentSchemas"] = {
        "coupon": {"properties": {"total": {"maximum": 500}}, "required": ["total"]},
        "gift": {"properties": {"note": {"type": "string"}}}}
    return listed(schema), [
        {"name": "Ada", "card": "4000123412341234", "billing": "here", "total": 12.5},
        {"name": "Bo", "coupon": "X1", "total": 99}, {"name": "Cy", "total": 5}] * 10


def unevaluated():
    """Members that no part of a combination looked at."""
    base = record({"id": {"type": "integer"}, "name": strings()}, closed=False)
    kinds = [record({"kind": {"const": kind}, kind: {"type": "number"}}, closed=False)
             for kind in ("width", "weight", "price")]
    return listed({"$ref": DEFS + "thing"}) | {"$defs": {
        "base": base,
        "thing": {"allOf": [ref("base")], "anyOf": kinds, "properties": {"note": strings()},
                  "unevaluatedProperties": False}}}, [
        {"id": i, "name": "thing", "kind": kind, kind: 1.5 + i, "note": "n"}
        for i in range(10) for kind in ("width", "weight", "price")]


def ranges():
    """Numbers between bounds, some of them multiples."""
    schema = record({"lat": {"type": "number", "minimum": -90, "maximum": 90},
                     "lon": {"type": "number", "minimum": -180, "exclusiveMaximum": 180},
                     "count": {"type": "integer", "minimum": 0, "multipleOf": 5},
                     "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.25},
                     "share": {"type": "number", "minimum": 0.05, "maximum": 0.95}})
    return listed(schema), [{"lat": 51.5 + i / 100, "lon": -0.25 - i, "count": 5 * i,
                             "price": 19.75 + i, "share": 0.1 + i / 64} for i in range(30)]


def shape():
    """Polygons: lists of lists of pairs."""
    pair = {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}],
            "items": False, "minItems": 2}
    ring = [[i / 4, i / 8 + 1] for i in range(60)]
    return record({"type": {"const": "Polygon"},
                   "coordinates": listed(listed(pair, minItems=4), minItems=1)}), {
        "type": "Polygon", "coordinates": [ring, ring]}


def conditions():
    """if, then and else; not; a list that contains."""
    address = record({"country": {"enum": ["us", "nl", "ca"]}, "code": strings()}, closed=False)
    address["allOf"] = [
        {"if": {"properties": {"country": {"const": country}}, "required": ["country"]},
         "then": {"properties": {"code": {"pattern": pattern}}}}
        for country, pattern in (("us", "^[0-9]{5}(-[0-9]{4})?$"), ("nl", "^[0-9]{4} [A-Z]{2}$"),
                                 ("ca", "^[A-Z][0-9][A-Z] [0-9][A-Z][0-9]$"))]
    address["not"] = {"required": ["forbidden"]}
    schema = record({"addresses": listed(address),
                     "roles": listed(strings(), contains={"const": "owner"})})
    return schema, {"roles": ["reader", "writer", "owner"], "addresses": [
        {"country": "us", "code": "20500-0003"}, {"country": "nl", "code": "1011 AB"},
        {"country": "ca", "code": "K1A 0B1"}] * 8}


def maps():
    """Keys that are not known before."""
    schema = record({
        "labels": {"type": "object", 
                   "propertyNames": {"pattern": "^[a-z][a-z0-9-]*$", "maxLength": 30},
                   "additionalProperties": strings(maxLength=63)},
        "settings": {"type": "object", "patternProperties": {
            "^x-": {}, "^int_": {"type": "integer"}, "_at$": strings(minLength=10)},
            "additionalProperties": False}})
    return schema, {
        "labels": {"label-%d" % i: "value %d" % i for i in range(20)},
        "settings": dict([("int_%d" % i, i) for i in range(10)] +
                         [("x-%d" % i, [i]) for i in range(5)] +
                         [("made%d_at" % i, "2024-01-02") for i in range(5)])}


def unique():
    """Elements that have to be different, small and large."""
    schema = record({"words": listed(strings(), uniqueItems=True),
                     "ids": listed({"type": "integer"}, uniqueItems=True),
                     "pairs": listed(record({"a": {"type": "integer"}, "b": strings()}),
                                     uniqueItems=True)})
    return schema, {"words": ["word %d" % i for i in range(40)], "ids": list(range(40)),
                    "pairs": [{"a": i, "b": "x%d" % (i % 3)} for i in range(12)]}


def chat():
    """A request to a model: messages, contents of several kinds, tools."""
    image = record({"url": strings(), "detail": {"enum": ["low", "high"]}}, ["detail"])
    part = {"anyOf": [record({"type": {"const": "text"}, "text": strings()}),
                      record({"type": {"const": "image_url"}, "image_url": image})]}
    message = {"oneOf": [
        record({"role": {"const": "system"}, "content": strings()}),
        record({"role": {"const": "user"}, "content": {"anyOf": [strings(), listed(ref("part"))]}}),
        record({"role": {"const": "assistant"}, "content": {"type": ["string", "null"]},
                "tool_calls": listed(ref("call"))}, ["tool_calls"]),
        record({"role": {"const": "tool"}, "tool_call_id": strings(), "content": strings()})]}
    call = record({"id": strings(), "type": {"const": "function"},
                   "function": record({"name": strings(pattern="^[A-Za-z0-9_-]{1,64}$"),
                                       "arguments": strings()})})
    schema = record({"model": strings(), "messages": listed(ref("message"), minItems=1),
                     "temperature": {"type": "number", "minimum": 0, "maximum": 2},
                     "max_tokens": {"type": ["integer", "null"], "minimum": 1},
                     "stop": {"anyOf": [strings(), listed(strings(), maxItems=4),
                                        {"type": "null"}]}}, ["stop"])
    schema["$defs"] = {"part": part, "message": message, "call": call}
    look = {"name": "look", "arguments": "{\"a\": 1}"}
    turn = [{"role": "user", "content": [
                {"type": "text", "text": "What is this? " * 10},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]},
            {"role": "assistant", "content": None,
             "tool_calls": [{"id": "c1", "type": "function", "function": look}]},
            {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
            {"role": "user", "content": "Thank you"}]
    return schema, {"model": "m-1", "temperature": 0.7, "max_tokens": 400, "stop": None,
                    "messages": [{"role": "system", "content": "You are of help."}] + turn * 4}


def texts():
    """Long texts whose characters are counted, not all of them ASCII."""
    schema = listed(record({"title": strings(minLength=1, maxLength=80),
                            "body": strings(minLength=10, maxLength=5000)}))
    return schema, [{"title": "Grüße aus Köln, %d" % i,
                     "body": "Müßiggang ist aller Laster Anfang. " * 20} for i in range(10)]


def formats():
    """Formats, which are checked."""
    values = {"date-time": "2024-05-06T07:08:09.123Z", "date": "2024-02-29",
              "time": "10:20:30Z", "email": "ada@example.org",
              "uri": "https://example.org/a?b=c#d", "ipv4": "192.168.10.20",
              "ipv6": "2001:db8::ff00:42:8329", "uuid": "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
              "hostname": "www.example.org", "json-pointer": "/a/b~0c/1", "duration": "P3DT4H"}
    return (listed(record({key: strings(format=key) for key in values})), [values] * 10)


def metaschema():
    """The metaschema of draft 7 about a schema: all kinds of members, deep."""
    try:
        import jsonschema
    except ImportError:
        return None
    schema = chat()[0]
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return jsonschema.Draft7Validator.META_SCHEMA, schema


CASES = [wide, orders, events, patterns, choices, tree, dependents, unevaluated, ranges, shape,
         conditions, maps, unique, chat, texts, formats, metaschema]

for make in CASES:
    made = make()
    if not made:
        continue
    schema, data = made
    schema.setdefault("$schema", "https://json-schema.org/draft/2020-12/schema")
    for kind, value in ("schema", schema), ("data", data):
        with open("%s/%s.%s.json" % (sys.argv[1], make.__name__, kind), "w") as out:
            json.dump(value, out)
    print(make.__name__)
