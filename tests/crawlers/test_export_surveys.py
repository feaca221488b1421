"""Exports of surveys: the rating question and the open ones are found among the owner's own questions."""

from __future__ import annotations

import pytest
from export_files import Desk, counts

from crawlers.tables import ImportProblem


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


ANSWER = "external_id, site, kind, text, rating, rating_best, rating_measure, published"

TYPEFORM = (
    '#,"How likely are you to recommend Acme to a friend?",What is the main reason for your score?,Which box did you get?,'
    "<strong>What could we do better?</strong>,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,"
    "Ending\n"
    "abc123,9,Always fresh,Large,,completed,2026-09-12 17:20:00,,2026-09-12 17:22:05,938f4331f1,,\n"
    'abc124,2,"Late,\ntwice",Small,Tell me when it is late,completed,2026-09-12 18:20:00,,2026-09-12 18:22:05,1c8f4331f2,,\n'
)


def test_typeform_finds_the_rating_and_the_open_questions(desk):
    report = desk.bring("responses.csv", TYPEFORM)
    assert counts(report) == ("typeform", 2, 0, 0, 0, 0)
    assert report.columns["rating"] == "How likely are you to recommend Acme to a friend?"
    assert report.columns["text"] == "What is the main reason for your score? + <strong>What could we do better?</strong>"
    assert report.unused == (
        "Which box did you get?",
        "Response Type",
        "Start Date (UTC)",
        "Stage Date (UTC)",
        "Tags",
        "Ending",
    )
    assert desk.rows(ANSWER) == [
        ("abc123", "Typeform", "survey", "Always fresh", 9.0, 10.0, "nps", "2026-09-12T17:22:05Z"),
        ("abc124", "Typeform", "survey", "Late,\ntwice\n\nTell me when it is late", 2.0, 10.0, "nps", "2026-09-12T18:22:05Z"),
    ]
    assert counts(desk.bring("b.csv", TYPEFORM.replace("Always fresh", "Mostly fresh")))[:4] == ("typeform", 0, 1, 1)


SURVEYMONKEY = (
    "\ufeffRespondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
    "Overall how satisfied are you with Acme?,How did you hear of us?,,Do you have anything to add?\n"
    ",,,,,,,,,Response,Response,Other (please specify),Open-Ended Response\n"
    '114000001,4200,09/04/2026 02:03:22 PM,09/04/2026 02:05:00 PM,10.0.0.1,,,,,4,Friend,,"Good, but dear"\n'
    "114000002,4200,09/04/2026 03:03:22 PM,09/04/2026 03:05:00 PM,10.0.0.2,,,,,1,Other,On a bus,Cold soup\n"
)


def test_surveymonkey_skips_its_second_header_row_and_has_the_month_first(desk):
    report = desk.bring("Acme survey.csv", SURVEYMONKEY)
    assert (counts(report), report.rows) == (("surveymonkey", 2, 0, 0, 0, 0), 2)
    assert report.columns["text"] == "Do you have anything to add?"
    assert "1 without a name" in report.unused
    assert desk.rows(ANSWER) == [
        ("114000001", "SurveyMonkey", "survey", "Good, but dear", 4.0, 5.0, "csat", "2026-09-04T14:05:00Z"),
        ("114000002", "SurveyMonkey", "survey", "Cold soup", 1.0, 5.0, "csat", "2026-09-04T15:05:00Z"),
    ]
    assert counts(desk.bring("c.csv", SURVEYMONKEY.replace("Cold soup", "Cold soup!")))[:4] == ("surveymonkey", 0, 1, 1)


