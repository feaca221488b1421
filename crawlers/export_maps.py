"""The exports that people have, as data: docs/sources/import.md tells which were held against real files."""

from __future__ import annotations

from collections.abc import Sequence

from crawlers.columns import NAMES
from crawlers.export_rows import (
    adapt_app_store,
    adapt_google_business,
    adapt_google_play,
    adapt_intercom_message,
    adapt_trustpilot,
    adapt_zendesk,
)
from crawlers.exports import GENERIC, Export, explain_format
from crawlers.tables import ImportProblem

NUMERALS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "star_rating_unspecified": ""}
SATISFACTION = dict.fromkeys(("good", "goodwithcomment", "good with comment"), "1") | (
    dict.fromkeys(("bad", "badwithcomment", "bad with comment"), "0")
    | dict.fromkeys(("offered", "unoffered", "not offered", "-"), "")
)
"""Zendesk's satisfaction ratings: a thumb, or that none was given."""

ANY = Export(name=GENERIC, title="any CSV or JSON lines", columns=NAMES)

REVIEWS = (
    Export(
        name="trustpilot", title="Trustpilot reviews CSV (Business portal, Service reviews, Export)",
        signature=("review_id", "review_created", "review_stars"), source="trustpilot", site="trustpilot.com", own=True,
        columns={
            "id": ("review_id",), "date": ("review_created",), "rating": ("review_stars",), "title": ("review_title",),
            "text": ("review_content", "review_text"), "author": ("review_username", "consumer_name"),
            "author_id": ("review_consumer_user_id",), "language": ("review_language",), "place": ("location_name",),
            "site": ("own_site",), "url": ("own_url",),
            "reply": ("company_response", "company_reply", "business_reply", "business_response", "reply_content"),
            "reply_date": ("company_reply_date", "business_reply_date", "reply_date"), "status": ("review_status",),
        },
        removed=frozenset({"deleted", "removed", "deleted by reviewer"}), added=("own site", "own url"), adapt=adapt_trustpilot,
    ),
    Export(
        name="googleplay", title="Google Play Console reviews CSV (Download reports, Reviews)",
        signature=("package_name", "star_rating", "review_text", "review_submit_date_and_time"), source="googleplay",
        site="Google Play", own=True, identity=("site", "date", "language"),
        columns={
            "id": ("own_id",), "date": ("review_submit_millis_since_epoch", "review_submit_date_and_time"),
            "rating": ("star_rating",), "title": ("review_title",), "text": ("review_text",), "site": ("package_name",),
            "language": ("reviewer_language",), "subject": ("app_version_name",), "url": ("review_link",),
            "reply": ("developer_reply_text",),
            "reply_date": ("developer_reply_millis_since_epoch", "developer_reply_date_and_time"),
        },
        added=("own id",), adapt=adapt_google_play,
    ),
    Export(
        name="appstore", title="App Store reviews CSV, with the field names of the App Store Connect API",
        signature=("rating", "body", "reviewernickname", "createddate", "territory"), source="appstore", site="App Store",
        own=True, identity=("author", "date"),
        columns={
            "id": ("id", "review_id"), "date": ("createddate",), "rating": ("rating",), "title": ("title",), "text": ("body",),
            "author": ("reviewernickname",), "place": ("territory",), "site": ("own_site",),
            "reply": ("responsebody", "response_body"), "reply_date": ("lastmodifieddate", "response_lastmodifieddate"),
        },
        added=("own site",), adapt=adapt_app_store,
    ),
    Export(
        name="google-business", title="Google Takeout: Google Business Profile, reviews.json of a location",
        signature=("starrating", "createtime", "reviewer_displayname"), source="google_business", site="Google", own=True,
        columns={
            "id": ("own_id",), "site": ("own_site",), "date": ("createtime",), "rating": ("starrating",), "text": ("comment",),
            "author": ("reviewer_displayname",), "reply": ("reviewreply_comment",), "reply_date": ("reviewreply_updatetime",),
        },
        added=("own id", "own site", "comment", "reviewReply.comment"), words=NUMERALS, nobody=frozenset({"a google user"}),
        adapt=adapt_google_business,
    ),
    Export(
        name="google-maps", title="Google Takeout: Maps (your places), Reviews.json of what an account has reviewed",
        signature=("properties_date", "properties_five_star_rating_published", "properties_location_name"),
        site="google.com/maps", identity=("url", "subject", "place"),
        columns={
            "date": ("properties_date",), "rating": ("properties_five_star_rating_published",),
            "text": ("properties_review_text_published", "properties_review_text"), "url": ("properties_google_maps_url",),
            "subject": ("properties_location_name",), "place": ("properties_location_address",),
        },
        words=NUMERALS,
    ),
)  # fmt: skip

