"""The foot of a page: one line on how it was made, which opens to everything that the record of the run holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from collapse_lib.press import provenance, templates, wording
from collapse_lib.press.chapter import Chapter

ENTRIES = ("started", "seconds", "memory", "seed", "version", "commit", "python", "lock_sha256", "chapters_sha256")
"""What a record may lack, since an earlier version made it."""


def whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with None for what it lacks."""
    return {**dict.fromkeys(ENTRIES), "parameters": {}, "preset": "unknown", **record}


def foot(chapter: Chapter, record: Mapping[str, Any], *, notebook: str = "", repository: str = "") -> Markup:
    """The end of a page, in HTML; `notebook` is the notebook's address, `repository` the repository's."""
    record = whole(record)
    own, changed = chapter.settings("paper", {}), provenance.changed(chapter, record["parameters"])
    return templates.render(
        "how_made",
        record=record,
        line=_line(record),
        run=_run(record),
        own=own,
        read=wording.read,
        changed=changed,
        notebook=notebook,
        repository=repository,
    )


def _line(record: Mapping[str, Any]) -> list[str]:
    """What the closed foot says."""
    took = provenance.cost(record).removeprefix("about ")
    made = f"made on {wording.date(record['started'])}" if record["started"] else "made"
    version = f"version {record['version']}" if record["version"] else ""
    return [part for part in (made, f"preset {record['preset']}", took, version) if part]


def _run(record: Mapping[str, Any]) -> list[str]:
    """When the run began and what it took."""
    parts = [f"began {record['started'][:16].replace('T', ' ')} UTC"] if record["started"] else []
    if record["seconds"] is not None:
        parts.append(f"{record['seconds']:,.1f} s")
    if record["memory"]:
        parts.append(f"{wording.memory(record['memory'])} of memory at its peak")
    return parts
