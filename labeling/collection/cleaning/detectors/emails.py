"""E-mail addresses, also as `name (at) domain dot org`."""

import re
from collections.abc import Iterator

# Latin letters only: in scripts without spaces, the words before an address would be taken for a part of it.
# And of the signs that RFC 5322 allows, only those that people use: a query in a link has the others.
_ATOM = r"[A-Za-z0-9\u00c0-\u024f%&'+_-]{1,64}"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM}){{0,8}}"
_PLAIN = re.compile(
    rf"(?<![A-Za-z0-9_.%+-])(?P<local>{_LOCAL})@(?P<domain>(?:[\w](?:[\w-]{{0,61}}[\w])?\.)+[^\W\d_]{{2,24}})(?![\w@-])"
)
_AT = r"\s?(?:\(at\)|\[at\]|\{at\}|<at>|\s@\s|\sat\s)\s?"
_DOT = r"\s?(?:\(dot\)|\[dot\]|\{dot\}|<dot>|\sdot\s|\(\.\)|\[\.\])\s?"
_PART = r"[\w+-]{1,64}"
_SPELLED = re.compile(
    rf"(?<![\w.+-]){_PART}(?:(?:\.|{_DOT}){_PART}){{0,3}}{_AT}{_PART}(?:(?:\.|{_DOT}){_PART}){{0,2}}{_DOT}[a-z]{{2,12}}\b"
    rf"|(?<![\w.+-]){_PART}(?:\.{_PART}){{0,3}}\s?(?:\(at\)|\[at\]|\{{at\}}|<at>)\s?(?:{_PART}\.){{1,3}}[a-z]{{2,12}}\b",
    re.IGNORECASE,
)
_IS_SPELLED = re.compile(r"\sdot\s|[(\[{<](?:dot|at|\.)[)\]}>]", re.IGNORECASE)
# logo@2x.png is a picture, and git@host:path the address of a repository.
_FILE_ENDINGS = {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "py", "json"}


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Yield where an e-mail address stands."""
    if "@" in text:
        for match in _PLAIN.finditer(text):
            ending = match["domain"].rsplit(".", 1)[-1].lower()
            repository = match["local"] == "git" and text[match.end() : match.end() + 1] in (":", "/")
            if ending not in _FILE_ENDINGS and not repository:
                yield match.span()
    if _IS_SPELLED.search(text):
        for match in _SPELLED.finditer(text):
            yield match.span()
