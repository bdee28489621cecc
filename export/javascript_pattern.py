r"""Translate Python's regular expressions to JavaScript.

The result is the source of a `RegExp` whose only flag is "u". It matches exactly what Python's
pattern matches: `\s` and `\w` are Python's, "." is any character but "\n", and if the pattern
ignores case, both cases of each letter are listed. Groups keep their numbers and lose their names.
"""

import re
from collections.abc import Iterable, Sequence
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_ALL = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10000)]))
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\p{Nd}",
    "CATEGORY_WORD": r"\p{L}\p{N}_",
    "CATEGORY_SPACE": r"\t-\r\u{1c}-\u{20}\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}"
    r"\u{202f}\u{205f}\u{3000}",
}
_BYTE_CATEGORIES = {"CATEGORY_SPACE": r"\t-\r ", "CATEGORY_WORD": "a-zA-Z0-9_"}
_ANCHORS = {"AT_BEGINNING_STRING": "^", "AT_END_STRING": "$"}
_COMPLEMENT = "CATEGORY_NOT_"
_QUANTIFIERS = {(0, _parser.MAXREPEAT): "*", (1, _parser.MAXREPEAT): "+", (0, 1): "?"}
_ONE_CHARACTER = {"LITERAL", "NOT_LITERAL", "ANY", "IN"}
_WORD = f"[{_CATEGORIES['CATEGORY_WORD']}]"


def translate(pattern: re.Pattern) -> str:
    """Return the source of the JavaScript pattern.

    Raises:
        ValueError: If the pattern uses a feature that has no translation.
    """
    return _Translator(pattern).sequence(_parser.parse(pattern.pattern, pattern.flags))


class _Translator:
    """Translates the parts of one pattern."""

    def __init__(self, pattern: re.Pattern) -> None:
        self._flags = pattern.flags
        self._categories = _BYTE_CATEGORIES if isinstance(pattern.pattern, bytes) else _CATEGORIES

    def sequence(self, parts: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._part(str(name), value) for name, value in parts)

    def _part(self, name: str, value: Any) -> str:
        method = getattr(self, f"_{name.lower()}", None)
        if method is None:
            raise ValueError(f"no translation of {name}")
        return method(value)

    def _literal(self, code: int) -> str:
        return self._in([("LITERAL", code)]) if self._flags & re.IGNORECASE else _escape(code)

    def _not_literal(self, code: int) -> str:
        return self._in([("NEGATE", None), ("LITERAL", code)])

    def _any(self, _) -> str:
        return r"[^]" if self._flags & re.DOTALL else r"[^\n]"

    def _in(self, items: Sequence[tuple[Any, Any]]) -> str:
        named = [(str(name), value) for name, value in items]
        if (str(named[0][1])).startswith(_COMPLEMENT) and len(named) == 1:
            return f"[^{self._categories[str(named[0][1]).replace(_COMPLEMENT, 'CATEGORY_')]}]"
        is_negated = named[0][0] == "NEGATE"
        members = "".join(self._member(*item) for item in named[is_negated:])
        return f"[{'^' if is_negated else ''}{members}]"

    def _member(self, name: str, value: Any) -> str:
        if str(value).startswith(_COMPLEMENT):
            raise ValueError(f"no translation of {value} in a set with other characters")
        if name == "CATEGORY":
            return self._categories[str(value)]
        low, high = value if name == "RANGE" else (value, value)
        if self._flags & re.IGNORECASE:
            return _both_cases(low, high)
        return _escape(low) if low == high else f"{_escape(low)}-{_escape(high)}"

    def _branch(self, value: Any) -> str:
        return f"(?:{'|'.join(map(self.sequence, value[1]))})"

    def _subpattern(self, value: Any) -> str:
        group, added, removed, parts = value
        if added or removed:
            raise ValueError("no translation of flags within a pattern")
        return f"({'?:' if group is None else ''}{self.sequence(parts)})"

    def _max_repeat(self, value: Any) -> str:
        low, high, parts = value
        numbers = f"{{{low},{'' if high == _parser.MAXREPEAT else high}}}"
        repeated = self.sequence(parts)
        is_one = len(parts) == 1 and str(parts[0][0]) in _ONE_CHARACTER
        repeated = repeated if is_one else f"(?:{repeated})"
        return repeated + _QUANTIFIERS.get((low, high), numbers)

    def _min_repeat(self, value: Any) -> str:
        return f"{self._max_repeat(value)}?"

    def _possessive_repeat(self, value: Any) -> str:
        """Translate x++ to x+(?!x), which is equivalent if x matches a single character."""
        _low, high, parts = value
        if high != _parser.MAXREPEAT or len(parts) > 1:
            raise ValueError("no translation of this possessive quantifier")
        return f"{self._max_repeat(value)}(?!{self.sequence(parts)})"

    def _assert(self, value: Any, sign: str = "=") -> str:
        direction, parts = value
        return f"(?{'<' if direction < 0 else ''}{sign}{self.sequence(parts)})"

    def _assert_not(self, value: Any) -> str:
        return self._assert(value, "!")

    def _at(self, value: Any) -> str:
        name = str(value)
        if name in _ANCHORS:
            return _ANCHORS[name]
        if name == "AT_BEGINNING":
            return r"(?<![^\n])" if self._flags & re.MULTILINE else "^"
        if name == "AT_END":
            return r"(?![^\n])" if self._flags & re.MULTILINE else r"(?=\n?$)"
        if name == "AT_BOUNDARY":
            return f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
        raise ValueError(f"no translation of {name}")


def _escape(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\u{{{code:x}}}"


def _both_cases(low: int, high: int) -> str:
    """Return the members of a class: the characters of a range, in upper and lower case."""
    matcher = re.compile(f"[\\U{low:08x}-\\U{high:08x}]", re.IGNORECASE)
    ranges: list[list[int]] = []
    for code in map(ord, matcher.findall(_ALL)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(
        _escape(first) if first == last else f"{_escape(first)}-{_escape(last)}"
        for first, last in ranges
    )
