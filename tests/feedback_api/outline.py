"""What a page is made of, as a program sees it that reads it aloud."""

from html.parser import HTMLParser


class Outline(HTMLParser):
    """Headings in order, ids, what ids are named, tables' cells without a scope, and addresses loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.loose: list[str] = []
        self.loaded: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        self.ids.extend(filter(None, [given.get("id")]))
        self.named.extend(filter(None, [given.get("aria-labelledby")]))
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.loose.append(str(attrs))
        if tag in ("script", "img", "link"):
            self.loaded.append(given.get("src") or given.get("href") or "inline")
        if "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(str(attrs))
