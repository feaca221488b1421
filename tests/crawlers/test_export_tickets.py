"""Exports of tickets and conversations: the customer's private complaint, and when the company first answered."""

from __future__ import annotations

import json

import pytest
from export_files import Desk, counts


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


TICKET = "external_id, kind, voice, title, text, rating, rating_measure, parent, published, removed_at is not null"

ZENDESK = (
    "\ufeffSummation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,"
    "Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,"
    "Initially assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,"
    "First reply time in minutes\n"
    '1,4711,Ann,99,,ann@example.org,example.org,Ann,Bo,Support,"Box late, second time","late,refund",Solved,Normal,Email,'
    "Problem,2026-09-12 17:22,2026-09-13 10:00,,,,,,,Bad,1,1,0,2,38\n"
    "1,4712,Cy,98,,cy@example.org,example.org,Cy,,Support,Where is my order?,,Open,Normal,Web,,2026-09-13 09:00,"
    "2026-09-13 09:00,,,,,,,Unoffered,1,1,0,0,\n"
)


def test_zendesk_csv_has_subjects_thumbs_and_the_time_of_the_first_reply(desk):
    assert counts(desk.bring("tickets.csv", ZENDESK)) == ("zendesk", 2, 0, 0, 1, 1)
    assert desk.rows(TICKET) == [
        ("4711", "call", "customer", "Box late, second time", None, 0.0, "thumbs", None, "2026-09-12T17:22:00Z", 0),
        ("4712", "call", "customer", "Where is my order?", None, None, None, None, "2026-09-13T09:00:00Z", 0),
        ("4711:reply", "comment", "company", None, None, None, None, "4711", "2026-09-12T18:00:00Z", 0),
    ]
    assert desk.brands() == {(row, "acme", "zendesk export") for row in ("4711", "4712", "4711:reply")}
    later = ZENDESK.replace("Unoffered,1,1,0,0,\n", "Good,1,1,0,1,15\n").replace(",Open,", ",Solved,")
    assert counts(desk.bring("tickets2.csv", later)) == ("zendesk", 0, 1, 1, 2, 1)
    assert desk.rows("external_id, rating, published", "external_id like '4712%'") == [
        ("4712", 1.0, "2026-09-13T09:00:00Z"),
        ("4712:reply", None, "2026-09-13T09:15:00Z"),
    ]


def ticket(number: int, **more) -> dict:
    return {
        "url": f"https://acme.zendesk.example/api/v2/tickets/{number}.json",
        "id": number,
        "created_at": "2026-09-12T17:22:05Z",
        "updated_at": "2026-09-12T18:00:00Z",
        "subject": f"Ticket {number}",
        "description": "The box came late.\n\nAgain.",
        "status": "open",
        "requester_id": 99,
        "tags": ["late", "refund"],
        "satisfaction_rating": {"score": "unoffered"},
        **more,
    }


def test_zendesk_incremental_json_pages_with_comments_metrics_and_deletions(desk):
    said = [
        {"author_id": 99, "public": True, "plain_body": "The box came late.", "created_at": "2026-09-12T17:22:05Z"},
        {"author_id": 5, "public": False, "plain_body": "Grumpy one", "created_at": "2026-09-12T17:30:00Z"},
        {"author_id": 5, "public": True, "plain_body": "So sorry!", "created_at": "2026-09-12T17:52:05Z"},
    ]
    measured = {"reply_time_in_minutes": {"calendar": 12, "business": 3}}
    first = {
        "tickets": [ticket(1, comments=said), ticket(2), ticket(3)],
        "count": 3,
        "end_of_stream": False,
    }
    # A ticket that changed while pages were read comes again on a later page; the last sight stands.
    second = {
        "tickets": [ticket(3, subject="Ticket 3, edited"), ticket(9, status="deleted"), ticket(2, metric_set=measured)],
        "count": 3,
        "end_of_stream": True,
    }
    report = desk.bring("tickets.jsonl", "\n".join(map(json.dumps, (first, second))))
    assert counts(report) == ("zendesk-json", 3, 0, 0, 2, 2)
    assert (report.rows, report.repeated, dict(report.left_out)) == (6, 2, {"deleted at the source": 1})
    assert desk.rows("external_id, title, text, parent, published") == [
        ("1", "Ticket 1", "The box came late.\n\nAgain.", None, "2026-09-12T17:22:05Z"),
        ("2", "Ticket 2", "The box came late.\n\nAgain.", None, "2026-09-12T17:22:05Z"),
        ("3", "Ticket 3, edited", "The box came late.\n\nAgain.", None, "2026-09-12T17:22:05Z"),
        ("1:reply", None, "So sorry!", "1", "2026-09-12T17:52:05Z"),
        ("2:reply", None, None, "2", "2026-09-12T17:34:05Z"),
    ]
    gone = desk.bring("later.json", json.dumps({"tickets": [ticket(1, status="deleted", comments=said)]}, indent=2))
    assert counts(gone) == ("zendesk-json", 0, 1, 0, 1, 0)
    assert desk.rows("external_id, title, text", "removed_at is not null") == [("1", None, None)]


