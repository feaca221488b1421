"""Conversations: to which one a mention belongs, and when the company last answered it."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from store.scope import Scope, scoped_sql

Row = dict[str, Any]


def find_threads(db: Database, scope: Scope) -> list[Row]:
    """The conversation of every mention in scope, and the company's last answer to it.

    A conversation is named by its source, its site and the thread that the source gives, else by what is answered, else by the
    mention itself: a root that names no thread and what answers it have the same name, also where the root was deleted.
    Columns: mention, thread, answered (time of the last answer, None without one), answered_precision.
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}
            select mentions.id as mention, mentions.source || char(10) || mentions.site || char(10) || coalesce(
                    mentions.thread, parents.thread, parents.parent, mentions.parent, mentions.external_id
                ) as thread, answers.published as answered, answers.published_precision as answered_precision
            from scoped
            cross join mentions on mentions.id = scoped.mention
            left join mentions as parents on parents.source = mentions.source and parents.site = mentions.site
                and parents.external_id = mentions.parent
            left join mentions as answers on answers.id = (
                select latest.id
                from mentions as latest
                where latest.source = mentions.source and latest.site = mentions.site
                    and latest.parent = mentions.external_id and latest.voice = 'company' and latest.removed_at is null
                    and latest.published is not null
                order by +latest.published desc
                limit 1
            )
            order by mentions.id
            """,
            scope.parameters(),
        )
    )
