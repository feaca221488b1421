"""Exports of reviews: Trustpilot, Google Play, App Store, Google Takeout, in the shapes that the vendors write."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner
from export_files import Desk, counts

from cli import main
from crawlers.export_maps import EXPORTS, find_export
from crawlers.exports import fit_export
from crawlers.importer import Importer
from crawlers.importing import plan_import
from crawlers.tables import ImportProblem, open_table


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


REVIEW = (
    "external_id, source, site, kind, voice, title, text, rating, rating_best, language, subject, place, url, parent, published"
)
SHOWN = "external_id, voice, text, rating, parent, published, removed_at is not null"

TRUSTPILOT = """Domain Url,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),Review Consumer User Id,Review Username,\
Review User Email,Review Title,Review Content,Review Stars,Source Of Review,Reference Id,Company Response,\
Company Reply Date (UTC),Review Language
www.acme-foods.com,Acme Foods,46d6a890,66e2f1,2026-09-12 17:22:05,5f1,Ann Lee,ann@example.org,Late again,"Ordered on Monday,
came on Friday.",2,Organic,,"Sorry, Ann. We have refunded you.",2026-09-13 08:05:40,en
www.acme-foods.com,Acme Foods,46d6a890,66e2f2,2026-09-14 09:00:01,5f2,Jürgen,,Prima,Alles frisch.,5,Invitation,A-17,,,de
"""


def test_trustpilot_reviews_and_the_companys_replies(desk):
    report = desk.bring("trustpilot-september.csv", TRUSTPILOT)
    assert counts(report) == ("trustpilot", 2, 0, 0, 1, 1)
    assert report.unused == (
        "Domain Url", "Webshop Name", "Business Unit Id", "Review User Email", "Source Of Review", "Reference Id",
    )  # fmt: skip
    site, address = "trustpilot.com/acme-foods.com", "https://www.trustpilot.com/reviews/"
    assert desk.rows(REVIEW) == [
        (
            "66e2f1", "trustpilot", site, "review", "customer", "Late again", "Ordered on Monday,\ncame on Friday.", 2.0, 5.0,
            "en", None, None, f"{address}66e2f1", None, "2026-09-12T17:22:05Z",
        ),
        (
            "66e2f2", "trustpilot", site, "review", "customer", "Prima", "Alles frisch.", 5.0, 5.0,
            "de", None, None, f"{address}66e2f2", None, "2026-09-14T09:00:01Z",
        ),
        (
            "66e2f1:reply", "trustpilot", site, "comment", "company", None, "Sorry, Ann. We have refunded you.", None, None,
            None, None, None, f"{address}66e2f1", "66e2f1", "2026-09-13T08:05:40Z",
        ),
    ]  # fmt: skip
    assert desk.brands() == {(row, "acme", "trustpilot export") for row in ("66e2f1", "66e2f2", "66e2f1:reply")}


def test_a_later_trustpilot_export_updates_answers_and_takes_back(desk):
    desk.bring("september.csv", TRUSTPILOT)
    assert counts(desk.bring("again.csv", TRUSTPILOT)) == ("trustpilot", 0, 0, 2, 1, 0)
    later = (
        TRUSTPILOT.replace("Late again", "Late but refunded")
        .replace('"Sorry, Ann. We have refunded you.",2026-09-13 08:05:40', ",")
        .replace("A-17,,", "A-17,Danke!,2026-09-15 10:00:00")
    )
    assert counts(desk.bring("october.csv", later)) == ("trustpilot", 0, 1, 1, 1, 1)
    assert desk.rows("external_id, voice, title, text, removed_at is not null") == [
        ("66e2f1", "customer", "Late but refunded", "Ordered on Monday,\ncame on Friday.", 0),
        ("66e2f2", "customer", "Prima", "Alles frisch.", 0),
        ("66e2f1:reply", "company", None, None, 1),
        ("66e2f2:reply", "company", None, "Danke!", 0),
    ]


PLAY = "\r\n".join(
    [
        "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,"
        "Review Submit Millis Since Epoch,Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,"
        "Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,"
        "Review Link",
        "com.Acme.shop,77,1.0.6,pt_BR,star2lte,2026-09-02T03:04:05Z,1788318245000,2026-09-02T03:04:05Z,1788318245000,1,Trava,"
        '"Trava ao pagar, sempre.",2026-09-03T10:00:00Z,1788429600000,Corrigido na 1.0.7!,'
        "https://play.google.com/console/developers/1/app/2/user-feedback/review-details?reviewId=gp%3AAOqpTOE&corpus=PUBLIC",
        "com.Acme.shop,77,1.0.6,tr,,2026-09-04T05:06:07Z,1788498367000,2026-09-04T05:06:07Z,1788498367000,5,,,,,,",
        "",
    ]
)


def test_google_plays_utf_16_and_its_ratings_without_words(desk):
    report = desk.bring("reviews_com.acme.shop_202609.csv", b"\xff\xfe" + PLAY.encode("utf-16-le"))
    assert counts(report) == ("googleplay", 2, 0, 0, 1, 1)
    played = desk.rows("external_id, site, title, text, rating, language, subject, voice, parent, published")
    assert played[0] == (
        "gp:AOqpTOE", "com.Acme.shop", "Trava", "Trava ao pagar, sempre.", 1.0, "pt-BR", "1.0.6", "customer", None,
        "2026-09-02T03:04:05Z",
    )  # fmt: skip
    assert played[1][1:] == ("com.Acme.shop", None, None, 5.0, "tr", "1.0.6", "customer", None, "2026-09-04T05:06:07Z")
    assert played[2] == (
        "gp:AOqpTOE:reply", "com.Acme.shop", None, "Corrigido na 1.0.7!", None, None, "1.0.6", "company", "gp:AOqpTOE",
        "2026-09-03T10:00:00Z",
    )  # fmt: skip
    edited = PLAY.replace("1788498367000,5,,,", "1788498367000,3,,Meh,").replace("Corrigido na 1.0.7!", "Corrigido.")
    assert counts(desk.bring("later.csv", b"\xff\xfe" + edited.encode("utf-16-le"))) == ("googleplay", 0, 1, 1, 1, 0)
    assert desk.rows("text, rating") == [("Trava ao pagar, sempre.", 1.0), ("Meh", 3.0), ("Corrigido.", None)]


def test_app_store_reviews_by_the_apis_names(desk):
    content = (
        "id,app_id,rating,title,body,reviewerNickname,createdDate,territory,responseBody,lastModifiedDate\n"
        "00000096,1234567890,4,Nice,Works well,bob77,2026-09-01T10:00:00-07:00,USA,Thanks!,2026-09-02T11:00:00-07:00\n"
    )
    assert counts(desk.bring("app.csv", content)) == ("appstore", 1, 0, 0, 1, 1)
    assert desk.rows("external_id, source, site, title, text, place, published, parent") == [
        ("00000096", "appstore", "apps.apple.com/id1234567890", "Nice", "Works well", "USA", "2026-09-01T17:00:00Z", None),
        (
            "00000096:reply",
            "appstore",
            "apps.apple.com/id1234567890",
            None,
            "Thanks!",
            "USA",
            "2026-09-02T18:00:00Z",
            "00000096",
        ),
    ]
    assert counts(desk.bring("app2.csv", content)) == ("appstore", 0, 0, 1, 1, 0)


TAKEOUT = {
    "reviews": [
        {
            "reviewer": {"displayName": "Marta", "profilePhotoUrl": "https://lh3.example/a"},
            "starRating": "TWO",
            "comment": "(Translated by Google) Cold soup.\n\n(Original)\nSopa fría.",
            "createTime": "2026-09-10T12:00:00.123456789Z",
            "updateTime": "2026-09-10T12:00:00Z",
            "reviewReply": {"comment": "Lo sentimos.", "updateTime": "2026-09-10T15:30:00Z"},
            "name": "accounts/111/locations/222/reviews/AbC-1",
        },
        {
            "reviewer": {"displayName": "A Google user", "isAnonymous": True},
            "starRating": "FIVE",
            "createTime": "2026-09-11T08:00:00Z",
            "updateTime": "2026-09-11T08:00:00Z",
            "name": "accounts/111/locations/222/reviews/AbC-2",
        },
    ]
}


@pytest.mark.parametrize("indent", [None, 2])
def test_google_takeout_of_a_business_profile(desk, indent):
    report = desk.bring("reviews.json", json.dumps(TAKEOUT, indent=indent, ensure_ascii=False))
    assert counts(report) == ("google-business", 2, 0, 0, 1, 1)
    assert report.unused == ("reviewer.profilePhotoUrl", "updateTime", "name", "reviewer.isAnonymous")
    site = "business.google.com/222"
    assert desk.rows("external_id, source, site, text, rating, author is null, voice, published") == [
        ("AbC-1", "google_business", site, "Sopa fría.", 2.0, 0, "customer", "2026-09-10T12:00:00Z"),
        ("AbC-2", "google_business", site, None, 5.0, 1, "customer", "2026-09-11T08:00:00Z"),
        ("AbC-1:reply", "google_business", site, "Lo sentimos.", None, 1, "company", "2026-09-10T15:30:00Z"),
    ]
    edited = json.loads(json.dumps(TAKEOUT).replace("FIVE", "FOUR"))
    assert counts(desk.bring("reviews.json", json.dumps(edited))) == ("google-business", 0, 1, 1, 1, 0)


def test_google_takeout_of_the_places_an_account_has_reviewed(desk):
    place = {
        "geometry": {"coordinates": [-0.1, 51.5], "type": "Point"},
        "properties": {
            "date": "2026-08-01T18:20:30Z",
            "five_star_rating_published": 3,
            "google_maps_url": "https://www.google.com/maps/place//data=!4m2!3m1!1s0x1:0x2",
            "location": {"address": "1 High St, London", "country_code": "GB", "name": "Acme Camden"},
            "review_text_published": "Long queue at Acme.",
        },
        "type": "Feature",
    }
    other = json.loads(json.dumps(place).replace("Acme", "Nobody").replace("0x2", "0x3"))
    report = desk.bring("Reviews.json", json.dumps({"type": "FeatureCollection", "features": [place, other]}, indent=1))
    assert (counts(report), dict(report.left_out)) == (("google-maps", 1, 0, 0, 0, 0), {"no brand": 1})
    assert desk.rows("site, text, rating, subject, place, published") == [
        ("google.com/maps", "Long queue at Acme.", 3.0, "Acme Camden", "1 High St, London", "2026-08-01T18:20:30Z")
    ]
    place["properties"]["five_star_rating_published"] = 1
    assert counts(desk.bring("Reviews.json", json.dumps({"features": [place]}))) == ("google-maps", 0, 1, 0, 0, 0)


BRAND24 = (
    "Date,Hour,Title,Content,Source,Domain,Category,Author,Followers count,Sentiment,Influence score,Likes,Comments\n"
    '2026-09-12,14:05,Acme again,"Third late box from Acme, giving up",https://forum.example/t/9,forum.example,Forums,'
    "kim,120,-1,4,7,2\n"
    "2026-09-12,15:00,,Lovely weather,https://x.example/1,x.example,Social,lee,3,1,1,0,0\n"
)
MENTION = (
    "Title;Description;URL;Published At;Source Type;Source Name;Tone;Language Code;Country;Direct Reach\n"
    "Acme opens a shop;The grocer Acme opens in Leeds.;https://news.example/a;2026-09-12 09:00:00;news;news.example;0;en;GB;900\n"
)


def test_monitors_keep_where_it_was_said_and_the_query_decides(desk):
    report = desk.bring("brand24.csv", BRAND24, time_zone="Europe/Warsaw")
    assert (counts(report), dict(report.left_out)) == (("brand24", 1, 0, 0, 0, 0), {"no brand": 1})
    assert report.unused == ("Category", "Followers count", "Sentiment", "Influence score", "Comments")
    assert counts(desk.bring("mention.csv", MENTION)) == ("mention", 1, 0, 0, 0, 0)
    assert desk.rows("source, site, kind, title, text, url, engagement, published") == [
        ("import", "forum.example", "post", "Acme again", "Third late box from Acme, giving up", "https://forum.example/t/9", 7,
         "2026-09-12T12:05:00Z"),
        ("import", "news.example", "post", "Acme opens a shop", "The grocer Acme opens in Leeds.", "https://news.example/a", None,
         "2026-09-12T09:00:00Z"),
    ]  # fmt: skip
    assert counts(desk.bring("b.csv", BRAND24.replace("giving up", "done"), time_zone="Europe/Warsaw"))[:3] == ("brand24", 0, 1)


def test_a_site_that_the_user_names_stands_for_the_columns(desk):
    desk.bring("brand24.csv", BRAND24, site="forums")
    assert desk.rows("site") == [("forums",)]


def test_a_format_that_does_not_fit_or_does_not_exist_says_so(desk):
    with pytest.raises(ImportProblem, match=r"--format trustpilott: there is no such format; did you mean trustpilot\?"):
        desk.bring("a.csv", TRUSTPILOT, format="trustpilott")
    with pytest.raises(
        ImportProblem, match=r"a.csv: this is no Trustpilot reviews CSV .*; there are: a, b\. Leave --format out"
    ):
        desk.bring("a.csv", "a,b\n1,2\n", format="trustpilot")
    with pytest.raises(ImportProblem, match=r"--time-zone Mars/Crater: there is no such time zone"):
        desk.bring("a.csv", TRUSTPILOT, time_zone="Mars/Crater")
    assert counts(desk.bring("a.csv", "id,text\n1,acme is late\n"))[0] == "generic"


def test_broken_rows_of_an_export_cost_themselves_only(desk):
    broken = {"reviews": [*TAKEOUT["reviews"], 7, {"starRating": None}, {"name": ["x"], "reviewer": [], "comment": {"a": 1}}]}
    report = desk.bring("reviews.json", json.dumps(broken))
    assert (report.rows, report.new) == (5, 2)
    assert dict(report.left_out) == {"not readable": 1, "no text and no rating": 2}


def test_mutated_exports_raise_nothing_but_import_problems(desk):
    content = {name: text.encode() for name, text in (("t.csv", TRUSTPILOT), ("g.json", json.dumps(TAKEOUT, indent=1)))}
    chance = random.Random(4)
    met = set()
    for number in range(120):
        name = chance.choice(sorted(content))
        data = bytearray(content[name])
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[place] = chance.randrange(128)
                case 1:
                    del data[place : place + chance.randint(1, 60)]
                case _:
                    data[place:place] = data[: chance.randint(1, 60)]
        path = desk.folder / name
        path.write_bytes(bytes(data))
        try:
            plan = plan_import(path, desk.config, {"brand": "acme"})
            fit = fit_export(plan.export, table := open_table(path), {})
        except ImportProblem:
            met.add("problem")
            continue
        importer = Importer(desk.config, plan.reading, fit, f"2026-10-05T08:00:{number % 60:02}Z")
        met |= {matched.mention.voice for row in table.rows() if isinstance(row, tuple) for matched in importer.take(*row)}
    assert met == {"customer", "company", "problem"}


def test_the_command_tells_the_format_the_columns_not_taken_and_the_replies(desk):
    (desk.folder / "t.csv").write_text(TRUSTPILOT)
    options = ["import", str(desk.folder / "t.csv"), "--config", str(desk.config.path)]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0
    assert (
        done.stdout.splitlines()[0] == "format: trustpilot (Trustpilot reviews CSV (Business portal, Service reviews, Export))"
    )
    assert (
        "\nnot taken: Domain Url, Webshop Name, Business Unit Id, Review User Email, Source Of Review, Reference Id\n"
        in done.stdout
    )
    assert done.stdout.endswith(
        "2 rows: 2 new, 0 updated, 0 known, 0 repeated within the file, 0 left out; 0 undated\n"
        "and 1 reply of the company, 1 new\n"
    )
    assert (
        "is no such format; there are: trustpilot, googleplay,"
        in CliRunner().invoke(main, [*options, "--format", "xls"]).stderr
    )


def test_list_formats_shows_every_format_and_needs_no_file():
    done = CliRunner().invoke(main, ["import", "--list-formats"])
    assert done.exit_code == 0
    assert [name for name in (export.name for export in EXPORTS) if f"│ {name} " not in done.stdout] == []
    assert len({export.name for export in EXPORTS}) == 16


def test_no_two_exports_take_the_same_header():
    for export in EXPORTS:
        header = export.signature or (export.first[0], "How was it?")
        assert find_export(header).name == export.name