INTERCOM = (
    "Conversation ID,Conversation started at (America/Vancouver),Teammate currently assigned,Current conversation state,Channel,"
    "Conversation tag,Last teammate rating,Last teammate rating remark,Conversation first replied at (America/Vancouver)\n"
    "2153,2026-09-12 10:00,Bo,closed,Chat,late,2,Nobody could say where my box was,2026-09-12 10:07\n"
    "2154,2026-09-12 11:00,Bo,open,Chat,,,,\n"
)


def test_intercom_conversations_by_their_own_time_zone(desk):
    report = desk.bring("data.csv", INTERCOM)
    assert (counts(report), dict(report.left_out)) == (("intercom", 1, 0, 0, 1, 1), {"no text and no rating": 1})
    assert desk.rows(TICKET) == [
        ("2153", "call", "customer", None, "Nobody could say where my box was", 2.0, "csat", None, "2026-09-12T17:00:00Z", 0),
        ("2153:reply", "comment", "company", None, None, None, None, "2153", "2026-09-12T17:07:00Z", 0),
    ]
    later = INTERCOM.replace("11:00,Bo,open,Chat,,,,", "11:00,Bo,closed,Chat,,5,Great,2026-09-12 11:01")
    assert counts(desk.bring("data.csv", later)) == ("intercom", 1, 0, 1, 2, 1)


MESSAGES = (
    "message_id,message_body,message_type,message_created_at,message_author_type,message_author_id,message_author_name,"
    "conversation_id,conversation_state,conversation_created_at,app_name\n"
    "m1,My box is late,conversation_message,2026-09-12 21:45:08,user,u1,Ann,c1,closed,2026-09-12 21:45:08,Acme\n"
    "m2,,assignment,2026-09-12 21:46:00,bot,b1,Operator,c1,closed,2026-09-12 21:45:08,Acme\n"
    'm3,"Sorry!\nOn its way.",comment,2026-09-12 21:55:08,admin,a1,Bo,c1,closed,2026-09-12 21:45:08,Acme\n'
    "m4,ask her to pay,note,2026-09-12 21:56:00,admin,a1,Bo,c1,closed,2026-09-12 21:45:08,Acme\n"
    "m5,Thanks,comment,2026-09-12 22:00:00,user,u1,Ann,c1,closed,2026-09-12 21:45:08,Acme\n"
)


def test_intercom_messages_are_a_thread(desk):
    report = desk.bring("messages.csv", MESSAGES)
    assert (counts(report)[:2], sum(count for _, count in report.left_out)) == (("intercom-messages", 3), 2)
    assert desk.rows("external_id, voice, text, parent, thread, published") == [
        ("c1", "customer", "My box is late", None, "c1", "2026-09-12T21:45:08Z"),
        ("m3", "company", "Sorry!\nOn its way.", "c1", "c1", "2026-09-12T21:55:08Z"),
        ("m5", "customer", "Thanks", "c1", "c1", "2026-09-12T22:00:00Z"),
    ]
    assert counts(desk.bring("again.csv", MESSAGES))[:4] == ("intercom-messages", 0, 0, 3)