QUALTRICS = (
    "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientLastName,"
    "RecipientFirstName,RecipientEmail,ExternalReference,LocationLatitude,LocationLongitude,DistributionChannel,UserLanguage,"
    "Q1_NPS_GROUP,Q1,Q2,Q3\n"
    "Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,"
    "Recipient Last Name,Recipient First Name,Recipient Email,External Data Reference,Location Latitude,Location Longitude,"
    'Distribution Channel,User Language,"How likely is it that you would recommend Acme to a friend? - Group",'
    '"On a scale from 0-10, how likely are you to recommend\nAcme to a friend?",Which shop?,"Please tell us why."\n'
    + ",".join(f'"{{""ImportId"":""{name}""}}"' for name in "abcdefghijklmnopqrstu")
    + "\n"
    "2026-09-12 17:20:00,2026-09-12 17:22:05,IP Address,10.0.0.1,100,125,True,2026-09-12 17:22:06,R_3abc,,,,,51.5,-0.1,anonymous,"
    "EN,Promoter,10,Camden,Kind people\n"
    "2026-09-12 18:20:00,2026-09-12 18:22:05,IP Address,10.0.0.2,100,125,True,2026-09-12 18:22:06,R_3abd,,,,,51.5,-0.1,anonymous,"
    "DE,Detractor,0,Leeds,Immer zu spät\n"
    "2026-09-12 18:20:00,2026-09-12 18:22:05,Survey Preview,,100,125,True,2026-09-12 18:22:06,R_3abe,,,,,,,preview,"
    "EN,Promoter,10,Camden,just trying\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_qualtrics_with_its_three_header_rows(desk, encoding):
    content = QUALTRICS.encode(encoding)
    report = desk.bring("survey.csv", content)
    assert (counts(report), report.rows) == (("qualtrics", 2, 0, 0, 0, 0), 3)
    assert dict(report.left_out) == {"Survey Preview: said by no customer": 1}
    assert (report.columns["rating"], report.columns["text"]) == ("Q1", "Q3")
    assert desk.rows(f"{ANSWER}, language") == [
        ("R_3abc", "Qualtrics", "survey", "Kind people", 10.0, 10.0, "nps", "2026-09-12T17:22:05Z", "EN"),
        ("R_3abd", "Qualtrics", "survey", "Immer zu spät", 0.0, 10.0, "nps", "2026-09-12T18:22:05Z", "DE"),
    ]
    assert counts(desk.bring("b.csv", content))[:4] == ("qualtrics", 0, 0, 2)


FORMS = (
    "Timestamp,Email Address,How satisfied are you with your last order?,In welchem Laden warst du zuletzt?,"
    "Beschreibe bitte deinen Einkauf\n"
    "2026/09/12 2:03:22 PM GMT+3,ann@example.org,5,Camden,Alles war da und noch richtig frisch\n"
    "2026/09/12 2:04:22 PM GMT+3,bo@example.org,1,Leeds,Die Kiste kam drei Tage zu spät an\n"
)


def test_google_forms_open_answers_are_known_by_being_sentences(desk):
    report = desk.bring("form.csv", FORMS)
    assert counts(report) == ("google-forms", 2, 0, 0, 0, 0)
    assert report.columns["text"] == "Beschreibe bitte deinen Einkauf"
    assert report.unused == ("In welchem Laden warst du zuletzt?",)
    assert [row[1:] for row in desk.rows(ANSWER)] == [
        ("Google Forms", "survey", "Alles war da und noch richtig frisch", 5.0, 5.0, "csat", "2026-09-12T11:03:22Z"),
        ("Google Forms", "survey", "Die Kiste kam drei Tage zu spät an", 1.0, 5.0, "csat", "2026-09-12T11:04:22Z"),
    ]
    assert counts(desk.bring("b.csv", FORMS.replace("drei Tage", "vier Tage")))[:4] == ("google-forms", 0, 1, 1)


DELIGHTED = (
    "Response ID,Survey Type,Score,Comment,Permalink,Created At,Person Name,Person Email,Delighted Source\n"
    "5001,nps,3,Late,https://acme.delighted.example/r/1,2026-09-12 17:22:05 UTC,Ann,ann@example.org,Email\n"
    "5002,ces,3,Fine,https://acme.delighted.example/r/2,2026-09-12 17:25:05 UTC,Bo,bo@example.org,Email\n"
)


def test_delighted_takes_no_effort_score_for_a_recommendation(desk):
    report = desk.bring("delighted.csv", DELIGHTED)
    assert counts(report) == ("delighted", 2, 0, 0, 0, 0)
    assert report.faults == ((3, "'ces' is none of stars, nps, csat, thumbs: imported without its rating"),)
    assert desk.rows(ANSWER) == [
        ("5001", "Delighted", "survey", "Late", 3.0, 10.0, "nps", "2026-09-12T17:22:05Z"),
        ("5002", "Delighted", "survey", "Fine", None, None, None, "2026-09-12T17:25:05Z"),
    ]
    assert counts(desk.bring("b.csv", DELIGHTED.replace(",3,Late", ",4,Late")))[:4] == ("delighted", 0, 1, 1)


def test_a_survey_without_an_open_question_says_which_there_are(desk):
    content = "#,Colour?,Submit Date (UTC),Network ID\na1,red,2026-09-12 17:22:05,x\n"
    with pytest.raises(
        ImportProblem, match=r"no question looks like one that is answered in words; there are: Colour\?\. Name"
    ):
        desk.bring("a.csv", content)
    assert counts(desk.bring("a.csv", content, columns={"text": "Colour?"}))[:2] == ("typeform", 1)