TICKETS = (
    Export(
        name="zendesk-json", title="Zendesk tickets, JSON export or incremental export API",
        signature=("id", "subject", "description", "created_at", "requester_id", "status"), kind="call", site="Zendesk",
        measure="thumbs", own=True, removed=frozenset({"deleted"}), words=SATISFACTION,
        columns={
            "id": ("id",), "date": ("created_at",), "title": ("subject",), "text": ("description",),
            "author_id": ("requester_id",), "rating": ("satisfaction_rating_score",), "status": ("status",),
            "reply": ("first_answer",), "reply_date": ("first_answered",),
            "reply_minutes": ("metric_set_reply_time_in_minutes_calendar",),
        },
        added=("first answer", "first answered"), adapt=adapt_zendesk,
    ),
    Export(
        name="zendesk", title="Zendesk tickets CSV (Admin Center, Tools, Reports, Export, or a view)",
        signature=("id", "subject", "requester", "created_at", "status"), kind="call", site="Zendesk",
        measure="thumbs", own=True, removed=frozenset({"deleted"}), words=SATISFACTION,
        columns={
            "id": ("id",), "date": ("created_at",), "title": ("subject",), "text": ("description",), "author": ("requester",),
            "author_id": ("requester_id",), "rating": ("satisfaction_score", "satisfaction_rating"), "status": ("status",),
            "reply_minutes": ("first_reply_time_in_minutes", "first_reply_time_min"),
        },
    ),
    Export(
        name="intercom", title="Intercom conversations CSV (Reports, Conversations, Export)",
        signature=("conversation_id", "current_conversation_state"), kind="call", site="Intercom", measure="csat", own=True,
        columns={
            "id": ("conversation_id",), "date": ("conversation_started_at", "conversation_created_at"),
            "title": ("conversation_title", "ai_title", "ticket_title"),
            "text": ("first_user_message", "last_teammate_rating_remark", "conversation_rating_remark"),
            "author": ("user_name", "contact_name"), "author_id": ("user_id", "contact_id"),
            "rating": ("last_teammate_rating", "conversation_rating"), "reply_date": ("conversation_first_replied_at",),
        },
    ),
    Export(
        name="intercom-messages", title="Intercom messages CSV (prodsight's Intercom export), one row a message",
        signature=("message_id", "message_body", "message_type", "message_author_type", "conversation_id"), kind="call",
        site="Intercom", own=True, skipped=frozenset({"note", "snoozed", "unsnoozed", "timer_unsnooze", "assignment",
                                                      "participant_added"}),
        columns={
            "id": ("own_id",), "parent": ("own_parent",), "thread": ("own_thread",), "voice": ("own_voice",),
            "status": ("own_status",), "date": ("message_created_at",), "text": ("message_body",),
            "author": ("message_author_name",), "author_id": ("message_author_id",),
        },
        added=("own id", "own parent", "own thread", "own voice", "own status"), adapt=adapt_intercom_message,
    ),
)  # fmt: skip

