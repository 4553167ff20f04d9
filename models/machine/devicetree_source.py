"""A device tree as text, in the source form that `dtc` reads."""

from __future__ import annotations

from models.machine.devicetree import Node, Value


def tree_source(root: Node) -> str:
    """Return the source of a whole tree."""
    return "/dts-v1/;\n\n" + "".join(_lines(root, ""))


def _lines(node: Node, indent: str) -> list[str]:
    inner = indent + "    "
    lines = [f"{indent}{node.name or '/'} {{\n"]
    for name, value in node.properties.items():
        text = _value(value)
        lines.append(f"{inner}{name} = {text};\n" if text else f"{inner}{name};\n")
    for child in node.children:
        lines += _lines(child, inner)
    return [*lines, indent + "};\n"]


def _value(value: Value) -> str:
    if isinstance(value, bytes):
        return f"[{value.hex(' ')}]" if value else ""
    parts = [value] if isinstance(value, str | int) else value
    texts = [f'"{_quoted(part)}"' for part in parts if isinstance(part, str)]
    cells = " ".join(hex(part) for part in parts if isinstance(part, int))
    return ", ".join(texts) if texts else f"<{cells}>" if cells else ""


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