SURVEYS = (
    Export(
        name="typeform", title="Typeform responses CSV (Results, Responses, Download)",
        signature=("#", "submit_date", "network_id"), kind="survey", site="Typeform", measure="nps", own=True, asks=True,
        columns={"id": ("#",), "date": ("submit_date", "stage_date"), "author_id": ("network_id",)},
        aside=("start_date", "stage_date", "response_type", "tags", "ending", "other"),
    ),
    Export(
        name="surveymonkey", title="SurveyMonkey responses CSV (Analyze, Save as, Export all responses)",
        signature=("respondent_id", "collector_id", "start_date", "end_date"), kind="survey", site="SurveyMonkey",
        measure="nps", day_first=False, own=True, asks=True, id_form=r"\d+",
        columns={"id": ("respondent_id",), "date": ("end_date", "date_modified"), "author_id": ("email_address",)},
        aside=("collector_id", "start_date", "date_created", "ip_address", "first_name", "last_name", "custom_data_1"),
    ),
    Export(
        name="qualtrics", title="Qualtrics responses CSV or TSV (Data & Analysis, Export), with its three header rows",
        signature=("responseid", "recordeddate", "distributionchannel"), kind="survey", site="Qualtrics", measure="nps",
        own=True, asks=True, id_form=r"R_\w+",
        columns={
            "id": ("responseid",), "date": ("enddate", "recordeddate"), "author_id": ("recipientemail", "externalreference"),
            "language": ("userlanguage",), "status": ("status",),
        },
        aside=("startdate", "recordeddate", "ipaddress", "progress", "duration_in_seconds", "finished", "recipientlastname",
               "recipientfirstname", "externalreference", "locationlatitude", "locationlongitude", "distributionchannel"),
        skipped=frozenset({"survey preview", "survey test", "spam", "possible spam", "preview spam", "1", "2", "8", "9", "12",
                           "17"}),
    ),
    Export(
        name="delighted", title="Delighted responses CSV (Reports, Export)",
        signature=("score", "comment", "delighted_source"), kind="survey", site="Delighted", measure="nps", own=True,
        identity=("url",),
        columns={
            "id": ("response_id", "survey_response_id", "id"), "date": ("created_at", "response_created_at", "response_time"),
            "rating": ("score",), "text": ("comment",), "author": ("person_name", "name"),
            "author_id": ("person_email", "email", "person_id", "person"), "url": ("permalink",), "measure": ("survey_type",),
        },
    ),
    Export(
        name="google-forms", title="Google Forms responses CSV (Responses, Download responses)",
        first=("timestamp", "zeitstempel", "horodateur", "marca_temporal", "zaman_damgası", "carimbo_de_data_hora"),
        kind="survey", site="Google Forms", measure="nps", own=True, asks=True, identity=("date", "author_id"),
        columns={
            "date": ("timestamp", "zeitstempel", "horodateur", "marca_temporal", "zaman_damgası", "carimbo_de_data_hora"),
            "author_id": ("email_address", "username", "email"),
        },
        aside=("score", "name", "full_name", "phone", "phone_number"),
    ),
)  # fmt: skip

MONITORS = (
    Export(
        name="brand24", title="Brand24 mentions CSV (Mentions, Export)",
        signature=("domain", "sentiment", "influence_score"), kind="post", site="Brand24", identity=("url", "date", "author"),
        columns={
            "date": ("date", "created", "created_date"), "time": ("hour", "time"), "title": ("title",),
            "text": ("content", "mention_content", "mention", "text", "snippet", "description"),
            "url": ("url", "source", "mention_url", "link"), "site": ("domain",), "author": ("author", "author_name"),
            "language": ("language",), "place": ("country", "location"),
            "engagement": ("interactions", "likes", "likes_count"),
        },
    ),
    Export(
        name="mention", title="Mention mentions CSV (Feed, Export)",
        signature=("title", "description", "published_at", "source_type", "source_name"), kind="post", site="Mention",
        identity=("url", "date"),
        columns={
            "id": ("unique_id", "id"), "date": ("published_at",), "title": ("title",), "text": ("description",),
            "url": ("original_url", "url"), "site": ("source_name",), "language": ("language_code", "language"),
            "author": ("author_name", "author"), "place": ("country",),
            "engagement": ("engagement", "interactions"),
        },
    ),
)  # fmt: skip

EXPORTS: tuple[Export, ...] = (*REVIEWS, *TICKETS, *SURVEYS, *MONITORS)


def find_export(columns: Sequence[str]) -> Export:
    """The export that a file with these columns is: the one of the longest signature, else any file."""
    found = [export for export in EXPORTS if export.recognises(columns)]
    return max(found, key=lambda export: len(export.signature), default=ANY)


def named_export(name: str) -> Export:
    """The export of that name. Raises `ImportProblem` where there is none."""
    known = {export.name: export for export in (*EXPORTS, ANY)}
    if name not in known:
        raise ImportProblem(explain_format(name, list(known)))
    return known[name]
